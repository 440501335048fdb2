"""What each format says of an article arrives in the draft's fields."""

import pytest

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.feed import Deleted, Entry, Feed, FeedError, parse_feed
from tests.ingest.feeds.samples import ATOM, JSON_FEED, NINJS_2, NINJS_3, RDF, RSS, URL, rss


def feed_of(text: str | bytes) -> Feed:
    body = text.encode() if isinstance(text, str) else text
    return parse_feed(body, "application/xml; charset=utf-8", URL)


def only(feed: Feed) -> Entry:
    """The feed's one entry, its fields those of a draft."""
    (entry,) = feed.entries
    ArticleDraft.model_validate({"source": "agency"} | entry.fields)
    return entry


def test_rss_with_the_extensions_of_news() -> None:
    """content, dc, media, slash, wfw, georss, thr and atom:link, and none of it mistaken."""
    feed = feed_of(RSS)
    assert (feed.kind, feed.title, feed.language) == ("rss20", "World & more", "en-GB")
    assert (feed.home_url, feed.self_url) == ("https://news.example/", URL)
    assert (feed.hub_urls, feed.interval_s) == (("https://hub.example/",), 900)
    entry = only(feed)
    assert entry.guid == "tag:news.example,2026:1"
    assert entry.full_text
    assert entry.comments_feed == "https://news.example/news/1/comments.xml"
    assert entry.in_reply_to == "tag:news.example,2026:0"
    assert entry.fields == {
        "guid": "tag:news.example,2026:1",
        "headline": "Harbours reopen",
        "url": "https://news.example/news/1",
        "summary": "Ferries leave again.",
        "body_html": '<p>Ferries <a href="https://news.example/timetable" '
        'rel="noopener noreferrer">leave</a> again &amp; again.</p>',
        "by": "Ida Berg, Nils Dahl",
        "language": "en-GB",
        "published_at": "2026-03-03T10:00:00Z",
        "subjects": [{"name": "Shipping", "scheme": "https://news.example/topics"}],
        "renditions": [
            {
                "href": "https://news.example/audio/1.mp3",
                "content_type": "audio/mpeg",
                "size_bytes": 4096,
            },
            {
                "href": "https://img.example/1.jpg",
                "content_type": "image/jpeg",
                "size_bytes": 2048,
            },
            {"href": "https://img.example/1-small.jpg"},
        ],
        "associations": [
            {"uri": "https://news.example/news/0", "title": "The storm", "rel": "related"},
            {"uri": "https://agency.example/rss", "title": "Agency", "rel": "source"},
        ],
        "places": ["Norsund"],
        "copyright_notice": "© News Example",
        "audience": {"counts": {"reply": {"value": 7, "platform": "source"}}},
    }


def test_rss_1() -> None:
    """RDF: about is the id, dc:date the date, exact to the day as it was written."""
    feed = feed_of(RDF)
    assert (feed.kind, feed.interval_s) == ("rss10", 1_800)
    entry = only(feed)
    assert entry.guid == "https://news.example/a"
    assert (entry.fields["published_at"], entry.fields["by"]) == ("2026-03-06", "Ida Berg")
    assert not entry.full_text
    assert (entry.fields["summary"], entry.fields["body_html"]) == ("On Friday.", "On Friday.")


def test_atom() -> None:
    """xml:base, xml:lang, the feed's author, types of text, replies, and tombstones."""
    feed = feed_of(ATOM)
    assert (feed.kind, feed.title, feed.language) == ("atom10", "Welt & mehr", "de")
    assert feed.self_url == "https://news.example/base/atom.xml"
    assert feed.home_url == "https://news.example/"
    assert feed.deleted == (
        Deleted("urn:gone", "2026-03-02T10:00:00Z", "Wrong."),
        Deleted("urn:gone-too", None, ""),
    )
    entry = only(feed)
    assert entry.fields["headline"] == "Häfen offen"
    assert entry.fields["url"] == "https://news.example/base/hafen"
    assert (entry.fields["by"], entry.fields["language"]) == ("Die Redaktion", "de")
    assert entry.fields["published_at"] == "2026-03-03T11:00:00+01:00"
    assert entry.fields["updated_at"] == "2026-03-03T12:00:00.5Z"
    assert entry.fields["subjects"] == [
        {"name": "Schifffahrt", "scheme": "urn:topics", "code": "shipping"}
    ]
    assert entry.fields["associations"] == [{"uri": "https://agency.example/1", "rel": "via"}]
    assert 'href="https://news.example/base/fahrplan"' in entry.fields["body_html"]
    assert (entry.fields["summary"], entry.fields["copyright_notice"]) == ("Kurz.", "Nur hier.")
    assert entry.fields["audience"]["counts"]["reply"]["value"] == 3
    assert entry.comments_feed == "https://news.example/base/hafen/replies"


def test_json_feed() -> None:
    """1.1 with authors, hubs, attachments, and our own tombstones."""
    feed = feed_of(JSON_FEED)
    assert (feed.kind, feed.title, feed.language) == ("json11", "JSON", "en")
    assert feed.hub_urls == ("https://hub.example/",)
    assert feed.deleted == (Deleted("gone", "2026-03-04T08:00:00Z", "Wrong."),)
    assert feed.skipped == 1
    entry = only(feed)
    assert (entry.guid, entry.full_text) == ("17", True)
    assert entry.fields["url"] == "https://news.example/news/17"
    assert (entry.fields["by"], entry.fields["subjects"]) == ("The Desk", [{"name": "Shipping"}])
    assert [one["href"] for one in entry.fields["renditions"]] == [
        "https://news.example/17.mp3", "https://img.example/17.jpg",
    ]  # fmt: skip
    assert entry.fields["associations"][0]["uri"] == "https://agency.example/17"


def test_json_feed_1_0_has_one_author() -> None:
    """``author`` of 1.0 is read, whatever else of 1.0 is wrong."""
    feed = feed_of(
        '{"version": "https://jsonfeed.org/version/1", "title": 5, "items": '
        '[{"id": "a", "author": {"name": "Ida"}, "content_text": "One\\u0000 two."}]}'
    )
    assert (feed.kind, feed.title) == ("json10", "")
    entry = only(feed)
    assert (entry.fields["by"], entry.fields["headline"]) == ("Ida", "One two.")
    assert entry.fields["body_text"] == "One two."


def test_ninjs_3() -> None:
    """One item, names in camel case."""
    feed = feed_of(NINJS_3)
    assert feed.kind == "ninjs"
    fields = only(feed).fields
    assert fields["guid"] == fields["url"] == "https://news.example/n/1"
    assert (fields["headline"], fields["summary"]) == ("Ferries leave", "Again.")
    assert fields["body_html"] == "<p>Again and again.</p>"
    assert (fields["source_version"], fields["urgency"]) == (4, 3)
    assert fields["embargoed_until"] == "2026-03-04T06:00:00Z"
    assert fields["published_at"] == "2026-03-03T11:00:00Z"
    assert (fields["copyright_holder"], fields["ed_note"]) == ("News Example", "Please hold.")
    assert fields["subjects"] == [{"name": "Shipping", "code": "https://cv.example/shipping"}]
    assert (fields["people"], fields["places"]) == (["Nils Dahl"], ["Norsund"])
    assert fields["renditions"][0]["size_bytes"] == 9
    assert fields["associations"][0]["title"] == "The storm"


def test_a_list_of_ninjs_2() -> None:
    """Canceled is a tombstone, withheld without a date is nothing yet."""
    feed = feed_of(NINJS_2)
    assert feed.deleted == (Deleted("urn:ninjs:2", None, "Wrong."),)
    assert feed.skipped == 1
    entry = only(feed)
    assert (entry.fields["headline"], entry.fields["body_text"]) == ("Ferries <leave>", "Again.")
    assert "url" not in entry.fields


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.93", "0.94", "2.0"])
def test_every_rss(version: str) -> None:
    """The versions of RSS differ in what few feeds use."""
    feed = feed_of(
        f'<rss version="{version}"><channel><item><title>A</title></item></channel></rss>'
    )
    assert feed.kind == "rss" + {"0.91": "091u", "2.0": "20"}.get(version, version.replace(".", ""))
    assert only(feed).fields["headline"] == "A"


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("Tue, 03 Mar 2026 11:00:00 GMT", "2026-03-03T11:00:00Z"),
        ("Tue, 03 Mar 2026 11:00:00 EST", "2026-03-03T16:00:00Z"),
        ("3 Mar 26 11:00 +0100", "2026-03-03T10:00:00Z"),
        ("Tue, 03 Mar 2026", "2026-03-03"),
        ("Tue, 03 Mar 2026 11:00:00", "2026-03-03"),
        ("2026-03-03T11:00Z", "2026-03-03T11:00:00Z"),
        ("2026-03-03 11:00:00+01:00", "2026-03-03T11:00:00+01:00"),
        ("2026-03-03", "2026-03-03"),
        ("Tue, 03 Mar 2026 11:00:00 CEST", "2026-03-03T09:00:00Z"),
        ("Tue, 03 Mar 2026 11:00:00 IST", "2026-03-03"),
        ("March 3, 2026 11:00", "2026-03-03"),
        ("2026/03/03", "2026-03-03"),
        ("2026-03-03 오후 11:23:17", "2026-03-03"),
        ("2026-03", None),
        ("yesterday", None),
        ("Tue, 99 Mar 2026 11:00:00 GMT", None),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(written: str, ours: str | None) -> None:
    """A time without an offset is no moment, a month is no day, and none is made up."""
    feed = feed_of(rss(f"<item><title>A</title><pubDate>{written}</pubDate></item>"))
    assert only(feed).fields.get("published_at") == ours


def test_an_item_is_told_by_its_guid_its_link_or_its_words() -> None:
    """Something stands in for a missing guid, the same at every poll."""
    items = """<item><title>A</title><guid isPermaLink="true">https://news.example/g</guid></item>
    <item><title>B</title><link>https://news.example/b</link></item>
    <item><title>C</title><description>Words.</description></item>
    <item><title>D</title><description>Words.</description></item>"""
    first, second = feed_of(rss(items)), feed_of(rss(items))
    guids = [entry.guid for entry in first.entries]
    assert guids[:2] == ["https://news.example/g", "https://news.example/b"]
    assert len(set(guids)) == 4
    assert guids == [entry.guid for entry in second.entries]
    assert first.entries[0].fields["url"] == "https://news.example/g"


def test_a_missing_title_is_made_of_the_first_words() -> None:
    """No title is common; no words at all is no article, but is counted."""
    feed = feed_of(
        rss(
            "<item><description>&lt;p&gt;One two"
            + " three" * 40
            + "&lt;/p&gt;</description></item>"
            "<item><link>https://news.example/only-a-link</link></item>"
            "<item><category>Nothing else</category></item>"
        )
    )
    first, second = feed.entries
    assert first.fields["headline"].startswith("One two three")
    assert first.fields["headline"].endswith("three…")
    assert len(first.fields["headline"]) <= 120
    assert second.fields["headline"] == "https://news.example/only-a-link"
    assert feed.skipped == 1


def test_a_long_description_is_the_article() -> None:
    """Many feeds carry the article where the summary belongs."""
    feed = feed_of(rss(f"<item><title>A</title><description>{'word ' * 500}</description></item>"))
    entry = only(feed)
    assert entry.full_text
    assert "summary" not in entry.fields


def test_wrong_fields_are_left_out_and_the_entry_kept() -> None:
    """One bad field costs itself, one bad item of a list only that item."""
    feed = feed_of(
        rss(
            "<item><title>A</title><guid>g</guid><link>javascript:alert(1)</link>"
            "<language>not a language at all</language><pubDate>soon</pubDate>"
            f"<georss:featurename>{'x' * 400}</georss:featurename><category>fine</category>"
            "<enclosure url='ftp://x/y' length='-5'/><slash:comments>many</slash:comments>"
            "<author>me@news.example</author></item>"
        )
    )
    assert only(feed).fields == {"guid": "g", "headline": "A", "subjects": [{"name": "fine"}]}


@pytest.mark.parametrize(
    ("written", "by"),
    [
        ("Ida Berg", "Ida Berg"),
        ("ida@news.example (Ida Berg)", "Ida Berg"),
        ("Ida Berg (ida@news.agency)", "Ida Berg"),
        ("Ida Berg &lt;ida@news.agency&gt;", "Ida Berg"),
        ("noreply@news.agency", None),
    ],
)
def test_a_byline_has_names_and_no_addresses(written: str, by: str | None) -> None:
    """RSS wants the author's address; readers want the name, and nobody's mailbox."""
    feed = feed_of(rss(f"<item><title>A</title><author>{written}</author></item>"))
    assert only(feed).fields.get("by") == by


def test_a_guid_of_any_length_is_one() -> None:
    """What is longer than a draft's guid may be is told by its hash."""
    feed = feed_of('{"version": "https://jsonfeed.org/version/1.1", "items": ['
                   '{"id": "%s", "title": "A"}]}' % ("x" * 5_000))  # fmt: skip
    assert only(feed).guid.startswith("blake2b:")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "no feed", "<", "<html><body/></html>", "<!doctype html><p>x", "<urlset/>",
     "{}", "[]", "[1]", '{"version": "2"}', "{broken", "<!-- x", "<?xml version='1.0'?>",
     "\x00\x00", "%PDF-1.7"],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(text: str) -> None:
    """An error page, a sitemap, a picture: FeedError, and nothing else."""
    with pytest.raises(FeedError):
        feed_of(text)
