"""Pages of HTML as sites make them: data for machines, a body among clutter, parts around it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from newswire_common.article import ArticleDraft, Block
from newswire_ingest.parsing.document import MAX_ELEMENTS, MAX_TEXT, tree_of
from newswire_ingest.parsing.found import Origin, moment
from newswire_ingest.parsing.html import page_of_html
from newswire_ingest.parsing.markup import NestedTooDeep, text_of

HERE = Path(__file__).parent
WEB = Origin("gazette", "https://gazette.example/world/harbours?x=1")
STRAY = (
    "Subscribe", "Home", "Ida Berg", "March 3", "Also read", "breakwater", "Related Articles",
    "forecast", "Check Also", "Cat rescued", "Leave a Reply", "email", "Most Read", "Imprint",
)  # fmt: skip


def page(name: str, origin: Origin = WEB) -> tuple[ArticleDraft, dict[str, list[str]]]:
    """The draft of a bundled page, and its blocks by kind."""
    draft, blocks = page_of_html((HERE / f"{name}.html").read_text(), origin)
    return draft, by_kind(blocks)


def by_kind(blocks: tuple[Block, ...]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for block in blocks:
        kinds.setdefault(block.kind, []).append(block.text)
    return kinds


def article(head: str = "", body: str = "") -> ArticleDraft:
    """The draft of a small page."""
    return page_of_html(f"<html><head>{head}</head><body>{body}</body></html>", WEB)[0]


def test_json_ld_says_what_the_page_is() -> None:
    """Headline, byline, dates: from JSON-LD before any other source, its usual slips mended."""
    draft, _ = page("harbour")
    assert draft.headline == "Two harbours reopen after the storm & the flood"
    assert draft.by == "Ida Berg, Nils Dahl"
    assert draft.published_at == "2026-03-03T11:00:00+01:00"
    assert draft.updated_at == "2026-03-03T12:30:00+01:00"
    assert draft.summary == "Ferries leave again after three days."
    assert (draft.section, draft.language) == ("Coast", "en-GB")
    assert draft.copyright_holder == "Gazette Press"
    assert [(r.href, r.content_type) for r in draft.renditions] == [
        ("https://gazette.example/pictures/harbour.jpg", "image/jpeg"),
        ("https://cdn.example/2.webp", "image/webp"),
    ]
    assert draft.guid == "https://gazette.example/world/harbours"


def test_the_body_is_the_article_and_nothing_around_it() -> None:
    """Paragraphs, quotation and links stay; headline, credits, boxes and forms do not."""
    draft, _ = page("harbour")
    assert draft.body_text is not None
    assert draft.body_html is not None
    paragraphs = draft.body_text.split("\n\n")
    assert len(paragraphs) == 5
    assert paragraphs[0].startswith("The harbours of Norsund and Vik reopened on Tuesday")
    assert paragraphs[-1].endswith("until the end of May.")
    for stray in STRAY:
        assert stray not in draft.body_text
        assert stray not in draft.body_html
    assert '<a href="https://gazette.example/port/statement"' in draft.body_html
    assert "<blockquote>" in draft.body_html


def test_body_text_is_the_text_of_body_html() -> None:
    """One body in two forms: offsets into the one are places in the other."""
    for name in ("harbour", "orchard", "tram"):
        draft, _ = page(name)
        assert draft.body_html
        assert draft.body_text == text_of(draft.body_html)


def test_what_stands_around_is_named() -> None:
    """Breadcrumb, byline, dateline, comment form and boxes are typed blocks; links are kept."""
    draft, blocks = page("harbour")
    assert blocks["breadcrumb"] == ["Home World Two harbours reopen"]
    assert blocks["byline"] == ["By Ida Berg and Nils Dahl | March 3, 2026"]
    assert blocks["dateline"] == [draft.dateline] == ["NORSUND (AP)"]
    assert blocks["comment-form"] == ["Leave a Reply Your email address will not be published."]
    assert any(text.startswith("Check Also Cat rescued") for text in blocks["check-also"])
    assert any(text.startswith("Related Articles") for text in blocks["related"])
    assert draft.audience is not None
    assert draft.audience.comments_open is True
    offered = {link.uri: link.title for link in draft.associations}
    assert offered["https://gazette.example/world/breakwater"] == (
        "Council votes on a new breakwater"
    )
    assert {"https://gazette.example/world/crane", "https://gazette.example/world/storm"} <= (
        offered.keys()
    )
    assert {link.origin for link in draft.associations} == {"source-widget"}


def test_microdata_is_read_where_there_is_no_json_ld() -> None:
    """The same words of schema.org, on the elements that people see."""
    draft, _ = page("orchard", Origin("valley", "https://valley.example/farms/frost"))
    assert (draft.headline, draft.by) == ("Frost takes half of the apples", "Ana de la Cruz")
    assert (draft.published_at, draft.section) == ("2026-04-21T08:15:00+02:00", "Farms")
    assert draft.language == "en-US"
    assert [image.href for image in draft.renditions] == ["https://valley.example/farms/frost.png"]
    assert draft.audience is not None
    assert draft.audience.comments_open is False
    assert draft.body_text is not None
    assert "Upper valley" in draft.body_text
    assert "bees" not in draft.body_text


def test_a_page_without_data_is_read_as_people_read_it() -> None:
    """The h1 that the title repeats, the line of the byline, a date as written."""
    draft, _ = page("tram")
    assert (draft.headline, draft.by) == ("The last tram of line nine", "Jo Long")
    assert draft.published_at == "2026-05-08"
    assert draft.body_text is not None
    assert draft.body_text.startswith("The last tram of line nine left the market")
    assert draft.body_text.endswith("the seats.”")


@pytest.mark.parametrize(
    ("data", "headline", "by"),
    [
        ('{"@type":"NewsArticle","headline":"A","author":"Ida Berg"}', "A", "Ida Berg"),
        ('[{"@type":"WebPage","mainEntity":{"@type":["NewsArticle"],"headline":"A"}}]', "A", None),
        ('{"@type":"Article","name":"A","author":{"name":["Ida Berg"]}}', "A", "Ida Berg"),
        ('{"@type":"ItemList"}', "Seen", None),
        ('//<![CDATA[\n{"@type":"Report","headline":"A"}\n//]]>', "A", None),
        ('{"@type":"NewsArticle","headline":"<b>A</b> &quot;b&quot;"}', 'A "b"', None),
        ('{"@type":"NewsArticle","headline":"A","author":"https://x.example/ida"}', "A", None),
        ('{"@type":"NewsArticle","headline":7}', "Seen", None),
        ("[" * 50_000, "Seen", None),
        ('{"@graph":' * 2_000, "Seen", None),
        ("\x01", "Seen", None),
    ],
)
def test_json_ld_in_every_shape(data: str, headline: str, by: str | None) -> None:
    """What content systems write is understood, and what nobody could is passed over."""
    draft = article(f'<script type="application/ld+json">{data}</script>', "<h1>Seen</h1><p>Text.")
    assert (draft.headline, draft.by) == (headline, by)


def test_a_page_that_shows_only_a_teaser_may_say_its_text_as_data() -> None:
    """The body is then that of the data, with its paragraphs."""
    data = '{"@type":"NewsArticle","headline":"A","articleBody":"%s\\n%s"}' % ("One. " * 40, "Two.")  # noqa: UP031 - braces
    draft = article(f'<script type="application/ld+json">{data}</script>', "<p>One. One …</p>")
    assert draft.body_text is not None
    assert draft.body_text.split("\n\n") == [("One. " * 40).strip(), "Two."]


def test_a_date_is_read_in_the_ways_that_pages_write_it() -> None:
    """Without an offset only the day is known."""
    assert moment("2026-03-03T11:00:00+0100") == "2026-03-03T11:00:00+01:00"
    assert moment("2026-03-03T11:00Z") == "2026-03-03T11:00:00+00:00"
    assert moment("Tue, 03 Mar 2026 11:00:00 GMT") == "2026-03-03T11:00:00+00:00"
    assert moment("2026-03-03 11:00:00") == moment("2026/03/03") == "2026-03-03"
    assert moment("March 3, 2026") == "2026-03-03"
    assert moment("yesterday") is moment("") is moment("9999999999") is None


def test_links_go_by_the_base_of_the_page() -> None:
    """HTML's own base element changes what a relative link means."""
    text = "The harbours of Norsund and Vik reopened on Tuesday, three days after the storm. " * 5
    draft = article('<base href="/en/">', f'<h1>H</h1><p>{text}<a href="more">more</a></p>')
    assert draft.body_html is not None
    assert 'href="https://gazette.example/en/more"' in draft.body_html


def test_what_is_over_the_limits_is_left_out_and_the_rest_read() -> None:
    """A page of any size is an article of a size that can be worked with."""
    long = article("", "<h1>H</h1><p>" + "word " * 500_000)
    assert long.body_text is not None
    assert MAX_TEXT * 0.9 < len(long.body_text) <= MAX_TEXT + 100
    tree = tree_of("<p>x</p>" * 100_000)
    assert sum(1 for _ in tree.iter()) <= MAX_ELEMENTS + 10


TOKENS = [
    "<div>", "<b>", "<p>", "x", "</p>", '<a href="x">', "&", "<table><td>", "</b></i>", "<br>",
    '<div class="related">', "<h3>Check Also</h3>", '<div itemscope itemtype="/Article">',
    '<i itemprop="headline">', '<script type="application/ld+json">{', "</script>", "<aside>y",
    '<div id="respond">', "By Ida Berg", "NORSUND (AP) — Text", '<nav class="breadcrumb">', "\x00",
    "<!--", "</div>", '<meta property="og:title" content="T">', "<title>", "<wbr>",
]  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(tokens=st.lists(st.sampled_from(TOKENS) | st.text(max_size=8), max_size=60))
def test_whatever_is_sent_is_a_page_or_refused(tokens: list[str]) -> None:
    """No order of elements breaks the parser, and both forms of the body always agree."""
    try:
        draft, _ = page_of_html("<h1>Head</h1>" + "".join(tokens), WEB)
    except (ValidationError, NestedTooDeep):
        return
    assert (draft.body_text or "") == text_of(draft.body_html or "")
