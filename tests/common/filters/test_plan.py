"""Where to look for what matches: always in more than enough sets, and mostly in few."""

import pytest
from hypothesis import given, settings

from newswire_common.article import EnrichedArticle
from newswire_common.filters import FEED_KINDS, View, feed_names, keys_of, parse
from newswire_common.filters.keys import KINDS
from newswire_common.filters.plan import MAX_BRANCHES
from newswire_publish.library.publication import feeds_of
from tests.common.filters.articles import article, bare, made_up, reaction, texts

EVERYTHING: tuple[tuple[str, ...], ...] = ((),)


@pytest.mark.parametrize(
    ("text", "feeds"),
    [
        ("section:World", (("section/world",),)),
        ('section:"Arts & Culture"', (("section/arts-culture",),)),
        ("topic:medtop:11000000", (("topic/medtop:11000000",),)),
        ("place:JPN", (("place/JPN",),)),
        ('person:"Ada Roe"', (("person/ada-roe",),)),
        ('organisation:"Dockers\' Union"', (("organisation/dockers-union",),)),
        ("source:x", (("source/x",),)),
        ("story:s1", (("story/s1",),)),
        ("reaction(actor:JPN polarity<0)", (("reactions/JPN",),)),
        ("reaction.awaiting:KOR", (("reactions/KOR",),)),
        ("section:a place:JPN", (("place/JPN", "section/a"),)),
        ("section:a OR place:JPN", (("section/a",), ("place/JPN",))),
        (
            "section:a (topic:medtop:11000000 OR place:JPN) NOT source:x",
            (("section/a", "topic/medtop:11000000"), ("place/JPN", "section/a")),
        ),
        ("section:a urgency<=3", (("section/a",),)),
        ("section:a OR section:a place:JPN", (("section/a",),)),
        ("NOT (NOT section:a OR NOT place:JPN)", (("place/JPN", "section/a"),)),
        ("reaction(actor:JPN OR actor:KOR)", (("reactions/JPN",), ("reactions/KOR",))),
    ],
)
def test_a_plan_names_the_feeds_to_look_in(text: str, feeds: tuple[tuple[str, ...], ...]) -> None:
    """A search reads a few short lists instead of every article."""
    assert parse(text).plan().feeds() == feeds
    assert not parse(text).plan().everything


@pytest.mark.parametrize(
    "text",
    [
        "urgency<=3", "headline~pact", "language:en", "section:a*", "section:*", "NOT section:a",
        "section:a OR urgency<=3", "tag:nato", "place:Rio", "topic:politics", "keyword:x",
        "NOT reaction.actor:JPN", "reaction(NOT actor:JPN)", "reaction.stance:oppose",
        "NOT (section:a section:b)",
    ],
)  # fmt: skip
def test_where_no_feed_narrows_the_plan_is_everything(text: str) -> None:
    """It never pretends to know more than the feeds do."""
    assert parse(text).plan().everything
    assert EVERYTHING[0] in parse(text).plan().feeds()


@settings(deadline=None)
@given(texts(), made_up())
def test_no_article_that_matches_is_outside_the_plan(text: str, document: EnrichedArticle) -> None:
    """A search by feeds, or an index of filters, loses no article, whatever is asked."""
    wanted, view = parse(text), View(document)
    if not wanted.matches(view):
        return
    for kinds in (FEED_KINDS, frozenset(KINDS), frozenset({"section", "reaction"})):
        assert wanted.plan(kinds).admits(keys_of(view, kinds))


@settings(deadline=None)
@given(made_up())
def test_the_feeds_of_a_plan_are_those_that_publish_fills(document: EnrichedArticle) -> None:
    """The two sides call the same feed by the same name."""
    kinds = {"section", "source", "place"}
    ours = {name for name in feed_names(View(document)) if name.partition("/")[0] in kinds}
    theirs = {name for name in feeds_of(document) if name.partition("/")[0] in kinds}
    assert ours == theirs - {"place/AAX"}  # a code of no country has no filter


def test_an_article_is_in_the_feeds_of_all_its_values() -> None:
    """Section, source, codes, names, story and the countries that reacted."""
    assert feed_names(View(article())) == (
        "organisation/dockers-union", "organisation/given-body", "organisation/nato-parliament",
        "person/given-person", "person/vladimir-putin", "place/JPN", "reactions/CHN",
        "reactions/JPN", "reactions/KOR", "section/world-news", "source/desk-example",
        "story/c969c08f5a95a6f24f215af26f3b7c19", "topic/medtop:11000000", "topic/medtop:20000530",
    )  # fmt: skip


def test_equal_names_have_one_feed() -> None:
    """ß and ss, or either sigma, are one name to a filter, and so to a feed."""
    for one, other in (("Straße", "STRASSE"), ("Κόσμος", "ΚΌΣΜΟΣ")):
        assert parse(f"section:{other}").matches(bare(section=one))
        assert parse(f"section:{other}").plan().feeds() == (
            feed_names(View(bare(section=one)))[:1],
        )


def test_a_plan_of_many_alternatives_stays_small() -> None:
    """Alternatives that multiply cost no more reads than the filter has terms."""
    either = [f"(section:a{n} OR person:b{n} OR place:JPN)" for n in range(20)]
    found = parse(" ".join(either)).plan()
    assert 1 <= len(found.branches) <= MAX_BRANCHES
    reacted = reaction("r", polarity=-1)
    assert found.admits(keys_of(View(bare(enrichment={"reactions": [reacted], "tags": {
        "places": [{"name": "Tokyo", "iso3": "JPN"}]}}))))  # fmt: skip
