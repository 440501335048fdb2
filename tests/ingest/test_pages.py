"""POST /v1/pages: scraped pages, as text and as simple HTML."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newswire_common.article import Article, ArticleDraft
from newswire_common.codec import decode_article
from newswire_ingest.parsing.found import Origin, Page, day, unquoted
from newswire_ingest.parsing.html import page_of_html
from newswire_ingest.parsing.text import page_of_text
from tests.ingest.newsroom import Newsroom

WEB = Origin("agency", "https://agency.example/1")
PAGE = """\
Home World “Two Harbours Reopen After the Storm”
World - March 3, 2026

“Two Harbours Reopen After the Storm”

The harbours of Norsund and Vik reopened on Tuesday, three days after the storm.

Fishermen called the delay “needless”. The port authority has not yet commented.

Leave a Reply

Your email address will not be published. Required fields are marked *

Check Also

Council Votes on New Breakwater

Vik : The council will decide on Friday whether the breakwa…
"""
HTML = """\
<!doctype html><html lang="en-GB"><head><title>Harbours reopen | Agency</title>
<meta property="og:title" content="Two harbours reopen after the storm">
<meta name="description" content="Ferries leave again.">
<meta name="author" content="Ida Berg">
<meta property="article:published_time" content="2026-03-03T11:00:00+01:00">
<meta property="article:section" content="World">
<link rel="canonical" href="/news/harbours"></head>
<body><nav class="breadcrumbs"><a href="/">Home</a> <a href="/world">World</a></nav>
<header>Agency, since 1901</header>
<article><h1>Two harbours reopen after the storm</h1>
<p>The harbours of Norsund and Vik reopened on Tuesday, three days after the storm.</p>
<aside>Subscribe now!</aside><script>track()</script>
<p>Ferries left <a href="/timetable">at noon</a>.</p></article>
<div id="respond"><form><textarea>Your words</textarea></form></div>
<footer>Imprint</footer></body></html>
"""
JSON_LD = """\
<html><head><title>x</title><script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Agency"},
 {"@type": ["NewsArticle"], "headline": "Two harbours reopen",
  "datePublished": "2026-03-03T11:00:00", "articleSection": ["World"],
  "author": [{"@type": "Person", "name": "Ida Berg"}, {"name": "Nils Dahl"}],
  "inLanguage": "en", "mainEntityOfPage": {"@id": "https://agency.example/ld"}}]}
</script><script type="application/ld+json">{broken</script></head>
<body><p>The harbours of Norsund and Vik reopened on Tuesday, three days after the storm.</p></body>
</html>
"""


def draft_or_none(parse: Callable[[str, Origin], Page], page: str) -> ArticleDraft | None:
    """The draft of a page, or None where it holds no headline; any other error is a failure."""
    try:
        return parse(page, WEB)[0]
    except ValidationError as error:
        if error.errors()[0]["loc"] == ("headline",):
            return None
        raise


def test_a_scraped_text_is_taken_apart() -> None:
    """Headline, section, day and body; the page's furniture is in blocks, never in the body."""
    draft, blocks = page_of_text(PAGE, WEB)
    assert draft.headline == "Two Harbours Reopen After the Storm"
    assert (draft.section, draft.published_at) == ("World", "2026-03-03")
    assert draft.body_text is not None
    assert draft.body_text.split("\n\n")[0].startswith("The harbours of Norsund")
    assert draft.body_text.endswith("The port authority has not yet commented.")
    for furniture in ("Home", "Reply", "Check Also", "Breakwater", "Vik :", "email"):
        assert furniture not in draft.body_text
    assert draft.audience is not None
    assert draft.audience.comments_open is True
    assert draft.audience.counts.like is None
    (link,) = draft.associations
    assert (link.title, link.origin) == ("Council Votes on New Breakwater", "source-widget")
    kinds = {block.kind: block.text for block in blocks}
    assert kinds.keys() == {"breadcrumb", "section-date", "comment-form", "check-also"}
    assert "Vik : The council will decide" in kinds["check-also"]
    assert draft.guid == "https://agency.example/1"


def test_the_scraped_sample_comes_out_clean(outside_data: Path) -> None:
    """The page this parser was asked for: every part where it belongs."""
    sample = outside_data.parent / "samples" / "000_18dfdd139e4c5954.txt"
    if not sample.exists():
        pytest.skip("there is no folder `samples` beside the one that NEWSWIRE_TEST_DATA names")
    draft, blocks = page_of_text(sample.read_text(), WEB)
    assert draft.headline == "Russia and North Korea Sign Mutual Defense Pact"
    assert (draft.section, draft.published_at) == ("World", "2024-06-20")
    assert draft.body_text is not None
    paragraphs = draft.body_text.split("\n\n")
    assert len(paragraphs) == 6
    assert paragraphs[0].startswith("North Korea and Russia have signed")
    assert paragraphs[-1].endswith("deny any arms trade.")
    assert "“grave concerns”" in draft.body_text
    assert draft.audience is not None
    assert draft.audience.comments_open is True
    (link,) = draft.associations
    assert link.title is not None
    assert link.title.startswith("Maharashtra Assembly Election Voting")
    assert [block.kind for block in blocks] == [
        "breadcrumb", "section-date", "comment-form", "check-also",
    ]  # fmt: skip
    assert "Mumbai : " in blocks[-1].text


@pytest.mark.parametrize(
    ("text", "headline", "section", "published", "body"),
    [
        ("Headline\n\nBody.", "Headline", None, None, "Body."),
        ("Home > World > Head\n3 March 2026\nHead\n\nBody.", "Head", "World", "2026-03-03",
         "Body."),
        ("Home » Head line here\nHead line here\n\nBody.", "Head line here", None, None, "Body."),
        ("Home World Head\n\nHead\n\nBody.", "Head", "World", None, "Body."),
        ("Head\n\nWorld | Mar. 3rd, 2026\n\nBody.", "Head", "World", "2026-03-03", "Body."),
        ("Home World A very long headl…\nWorld – 2026-03-03\n\nA very long headline\n\nBody.",
         "A very long headline", "World", "2026-03-03", "Body."),
        ("Head\n\nBy Ida Berg\n\nBody.", "Head", None, None, "Body."),
        ("Head\n\nOne.\n\nCheck Also\n\nElsewhere\n\nTwo.", "Head", None, None, "One.\n\nTwo."),
        ("Head\n\nOne.\n\nRelated Articles\n\nThis\n\nThat\n\nTwo.", "Head", None, None,
         "One.\n\nTwo."),
        ("Head\n\nThis is a line that was wrapped by hand at about\nseventy columns.\n\nBody.",
         "Head", None, None,
         "This is a line that was wrapped by hand at about seventy columns.\n\nBody."),
        ("“A” and “B”\n\nBody.", "“A” and “B”", None, None, "Body."),
    ],
)  # fmt: skip
def test_parts_of_a_page_may_be_missing(
    text: str, headline: str, section: str | None, published: str | None, body: str
) -> None:
    """What is there is recognised, what is not is not made up."""
    draft, _ = page_of_text(text, WEB)
    assert draft.headline == headline
    assert (draft.section, draft.published_at) == (section, published)
    assert draft.body_text == body


def test_a_long_hard_wrapped_text_is_read_in_moments() -> None:
    """A megabyte without an empty line costs time in proportion."""
    started = time.process_time()
    lines = "a line of some fifty characters, as typed by hand\n" * 20_000
    draft, _ = page_of_text("Head\n\n" + lines, WEB)
    assert draft.body_text is not None
    assert len(draft.body_text) > 900_000
    assert time.process_time() - started < 5


def test_closed_comments_are_said_to_be_closed() -> None:
    """Open, closed and unknown are three things."""
    draft, _ = page_of_text("Head\n\nBody.\n\nComments are closed.", WEB)
    assert draft.audience is not None
    assert draft.audience.comments_open is False
    assert page_of_text("Head\n\nBody.", WEB)[0].audience is None


def test_dates_and_quotation_marks() -> None:
    """Days as pages write them; one pair of marks around a headline is ornament, two are not."""
    assert day("June 20, 2024") == day("20 Jun 2024") == day("2024-06-20") == "2024-06-20"
    assert day("Sept. 1, 2024") == "2024-09-01"
    assert day("February 30, 2024") is day("Smarch 1, 2024") is day("June 2024") is None
    assert unquoted("„Ja“") == unquoted("«Ja»") == unquoted('"Ja"') == "Ja"
    assert unquoted("Ja”") == "Ja”"


@given(text=st.text(max_size=500) | st.lists(st.sampled_from(PAGE.split("\n"))).map("\n".join))
def test_any_text_is_a_page_or_refused(text: str) -> None:
    """Whatever lines in whatever order: a draft, or an error that says what is missing."""
    draft = draft_or_none(page_of_text, text)
    assert draft is None or "Leave a Reply" not in (draft.body_text or "").split("\n\n")


def test_a_simple_html_page_gives_text_and_what_it_says_of_itself() -> None:
    """The article element is the body; meta elements fill the fields."""
    draft, blocks = page_of_html(HTML, WEB)
    assert draft.headline == "Two harbours reopen after the storm"
    assert draft.body_text == (
        "The harbours of Norsund and Vik reopened on Tuesday, three days after the storm."
        "\n\nFerries left at noon."
    )
    assert draft.body_html is not None
    assert 'href="https://agency.example/timetable"' in draft.body_html
    assert "Subscribe" not in draft.body_html
    assert (draft.by, draft.section, draft.summary) == (
        "Ida Berg", "World", "Ferries leave again.",
    )  # fmt: skip
    assert (draft.language, draft.published_at) == ("en-GB", "2026-03-03T11:00:00+01:00")
    assert draft.guid == "https://agency.example/news/harbours"
    assert draft.audience is not None
    assert draft.audience.comments_open is True
    assert [(block.kind, block.text) for block in blocks] == [("breadcrumb", "Home World")]


def test_json_ld_is_believed_before_meta_elements() -> None:
    """Structured data is the most exact; a time without an offset is only a day."""
    draft, _ = page_of_html(JSON_LD, Origin("agency"))
    assert (draft.headline, draft.by) == ("Two harbours reopen", "Ida Berg, Nils Dahl")
    assert (draft.section, draft.published_at) == ("World", "2026-03-03")
    assert draft.guid == "https://agency.example/ld"


def test_what_a_page_says_wrongly_is_left_out() -> None:
    """A broken meta element costs its field, not the article."""
    html = (
        '<html lang="not a language"><meta name="author" content="' + "x" * 2_000 + '">'
        '<meta name="date" content="soon"><link rel=canonical href="https://other.example/x">'
        "<h1>Head</h1><p>Body.</p>"
    )
    draft, _ = page_of_html(html, WEB)
    assert (draft.headline, draft.body_text) == ("Head", "Body.")
    assert draft.by is draft.published_at is draft.language is None
    assert draft.guid == "https://agency.example/1"


@given(html=st.text(max_size=300) | st.lists(st.sampled_from(HTML.split(">"))).map(">".join))
def test_any_html_is_a_page_or_refused(html: str) -> None:
    """No page breaks the parser."""
    draft_or_none(page_of_html, html.replace("\x00", ""))


async def post_page(
    newsroom: Newsroom, content: bytes, content_type: str, **query: str
) -> httpx.Response:
    params = {"source": "agency", "url": "https://agency.example/1"} | query
    headers = {"Content-Type": content_type}
    return await newsroom.http.post("/v1/pages", content=content, params=params, headers=headers)


async def test_pages_go_the_way_of_articles(newsroom: Newsroom) -> None:
    """The same answer, the same stream, identity by url, versions by content."""
    answer = await post_page(newsroom, PAGE.encode(), "text/plain")
    assert (answer.status_code, answer.json()["results"][0]["outcome"]) == (202, "created")
    again = await post_page(newsroom, PAGE.encode(), "text/plain; charset=utf-8")
    assert again.json()["results"][0]["outcome"] == "unchanged"
    article = decode_article(Article, (await newsroom.entries())[0])
    assert article.section == "World"
    assert article.blocks[0].kind == "breadcrumb"
    html = await post_page(newsroom, HTML.encode(), "text/html")
    assert html.json()["results"][0]["outcome"] == "created"


async def test_a_rotating_widget_makes_no_new_version(newsroom: Newsroom) -> None:
    """Scraped again with another "Check Also", it is still the same article."""
    await post_page(newsroom, PAGE.encode(), "text/plain")
    other = PAGE.replace("Council Votes on New Breakwater", "Cat Rescued From Crane")
    again = await post_page(newsroom, other.encode(), "text/plain")
    assert again.json()["results"][0]["outcome"] == "unchanged"


async def test_a_page_without_a_url_may_have_a_guid(newsroom: Newsroom) -> None:
    """A file from a disk has an identity too."""
    params = {"source": "agency", "guid": "file-1"}
    answer = await newsroom.http.post(
        "/v1/pages", content=b"Head\n\nBody.", params=params, headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-8859-1", "text/html; charset=ISO-8859-1"), ("windows-1251", "text/html"),
     ("utf-16", "text/html; charset=utf-16"), ("utf-8-sig", "text/html; charset=latin-1")],
)  # fmt: skip
async def test_a_page_is_read_in_its_own_characters(
    newsroom: Newsroom, charset: str, declared: str
) -> None:
    """By its Content-Type, its own meta element, or its byte order mark."""
    word = "мир" if charset == "windows-1251" else "café"
    html = f"<meta charset={charset}><h1>About {word}</h1><p>Text.</p>"
    await post_page(newsroom, html.encode(charset), declared)
    (fields,) = await newsroom.entries()
    assert decode_article(Article, fields).headline == f"About {word}"


async def test_a_wrong_page_is_a_problem(newsroom: Newsroom) -> None:
    """Whatever is sent, it is 4xx and nothing gets onto a stream."""
    for content, content_type, query, status in (
        (b"", "text/plain", {}, 422),
        (b"\xff\xfe\xfd", "text/plain", {}, 400),
        (b"Head\x00\n\nBody", "text/plain", {}, 422),
        (b"<h1>a\x00b</h1>", "text/html", {}, 422),
        (b"<p>no headline</p>", "text/html", {}, 422),
        (b"<b>" * 500_000, "text/html", {}, 422),
        (b"x" * 6_000_000, "text/plain", {}, 413),
        (b"Head\n\n" + b"x" * 2_000_001, "text/plain", {}, 422),
        (b"{}", "application/json", {}, 415),
        (b"Head", "", {}, 415),
        (b"Head\n\nBody", "text/plain", {"url": "ftp://x"}, 422),
        (b"Head\n\nBody", "text/plain", {"source": ""}, 422),
        (b"Head\n\nBody", "text/plain", {"source": "a\0b"}, 422),
    ):
        answer = await post_page(newsroom, content, content_type, **query)
        assert answer.status_code == status, (content[:40], content_type, query, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 20_000
    assert await newsroom.entries() == []
