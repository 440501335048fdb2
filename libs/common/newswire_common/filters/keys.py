"""Sets of articles that share a value: what the plan of a filter is made of.

A key is computed from the same form on both sides, from the article's values and from the filter's:
so equal values have equal keys, and a plan can not lose an article.
"""

from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from newswire_common.filters.operands import Operand
from newswire_common.naming import slug_of

# From what few articles share to what many do: the order in which a key is chosen to find filters.
# With ^ are the beginnings of values, which patterns such as nato* are found by.
KINDS = (
    "id", "story", "person", "organisation", "by", "place-name", "actor-name", "keyword", "tag",
    "headline", "summary", "person^", "organisation^", "by^", "place-name^", "actor-name^",
    "reactions", "keyword^", "tag^", "headline^", "summary^", "topic-name", "topic", "place",
    "genre", "body", "source", "topic-name^", "genre^", "source^", "act", "stance", "section",
    "section^", "body^", "reaction", "language",
)  # fmt: skip
START = 3  # characters of a beginning: as many as most words tell themselves apart by
FEED_KINDS = frozenset(
    {"section", "source", "topic", "place", "person", "organisation", "story", "reactions"}
)


class Key(NamedTuple):
    """All articles that have a value. Those of `FEED_KINDS` are feeds, and ``str`` their names."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.value}"


HAS_REACTION = Key("reaction", "any")


@dataclass(frozen=True, slots=True)
class Keying:
    """How a field's values give keys: by ``make``, and by their beginnings for the kind ``start``.

    ``kinds`` are those that ``make`` gives.
    """

    kinds: frozenset[str] = frozenset()
    make: Callable[[str], Key] | None = None
    start: str = ""

    def held(self, values: Collection[str], kinds: AbstractSet[str]) -> Iterator[Key]:
        """The keys, of these kinds, of an article with these values."""
        if self.make is not None and not kinds.isdisjoint(self.kinds):
            yield from (key for key in map(self.make, values) if key.kind in kinds)
        if self.start in kinds:
            yield from (Key(self.start, value[:START]) for value in values)

    def needed(self, operand: Operand, kinds: AbstractSet[str]) -> Iterator[Key]:
        """The keys, of these kinds, without which ``operand`` matches nothing."""
        if self.make is not None:
            yield from (key for key in map(self.make, operand.needs) if key.kind in kinds)
        if self.start in kinds and len(operand.start) >= START:
            yield Key(self.start, operand.start[:START])


NO_KEYS = Keying()


def plain(kind: str, *, start: bool = False) -> Keying:
    """The value as it is."""
    return Keying(frozenset({kind}), lambda value: Key(kind, value), f"{kind}^" if start else "")


def slugs(kind: str) -> Keying:
    """The slug of the value, as in the name of its feed."""
    return Keying(frozenset({kind}), lambda value: Key(kind, slug_of(value)), f"{kind}^")


def coded(kind: str, is_code: Callable[[str], object], other: str) -> Keying:
    """The feed of each code; names, which have no feed, are of the kind ``other``."""
    return Keying(
        frozenset({kind, other}),
        lambda value: Key(kind if is_code(value) else other, value),
        f"{other}^",
    )
