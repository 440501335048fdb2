"""Stories: trees of articles, each below the nearest one before it.

The parent of an article is, of those that came before it, in its language, at most `SPAN` earlier
and with a score of `_LEAST_SCORE`, the one of the best rank. A story is a tree of that forest; its
id is that of its root, the earliest. What is a story depends on the articles alone: one that
arrives late takes its place among them, and what it joins or parts is the same for all.

::

    a ◀── b ◀── d      e ◀── f          stories a (of 4) and e (of 2)
     ▲── c
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.articles import Articles
from newswire_enrich.related.forest import Forest
from newswire_enrich.related.graph import LinkGraph
from newswire_enrich.related.neighbours import Neighbourhood, Neighbours, least_rank

SPAN = timedelta(days=3)
_SPAN_MS = SPAN // timedelta(milliseconds=1)
_LEAST_SCORE = 2_600  # what was measured: docs/decisions/0014
_EDGE = least_rank(_LEAST_SCORE)
_MOST_CHILDREN = 64  # whose way without their parent is looked for


class Place(NamedTuple):
    """Where an article would come: the root of a story, and the slots that would follow it."""

    root: int | None
    following: frozenset[int] = frozenset()

    def has(self, slot: int, root: int) -> bool:
        """Whether the article at ``slot``, now of the story of ``root``, would be of this one."""
        return slot in self.following or root == self.root


class Unsettled(NamedTuple):
    """Slots: ``roots`` of stories that have other members, and who is of another one, ``moved``."""

    roots: set[int]
    moved: set[int]


class Stories:
    """Which article follows which."""

    def __init__(
        self, articles: Articles, graph: LinkGraph, neighbourhood: Neighbourhood, slots: int
    ) -> None:
        self._articles = articles
        self._graph = graph
        self._neighbourhood = neighbourhood
        self._forest = Forest(slots)
        self._ranks: NDArray[np.int64] = np.zeros(slots, dtype=np.int64)  # of it and its parent

    def add(self, slot: int, neighbours: Neighbours) -> None:
        """Give the article at ``slot``, of which these are all neighbours, its place."""
        if not self._forest.has(slot):
            self._forest.plant(slot)
            self._ranks[slot] = 0
            if not (neighbours.ranks >= _EDGE).any():
                return
        earlier, later = self._edges(neighbours, self._articles.moment(slot))
        self._put(slot, _best(earlier))
        for child, rank in zip(*later.where(self._nearer(later)), strict=True):
            self._put(int(child), (int(slot), int(rank)))

    def remove(self, slot: int) -> None:
        """Forget the article at ``slot``, which its neighbours do not find any more."""
        for child in self._forest.children(slot):
            self._put(child, self._parent(child))
        self._forest.uproot(slot)

    def place(self, moment: tuple[int, str], neighbours: Neighbours) -> Place:
        """Where an article of this moment with these neighbours would come."""
        earlier, later = self._edges(neighbours, moment)
        parent = _best(earlier)
        following: set[int] = set()
        for child in later.where(self._nearer(later)).slots.tolist():
            following.update(self._forest.below(child).tolist())
        return Place(None if parent is None else self.root(parent[0]), frozenset(following))

    def others_at(self, place: Place, itself: int | None) -> int:
        """How many would be of its story there, but the article itself, where it is here."""
        others = set(place.following)
        if place.root is not None:
            others.update(self._forest.tree(place.root).tolist())
        return len(others) - (itself in others)

    def root(self, slot: int) -> int:
        return self._forest.root(slot)

    def size(self, root: int) -> int:
        return self._forest.size(root)

    def below(self, slot: int) -> list[int]:
        """The slots of an article, of those who follow it, and of those who follow them."""
        below: list[int] = self._forest.below(slot).tolist()
        return below

    def members(self, root: int, most: int) -> list[int]:
        """The slots of a story's articles in time, at most so many."""
        slots = self._forest.tree(root)
        if len(slots) > most:
            times = self._articles.first_ms(slots)
            slots = slots[times <= np.partition(times, most - 1)[most - 1]]
        return sorted(slots.tolist(), key=self._articles.moment)[:most]

    def parted_without(self, slot: int, most: int) -> list[int]:
        """The slots whose story would have another id without ``slot``, at most so many."""
        root = self.root(slot)
        if root == slot:
            return [one for one in self.members(root, most + 1) if one != slot]
        children = sorted(self._forest.children(slot), key=self._articles.moment)[:_MOST_CHILDREN]
        roots: dict[int, int] = {}  # of those below it, without it
        for child in children:
            parent = self._parent(child, without=slot)
            new = child if parent is None else roots.get(parent[0], self.root(parent[0]))
            roots.update(dict.fromkeys(self._forest.below(child).tolist(), new))
        parted = (one for one, new in roots.items() if new != root)
        return sorted(parted, key=self._articles.moment)[:most]

    def unsettled_by(self, slot: int) -> Unsettled:
        """All that would be otherwise without the article at ``slot``, however many they are.

        The cost is that of what would change, but for the way of some children, whose rows name the
        stories that they may fall to.
        """
        root = self.root(slot)
        roots: dict[int, int] = {}  # of those below it, without it
        unsettled = Unsettled({root}, set())
        children = sorted(self._forest.children(slot), key=self._articles.moment)
        for place, child in enumerate(children):
            below = self._forest.below(child).tolist()
            if place >= _MOST_CHILDREN:
                unsettled.roots.update(map(self.root, self._graph.row(child).slots.tolist()))
                unsettled.moved.update(below)
                continue
            parent = self._parent(child, without=slot)
            new = child if parent is None else roots.get(parent[0], self.root(parent[0]))
            roots.update(dict.fromkeys(below, new))
            if new != root:
                unsettled.roots.add(new)
                unsettled.moved.update(below)
        return unsettled

    def unsettled_at(self, place: Place) -> Unsettled:
        """All that is otherwise since the article that was at ``place`` went."""
        roots = {slot: self.root(slot) for slot in place.following}
        moved = {slot for slot, root in roots.items() if root != place.root}
        joined = {roots[slot] for slot in moved}
        return Unsettled(joined if place.root is None else joined | {place.root}, moved)

    def _edges(
        self, neighbours: Neighbours, moment: tuple[int, str]
    ) -> tuple[Neighbours, Neighbours]:
        """Those that may be of one story with an article of ``moment``: before it, and after."""
        near = neighbours.where(neighbours.ranks >= _EDGE)
        apart = np.abs(self._articles.first_ms(near.slots) - moment[0])
        near = near.where(apart <= _SPAN_MS)
        before = self._articles.before(near.slots, moment)
        return near.where(before), near.where(~before)

    def _nearer(self, later: Neighbours) -> NDArray[np.bool_]:
        """Which are no nearer to the parent that they have, if it is another one."""
        return later.ranks >= self._ranks[later.slots]

    def _parent(self, slot: int, without: int | None = None) -> tuple[int, int] | None:
        """The parent of the article at ``slot``, and the rank of the two."""
        found = self._best_before(slot, self._graph.row(slot), without)
        if found is not None or self._graph.floor(slot) < _EDGE:
            return found
        return self._best_before(slot, self._neighbourhood.around(slot), without)

    def _best_before(
        self, slot: int, neighbours: Neighbours, without: int | None
    ) -> tuple[int, int] | None:
        others = neighbours.where(neighbours.slots != (-1 if without is None else without))
        earlier, _ = self._edges(others, self._articles.moment(slot))
        return _best(earlier)

    def _put(self, slot: int, parent: tuple[int, int] | None) -> None:
        above, rank = parent or (None, 0)
        self._ranks[slot] = rank
        self._forest.move(slot, above)


def _best(neighbours: Neighbours) -> tuple[int, int] | None:
    if not len(neighbours.ranks):
        return None
    place = int(np.argmax(neighbours.ranks))
    return int(neighbours.slots[place]), int(neighbours.ranks[place])
