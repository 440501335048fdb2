"""What an article must be in to match a filter: a union of intersections of keys.

Always a superset: an article that matches has all keys of at least one branch. Where nothing
narrows, one branch is empty, which every article has.
"""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product

from newswire_common.filters.fields import ARTICLE, REACTION
from newswire_common.filters.keys import FEED_KINDS, HAS_REACTION, KINDS, Key
from newswire_common.filters.syntax import MAX_TERMS
from newswire_common.filters.tree import And, Node, Not, Or, Reaction
from newswire_common.filters.view import View

Branch = frozenset[Key]
MAX_BRANCHES = MAX_TERMS  # each costs a read of an index; a union of all terms has no more
ALL_KINDS = frozenset(KINDS)
_OF_REACTIONS = {HAS_REACTION.kind}.union(
    *({*field.keying.kinds, field.keying.start} for field in REACTION.values())
)
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Plan:
    """``branches`` are alternatives; the keys of one are all held by what matches by it."""

    branches: tuple[Branch, ...]

    @property
    def everything(self) -> bool:
        """Whether any article at all may match."""
        return frozenset() in self.branches

    def admits(self, held: AbstractSet[Key]) -> bool:
        """Whether an article with these keys may match."""
        return any(branch <= held for branch in self.branches)

    def feeds(self) -> tuple[tuple[str, ...], ...]:
        """The names of feeds to intersect, and to unite; one empty intersection is all articles."""
        return tuple(tuple(sorted(map(str, branch))) for branch in self.branches)

    def anchors(self) -> frozenset[Key]:
        """One key of each branch, the one that fewest articles have. Not where it is everything."""
        return frozenset(min(branch, key=_rank) for branch in self.branches)


EVERYTHING = Plan((frozenset(),))


def _rank(key: Key) -> tuple[int, Key]:
    return _RANK[key.kind], key


def plan(node: Node, kinds: AbstractSet[str]) -> Plan:
    """The plan of a tree by keys of ``kinds`` alone."""
    return _plan(node, kinds, refused=False)


def _plan(node: Node, kinds: AbstractSet[str], *, refused: bool) -> Plan:
    """The plan of what ``node`` asks for or, with ``refused``, of its opposite."""
    if isinstance(node, Not):
        return _plan(node.what, kinds, refused=not refused)
    if isinstance(node, And | Or):
        parts = (_plan(part, kinds, refused=refused) for part in node.parts)
        return _intersection(parts) if isinstance(node, And) != refused else _union(parts)
    if refused:
        return EVERYTHING
    if isinstance(node, Reaction):
        some = _of({HAS_REACTION} if HAS_REACTION.kind in kinds else ())
        return _intersection((some, _plan(node.what, kinds, refused=False)))
    return _of(node.field.keying.needed(node.operand, kinds))


def _of(keys: Iterable[Key]) -> Plan:
    return Plan((frozenset(keys),))


def _union(plans: Iterable[Plan]) -> Plan:
    return Plan(_least({branch: None for plan in plans for branch in plan.branches}))


def _intersection(plans: Iterable[Plan]) -> Plan:
    """Of plans that together have too many combinations, those with the most branches drop out."""
    found = EVERYTHING
    for each in sorted(plans, key=lambda plan: len(plan.branches)):
        if len(found.branches) * len(each.branches) <= MAX_BRANCHES:
            pairs = product(found.branches, each.branches)
            found = Plan(_least({one | other: None for one, other in pairs}))
    return found


def _least(branches: Collection[Branch]) -> tuple[Branch, ...]:
    """The branches without those that ask for more than another one."""
    return tuple(one for one in branches if not any(other < one for other in branches))


def keys_of(view: View, kinds: AbstractSet[str] = ALL_KINDS) -> frozenset[Key]:
    """The keys that an article has, of these kinds."""
    found = {key for field in ARTICLE.values() for key in field.held(view, kinds)}
    if kinds.isdisjoint(_OF_REACTIONS):
        return frozenset(found)
    if view.reactions and HAS_REACTION.kind in kinds:
        found.add(HAS_REACTION)
    for each in view.reactions:
        found.update(key for field in REACTION.values() for key in field.held(each, kinds))
    return frozenset(found)


def feed_names(view: View) -> tuple[str, ...]:
    """The feeds that an article is in, but for ``all``, by name and in order."""
    return tuple(sorted(map(str, keys_of(view, FEED_KINDS))))
