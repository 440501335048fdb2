"""Floods of near-copies: one more costs what the last did, and what is said stays of the set."""

import random
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import SHINGLES, Signature

WINDOW = timedelta(days=30)
HOUR_MS = 3_600_000
ALIKE = 6
WORDS = [f"word{number}" for number in range(24)]
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "remove"]), st.integers(0, 39), st.integers()),
    max_size=90,
)


def crowded(article_id: str, seed: int, version: int = 1) -> Signature:
    """An article of which many others are near-copies: most are of six words of seven."""
    chance = random.Random(seed)
    words = sorted(chance.sample(WORDS[:7] if chance.random() < 0.7 else WORDS, 6))
    begun = chance.randrange(120) * HOUR_MS
    shingles = chance.sample(range(40), chance.choice([0, 4, 12]))
    return Signature(
        id=article_id, version=version, headline="H", language=chance.choice(["en", "de"]),
        at_ms=begun + version, first_ms=begun, terms=tuple((word, 0.4) for word in words),
        shingles=tuple(sorted(shingle << 21 for shingle in shingles)),
    )  # fmt: skip


def holding(signatures: Iterable[Signature]) -> RelatedIndex:
    index = RelatedIndex(WINDOW, 500, most_alike=ALIKE)
    for signature in signatures:
        index.add(signature)
    return index


def said(index: RelatedIndex, article_id: str) -> Any:
    story = index.story(article_id)
    links = {(link.id, link.rel) for link in index.links(article_id)}
    return links, story and story.id, index.members(article_id)


def told(index: RelatedIndex, article_ids: Iterable[str]) -> dict[str, Any]:
    return {
        each: (said(index, each), index.story(each), sorted(index.linking_to(each)))
        for each in article_ids
    }


@settings(max_examples=60, deadline=None)
@given(STEPS, st.randoms(use_true_random=False))
def test_any_history_of_crowds_says_what_a_fresh_index_says(
    steps: Sequence[tuple[str, int, int]], chance: random.Random
) -> None:
    """Who is late moves up when others leave, and back when an earlier one comes."""
    index = holding([])
    held: dict[str, Signature] = {}
    for version, (step, number, seed) in enumerate(steps, start=1):
        article_id = f"a{number:02}"
        if step == "add":
            held[article_id] = crowded(article_id, seed, version)
            index.add(held[article_id])
        else:
            held.pop(article_id, None)
            index.remove(article_id, version, HOUR_MS)
    in_time = sorted(held.values(), key=lambda one: (one.begun_ms, one.id))
    expected = told(holding(in_time), held)
    assert told(index, held) == expected
    assert told(holding(chance.sample(in_time, len(in_time))), held) == expected


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 39))
def test_nobody_in_a_crowd_whose_links_change_is_left_out(seed: int, chosen: int) -> None:
    """A newcomer, or one that was withdrawn, concerns all who say something else."""
    signatures = [crowded(f"a{number:02}", seed * 40 + number) for number in range(40)]
    one = signatures.pop(chosen)
    without, within = holding(signatures), holding([*signatures, one])
    gone = holding([*signatures, one])
    gone.remove(one.id, 2, HOUR_MS)
    ids = [other.id for other in signatures]
    changed = {each for each in ids if said(without, each) != said(within, each)}
    for index in (within, gone):
        near, moved = index.concerned_by(one.id)
        concerned = {*near, *moved, *(each for other in moved for each in index.linking_to(other))}
        assert changed <= concerned


def copies(count: int) -> list[Signature]:
    """One text again and again, each time with three other words and a few other shingles."""
    chance = random.Random(5)
    words = [f"copied{number}" for number in range(48)]
    shingles = sorted(chance.getrandbits(53) for _ in range(SHINGLES))
    flood = []
    for number in range(count):
        kept = [*words]
        for place in chance.sample(range(48), 3):
            kept[place] = f"own{chance.randrange(10_000)}"
        changed = [one if chance.random() < 0.9 else chance.getrandbits(53) for one in shingles]
        flood.append(
            Signature(
                id=f"{chance.getrandbits(128):032x}", version=1, headline="H", language="en",
                at_ms=number, terms=tuple((word, 0.125) for word in kept),
                shingles=tuple(sorted(changed)),
            )
        )  # fmt: skip
    return flood


def test_one_more_near_copy_costs_no_more_than_thousands_before_it() -> None:
    """CPU time of the last five hundred of a flood beside that of a fifth of it."""
    flood, spent = copies(3_000), []
    index = RelatedIndex(WINDOW, 5_000)
    for start in range(0, len(flood), 500):
        begun = time.process_time()
        for one in flood[start : start + 500]:
            index.add(one)
            index.links(one.id)
            index.concerned_by(one.id)
        spent.append(time.process_time() - begun)
    assert min(spent[-2:]) < 2 * min(spent[1:3])  # four times as much if each met all


def test_near_copies_beyond_the_first_still_have_links_and_one_story() -> None:
    """The last of a flood is linked to some of those right before it, as a duplicate."""
    flood = copies(1_200)
    index = RelatedIndex(WINDOW, 2_000)
    for one in flood:
        index.add(one)
    last = flood[-1].id
    links = index.links(last)
    assert len(links) == 5
    assert {link.id for link in links} < {one.id for one in flood[-20:-1]}
    assert {link.rel for link in links} == {"duplicate"}
    story = index.story(last)
    assert story is not None
    assert (story.id, story.size) == (flood[0].id, 1_200)
    assert index.touched_by(last) == [flood[0].id]
