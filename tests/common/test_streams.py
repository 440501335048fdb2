"""Identity, partitions and their tags: the same answer everywhere and for ever."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from newswire_common.streams import (
    SLOTS,
    article_id,
    is_article_id,
    partition_of,
    partitions,
)


def test_an_identity_never_changes() -> None:
    """An id that changed would publish every old article again."""
    assert article_id("desk", "tag:1") == "c969c08f5a95a6f24f215af26f3b7c19"


@given(st.text(), st.text(), st.text(), st.text())
def test_two_articles_have_two_identities(a: str, b: str, c: str, d: str) -> None:
    """No split of source and guid collides with another."""
    assert (article_id(a, b) == article_id(c, d)) == ((a, b) == (c, d))


@pytest.mark.parametrize("count", [1, 2, 3, 16, 100])
@pytest.mark.parametrize("prefix", ["p", "w"])
def test_partitions_spread_evenly_over_the_slots(count: int, prefix: str) -> None:
    """Each partition lies in its own equal share of the slots, and all its keys with it."""
    slots = [key_slot(p.key("articles").encode()) for p in partitions(count, prefix)]
    assert slots == [key_slot(p.key("article", "x").encode()) for p in partitions(count, prefix)]
    assert all(
        n * SLOTS // count <= slot < (n + 1) * SLOTS // count for n, slot in enumerate(slots)
    )
    assert all(a < b for a, b in pairwise(slots))


def test_one_partition_has_the_plain_tag() -> None:
    """The default on one machine reads as the documentation writes it."""
    assert partitions(1)[0].key("articles") == "{p0}:articles"


@given(st.text(), st.text(), st.integers(1, 40))
def test_every_identity_has_one_partition(source: str, guid: str, count: int) -> None:
    """The partition follows from the id alone."""
    identity = article_id(source, guid)
    assert is_article_id(identity)
    assert partition_of(identity, partitions(count)) in partitions(count)


@pytest.mark.parametrize("text", ["", "x" * 32, "AB" * 16, "0" * 31, "0" * 33, "../" * 10 + "00"])
def test_what_is_no_identity_is_told(text: str) -> None:
    """Nothing else becomes part of a key."""
    assert not is_article_id(text)
