"""The renderers, pure: what an article says comes back out of every format, and harms nobody."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newswire_common.article import PublishedArticle
from newswire_publish.feeds.render import FORMATS, Channel, item_of
from tests.publish.desk import enriched, killed

PUBLISHED = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
XML = [form for form in FORMATS if form != "json"]
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def published(**fields: object) -> PublishedArticle:
    article = enriched(**fields).model_dump()
    return PublishedArticle.model_validate({**article, "first_published": PUBLISHED})


def withdrawn(**fields: object) -> PublishedArticle:
    return PublishedArticle.model_validate(killed(headline="", body_text="", **fields).model_dump())


def feed(form: str, *articles: PublishedArticle) -> bytes:
    """The feed of some articles, as it goes out."""
    channel = Channel(
        "Newswire", f"https://news.example/feeds/all.{form}", "https://news.example/", PUBLISHED
    )
    renderer = FORMATS[form]
    fragments = [renderer.fragment(item_of(a, "https://news.example")) for a in articles]
    return renderer.feed(channel, fragments)


def items(*articles: PublishedArticle) -> list[dict[str, Any]]:
    """The items of the JSON feed."""
    parsed: list[dict[str, Any]] = json.loads(feed("json", *articles))["items"]
    return parsed


RICH = published(
    headline="Pact & consequences: 5 < 6",
    summary="What “both sides” say",
    by="Hana Kolářová",
    body_text="First\nline & more\n\nSecond",
    section="World",
    canonical_url="https://agency.example/a?b=1&c=2",
    language="en",
    copyright_holder="Agency",
    published_at={"value": "2024-06-20", "precision": "day"},
    enrichment={
        "language": "en",
        "tags": {
            "topics": [{"code": "medtop:11000000", "name": "politics", "confidence": 0.9}],
            "places": [{"name": "Japan", "iso3": "JPN"}],
            "people": [{"name": "Marek Dostupil"}],
        },
        "related": [{"url": "https://agency.example/b", "headline": "Before", "score": 0.5}],
        "story": {"id": "s1", "size": 2},
    },
)


@pytest.mark.parametrize("form", XML)
def test_feedparser_reads_back_what_the_article_says(form: str) -> None:
    """A common reader finds title, link, id, author, tags, text and dates."""
    parsed = feedparser.parse(feed(form, RICH))
    assert not parsed.bozo
    [entry] = parsed.entries
    assert entry.title == "Pact & consequences: 5 < 6"
    assert entry.link == "https://agency.example/a?b=1&c=2"
    assert entry.id == RICH.uri
    assert entry.author == "Hana Kolářová"
    assert entry.summary == "What “both sides” say"
    assert entry.content[0].value == "<p>First<br />line &amp; more</p><p>Second</p>"
    assert entry.published_parsed[:6] == (2024, 6, 20, 0, 0, 0)
    assert {"World", "politics", "Japan", "Marek Dostupil"} <= {
        tag.label or tag.term for tag in entry.tags
    }


def test_an_rss_guid_is_no_link() -> None:
    """A reader does not follow the identity of an article as if it were its address."""
    guid = etree.fromstring(feed("rss", RICH)).find(".//guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (RICH.uri, "false")


def test_the_json_feed_says_all_that_we_know() -> None:
    """Readers of JSON get the enrichment, and the date as exactly as it is known."""
    [item] = items(RICH)
    assert item["id"] == RICH.uri
    assert item["url"] == "https://agency.example/a?b=1&c=2"
    assert item["authors"] == [{"name": "Hana Kolářová"}]
    assert item["tags"] == ["World", "politics", "Japan", "Marek Dostupil"]
    assert item["date_published"] == "2024-06-20T00:00:00Z"
    known = item["_newswire"]
    assert known["version"] == 1
    assert known["section"] == "World"
    assert known["published_at"] == {"value": "2024-06-20", "precision": "day"}
    assert known["tags"]["places"][0]["iso3"] == "JPN"
    assert known["related"][0]["url"] == "https://agency.example/b"
    assert known["story"] == {"id": "s1", "size": 2}
    assert {"reactions", "reaction_summary", "audience"} <= set(known)


def test_offsets_cut_their_words_out_of_the_json_feed() -> None:
    """`content_text` is the very text that reactions and tags point into."""
    text = "Tokyo 🗼 voiced\n\n“grave concerns” on Thursday."
    start = text.index("grave concerns")
    reaction = {
        "id": "r1", "act": "statement",
        "actor": {"mention": "Tokyo", "name": "Japan", "iso3": "JPN"},
        "quote": {"exact": "grave concerns", "start": start, "end": start + 14, "kind": "partial"},
        "evidence": {"start": 0, "end": 40, "confidence": 1, "method": "m", "version": "1"},
    }  # fmt: skip
    [item] = items(published(body_text=text, enrichment={"reactions": [reaction]}))
    quote = item["_newswire"]["reactions"][0]["quote"]
    assert item["content_text"][quote["start"] : quote["end"]] == quote["exact"]


@pytest.mark.parametrize("form", XML)
def test_a_day_is_said_to_be_a_day(form: str) -> None:
    """Formats that only know instants say beside it how exactly the date is known."""
    root = etree.fromstring(feed(form, RICH))
    assert root.findtext(".//dc:date", namespaces=NS) == "2024-06-20"
    exact = published(published_at={"value": "2024-06-20T10:30:00Z", "precision": "second"})
    assert etree.fromstring(feed(form, exact)).find(".//dc:date", NS) is None


@pytest.mark.parametrize(
    "moment",
    [None, {"value": "9999-99-99", "precision": "day"}, {"value": "x", "precision": "year"}],
)
def test_an_article_without_a_date_has_that_of_its_publication(moment: object) -> None:
    """A source's missing or broken date never takes the article out of a feed."""
    [item] = items(published(published_at=moment))
    assert item["date_published"] == "2026-11-23T12:05:00Z"


def test_a_withdrawn_article_is_a_tombstone_in_every_format() -> None:
    """Whoever kept the text is told to let go of it, in the words of the format."""
    gone = withdrawn(guid="gone", ed_note="legal reasons", version=4)
    atom = etree.fromstring(feed("atom", RICH, gone))
    deleted = atom.find("at:deleted-entry", NS)
    assert deleted is not None
    assert deleted.get("ref") == gone.uri
    assert deleted.get("when") == "2026-11-23T12:04:00Z"
    assert deleted.findtext("at:comment", namespaces=NS) == "legal reasons"
    assert len(atom.findall("atom:entry", NS)) == 1
    [_, item] = items(RICH, gone)
    assert item["_newswire"]["withdrawn"] == {
        "at": "2026-11-23T12:04:00Z", "kind": "kill", "reason": "legal reasons",
    }  # fmt: skip
    assert item["content_text"] == ""
    [_, entry] = feedparser.parse(feed("rss", RICH, gone)).entries
    assert (entry.id, entry.title) == (gone.uri, "Withdrawn")
    assert entry.summary == "This article was withdrawn. legal reasons"


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_feed_is_a_feed(form: str) -> None:
    """A reader may subscribe before anything has happened."""
    text = feed(form)
    assert (json.loads(text)["items"] == []) if form == "json" else not feedparser.parse(text).bozo


def test_atom_is_valid_by_the_schema_of_rfc_4287(outside_data: Path) -> None:
    """The feed is Atom by the letter, tombstones included."""
    schema = etree.RelaxNG(etree.parse(outside_data / "schemas" / "atom.rng"))
    odd = published(language="not a language!", canonical_url="javascript:alert(1)", headline=" ")
    document = etree.fromstring(feed("atom", RICH, withdrawn(), odd, published()))
    assert schema.validate(document), schema.error_log
    assert schema.validate(etree.fromstring(feed("atom"))), schema.error_log


def test_json_is_valid_by_the_schema_of_json_feed(outside_data: Path) -> None:
    """The feed is JSON Feed 1.1 by the letter, tombstones and extension included."""
    schema = json.loads((outside_data / "schemas" / "jsonfeed-1.1.schema.json").read_bytes())
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    for document in (feed("json", RICH, withdrawn(), published()), feed("json")):
        validator.validate(json.loads(document))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<iframe src=https://evil.example></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "]]><script>alert(1)</script>",
    "</title></item><item><title>forged</title></item>",
    "&lt;script&gt;alert(1)&lt;/script&gt;<b>",
    "<<b>script>alert(1)<</b>/script>",
    "\x00\x01\x0b\x1f\ufffe\uffff text &#0;&#1;&#xFFFF;",
    "<style>@import 'https://evil.example'</style>",
    "<form action=https://evil.example><input name=q></form>",
]
DANGER = re.compile(
    r"<\s*/?\s*(script|iframe|svg|style|form|input|object|embed|link|meta)\b"
    r"|\son\w+\s*=|javascript:",
    re.IGNORECASE,
)


def texts(form: str, document: bytes) -> list[str]:
    """Every text of a feed as a careless reader takes it: for HTML."""
    if form == "json":
        [item] = json.loads(document)["items"]
        return [item["title"], item["content_html"], item.get("summary", "")]
    root = etree.fromstring(document)
    return [text for element in root.iter() if (text := element.text)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_well_formed_and_inert(form: str, hostile: str) -> None:
    """No markup of an article runs in a reader's browser, nor breaks the feed it is in."""
    article = published(
        headline=f"a {hostile}", body_html=f"<p>{hostile}</p>", summary=hostile, by=hostile,
        section=hostile, copyright_holder=hostile,
    )  # fmt: skip
    for text in texts(form, feed(form, article)):
        assert not DANGER.search(text)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_any_text_gives_a_well_formed_feed(form: str, data: st.DataObject) -> None:
    """Whatever characters a source sends, every reader can parse the feed."""
    text = st.text(max_size=200)
    article = published(
        headline=data.draw(text), body_text=data.draw(text), body_html=data.draw(text | st.none()),
        summary=data.draw(text), by=data.draw(text), section=data.draw(text),
        language=data.draw(text), canonical_url=data.draw(text),
        subjects=[{"name": data.draw(text), "code": data.draw(text)}],
        enrichment={"related": [{"url": data.draw(text), "headline": data.draw(text)}]},
    )  # fmt: skip
    document = feed(form, article, withdrawn(ed_note=data.draw(text)))
    if form == "json":
        assert len(json.loads(document)["items"]) == 2
    else:
        etree.fromstring(document)
