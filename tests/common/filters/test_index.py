"""Finding the filters that match an article without asking all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle
from newswire_common.filters import FilterIndex, parse
from tests.common.filters.articles import article, bare, made_up, stored, texts


def index_of(*wanted: str) -> FilterIndex[int]:
    index: FilterIndex[int] = FilterIndex()
    for number, text in enumerate(wanted):
        index.add(number, parse(text))
    return index


@settings(max_examples=60, deadline=None)
@given(st.lists(texts(), max_size=8), made_up())
def test_an_index_finds_what_asking_each_filter_would(
    wanted: list[str], document: EnrichedArticle
) -> None:
    """No subscriber misses an article because of how it was looked for."""
    index = index_of(*wanted)
    expected = {number for number, text in enumerate(wanted) if parse(text).matches(document)}
    assert index.matching(document) == expected
    assert index.matching(stored(document)) == expected
    assert index.candidates(document) >= expected


def test_filters_that_can_not_match_are_not_asked() -> None:
    """Ten thousand subscribers to other things cost an article nothing."""
    index = index_of("section:world-news", "headline~pact", "reaction(actor:JPN polarity<0)")
    others = [
        "section:s{}", 'person:"p {}"', "headline~w{}", "source:a{} urgency<=3", "topic:t{}",
        "(place:x{} OR tag:y{})", "section:world-news person:q{}", "story:{}", "keyword:k{}",
        "reaction(actor:z{} stance:oppose)", "section:n{} NOT place:JPN", "by~b{}",
    ]  # fmt: skip
    before = index.possible(article())
    for number in range(2_400):
        text = others[number % len(others)].replace("{}", str(number))
        index.add(100 + number, parse(text))
    assert index.possible(article()) == before
    assert index.matching(article()) == {0, 1, 2}
    assert len(index) == 2_403


def test_equal_filters_are_asked_once_for_all_their_holders() -> None:
    """A hundred filters of ten thousand endpoints cost an article a hundred questions at most."""
    index = index_of(*["urgency<=3", "URGENCY <= 03", "(urgency<=3)"] * 100)
    assert len(index.possible(article())) == 1
    assert len(index.matching(article())) == 300


def test_a_holder_has_the_last_filter_it_was_given() -> None:
    """A subscriber who changes a filter gets nothing more by the old one."""
    index = index_of("section:world-news")
    index.add(0, parse("section:other"))
    assert index.matching(article()) == set()
    index.add(0, parse("urgency:3"))
    assert index.matching(article()) == {0}
    assert len(index) == 1


def test_who_is_removed_is_forgotten() -> None:
    """Endpoints that come and go leave nothing behind."""
    index = index_of("section:world-news", "section:world-news", "urgency:3", "body~pact")
    index.remove(0)
    assert index.matching(article()) == {1, 2}
    for holder in (1, 2, 3, 3, 99):
        index.remove(holder)
    assert len(index) == 0
    assert index.candidates(bare()) == set()
    assert not index._under
    assert not index._kinds
    assert not index._always
