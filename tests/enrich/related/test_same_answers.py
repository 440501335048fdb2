"""What an index says is a function of the articles that it holds, whatever brought it there."""

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature

HOUR_MS = 3_600_000
WINDOW = timedelta(days=30)
WORDS = [f"word{number}" for number in range(24)]


def signed(article_id: str, seed: int, version: int = 1) -> Signature:
    """An article of a few common words, so that it has many neighbours and many ties."""
    chance = random.Random(seed)
    chosen = chance.sample(WORDS, 6)
    shingles = chance.sample(range(40), chance.choice([0, 4, 12]))
    begun = chance.randrange(120) * HOUR_MS
    return Signature(
        id=article_id,
        version=version,
        headline=f"{article_id} {version}",
        language=chance.choice(["en", "en-GB", "de"]),
        at_ms=begun + version,
        first_ms=begun,
        terms=tuple((word, 0.4) for word in chosen),
        shingles=tuple(sorted(shingle << 21 for shingle in shingles)),
    )


def holding(signatures: Iterable[Signature], capacity: int = 500) -> RelatedIndex:
    index = RelatedIndex(WINDOW, capacity)
    for signature in signatures:
        index.add(signature)
    return index


def told(index: RelatedIndex, article_ids: Iterable[str]) -> dict[str, Any]:
    """All that it says of the articles."""
    return {
        each: (
            index.links(each),
            index.links(each, limit=16),
            index.story(each),
            index.members(each),
            index.touched_by(each),
        )
        for each in article_ids
    }


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "remove"]), st.integers(0, 39), st.integers()),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.randoms(use_true_random=False))
def test_any_history_says_what_a_fresh_index_of_the_same_articles_says(
    steps: Sequence[tuple[str, int, int]], chance: random.Random
) -> None:
    """Additions, new versions and withdrawals leave nothing behind, and lists stay full."""
    index = RelatedIndex(WINDOW, 500)
    held: dict[str, Signature] = {}
    for version, (step, number, seed) in enumerate(steps, start=1):
        article_id = f"a{number:02}"
        if step == "add":
            held[article_id] = signed(article_id, seed, version)
            index.add(held[article_id])
        else:
            held.pop(article_id, None)
            index.remove(article_id, version, HOUR_MS)
    in_time = sorted(held.values(), key=lambda one: (one.begun_ms, one.id))
    expected = told(holding(in_time), held)
    assert told(index, held) == expected
    assert told(holding(chance.sample(in_time, len(in_time))), held) == expected


@pytest.mark.parametrize("seed", range(3))
def test_what_left_for_want_of_room_is_as_if_it_had_never_been(seed: int) -> None:
    """A full index says what one of its newest articles alone says."""
    chance = random.Random(seed)
    signatures = [signed(f"a{number:03}", number) for number in range(150)]
    newest = sorted(signatures, key=lambda one: (one.at_ms, one.id))[-60:]
    ids = [one.id for one in newest]
    full = holding(chance.sample(signatures, len(signatures)), capacity=60)
    assert len(full) == 60
    assert told(full, ids) == told(holding(newest), ids)


def test_what_is_touched_is_what_would_say_something_else() -> None:
    """Whoever is not told of an article would say the same without it, but for a story's size."""
    signatures = [signed(f"a{number:03}", number) for number in range(80)]
    whole = holding(signatures)
    for without in signatures[::4]:
        others = [one for one in signatures if one.id != without.id]
        less = holding(others)
        story = whole.story(without.id)
        assert story is not None
        changed = {
            one.id
            for one in others
            if without.id in {link.id for link in whole.links(one.id)}
            or _story_id(whole, one.id) != _story_id(less, one.id)
        }
        assert set(whole.touched_by(without.id)) == changed | {story.id} - {without.id}


def _story_id(index: RelatedIndex, article_id: str) -> str | None:
    story = index.story(article_id)
    return story and story.id


@given(st.integers(0, 60))
@settings(max_examples=30, deadline=None)
def test_what_is_said_of_an_article_before_it_is_added_is_said_after(number: int) -> None:
    """The article is published with the links and the story that the index will tell of it."""
    signatures = [signed(f"a{number:03}", number) for number in range(61)]
    newcomer = signatures.pop(number)
    index = holding(signatures)
    links, story = index.related(newcomer), index.story_of(newcomer)
    index.add(newcomer)
    assert links == index.links(newcomer.id) == index.related(newcomer)
    assert story == index.story(newcomer.id) == index.story_of(newcomer)


def test_a_flood_of_copies_makes_no_article_everybodys_link() -> None:
    """Removing or changing one copy of thousands concerns a few others, not all."""
    terms = tuple((f"word{number}", 0.125) for number in range(64))
    copies = [
        Signature(id=f"{number:032}", version=1, headline="H", at_ms=number, terms=terms)
        for number in range(1_200)
    ]
    index = holding(copies, capacity=2_000)
    story = index.story(copies[-1].id)
    assert story is not None
    assert (story.id, story.size) == (copies[0].id, 1_200)
    assert len(index.members(story.id)) == 500
    assert max(len(index.touched_by(one.id)) for one in copies[1::40]) < 60
    assert len(index.touched_by(copies[0].id)) == 200
    index.remove(copies[0].id, 1, 0)
    after = index.story(copies[-1].id)
    assert after is not None
    assert after.size < 1_200
