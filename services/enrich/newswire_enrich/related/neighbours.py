"""Who is near an article, and how near: the one measure that links and stories share.

A pair's rank is one number, the same from both sides, that tells everything about the pair:

::

    bit 61          60           46 … 59                  0 … 45
    same language   duplicate    score, ten-thousandths   lots alike: cuts ties

The score is the cosine of the terms, of a duplicate the overlap of the shingles where that is more.
Lots are compared by XOR (Maymounkov and Mazières, 2002, "Kademlia"): among a thousand copies of
one text everyone has other nearest ones, so that none becomes everybody's link.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.articles import LOT_BITS, Articles, Slots, language_of, lot_of
from newswire_enrich.related.postings import ONE, Postings, Vector, vector_of
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.sketches import Sketch, Sketches, sketch_of

LEAST_SCORE = 1_500  # below it two articles share a topic's words at best
DUPLICATE_OVERLAP = 3_000  # of word fours; what was measured: docs/decisions/0014
_SCALE = 10_000
_DUPLICATE = 1 << LOT_BITS + 14
_SAME_LANGUAGE = _DUPLICATE << 1
_ANY_LOT = (1 << LOT_BITS) - 1
_LEAST_SUM = -(-LEAST_SCORE * ONE**2 // _SCALE)

Ranks = NDArray[np.int64]


class Seeker(NamedTuple):
    """What is compared of an article."""

    vector: Vector
    sketch: Sketch
    language: int
    lot: int

    @classmethod
    def of(cls, signature: Signature) -> "Seeker":
        return cls(
            vector_of(signature.terms),
            sketch_of(signature.shingles),
            language_of(signature.language),
            lot_of(signature.id),
        )


class Neighbours(NamedTuple):
    """Slots of articles, each with the rank of the pair."""

    slots: Slots
    ranks: Ranks

    def where(self, chosen: NDArray[np.bool_] | Slots) -> "Neighbours":
        return Neighbours(self.slots[chosen], self.ranks[chosen])

    def best(self, most: int) -> "Neighbours":
        """At most so many, the best first."""
        if len(self.ranks) > most:
            return self.where(np.argpartition(self.ranks, -most)[-most:]).best(most)
        return self.where(np.argsort(-self.ranks))


def score_of(rank: int) -> float:
    return (rank >> LOT_BITS & (1 << 14) - 1) / _SCALE


def is_same_language(rank: int) -> bool:
    return bool(rank & _SAME_LANGUAGE)


def is_duplicate(rank: int) -> bool:
    return bool(rank & _DUPLICATE)


def least_rank(score: int) -> int:
    """From it on a pair has one language, and this score or is a duplicate."""
    return _SAME_LANGUAGE | score << LOT_BITS


class Neighbourhood:
    """Finds the neighbours of an article, whether it is in the index or not."""

    def __init__(self, articles: Articles, slots: int) -> None:
        self._articles = articles
        self._postings = Postings(slots)
        self._sketches = Sketches(slots)

    def add(self, slot: int, seeker: Seeker) -> None:
        self._postings.add(slot, seeker.vector)
        self._sketches.add(slot, seeker.sketch)

    def remove(self, slot: int) -> None:
        self._postings.remove(slot)
        self._sketches.remove(slot)

    def around(self, slot: int) -> Neighbours:
        """The neighbours of the article at ``slot``."""
        articles = self._articles
        seeker = Seeker(
            self._postings.vector(slot),
            self._sketches.sketch(slot),
            articles.language(slot),
            int(articles.lots(np.array([slot]))[0]),
        )
        return self.of(seeker, without=slot)

    def of(self, seeker: Seeker, without: int | None = None) -> Neighbours:
        """All articles with a score of `LEAST_SCORE` or that are duplicates, in no order."""
        sums = self._postings.sums(seeker.vector, self._articles.used)
        alike = self._sketches.like(seeker.sketch, DUPLICATE_OVERLAP)
        slots = np.flatnonzero(sums >= _LEAST_SUM)
        if len(alike.slots):
            slots = np.union1d(slots, alike.slots)
        scores = np.minimum(sums[slots].astype(np.int64) * _SCALE // ONE**2, _SCALE)
        ranks = np.where(self._articles.same_language(slots, seeker.language), _SAME_LANGUAGE, 0)
        duplicates = np.searchsorted(slots, alike.slots)
        scores[duplicates] = np.maximum(scores[duplicates], alike.overlaps)
        ranks[duplicates] |= _DUPLICATE
        ranks |= scores << LOT_BITS | ~(self._articles.lots(slots) ^ seeker.lot) & _ANY_LOT
        found = Neighbours(slots, ranks)
        return found if without is None else found.where(slots != without)
