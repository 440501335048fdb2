"""The pure ledger: bounded, and the same in whatever order articles come."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from newswire_common.reaction import Act, Stance
from newswire_publish.reactions.ledger import (
    MAX_ARTICLES,
    MAX_RECORDS,
    MAX_TOLD,
    Entry,
    Ledger,
    taken_in,
    transitions,
)
from newswire_publish.reactions.records import Record
from newswire_publish.reactions.summary import summarised

FAR_MS = 10**15
ACTS: list[Act] = ["statement", "attitude_reported", "no_comment_yet", "protest"]
STANCES: list[tuple[Stance, int | None]] = [("support", 1), ("oppose", -1), ("none", None)]


@st.composite
def records(draw: st.DrawFn) -> Record:
    stance, polarity = draw(st.sampled_from(STANCES))
    name = draw(st.sampled_from("ABC"))
    act, same = draw(st.sampled_from(ACTS)), f"{name}{draw(st.integers(0, 4))}"
    return Record.model_validate(
        {"id": same, "same": same + act, "actor": name, "name": name, "act": act,
         "stance": stance, "polarity": polarity, "ms": 0}
    )  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> list[tuple[str, Entry]]:
    """Articles of one story, each first published in a millisecond of its own."""
    found = draw(st.lists(st.lists(records(), max_size=4), min_size=1, max_size=6))
    links = draw(st.lists(st.integers(0, 5), min_size=6, max_size=6))
    return [
        (f"a{number}", Entry(
            ticket=1, first_ms=number, until_ms=FAR_MS, duplicates=(f"a{links[number]}",),
            records=tuple(one.model_copy(update={"ms": number}) for one in said),
        ))
        for number, said in enumerate(found)
    ]  # fmt: skip


@given(entries(), st.randoms())
def test_a_summary_does_not_depend_on_the_order_of_arrival(
    articles: list[tuple[str, Entry]], chance: Random
) -> None:
    """One by one in any order, or all at once."""
    at_once = taken_in(Ledger(), dict(articles), 0)
    one_by_one = Ledger()
    for article, entry in chance.sample(articles, len(articles)):
        one_by_one = taken_in(one_by_one, {article: entry}, 0)
    assert summarised(at_once.entries) == summarised(one_by_one.entries)
    assert [one.key for one in transitions(at_once)] == [one.key for one in transitions(one_by_one)]


@given(entries())
def test_the_same_again_changes_nothing(articles: list[tuple[str, Entry]]) -> None:
    """What is taken in twice is not even written."""
    ledger = taken_in(Ledger(), dict(articles), 0)
    assert taken_in(ledger, dict(articles), 0) is ledger


def crowd(count: int, each: int = 1) -> dict[str, Entry]:
    said = tuple(
        Record(id=str(n), same=str(n), actor="a", name="A", act="statement") for n in range(each)
    )
    return {
        f"a{number}": Entry(ticket=1, first_ms=number, until_ms=FAR_MS, records=said)
        for number in range(count)
    }


def test_a_ledger_is_bounded_and_the_earliest_leave() -> None:
    """A story of thousands of articles costs what a large one does."""
    kept = taken_in(Ledger(), crowd(MAX_ARTICLES + 20), 0).entries
    assert len(kept) == MAX_ARTICLES
    assert "a0" not in kept
    full = taken_in(Ledger(), crowd(MAX_ARTICLES, each=100), 0).entries
    assert sum(len(entry.records) for entry in full.values()) <= MAX_RECORDS


def test_articles_that_have_left_are_bounded_too() -> None:
    """Their traces are for late looks alone."""
    left = {
        article: Entry(ticket=1, stays=False, until_ms=FAR_MS)
        for article in crowd(MAX_ARTICLES * 2)
    }
    assert len(taken_in(Ledger(), left, 0).entries) == MAX_ARTICLES
    assert taken_in(Ledger(), left, FAR_MS).entries == {}


def test_what_was_told_is_bounded_and_then_nothing_more_is() -> None:
    """No story tells without end."""
    silences = tuple(
        Record(id=f"s{n}", same=f"s{n}", actor=f"n{n}", name="N", act="no_comment_yet", ms=1)
        for n in range(50)
    )
    said = tuple(
        Record(id=f"t{n}", same=f"t{n}", actor=f"n{n}", name="N", act="statement", ms=2)
        for n in range(50)
    )
    told = tuple(f"silence {n}" for n in range(MAX_TOLD - 10))
    ledger = taken_in(
        Ledger(told=told),
        {"a": Entry(ticket=1, first_ms=1, until_ms=FAR_MS, records=silences),
         "b": Entry(ticket=1, first_ms=2, until_ms=FAR_MS, records=said)},
        0,
    )  # fmt: skip
    assert len(transitions(ledger)) == 10
