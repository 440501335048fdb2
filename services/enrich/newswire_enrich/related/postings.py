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
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

COMPARED = 48  # of an article's words, the heaviest: as good as 64 (docs/decisions/0014)
_BITS = 12
ONE = (1 << _BITS) - 1  # a weight of 1
MOST_SLOTS = 1 << 32 - _BITS

Sums = NDArray[np.uint32]  # at most COMPARED * ONE^2, a fifth of what it holds


class Vector(NamedTuple):
    """An article's words and their weights in 4095ths, `COMPARED` of each at the most."""

    words: NDArray[np.uint32]
    weights: NDArray[np.uint32]


def vector_of(terms: Sequence[tuple[str, float]]) -> Vector:
    """A unit vector of the first of ``terms``. What weighs nothing is left out."""
    heaviest = terms[:COMPARED]
    length = math.sqrt(math.fsum(weight * weight for _, weight in heaviest)) or 1.0
    words = np.array([crc32(term.encode()) for term, _ in heaviest], dtype=np.uint32)
    scaled = np.array([weight for _, weight in heaviest]) / length * ONE
    weights = np.rint(scaled).astype(np.uint32)
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

    def add(self, slot: int, vector: Vector) -> None:
        """Take in the words of the article at ``slot``, which is empty."""
        self._words[slot, : len(vector.words)] = vector.words
        self._weights[slot, : len(vector.weights)] = vector.weights
        packed = vector.weights | np.uint32(slot << _BITS)
        for word, entry in zip(vector.words.tolist(), packed.tolist(), strict=True):
            entries = self._entries.get(word)
            if entries is None:
                self._entries[word] = array("I", (entry,))
            elif entry > entries[-1]:
                entries.append(entry)
            else:
                insort(entries, entry)

    def remove(self, slot: int) -> None:
        """Forget the article at ``slot``."""
        for word in self.vector(slot).words.tolist():
            entries = self._entries[word]
            del entries[bisect_left(entries, slot << _BITS)]
            if not entries:
                del self._entries[word]
        self._weights[slot] = 0

    def vector(self, slot: int) -> Vector:
        """The words of the article at ``slot``."""
        weights = self._weights[slot]
        length = np.count_nonzero(weights)
        return Vector(self._words[slot, :length], weights[:length].astype(np.uint32))

    def sums(self, vector: Vector, slots: int) -> Sums:
        """The cosine with each of the first ``slots``, in ``ONE ** 2``-ths."""
        known = [
            (entries, weight)
            for word, weight in zip(vector.words.tolist(), vector.weights.tolist(), strict=True)
            if (entries := self._entries.get(word)) is not None
        ]
        sums = np.zeros(slots, dtype=np.uint32)
        if known:
            found = np.frombuffer(b"".join([entries for entries, _ in known]), dtype=np.uint32)
            weights = np.array([weight for _, weight in known], dtype=np.uint32)
            ours = weights.repeat([len(entries) for entries, _ in known])
            np.add.at(sums, found >> _BITS, (found & ONE) * ours)  # faster than bincount
        return sums
