"""From draft to article: identity, content hash, one form of text."""

import unicodedata

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newswire_common.article import Article, ArticleDraft, Block
from newswire_common.streams import article_id
from newswire_ingest.identity import (
    Submission,
    content_hash,
    submission_of,
    withdrawal_of,
    words_of,
)
from tests.ingest.newsroom import a_draft


def submission(*blocks: Block, **changes: object) -> Submission:
    return submission_of(ArticleDraft.model_validate(a_draft(**changes)), "trace", blocks)


def article(*blocks: Block, **changes: object) -> Article:
    """The article that the next stage reads."""
    return Article.model_validate_json(submission(*blocks, **changes).body)


def test_the_guid_is_the_sources_own_or_else_the_url() -> None:
    """An article is found again by what its source calls it."""
    url = "https://a.example/1"
    assert article(url=url).guid == "story-1"
    assert article(guid=None, url=url).guid == url
    assert article(guid=None, url=url).id == article_id("agency", url)


@pytest.mark.parametrize("guid", [None, "https://a.example/1?utm_source=rss"])
def test_a_url_is_a_guid_in_its_canonical_form(guid: str | None) -> None:
    """A feed that counts its readers in the link has the same articles with every fetch."""
    posted = article(guid=guid, url="https://a.example/1?utm_source=rss")
    plain = article(guid=None, url="https://a.example/1")
    assert (posted.guid, posted.canonical_url) == (plain.guid, "https://a.example/1")
    assert (posted.id, posted.content_hash) == (plain.id, plain.content_hash)


def test_a_guid_of_the_sources_own_stays_as_it_is() -> None:
    """Only the source knows what its guids mean, though they look like addresses."""
    guid = "https://a.example/?p=1&utm_source=rss"
    assert article(guid=guid, url="https://a.example/1").guid == guid


def test_the_url_as_posted_is_kept_beside_the_canonical_one() -> None:
    """Who knows the article by the other address still finds it; nobody learns a password."""
    posted = "https://a.example/1?utm_source=rss"
    assert article(url=posted).alt_ids == (posted,)
    assert article(url="https://a.example/1").alt_ids == ()
    assert article(url="https://me:secret@a.example/1").alt_ids == ()
    assert article(url="https://me:secret@a.example/1").canonical_url == "https://a.example/1"


def test_without_guid_and_url_the_guid_is_pointed_to() -> None:
    """The error is where the client has to add something."""
    with pytest.raises(ValidationError) as wrong:
        article(guid=None)
    assert wrong.value.errors()[0]["loc"] == ("guid",)


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "Other"},
        {"body_text": "Other"},
        {"body_html": "<p>Other</p>", "body_text": None},
        {"summary": "x"},
        {"by": "x"},
        {"section": "x"},
        {"dateline": "x"},
        {"located": "x"},
        {"language": "de"},
        {"urgency": 1},
        {"url": "https://a.example/other"},
        {"subjects": [{"name": "x"}]},
        {"genres": ["x"]},
        {"people": ["x"]},
        {"organisations": ["x"]},
        {"places": ["x"]},
        {"associations": [{"title": "x"}]},
        {"renditions": [{"href": "https://a.example/x.jpg"}]},
        {"copyright_holder": "x"},
        {"copyright_notice": "x"},
        {"usage_terms": "x"},
        {"correction_note": "x"},
        {"ed_note": "x"},
        {"revision_kind": "correction"},
        {"revision_kind": "kill"},
        {"embargoed_until": "2030-01-01T00:00:00Z"},
        {"expires": "2030-01-01"},
    ],
)
def test_what_a_reader_sees_is_in_the_content_hash(changes: dict[str, object]) -> None:
    """Each of these makes a new version."""
    assert article(**changes).content_hash != article().content_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"published_at": "2026-01-01"},
        {"updated_at": "2026-01-01T00:00:00Z"},
        {"source_version": 7},
        {"guid": "another"},
        {"audience": {"comments_open": True}},
        {"revision_kind": "new"},
        {"genres": []},
        {"summary": ""},
        {"associations": [{"title": "Check this", "origin": "source-widget"}]},
        {"body_text": "The ministers agreed on Thursday.\x0b"},
    ],
)
def test_what_a_reader_does_not_see_is_not(changes: dict[str, object]) -> None:
    """None of these makes a new version."""
    assert article(**changes).content_hash == article().content_hash


def test_a_widget_beside_a_real_link_does_not_count() -> None:
    """The page's rotating box makes no versions; the author's own link does."""
    own = {"title": "Background"}
    boxes = [{"title": title, "origin": "source-widget"} for title in ("one", "two")]
    first, second = (article(associations=[own, box]).content_hash for box in boxes)
    assert first == second == article(associations=[own]).content_hash


def test_the_content_hash_stays_what_it_was() -> None:
    """A hash that changes with a release would make every stored article 'revised' at once."""
    assert article(section="World", urgency=4).content_hash == "b79478c4f90ddb496fa86229a8ca2f43"


def test_two_forms_of_one_text_are_one_content() -> None:
    """The é of one editor's keyboard is the é of another's."""
    composed, decomposed = "Café in Orléans", unicodedata.normalize("NFD", "Café in Orléans")
    assert article(headline=decomposed).headline == composed
    assert article(headline=composed).content_hash == article(headline=decomposed).content_hash
    assert article(subjects=[{"name": decomposed}]).subjects[0].name == composed


@given(text=st.text(max_size=300))
def test_every_text_becomes_one_that_every_format_can_carry(text: str) -> None:
    """NFC, no character that is illegal in XML 1.0, the same when done again."""
    if "\x00" in text:
        with pytest.raises(ValidationError):
            article(body_text=text)
        return
    body = article(body_text=text).body_text
    assert unicodedata.is_normalized("NFC", body)
    assert all(c in "\t\n" or c >= " " for c in body)
    assert not set("\ufffe\uffff") & set(body)
    assert article(body_text=body).body_text == body


def test_html_is_sanitised_and_gives_the_text() -> None:
    """One body, safe to show, and its plain text by paragraphs."""
    made = article(
        body_text=None,
        body_html="<p>One <b>bold</b><script>alert(1)</script></p><p onclick=x>Two<br>lines</p>",
    )
    assert made.body_html == "<p>One <b>bold</b></p><p>Two<br>lines</p>"
    assert made.body_text == "One bold\n\nTwo\nlines"


def test_a_posted_text_is_kept_beside_html() -> None:
    """Offsets of a client that sent its own text stay right."""
    assert article(body_text="Mine", body_html="<p>Other</p>").body_text == "Mine"


@pytest.mark.parametrize("kind", ["kill", "takedown"])
def test_what_its_source_takes_back_is_canceled_and_has_no_text(kind: str) -> None:
    """Not even the message of its withdrawal carries the text on."""
    gone = article(revision_kind=kind, summary="x", body_html="<p>x</p>")
    assert (gone.pub_status, gone.revision_kind) == ("canceled", kind)
    assert (gone.body_text, gone.body_html, gone.summary) == ("", None, None)


def test_dates_keep_their_precision() -> None:
    """A day is a day, not midnight in UTC."""
    made = article(published_at="2026-11-20", embargoed_until="2026-11-21T06:00:00+01:00")
    assert made.published_at is not None
    assert made.published_at.precision == "day"
    assert made.embargoed_until is not None
    assert made.embargoed_until.value == "2026-11-21T05:00:00Z"


def test_blocks_of_a_page_go_with_the_article() -> None:
    """What a page had around its text is kept apart from the text."""
    block = Block(kind="breadcrumb", text="Home World")
    made = article(block)
    assert made.blocks == (block,)
    assert made.content_hash == article().content_hash


def test_a_submission_is_a_heading_and_a_body_that_reads_back() -> None:
    """What is written is what was identified."""
    posted = a_draft(source_version=3, body_text="Line\nline", by="Ida Berg", urgency=2)
    made = submission(**posted)
    read = Article.model_validate_json(made.body)
    assert orjson.loads(made.packed.partition(b"\n")[0]) == [
        read.id, read.content_hash, "3", "", False, "agency", "story-1", "trace", "",
    ]  # fmt: skip
    assert read.model_dump(include=set(posted)) == posted


def test_a_posting_with_guid_and_url_takes_a_sketch_of_its_words_along() -> None:
    """Another article's id in the same partition, and words that do not change with the program."""
    made = submission(url="https://a.example/1")
    *_, other, words = orjson.loads(made.packed.partition(b"\n")[0])
    assert other[:16] == made.article_id[:16]
    assert other != made.article_id
    assert words == "92ac3f0a53d68d7ed051"


@given(headline=st.text(max_size=100), text=st.text(max_size=3_000))
def test_the_words_of_a_sketch_are_few_and_small(headline: str, text: str) -> None:
    """An identity outlives its article, so it is kept within what Redis packs: 64 bytes a field."""
    words = words_of(headline, text)
    assert len(words) <= 64
    assert len(words) % 4 == 0
    assert words == words_of(headline, text)


def test_a_withdrawal_says_nothing_but_that() -> None:
    """The reason goes with it; nothing of the article does."""
    gone = withdrawal_of("0" * 32, "agency", "story-1", "takedown", "Court order", "trace")
    made = Article.model_validate_json(gone.body)
    assert (made.pub_status, made.revision_kind) == ("canceled", "takedown")
    assert made.ed_note == "Court order"


def test_the_hash_of_nothing_is_a_hash() -> None:
    """Empty fields and absent ones are the same content."""
    assert content_hash({}) == content_hash({"summary": "", "genres": (), "by": None})
