"""Whom a newcomer, a revision or a withdrawal concerns: nobody whose links change is left out."""

import random
from collections.abc import Iterable

import pytest

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from tests.enrich.related.test_same_answers import holding, signed

IDS = [f"a{number:03}" for number in range(80)]


def said(index: RelatedIndex, article_id: str) -> object:
    """What is told of an article: its links, its story's id, and who is of it where it began it."""
    story = index.story(article_id)
    links = {(link.id, link.rel) for link in index.links(article_id)}
    return links, story and story.id, index.members(article_id)


def differing(one: RelatedIndex, other: RelatedIndex, ids: Iterable[str]) -> set[str]:
    return {each for each in ids if said(one, each) != said(other, each)}


def concerned(index: RelatedIndex, article_id: str) -> set[str]:
    """All who are looked at because of it, and because of those who are of another story."""
    near, moved = index.concerned_by(article_id)
    return {*near, *moved, *(each for one in moved for each in index.linking_to(one))}


def news() -> list[Signature]:
    return [signed(identity, number) for number, identity in enumerate(IDS)]


@pytest.mark.parametrize("seed", range(2))
def test_a_newcomer_concerns_all_who_say_something_else_with_it(seed: int) -> None:
    """Also those whose story only lost a member to another one."""
    signatures = news()
    for newcomer in random.Random(seed).sample(signatures, 6):
        others = [one for one in signatures if one.id != newcomer.id]
        before, after = holding(others), holding(signatures)
        changed = differing(before, after, [one.id for one in others])
        assert changed <= concerned(after, newcomer.id)


@pytest.mark.parametrize("seed", range(2))
def test_a_withdrawal_concerns_all_who_said_something_else_before(seed: int) -> None:
    """Asked for after the article has gone, of an index that meanwhile has got others."""
    signatures = news()
    for gone in random.Random(seed).sample(signatures, 6):
        others = [one for one in signatures if one.id != gone.id]
        early, late = others[:60], others[60:]
        before, after = holding(signatures), holding([*early, gone])
        after.remove(gone.id, gone.version, gone.at_ms)
        for one in late:
            after.add(one)
        changed = differing(before, after, [one.id for one in others])
        assert changed <= concerned(after, gone.id)


def test_a_revision_concerns_those_of_the_text_before_and_after() -> None:
    """Other words have other neighbours; the old ones are not forgotten."""
    signatures = news()
    for revised in signatures[::16]:
        before, after = holding(signatures), holding(signatures)
        after.add(signed(revised.id, 1_000 + revised.begun_ms, revised.version + 1))
        others = [each for each in IDS if each != revised.id]
        assert differing(before, after, others) <= concerned(after, revised.id)


def test_however_many_link_to_an_article_all_of_them_lose_it() -> None:
    """Far more than the two hundred that are named when it is withdrawn: each copied half of it."""
    chance = random.Random(1)
    of_hub = range(1, 65)
    hub = copied("hub", of_hub)
    copies = [
        copied(f"copy-{first}", [*chance.sample(of_hub, 32), *range(first, first + 32)])
        for first in range(100, 100 + 300 * 32, 32)
    ]
    index = holding([hub, *copies])
    linking = {one.id for one in copies if "hub" in {link.id for link in index.links(one.id)}}
    assert len(linking) == 300
    assert set(index.linking_to("hub")) == linking
    index.remove("hub", 1, 0)
    assert linking <= concerned(index, "hub")


def copied(article_id: str, shingles: Iterable[int]) -> Signature:
    return Signature(
        id=article_id, version=1, headline=article_id, at_ms=0,
        shingles=tuple(sorted(shingle << 21 for shingle in shingles)),
    )  # fmt: skip


def test_nobody_is_concerned_by_what_was_never_here() -> None:
    """An article under embargo, or one whose kill came first."""
    index = holding(news())
    assert concerned(index, "unknown") == set()
    index.remove("unknown", 3, 0)
    assert concerned(index, "unknown") == set()
