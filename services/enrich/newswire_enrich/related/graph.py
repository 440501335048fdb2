"""Each article's nearest ones, kept so that to look at them costs nothing.

A row holds the `KEPT` best neighbours of an article by rank. Its floor is the rank of the best
that it may lack: all neighbours above the floor are in the row, so what is in the row is right at
any time, and one that ran short is found anew when it is looked at.

::

    newcomer ─▶ its own row: the best of its neighbours; floor: the next
             └▶ rows of neighbours whose floor it is above; who has to go from a full row is floor
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
        self._ranks[slot] = 0
        self._floors[slot] = 0
        best = neighbours.best(KEPT + 1)
        count = min(len(best.ranks), KEPT)
        if len(best.ranks) > KEPT:
            self._floors[slot] = best.ranks[KEPT]
        self._ranks[slot, :count] = best.ranks[:count]
        self._tickets[slot, :count] = self._articles.tickets(best.slots[:count])

    def announce(self, newcomer: int, neighbours: Neighbours) -> None:
        """Have the newcomer at a slot in the rows of its ``neighbours`` that it is near enough."""
        rows, ranks = neighbours.where(neighbours.ranks > self._floors[neighbours.slots])
        if not len(rows):
            return
        places, least = self._last(rows)
        enters = ranks > least
        self._ranks[rows[enters], places[enters]] = ranks[enters]
        self._tickets[rows[enters], places[enters]] = self._articles.ticket(newcomer)
        self._floors[rows] = np.maximum(self._floors[rows], np.minimum(ranks, least))

    def row(self, slot: int) -> Neighbours:
        """The nearest of an article above its floor, in no order."""
        ranks, tickets = self._ranks[slot], self._tickets[slot]
        there = (ranks > 0) & self._articles.hold(tickets)
        return Neighbours(self._articles.slots_of(tickets[there]), ranks[there])

    def floor(self, slot: int) -> int:
        """There may be more neighbours at this rank or below; 0 where the row is all."""
        return int(self._floors[slot])

    def last_of(self, most: int, slots: Slots) -> Ranks:
        """The rank of the last of the ``most`` best of each, 0 where there are fewer."""
        return np.sort(self._live(slots), axis=1)[:, -most]

    def _last(self, slots: Slots) -> tuple[Slots, Ranks]:
        """The place of the least rank in each row, and that rank: 0 where a place is empty."""
        live = self._live(slots)
        places = live.argmin(axis=1)
        return places, live[np.arange(len(slots)), places]

    def _live(self, slots: Slots) -> _Rows:
        """The rows, with nothing at the places of those that are gone."""
        ranks: _Rows = self._ranks[slots]
        ranks[~self._articles.hold(self._tickets[slots])] = 0
        return ranks
