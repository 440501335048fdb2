"""Near-duplicates by their samples of shingles, whatever words weigh most in them.

::

    add ─▶ a row of the matrix; its `_LEAST` least hashes ─▶ recent ─▶ sorted: hash << 32 | slot
    like ─▶ who shares one of the least hashes ─▶ the overlap of the rows

Two texts of which a share J of the shingles is common have one of their eight least hashes in
common with a probability of over 1 - (1 - J)^8: .94 at .3, .99 at .45. (Broder, 1997; as bands of
one hash in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4.)
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.signature import SHINGLES

_LEAST = 8
_RECENT = 4_096  # entries sorted at once: small beside the rest, and seldom
_SHIFT = 21  # of 53 bits the upper 32: in the same order, and as good as never two alike
_NONE = (1 << 32) - 1  # fills the row of a short text
_HALF = (1 << 16) - 1
_SLOT = np.uint64((1 << 32) - 1)
_HASH = np.uint64(32)

Sketch = NDArray[np.uint32]  # `SHINGLES` hashes, ascending
Slots = NDArray[np.intp]
Shares = NDArray[np.int64]


class Alike(NamedTuple):
    """Which slots share shingles, ascending, and the share of each in ten-thousandths."""

    slots: Slots
    overlaps: Shares


_NOBODY = Alike(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))


def sketch_of(shingles: tuple[int, ...]) -> Sketch:
    """``shingles`` as `newswire_enrich.related.signature.sample_shingles` gives them."""
    sketch = np.full(SHINGLES, _NONE, dtype=np.uint32)
    sample = shingles[:SHINGLES]
    sketch[: len(sample)] = np.array(sample, dtype=np.uint64) >> np.uint64(_SHIFT)
    return sketch


def overlaps(rows: NDArray[np.uint32], sketch: Sketch) -> Shares:
    """The estimated Jaccard index of each row with ``sketch``, in ten-thousandths.

    Up to the lesser of their greatest hashes both samples are complete: what they share of that is
    an estimate from 64 hashes or more.
    """
    length = int(np.searchsorted(sketch, _NONE))
    known = sketch[:length]
    common = np.count_nonzero(_among(rows, known), axis=1)
    # A row that is not full is all that there is of its text.
    last = np.minimum(rows[:, -1], known[-1] if length == SHINGLES else _NONE)
    last = np.minimum(last, _NONE - 1)
    ours = np.searchsorted(known, last, side="right")
    theirs = np.count_nonzero(rows <= last[:, None], axis=1)
    shares: Shares = common * 10_000 // np.maximum(ours + theirs - common, 1)
    return shares


def _among(rows: NDArray[np.uint32], known: Sketch) -> NDArray[np.bool_]:
    """Which values of ``rows`` are ``known``: by a table of their lower halves, if those differ."""
    halves = known & _HALF
    found: NDArray[np.bool_]
    if len(set(halves.tolist())) < len(known):
        found = np.isin(rows, known)
        return found
    table = np.full(_HALF + 1, _NONE, dtype=np.uint32)
    table[halves] = known
    found = (table[rows & _HALF] == rows) & (rows != _NONE)
    return found


class Sketches:
    """The samples of the articles at slots. Memory: 256 bytes a slot and 64 an article."""

    def __init__(self, slots: int) -> None:
        self._rows = np.zeros((slots, SHINGLES), dtype=np.uint32)
        self._sorted = np.zeros(0, dtype=np.uint64)
        self._recent: defaultdict[int, list[int]] = defaultdict(list)
        self._unsorted = 0
        self._left = 0  # entries of articles that are gone

    def add(self, slot: int, sketch: Sketch) -> None:
        """Take in the sample of the article at ``slot``, which is empty."""
        self._rows[slot] = sketch
        for value in _least(sketch):
            self._recent[value].append(slot)
            self._unsorted += 1
        if self._unsorted >= _RECENT:
            self._sort()

    def remove(self, slot: int) -> None:
        """Forget the article at ``slot``."""
        self._left += _LEAST
        for value in _least(self._rows[slot]):
            if slot in self._recent.get(value, ()):
                self._recent[value].remove(slot)
                self._unsorted -= 1
                if not self._recent[value]:
                    del self._recent[value]
        self._rows[slot] = _NONE

    def sketch(self, slot: int) -> Sketch:
        """The sample of the article at ``slot``."""
        sketch: Sketch = self._rows[slot]
        return sketch

    def like(self, sketch: Sketch, least: int) -> Alike:
        """The articles whose overlap is ``least`` ten-thousandths or more."""
        hashes = _least(sketch)
        sharing = self._among_sorted(hashes)
        recent = [slot for one in hashes for slot in self._recent.get(one, ())]
        sharing.append(np.array(recent, dtype=np.intp))
        slots = _distinct(np.concatenate(sharing))
        if not len(slots):
            return _NOBODY
        # An entry may be older than what is at its slot now.
        rows = self._rows[slots]
        shared = _among(rows[:, :_LEAST], np.array(hashes, dtype=np.uint32)).any(axis=1)
        slots, rows = slots[shared], rows[shared]
        found = overlaps(rows, sketch)
        close = found >= least
        return Alike(slots[close], found[close])

    def _among_sorted(self, hashes: Sequence[int]) -> list[Slots]:
        first = np.array(hashes, dtype=np.uint64) << _HASH
        starts = np.searchsorted(self._sorted, first)
        ends = np.searchsorted(self._sorted, first | _SLOT, side="right")
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        return [_slots(self._sorted[start:end]) for start, end in spans if end > start]

    def _sort(self) -> None:
        """Have the recent entries among the sorted ones; now and then without what is gone."""
        recent = [one << 32 | slot for one, slots in self._recent.items() for slot in slots]
        entries = np.concatenate([self._sorted, np.array(recent, dtype=np.uint64)])
        self._recent.clear()
        self._unsorted = 0
        if self._left > len(entries) // 2:
            slots = _distinct(_slots(entries))
            rows = self._rows[slots, :_LEAST].astype(np.uint64)
            entries = (rows << _HASH | slots[:, None].astype(np.uint64)).ravel()
            entries = entries[entries >> _HASH != _NONE]
            self._left = 0
        entries.sort(kind="stable")  # merges what is in order already
        self._sorted = entries


def _least(sketch: Sketch) -> list[int]:
    return [value for value in sketch[:_LEAST].tolist() if value != _NONE]


def _slots(entries: NDArray[np.uint64]) -> Slots:
    return (entries & _SLOT).astype(np.intp)


def _distinct(slots: Slots) -> Slots:
    """Each once, ascending."""
    slots.sort()
    last = np.ones(len(slots), dtype=bool)
    last[:-1] = slots[1:] != slots[:-1]
    distinct: Slots = slots[last]
    return distinct
