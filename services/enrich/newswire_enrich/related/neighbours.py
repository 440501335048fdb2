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

from newswire_enrich.related.articles import LOT_BITS, Articles, Moment, Slots, language_of, lot_of
from newswire_enrich.related.crowds import Crowding, Crowds
from newswire_enrich.related.postings import ONE, Postings, Sums, Vector, vector_of
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.sketches import Alike, Sketch, Sketches, sketch_of

LEAST_SCORE = 1_500  # below it two articles share a topic's words at best
DUPLICATE_OVERLAP = 3_000  # of word fours; what was measured: docs/decisions/0014
_SCALE = 10_000
_DUPLICATE = 1 << LOT_BITS + 14
_SAME_LANGUAGE = _DUPLICATE << 1
_ANY_LOT = (1 << LOT_BITS) - 1
_LEAST_SUM = -(-LEAST_SCORE * ONE**2 // _SCALE)

Ranks = NDArray[np.int64]


class Seeker(NamedTuple):
    """What is compared of an article, and its place in time."""

    vector: Vector
    sketch: Sketch
    language: int
    lot: int
    crowding: Crowding
    moment: Moment


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
        return self.where(np.argsort(self.ranks)[::-1])


_NOBODY = Neighbours(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))


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
    """Finds the neighbours of an article, whether it is in the index or not.

    Those that are shown are found by their words and shingles. One that is late in a crowd is not
    shown, and has for neighbours those who are near among the few right before it.
    """

    def __init__(self, articles: Articles, slots: int, most_alike: int) -> None:
        self._articles = articles
        self._crowds = Crowds(articles, slots, most_alike)
        self._postings = Postings(slots)
        self._sketches = Sketches(slots)
        self._shown = np.zeros(slots, dtype=np.bool_)

    def keep(self, slot: int, seeker: Seeker) -> None:
        """Take in what is compared of the article at ``slot``; it is not shown yet."""
        self._postings.keep(slot, seeker.vector)
        self._sketches.keep(slot, seeker.sketch)
        self._crowds.join(slot, seeker.crowding)

    def forget(self, slot: int) -> None:
        """Have nothing more of the article at ``slot``, which is still there."""
        if self._shown[slot]:
            self.hide(slot)
        self._crowds.leave(slot)

    def show(self, slot: int) -> None:
        self._postings.show(slot)
        self._sketches.show(slot)
        self._shown[slot] = True

    def hide(self, slot: int) -> None:
        self._postings.hide(slot)
        self._sketches.hide(slot)
        self._shown[slot] = False

    def shows(self, slot: int) -> bool:
        return bool(self._shown[slot])

    def is_crowded(self, seeker: Seeker) -> bool:
        """Whether others may be late by it, or it by others."""
        return self._crowds.are_full(seeker.crowding)

    def is_late(self, seeker: Seeker) -> bool:
        """Whether it is late in a crowd, and not to be shown."""
        return self._crowds.is_late(seeker.crowding, seeker.moment)

    def moved(self, seeker: Seeker) -> set[int]:
        """The slots of those who may be late, or late no more, by its coming or going."""
        return self._crowds.moved(seeker.crowding, seeker.moment)

    def after(self, seeker: Seeker) -> set[int]:
        """The slots of the late who may be its neighbours, but not the other way round."""
        return self._crowds.after(seeker.crowding, seeker.moment)

    def before(self, seeker: Seeker) -> set[int]:
        """The slots of those who are, or were, among its neighbours if it is, or was, late."""
        return self._crowds.all_before(seeker.crowding, seeker.moment)

    def seeker_of(self, signature: Signature) -> Seeker:
        vector, language = vector_of(signature.terms), language_of(signature.language)
        return Seeker(
            vector,
            sketch_of(signature.shingles),
            language,
            lot_of(signature.id),
            self._crowds.of(vector, language),
            (signature.begun_ms, signature.id),
        )

    def seeker(self, slot: int) -> Seeker:
        """What is compared of the article at ``slot``, for when it is no longer there."""
        (words, weights), sketch, language, lot, crowding, moment = self.at(slot)
        vector = Vector(words.copy(), weights.copy())
        return Seeker(vector, sketch.copy(), language, lot, crowding, moment)

    def around(self, slot: int) -> Neighbours:
        """The neighbours of the article at ``slot``."""
        return self.of(self.at(slot), without=slot)

    def of(self, seeker: Seeker, without: int | None = None) -> Neighbours:
        """All articles with a score of `LEAST_SCORE` or that are duplicates, in no order."""
        if self.is_late(seeker):
            return self._of_few(seeker, self._crowds.before(seeker.crowding, seeker.moment))
        return self.shown_near(seeker, without)

    def shown_near(self, seeker: Seeker, without: int | None = None) -> Neighbours:
        """Those of them that are shown, also of an article that is late."""
        sums = self._postings.sums(seeker.vector, self._articles.used)
        alike = self._sketches.like(seeker.sketch, DUPLICATE_OVERLAP)
        slots = np.flatnonzero(sums >= _LEAST_SUM)
        if len(alike.slots):
            slots = np.union1d(slots, alike.slots)
        elif not len(slots):
            return _NOBODY
        found = self._ranked(seeker, slots, sums[slots], alike)
        return found if without is None else found.where(slots != without)

    def at(self, slot: int) -> Seeker:
        """What is compared of the article at ``slot``, for as long as it is there."""
        return Seeker(
            self._postings.vector(slot),
            self._sketches.sketch(slot),
            self._articles.language(slot),
            self._articles.lot(slot),
            self._crowds.crowding(slot),
            self._articles.moment(slot),
        )

    def _of_few(self, seeker: Seeker, few: Slots) -> Neighbours:
        """Those of ``few``, ascending, who are near."""
        sums = self._postings.sums_of(seeker.vector, few)
        alike = self._sketches.like_of(seeker.sketch, few, DUPLICATE_OVERLAP)
        near = (sums >= _LEAST_SUM) | np.isin(few, alike.slots)
        return self._ranked(seeker, few[near], sums[near], alike)

    def _ranked(self, seeker: Seeker, slots: Slots, sums: Sums, alike: Alike) -> Neighbours:
        """Their ranks; those ``alike`` are among them, and the slots ascend."""
        scores = np.minimum(sums.astype(np.int64) * _SCALE // ONE**2, _SCALE)
        kinds = self._articles.same_language(slots, seeker.language) * _SAME_LANGUAGE
        if len(alike.slots):
            duplicates = np.searchsorted(slots, alike.slots)
            scores[duplicates] = np.maximum(scores[duplicates], alike.overlaps)
            kinds[duplicates] |= _DUPLICATE
        lots = ~(self._articles.lots(slots) ^ seeker.lot) & _ANY_LOT
        return Neighbours(slots, kinds | scores << LOT_BITS | lots)
