"""Articles that no newsroom writes: enriched in bounded time, sensibly or not at all."""

import time
from datetime import timedelta
from functools import partial

import pytest

from newswire_common.article import Article, EnrichedArticle
from newswire_enrich.enrichment import Enricher, Link
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.revisits import links_to

LONGEST_S = 0.25  # that any article may take
# CPU time, not the clock's, and the best of a few tries: but even that is half as much again while
# neighbours take the caches of slow cores, and a test must not fail by them.
NOISE = 1.6
TRIES = 3
# Four times the text may take as long as doubling it twice, each time 2.6 times as long; what is
# quadratic takes 16 times. A single doubling would be told from noise less surely.
LINEAR = 2.6**2
SHORT = 6_000  # characters: four times that is below every bound of the parts
UNEVEN_S = 0.003  # what may be owed to the clock and not to the text
MEGABYTE = 1_000_000  # characters
PROSE = (
    "The minister of Japan said on Monday that “talks with China” had failed, and Anna Lindqvist "
    "of the Northern Trade Board condemned it. "
)
UNITS = {
    "prose": PROSE,
    "capitals": PROSE.upper(),
    "title case": PROSE.title(),
    "headings": "The Minister Of Foreign Affairs Said No\n\n",
    "right to left": "قالت وزارة الخارجية اليابانية يوم الاثنين إن الحكومة لن تغير خططها. ",
    "Hebrew without spaces": "ממשלתיפןאמרה",
    "Thai": "รัฐบาลญี่ปุ่นกล่าวเมื่อวันจันทร์ว่าการเจรจากับจีนล้มเหลว",
    "Japanese": "日本政府は月曜日に中国との協議が失敗したと述べた。",
    "German": "Die Regierung hat den Beschluss der Nato nicht kritisiert, sagte Minister Scholz. ",
    "emoji": "😀🇯🇵🔥👩‍👩‍👧 ",
    "joined emoji": "👩‍👩‍👧‍👦",
    "markup": '<p class="x">Japan <b>said</b> &amp; <a href="?">no</a></p>\n<script>f()</script>',
    "tags": "<b>",
    "short sentences": "He said no. ",
    "shortest sentences": "Said Bob. ",
    "ellipses": "… ",
    "empty lines": "\n",
    "said": "said ",
    "a speaker each": "Neither Oslo nor Berne has commented. ",
    "no comment": "The bank had no comment. ",
    "quotes": '"No," said Bob. ',
    "unbalanced quotes": "“We lost, said Bob. ",
    "nested quotes": "“‘„«“‘ said ",
    "quotes left open": "“a\n\n",
    "quotation marks": "“",
    "straight marks": '"',
    "apostrophes": "'",
    "open brackets": "Bob (",
    "acronyms": "U.S. ",
    "initials in a row": "a.b.c.",
    "abbreviations": "St. ",
    "a chain of bodies": "Bank of ",
    "the ministry": "the ministry ",
    "joined initials": "A&",
    "hyphens": "Al-",
    "possessives": "Bank's ",
    "names without end": "Alpha Beta ",
    "short names": "Aa Bb Cc ",
    "names and commas": "Bob, ",
    "countries": "Japan and China ",
    "pairs": "Japan and China. The two nations said no. ",
    "shouted acronyms": "US WHO UN EU ",
    "topics": "war football bank climate hospital school film ",
    "addresses": "https://www.example.org/a/b?c=d&e=f ",
    "combining marks": "Z\u0301\u0302\u0303",
    "marks alone": "\u0301",
    "characters that grow": "ﷺ",
    "wide letters": "Ａ Ｂ ",
    "dotted capitals": "İ ",
    "a table": "Japan\t12\t13\nChina\t1\t2\n",
    "one word": "x",
    "one capital": "X",
    "digits": "7",
    "decimals": "1.",
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
    used = float("inf")
    for _ in range(TRIES):
        started = time.process_time()
        enriched, _ = enricher.enrich(given, link)
        used = min(used, time.process_time() - started)
        if used < LONGEST_S:
            break
    assert used < LONGEST_S * NOISE
    assert [one for one in enriched.enrichment.provenance if one.error] == []
    return enriched


def seconds(enricher: Enricher, link: Link, body: str) -> float:
    """CPU time of one enrichment of an English text."""
    given = article(body).model_copy(update={"language": "en"})
    started = time.process_time()
    enricher.enrich(given, link)
    return time.process_time() - started


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_a_megabyte_of_anything_is_enriched_in_time(
    enricher: Enricher, link: Link, unit: str
) -> None:
    """One article holds no worker up, whatever repeats in it."""
    enriched_in_time(enricher, link, article(unit * (MEGABYTE // len(unit))))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_time_is_in_proportion_to_length(enricher: Enricher, link: Link, unit: str) -> None:
    """The bounds hide nothing quadratic below them."""
    short, long = (unit * (length // len(unit)) for length in (SHORT, 4 * SHORT))
    least = [float("inf"), float("inf")]
    for _ in range(2 * TRIES):
        used = [seconds(enricher, link, short), seconds(enricher, link, long)]
        least = [*map(min, least, used)]
        if least[1] <= LINEAR * least[0] + UNEVEN_S:
            return
    pytest.fail(f"{least[1] / least[0]:.1f} times as long")


def test_a_script_without_spaces_whose_every_pair_differs_is_enriched_in_time(
    enricher: Enricher, link: Link
) -> None:
    """Each pair of characters is a word of its own, and all weigh the same."""
    characters = [chr(0x4E00 + number * 7919 % 20_000) for number in range(MEGABYTE // 10)]
    enriched_in_time(enricher, link, article("".join(characters[::3] + characters[::7] * 2)))


def test_a_list_of_ten_thousand_speakers_is_enriched_in_time(
    enricher: Enricher, link: Link
) -> None:
    """Names that differ, in one sentence that ends in one verb."""
    speakers = ", ".join(f"Anna Ber{number}g" for number in range(10_000))
    enriched_in_time(enricher, link, article(f"{speakers} and Dora Lind said no."))


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
