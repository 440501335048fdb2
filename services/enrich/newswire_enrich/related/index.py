"""A sliding window over recent articles that finds those that share an article's words.

::

    add ─▶ postings: word ─▶ (slot, weight) …          related: a dense array of scores, one
    window or capacity passed ─▶ the oldest is removed   addition per posting, the best of it

Every worker holds a replica, fed from the ``signatures`` streams. What is found depends on the
articles in the window and on nothing else: not on their order of arrival, nor on a random number.
"""

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from newswire_common.article import Related, Relation
from newswire_enrich.related.signature import Signature, overlap

_LEAST_SCORE = 0.15  # below it two articles share a topic's words at best
_STORY_SCORE = 0.25
_STORY_SPAN = timedelta(days=3)
_DUPLICATE_OVERLAP = 0.35  # of word fours: recall .98 at precision .99 on edited copies
_CANDIDATES = 32  # looked at for each link asked for: the language reorders them


_Scores = NDArray[np.float64]


class _Postings:
    """The articles with one word: slots ascending, and their weights."""

    __slots__ = ("slots", "weights")

    def __init__(self) -> None:
        self.slots = array("i")
        self.weights = array("f")

    def add(self, slot: int, weight: float) -> None:
        place = bisect_left(self.slots, slot)
        self.slots.insert(place, slot)
        self.weights.insert(place, weight)

    def remove(self, slot: int) -> None:
        place = bisect_left(self.slots, slot)
        del self.slots[place]
        del self.weights[place]


class RelatedIndex:
    """At most ``capacity`` articles, none older than ``window`` before the newest. In memory.

    Not safe for threads: one task adds and asks.
    """

    def __init__(self, window: timedelta, capacity: int) -> None:
        if capacity < 1 or window <= timedelta(0):
            message = "a related-link index needs room for one article and a window"
            raise ValueError(message)
        self._window_ms = window // timedelta(milliseconds=1)
        self._capacity = capacity
        self._postings: dict[str, _Postings] = {}
        self._slots: dict[str, int] = {}
        self._signatures: list[Signature | None] = []
        self._lots = array("q")
        self._free: list[int] = []
        self._oldest: list[tuple[int, str]] = []  # heap; removed articles leave it when met
        self._newest_ms = 0

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._slots

    def holds(self, article_id: str, version: int) -> bool:
        """Whether this version of the article, or a newer one, is here."""
        held = self._held(article_id)
        return held is not None and held.version >= version

    def add(self, signature: Signature) -> None:
        """Take the article in; an older version than the one held changes nothing."""
        held = self._held(signature.id)
        if held is not None:
            if held.version > signature.version:
                return
            self.remove(signature.id)
        slot = self._take_slot(signature)
        for word, weight in signature.terms:
            self._postings.setdefault(word, _Postings()).add(slot, weight)
        heapq.heappush(self._oldest, (signature.at_ms, signature.id))
        self._newest_ms = max(self._newest_ms, signature.at_ms)
        self._evict()

    def remove(self, article_id: str) -> None:
        """Forget the article, if it is there."""
        slot = self._slots.pop(article_id, None)
        if slot is None:
            return
        signature = self._signatures[slot]
        self._signatures[slot] = None
        self._free.append(slot)
        for word, _ in signature.terms if signature else ():
            postings = self._postings[word]
            postings.remove(slot)
            if not postings.slots:
                del self._postings[word]

    def related(self, signature: Signature, limit: int = 5) -> list[Related]:
        """The articles nearest to this one, itself left out: its own language first, then score."""
        candidates = self._candidates(signature, limit)
        ranked = sorted(
            candidates,
            key=lambda item: (item[1].language != signature.language, -item[0], item[1].id),
        )
        return [_link(signature, found, score) for score, found in ranked[:limit]]

    def _candidates(self, signature: Signature, limit: int) -> list[tuple[float, Signature]]:
        scores = self._scores(signature.terms)
        found = [
            (min(1.0, float(scores[slot])), other)
            for slot in self._best(scores, limit * _CANDIDATES + 1)  # one of them may be itself
            if (other := self._signatures[slot]) is not None and other.id != signature.id
        ]
        found.sort(key=lambda item: (-item[0], item[1].id))
        return found[: limit * _CANDIDATES]

    def _best(self, scores: _Scores, most: int) -> NDArray[np.intp]:
        """The slots of the best scores. Of a tie at the end, those that their articles' lots name.

        So a thousand copies of one text cost no more than a thousand texts, and every replica
        still looks at the same ones.
        """
        likely = np.flatnonzero(scores >= _LEAST_SCORE)
        if len(likely) <= most:
            return likely
        last = np.partition(scores[likely], -most)[-most]
        above = np.flatnonzero(scores > last)
        tied = np.flatnonzero(scores == last)
        lots = np.frombuffer(self._lots, dtype=np.int64)[tied]
        room = most - len(above)
        chosen = tied[np.argpartition(lots, room - 1)[:room]]
        return np.concatenate([above, chosen])

    def _scores(self, terms: Iterable[tuple[str, float]]) -> _Scores:
        """The cosine with every slot, to four places: both sides are unit vectors."""
        known = [
            (postings, weight)
            for word, weight in terms
            if (postings := self._postings.get(word)) is not None
        ]
        if not known:
            return np.zeros(len(self._signatures))
        slots = np.frombuffer(b"".join(postings.slots for postings, _ in known), dtype=np.int32)
        weights = np.frombuffer(
            b"".join(postings.weights for postings, _ in known), dtype=np.float32
        )
        ours = np.repeat([weight for _, weight in known], [len(found.slots) for found, _ in known])
        scores = np.bincount(slots, weights * ours, minlength=len(self._signatures))
        return scores.astype(np.float64, copy=False).round(4)

    def _held(self, article_id: str) -> Signature | None:
        slot = self._slots.get(article_id)
        return None if slot is None else self._signatures[slot]

    def _take_slot(self, signature: Signature) -> int:
        if self._free:
            slot = self._free.pop()
            self._signatures[slot] = signature
            self._lots[slot] = _lot(signature.id)
        else:
            slot = len(self._signatures)
            self._signatures.append(signature)
            self._lots.append(_lot(signature.id))
        self._slots[signature.id] = slot
        return slot

    def _evict(self) -> None:
        """Drop the oldest while there are too many or they have left the window."""
        earliest = self._newest_ms - self._window_ms
        while self._oldest and (len(self._slots) > self._capacity or self._oldest[0][0] < earliest):
            at_ms, article_id = heapq.heappop(self._oldest)
            held = self._held(article_id)
            if held is not None and held.at_ms == at_ms:
                self.remove(article_id)


def _lot(article_id: str) -> int:
    """A number that has nothing to do with the article but is always the same for it."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=7).digest())


def _link(signature: Signature, found: Signature, score: float) -> Related:
    return Related(
        id=found.id,
        url=found.url,
        headline=found.headline,
        rel=_relation(signature, found, score),
        score=score,
    )


def _relation(signature: Signature, found: Signature, score: float) -> Relation:
    if overlap(signature.shingles, found.shingles) >= _DUPLICATE_OVERLAP:
        return "duplicate"
    apart = timedelta(milliseconds=abs(signature.at_ms - found.at_ms))
    return "same-story" if apart <= _STORY_SPAN and score >= _STORY_SCORE else "background"
