"""The inverted index: in which articles a word stands, and how heavy it is in each.

A word's articles are one array of 64-bit entries, slot << 14 | weight, ascending. Weights have
four decimals and are kept in ten-thousandths: sums are exact, whatever their order.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from sys import intern

import numpy as np
from numpy.typing import NDArray

_ONE = 10_000  # a weight of 1
_BITS = 14  # enough for `_ONE`
_WEIGHT = (1 << _BITS) - 1

Scores = NDArray[np.float64]


class Postings:
    """Which slots have a word. Memory: 8 bytes an entry, and some 250 a word."""

    def __init__(self) -> None:
        self._entries: dict[str, array[int]] = {}

    def add(self, slot: int, terms: Iterable[tuple[str, float]]) -> tuple[str, ...]:
        """Take in the words of the article at ``slot``; the words, as `remove` wants them."""
        words = []
        for term, weight in terms:
            word = intern(term)  # one string for all the articles that have it
            words.append(word)
            entries = self._entries.get(word)
            if entries is None:
                entries = self._entries[word] = array("q")
            insort(entries, slot << _BITS | _scaled(weight))
        return tuple(words)

    def remove(self, slot: int, words: Sequence[str]) -> None:
        """Forget that ``words`` stand in the article at ``slot``."""
        for word in words:
            entries = self._entries[word]
            del entries[bisect_left(entries, slot << _BITS)]
            if not entries:
                del self._entries[word]

    def scores(self, terms: Iterable[tuple[str, float]], slots: int) -> Scores:
        """The cosine with each of ``slots``, to four places: both sides are unit vectors."""
        known = [
            (entries, _scaled(weight))
            for word, weight in terms
            if (entries := self._entries.get(word)) is not None
        ]
        if not known:
            return np.zeros(slots)
        found = np.frombuffer(b"".join(entries for entries, _ in known), dtype=np.int64)
        ours = np.repeat([weight for _, weight in known], [len(entries) for entries, _ in known])
        sums = np.bincount(found >> _BITS, (found & _WEIGHT) * ours, minlength=slots)
        return (sums / _ONE**2).round(4)


def _scaled(weight: float) -> int:
    """``weight``, 0 to 1, in ten-thousandths."""
    return round(weight * _ONE)
