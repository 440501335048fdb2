"""The inverted index: in which articles a word stands, and how heavy it is in each.

A word's articles are one array of 32-bit entries, slot << 12 | weight, ascending. Weights are kept
in 4095ths: sums are of integers and exact, whatever their order. A word is its CRC-32: of half a
million words some thirty share theirs with another, which is the same in every replica and moves a
score by less than a common word does.
"""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import repeat
from operator import mul
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

COMPARED = 48  # of an article's words, the heaviest: as good as 64 (docs/decisions/0014)
_BITS = 12
ONE = (1 << _BITS) - 1  # a weight of 1
MOST_SLOTS = 1 << 32 - _BITS
_NO_ENTRIES = array("I")

Sums = NDArray[np.uint32]  # at most COMPARED * ONE^2, a fifth of what it holds


class Vector(NamedTuple):
    """An article's words and their weights in 4095ths, `COMPARED` of each at the most."""

    words: NDArray[np.uint32]
    weights: NDArray[np.uint32]


_NO_WORDS = Vector(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint32))


def vector_of(terms: Sequence[tuple[str, float]]) -> Vector:
    """A unit vector of the first of ``terms``. What weighs nothing is left out."""
    if not terms:
        return _NO_WORDS
    names, heavy = zip(*terms[:COMPARED], strict=True)
    length = math.sqrt(math.fsum(map(mul, heavy, heavy))) or 1.0
    words = np.fromiter(map(crc32, map(str.encode, names)), np.uint32, len(names))
    weights = np.rint(np.array(heavy) / length * ONE).astype(np.uint32)
    if weights.all():
        return Vector(words, weights)
    there = weights > 0
    return Vector(words[there], weights[there])


class Postings:
    """Which slots have a word, and the other way round.

    Memory: 288 bytes a slot, 4 an entry and some 170 a word.
    """

    def __init__(self, slots: int) -> None:
        if slots > MOST_SLOTS:
            message = f"at most {MOST_SLOTS} articles: a slot has {32 - _BITS} bits"
            raise ValueError(message)
        self._entries: dict[int, array[int]] = {}
        self._words = np.zeros((slots, COMPARED), dtype=np.uint32)
        self._weights = np.zeros((slots, COMPARED), dtype=np.uint16)

    def keep(self, slot: int, vector: Vector) -> None:
        """Have the words of the article at ``slot``, which nobody finds yet."""
        self._words[slot, : len(vector.words)] = vector.words
        self._weights[slot] = 0
        self._weights[slot, : len(vector.weights)] = vector.weights

    def show(self, slot: int) -> None:
        """Have the article at ``slot`` found."""
        words, weights = self.vector(slot)
        first = slot << _BITS
        for word, entry in zip(words.tolist(), (weights | np.uint32(first)).tolist(), strict=True):
            entries = self._entries.get(word)
            if entries is None:
                self._entries[word] = array("I", (entry,))
            elif entry > entries[-1]:
                entries.append(entry)
            else:
                insort(entries, entry)

    def hide(self, slot: int) -> None:
        """Have the article at ``slot`` found no more."""
        for word in self.vector(slot).words.tolist():
            entries = self._entries[word]
            del entries[bisect_left(entries, slot << _BITS)]
            if not entries:
                del self._entries[word]

    def vector(self, slot: int) -> Vector:
        """The words of the article at ``slot``."""
        weights = self._weights[slot]
        length = np.count_nonzero(weights)
        return Vector(self._words[slot, :length], weights[:length].astype(np.uint32))

    def sums(self, vector: Vector, slots: int) -> Sums:
        """The cosine with each of the first ``slots``, in ``ONE ** 2``-ths."""
        known = [*map(self._entries.get, vector.words.tolist(), repeat(_NO_ENTRIES))]
        found = np.frombuffer(b"".join(known), dtype=np.uint32)
        products = found & ONE
        products *= vector.weights.repeat([*map(len, known)])
        sums = np.zeros(slots, dtype=np.uint32)
        np.add.at(sums, found >> _BITS, products)  # faster than bincount
        return sums

    def sums_of(self, vector: Vector, slots: NDArray[np.intp]) -> Sums:
        """The same of a few slots alone, shown or not."""
        if not len(vector.words):
            return np.zeros(len(slots), dtype=np.uint32)
        order = np.argsort(vector.words)
        words, weights = vector.words[order], vector.weights[order]
        theirs = self._words[slots]
        places = np.minimum(np.searchsorted(words, theirs), len(words) - 1)
        products = self._weights[slots] * weights[places] * (words[places] == theirs)
        sums: Sums = products.sum(axis=1, dtype=np.uint32)
        return sums
