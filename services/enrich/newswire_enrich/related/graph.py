"""Each article's nearest ones, kept so that to look at them costs nothing.

A row holds the `KEPT` best neighbours of an article by rank. Its floor is the rank of the best
that it may lack: all neighbours above the floor are in the row, so what is in the row is right at
any time, and one that ran short is found anew when it is looked at.

::

    newcomer ─▶ its own row: the best of its neighbours; floor: the next
             └▶ rows of neighbours whose floor it is above; the last of a full row is floor
    removed  ─▶ its ticket holds no more: its entries count for nothing
"""

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.articles import Articles, Slots
from newswire_enrich.related.neighbours import Neighbours, Ranks

KEPT = 16

_Rows = NDArray[np.int64]


class LinkGraph:
    """Memory: 264 bytes a slot. Ranks are positive: 0 is an empty place, or a floor of nothing."""

    def __init__(self, articles: Articles, slots: int) -> None:
        self._articles = articles
        self._ranks: _Rows = np.zeros((slots, KEPT), dtype=np.int64)
        self._tickets: _Rows = np.zeros((slots, KEPT), dtype=np.int64)
        self._floors: Ranks = np.zeros(slots, dtype=np.int64)

    def set_row(self, slot: int, neighbours: Neighbours) -> None:
        """Give the article at ``slot`` its nearest of all its ``neighbours``."""
        best = neighbours.best(KEPT + 1)
        kept = best.where(np.arange(len(best.slots)) < KEPT)
        self._floors[slot] = best.ranks[KEPT] if len(best.ranks) > KEPT else 0
        self._ranks[slot] = 0
        self._ranks[slot, : len(kept.ranks)] = kept.ranks
        self._tickets[slot, : len(kept.ranks)] = self._articles.tickets(kept.slots)

    def announce(self, newcomer: int, neighbours: Neighbours) -> None:
        """Have the newcomer at a slot in the rows of its ``neighbours`` that it is near enough."""
        rows, ranks = neighbours.where(neighbours.ranks > self._floors[neighbours.slots])
        if not len(rows):
            return
        self._clear(rows)
        mine = np.full((len(rows), 1), self._articles.ticket(newcomer))
        all_ranks = np.hstack([self._ranks[rows], ranks[:, None]])
        all_tickets = np.hstack([self._tickets[rows], mine])
        order = np.argsort(-all_ranks, axis=1)
        all_ranks = np.take_along_axis(all_ranks, order, axis=1)
        self._ranks[rows] = all_ranks[:, :KEPT]
        self._tickets[rows] = np.take_along_axis(all_tickets, order, axis=1)[:, :KEPT]
        self._floors[rows] = np.maximum(self._floors[rows], all_ranks[:, KEPT])

    def row(self, slot: int) -> Neighbours:
        """The nearest of an article above its floor, the best first."""
        ranks, tickets = self._ranks[slot], self._tickets[slot]
        there = (ranks > 0) & self._articles.hold(tickets)
        return Neighbours(self._articles.slots_of(tickets[there]), ranks[there])

    def floor(self, slot: int) -> int:
        """There may be more neighbours at this rank or below; 0 where the row is all."""
        return int(self._floors[slot])

    def last_of(self, most: int, slots: Slots) -> Ranks:
        """The rank of the last of the ``most`` best of each, 0 where there are fewer."""
        self._clear(slots)
        return np.sort(self._ranks[slots], axis=1)[:, -most]

    def _clear(self, slots: Slots) -> None:
        """Empty the places of those that are gone."""
        ranks = self._ranks[slots]
        ranks[~self._articles.hold(self._tickets[slots])] = 0
        self._ranks[slots] = ranks
