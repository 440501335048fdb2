"""Floods of near-copies: of articles that are alike in their words the first `MOST_ALIKE` count.

::

    words of an article ─▶ 8 least hashes ─▶ 4 bands of two ─▶ a crowd each
    a crowd in time:   a b c … │ v w x y z     left of the bar: compared with all articles
                    MOST_ALIKE ┘       └─▶ z: late, compared with the `BEFORE` before it

So what one more copy of thousands costs does not grow with their number, nor does it change what
others say but those right after it. Who is late depends on the articles that are here alone: when
one leaves, the next moves up.

Two articles of which a share J of the words is common have a band in common with a probability of
1 - (1 - J²)^4: over .99 at .85, and one in five hundred where they have one word of 48 in common.
(Broder, 1997; bands as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4.)
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.articles import Articles, Moment, Slots
from newswire_enrich.related.postings import Vector

MOST_ALIKE = 512
BEFORE = 5  # as many as an article shows links
_BANDS, _HASHES = 4, 2
_NONE = -1
_SPREAD = np.uint32(0x9E3779B1)  # 2^32 / golden ratio (Knuth, TAOCP 6.4)
_LEAST_BITS = 10
_ROOM = 8  # places of the table for each slot: crowds seldom share one

Crowding = tuple[int, ...]  # an article's crowds: their places in the table


def _odd(count: int, what: bytes) -> NDArray[np.uint32]:
    """Numbers without a pattern that are the same everywhere."""
    drawn = blake2b(what, digest_size=4 * count).digest()
    return np.frombuffer(drawn, dtype="<u4").astype(np.uint32) | np.uint32(1)


_ORDERS = _odd(_BANDS * _HASHES, b"orders of words")
_MIXED = _odd(_BANDS * _HASHES, b"bands").reshape(_BANDS, _HASHES)


class Crowds:
    """Memory: 48 to 80 bytes a slot, and some 150 a member of a full crowd."""

    def __init__(self, articles: Articles, slots: int, most_alike: int) -> None:
        bits = max(_LEAST_BITS, (slots * _ROOM).bit_length())
        self._down = np.uint32(32 - bits)
        self._articles = articles
        self._most = most_alike
        self._of: NDArray[np.int32] = np.full((slots, _BANDS), _NONE, dtype=np.int32)
        self._sizes = array("I", bytes(4 << bits))
        self._full: dict[int, list[Moment]] = {}  # all members in time

    def of(self, vector: Vector, language: int) -> Crowding:
        """The crowds of an article of these words and this language."""
        if not len(vector.words):
            return ()
        least = (vector.words[:, None] * _ORDERS).min(axis=0).reshape(_BANDS, _HASHES)
        bands = (least * _MIXED).sum(axis=1, dtype=np.uint32) ^ np.uint32(language)
        return tuple(dict.fromkeys((bands * _SPREAD >> self._down).tolist()))

    def crowding(self, slot: int) -> Crowding:
        """The crowds of the article at ``slot``."""
        return tuple([place for place in self._of[slot].tolist() if place != _NONE])

    def join(self, slot: int, crowding: Crowding) -> None:
        """Take in the article at ``slot``."""
        self._of[slot, : len(crowding)] = crowding
        for place in crowding:
            self._sizes[place] += 1
            if place in self._full:
                insort(self._full[place], self._articles.moment(slot))
            elif self._sizes[place] >= self._most:
                self._full[place] = self._members(place)

    def leave(self, slot: int) -> None:
        """Forget the article at ``slot``, which is still there."""
        for place in self.crowding(slot):
            self._sizes[place] -= 1
            if place in self._full:
                members = self._full[place]
                del members[bisect_left(members, self._articles.moment(slot))]
                if len(members) < self._most // 2:
                    del self._full[place]
        self._of[slot] = _NONE

    def are_full(self, crowding: Crowding) -> bool:
        """Whether one of these has as many members as are compared with all."""
        return not self._full.keys().isdisjoint(crowding)

    def is_late(self, crowding: Crowding, moment: Moment) -> bool:
        """Whether an article of ``moment`` comes after the first of one of its crowds."""
        return self._late_in(crowding, moment) is not None

    def before(self, crowding: Crowding, moment: Moment) -> Slots:
        """The slots of those right before one, in the first crowd it is late in, ascending."""
        place = self._late_in(crowding, moment)
        if place is None:
            return np.zeros(0, dtype=np.intp)
        end = bisect_left(self._full[place], moment)
        before = self._slots(self._full[place][max(0, end - BEFORE) : end])
        return np.array(sorted(before), dtype=np.intp)

    def all_before(self, crowding: Crowding, moment: Moment) -> set[int]:
        """The slots of those right before it in each full crowd, and of one more."""
        found: set[int] = set()
        for members, end in self._around(crowding, moment):
            found.update(self._slots(members[max(0, end - BEFORE - 1) : end]))
        return found

    def after(self, crowding: Crowding, moment: Moment) -> set[int]:
        """The slots of the late who have an article of ``moment`` among those before them."""
        found: set[int] = set()
        for members, start in self._around(crowding, moment):
            end = start + BEFORE + 1  # it may be there itself
            found.update(self._slots(members[max(start, self._most) : end]))
        return found

    def moved(self, crowding: Crowding, moment: Moment) -> set[int]:
        """The slots of those who move when an article of ``moment`` comes or goes.

        They stand where the first of a crowd end.
        """
        found: set[int] = set()
        for members, start in self._around(crowding, moment):
            if start < self._most:
                found.update(self._slots(members[self._most - 1 : self._most + 1]))
        return found

    def _around(self, crowding: Crowding, moment: Moment) -> list[tuple[list[Moment], int]]:
        """The members of its full crowds, and the place of ``moment`` among them."""
        full = [self._full[place] for place in crowding if place in self._full]
        return [(members, bisect_left(members, moment)) for members in full]

    def _late_in(self, crowding: Crowding, moment: Moment) -> int | None:
        full = (place for place in crowding if place in self._full)
        return next(
            (place for place in full if bisect_left(self._full[place], moment) >= self._most), None
        )

    def _members(self, place: int) -> list[Moment]:
        slots = np.flatnonzero((self._of == place).any(axis=1))
        return sorted(map(self._articles.moment, slots.tolist()))

    def _slots(self, moments: Iterable[Moment]) -> list[int]:
        found = (self._articles.slot(article_id) for _, article_id in moments)
        return [slot for slot in found if slot is not None]
