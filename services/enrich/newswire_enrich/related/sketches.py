"""Near-duplicates by their samples of shingles, whatever words weigh most in them.

::

    add ─▶ a row of the matrix; its `_LEAST` least hashes ─▶ a table of chains, one entry each
    like ─▶ who shares one of the least hashes ─▶ the overlap of the rows

Two texts of which a share J of the shingles is common have one of their eight least hashes in
common with a probability of over 1 - (1 - J)^8: .94 at .3, .99 at .45. (Broder, 1997; as bands of
one hash in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4.)
"""

from array import array
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.signature import SHINGLES

_LEAST = 8
_SHIFT = 21  # of 53 bits the upper 32: in the same order, and as good as never two alike
_NONE = (1 << 32) - 1  # fills the row of a short text
_HALF = (1 << 16) - 1
_END = -1  # of a chain
_SPREAD = 0x9E3779B1  # 2^32 / golden ratio: the least hashes are small numbers (Knuth, TAOCP 6.4)

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
    """The samples of the articles at slots. Memory: 352 bytes a slot, and 4 to 8 MB for 100,000.

    Entry ``8 * slot + place`` stands for one of the least hashes of a slot. Entries whose hashes
    fall in one bucket of the table are a chain, doubly linked: to take one out costs the same
    however many share its hash.
    """

    def __init__(self, slots: int) -> None:
        entries = slots * _LEAST
        bits = entries.bit_length()
        self._rows = np.zeros((slots, SHINGLES), dtype=np.uint32)
        self._hashes = array("I", bytes(4 * entries))
        self._after = array("i", bytes(4 * entries))
        self._before = array("i", bytes(4 * entries))  # or, of the first, its bucket: ~bucket
        self._first = array("i", [_END]) * (1 << bits)
        self._down = 32 - bits

    def keep(self, slot: int, sketch: Sketch) -> None:
        """Have the sample of the article at ``slot``, which nobody finds yet."""
        self._rows[slot] = sketch

    def show(self, slot: int) -> None:
        """Have the article at ``slot`` found."""
        for entry, value in enumerate(_least(self._rows[slot]), start=slot * _LEAST):
            bucket = self._bucket(value)
            after = self._first[bucket]
            self._hashes[entry] = value
            self._after[entry] = after
            self._before[entry] = ~bucket
            self._first[bucket] = entry
            if after != _END:
                self._before[after] = entry

    def hide(self, slot: int) -> None:
        """Have the article at ``slot`` found no more."""
        for entry in range(slot * _LEAST, slot * _LEAST + len(_least(self._rows[slot]))):
            before, after = self._before[entry], self._after[entry]
            if before < 0:
                self._first[~before] = after
            else:
                self._after[before] = after
            if after != _END:
                self._before[after] = before

    def sketch(self, slot: int) -> Sketch:
        """The sample of the article at ``slot``."""
        sketch: Sketch = self._rows[slot]
        return sketch

    def like(self, sketch: Sketch, least: int) -> Alike:
        """The articles whose overlap is ``least`` ten-thousandths or more."""
        sharing: set[int] = set()
        for value in _least(sketch):
            sharing.update(self._having(value))
        if not sharing:
            return _NOBODY
        return self.like_of(sketch, np.array(sorted(sharing), dtype=np.intp), least)

    def like_of(self, sketch: Sketch, slots: Slots, least: int) -> Alike:
        """Those of ``slots``, shown or not, whose overlap is ``least`` or more."""
        found = overlaps(self._rows[slots], sketch)
        close = found >= least
        return Alike(slots[close], found[close])

    def _having(self, value: int) -> list[int]:
        """The slots that have a hash among their least."""
        hashes, after = self._hashes, self._after
        entry = self._first[self._bucket(value)]
        slots = []
        while entry != _END:
            if hashes[entry] == value:
                slots.append(entry // _LEAST)
            entry = after[entry]
        return slots

    def _bucket(self, value: int) -> int:
        return (value * _SPREAD & _NONE) >> self._down


def _least(sketch: Sketch) -> list[int]:
    return [value for value in sketch[:_LEAST].tolist() if value != _NONE]
