"""Articles that no newsroom writes: enriched in bounded time, sensibly or not at all."""

import time
from datetime import timedelta
from functools import partial

import pytest

from newswire_common.article import Article, EnrichedArticle
from newswire_enrich.enrichment import Enricher, Link
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.revisits import links_to

# Six times what an article may take on a machine that is not shared: 250 ms. CPU time, not the
# clock's, so that neighbours do not fail the test.
LONGEST_S = 1.5
MEGABYTE = 1_000_000  # characters
PROSE = (
    "The minister of Japan said on Monday that “talks with China” had failed, and Anna Lindqvist "
    "of the Northern Trade Board condemned it. "
)
UNITS = {
    "prose": PROSE,
    "capitals": PROSE.upper(),
    "right to left": "قالت وزارة الخارجية اليابانية يوم الاثنين إن الحكومة لن تغير خططها. ",
    "emoji": "😀🇯🇵🔥👩‍👩‍👧 ",
    "markup": '<p class="x">Japan <b>said</b> &amp; <a href="?">no</a></p>\n<script>f()</script>',
    "short sentences": "He said no. ",
    "acronyms": "U.S. ",
    "a chain of bodies": "Bank of ",
    "joined initials": "A&",
    "possessives": "Bank's ",
    "names without end": "Alpha Beta ",
    "quotation marks": "“",
    "combining marks": "Z\u0301\u0302\u0303",
    "no spaces": "日本政府は月曜日に中国との協議が失敗したと述べた。",
    "a table": "Japan\t12\t13\nChina\t1\t2\n",
    "one word": "x",
    "zeros": "\0",
    "a lone surrogate": "\ud83d ",
}


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher.load()


@pytest.fixture
def link() -> Link:
    return partial(links_to, RelatedIndex(timedelta(days=7), capacity=100))


def article(body: str, headline: str = "Talks fail") -> Article:
    return Article(
        id="hostile", uri="urn:hostile", source="s", guid="hostile", version=1,
        headline=headline, body_text=body,
    )  # fmt: skip


def enriched_in_time(enricher: Enricher, link: Link, given: Article) -> EnrichedArticle:
    """The article enriched, every part within its bounds and none of them failed."""
    started = time.process_time()
    enriched, _ = enricher.enrich(given, link)
    assert time.process_time() - started < LONGEST_S
    assert [one for one in enriched.enrichment.provenance if one.error] == []
    return enriched


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_a_megabyte_of_anything_is_enriched_in_time(
    enricher: Enricher, link: Link, unit: str
) -> None:
    """One article holds no worker up, whatever repeats in it."""
    enriched_in_time(enricher, link, article(unit * (MEGABYTE // len(unit))))


def test_ten_thousand_sentences_each_with_names_of_its_own(enricher: Enricher, link: Link) -> None:
    """Tags are bounded as time is: an article that names more than a hundred is a list."""
    body = "\n".join(
        f"Minister Jan Novak{number} of Japan said that Acme{number} Holdings was wrong."
        for number in range(10_000)
    )
    tags = enriched_in_time(enricher, link, article(body)).enrichment.tags
    assert [one.iso3 for one in tags.places] == ["JPN"]
    assert max(map(len, (tags.people, tags.organisations, tags.keywords))) <= 100


@pytest.mark.parametrize("body", ["", "Word", "A", "?", "😀😀😀", "\n\n", "…", "Mr.", "’s"])
def test_next_to_nothing_tags_nothing(enricher: Enricher, link: Link, body: str) -> None:
    """No field is guessed from a scrap."""
    enrichment = enriched_in_time(enricher, link, article(body, headline="-")).enrichment
    tags = enrichment.tags
    assert (tags.places, tags.people, tags.organisations) == ((), (), ())
    assert enrichment.reactions == ()


def test_an_article_in_capitals_tags_what_it_names_and_no_more(
    enricher: Enricher, link: Link
) -> None:
    """Flashes come in capitals: countries are told, and no word is taken for a person."""
    tags = enriched_in_time(enricher, link, article(PROSE.upper())).enrichment.tags
    assert {one.iso3 for one in tags.places} == {"JPN", "CHN"}
    assert tags.people == ()


def test_markup_that_was_left_in_names_no_person_and_no_body(
    enricher: Enricher, link: Link
) -> None:
    """Tags and scripts are no names, whatever their capitals."""
    body = (
        '<div class="Top"><P>Japan <B>said no</B>.</P><IMG SRC="x.png"><BR>'
        "<script>var Alpha = new Beta();</script></div>"
    ) * 20
    tags = enriched_in_time(enricher, link, article(body)).enrichment.tags
    assert (tags.people, tags.organisations) == ((), ())
    assert [one.iso3 for one in tags.places] == ["JPN"]


def test_a_text_from_right_to_left_names_its_countries(enricher: Enricher, link: Link) -> None:
    """Arabic has no capitals: what the vocabularies know is found, nothing else is guessed."""
    body = "قالت اليابان يوم الاثنين إن المحادثات مع الصين فشلت. " * 5
    enrichment = enriched_in_time(enricher, link, article(body, headline="اليابان")).enrichment
    assert enrichment.language == "ar"
    assert {one.iso3 for one in enrichment.tags.places} == {"JPN", "CHN"}
    assert enrichment.tags.people == ()
