"""A sliding window over recent articles that finds those that share an article's words.

::

    add ─▶ postings: word ─▶ (slot, weight) …          related: a dense array of scores, one
    window or capacity passed ─▶ the oldest is removed   addition per posting, the best of it

Every worker holds a replica, fed from the ``signatures`` streams. What is found depends on the
articles in the window and on nothing else: not on their order of arrival, nor on a random number.
"""

import heapq
from array import array
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newswire_common.article import Related, Relation
from newswire_enrich.related.postings import Postings, Scores
from newswire_enrich.related.signature import Signature, overlap
from newswire_enrich.related.withdrawn import Withdrawn

_LEAST_SCORE = 0.15  # below it two articles share a topic's words at best
_STORY_SCORE = 0.25
_STORY_SPAN = timedelta(days=3)
_DUPLICATE_OVERLAP = 0.35  # of word fours: recall .98 at precision .99 on edited copies
_CANDIDATES = 32  # looked at for each link asked for: the language reorders them
_STALE = 64  # entries of the heap that may be stale before it is built anew


class _Held(NamedTuple):
    """What is kept of a signature: its weights are in the postings, its words shared with them."""

    id: str
    version: int
    url: str | None
    headline: str
    language: str | None
    at_ms: int
    words: tuple[str, ...]
    shingles: "array[int]"


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
        self._postings = Postings()
        self._withdrawn = Withdrawn(capacity)
        self._slots: dict[str, int] = {}
        self._articles: list[_Held | None] = []
        self._lots = array("q")
        self._free: list[int] = []
        self._oldest: list[tuple[int, str]] = []  # heap; those replaced leave it when met
        self._newest_ms = 0

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._slots

    def holds(self, article_id: str, version: int) -> bool:
        """Whether this version of the article, or a newer one, is here or was withdrawn."""
        held = self._held(article_id)
        return (held is not None and held.version >= version) or self._withdrawn.covers(
            article_id, version
        )

    def add(self, signature: Signature) -> None:
        """Take the article in; a version older than the one held or withdrawn changes nothing."""
        if self._withdrawn.covers(signature.id, signature.version):
            return
        held = self._held(signature.id)
        if held is not None:
            if held.version > signature.version:
                return
            self._drop(signature.id)
        self._place(signature)
        self._note_age(signature.at_ms, signature.id)
        self._newest_ms = max(self._newest_ms, signature.at_ms)
        self._evict()

    def remove(self, article_id: str, version: int, at_ms: int) -> None:
        """Forget what ``version``, which came in at ``at_ms``, withdrew; and keep it out."""
        self._withdrawn.note(article_id, version, at_ms)
        held = self._held(article_id)
        if held is not None and held.version <= version:
            self._drop(article_id)

    def related(self, signature: Signature, limit: int = 5) -> list[Related]:
        """The articles nearest to this one, itself left out: its own language first, then score."""
        candidates = self._candidates(signature, limit)
        ranked = sorted(
            candidates,
            key=lambda item: (item[1].language != signature.language, -item[0], item[1].id),
        )
        return [_link(signature, found, score) for score, found in ranked[:limit]]

    def _candidates(self, signature: Signature, limit: int) -> list[tuple[float, _Held]]:
        scores = self._postings.scores(signature.terms, len(self._articles))
        found = [
            (min(1.0, float(scores[slot])), other)
            for slot in self._best(scores, limit * _CANDIDATES + 1)  # one of them may be itself
            if (other := self._articles[slot]) is not None and other.id != signature.id
        ]
        found.sort(key=lambda item: (-item[0], item[1].id))
        return found[: limit * _CANDIDATES]

    def _best(self, scores: Scores, most: int) -> NDArray[np.intp]:
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

    def _held(self, article_id: str) -> _Held | None:
        slot = self._slots.get(article_id)
        return None if slot is None else self._articles[slot]

    def _place(self, signature: Signature) -> None:
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self._articles)
            self._articles.append(None)
            self._lots.append(0)
        words = self._postings.add(slot, signature.terms)
        self._articles[slot] = _held(signature, words)
        self._lots[slot] = _lot(signature.id)
        self._slots[signature.id] = slot

    def _drop(self, article_id: str) -> None:
        slot = self._slots.pop(article_id)
        held = self._articles[slot]
        self._articles[slot] = None
        self._free.append(slot)
        if held is not None:
            self._postings.remove(slot, held.words)

    def _note_age(self, at_ms: int, article_id: str) -> None:
        """Versions that were replaced stay in the heap until they are met or outnumber the rest."""
        heapq.heappush(self._oldest, (at_ms, article_id))
        if len(self._oldest) > 2 * len(self._slots) + _STALE:
            self._oldest = [(held.at_ms, held.id) for held in self._articles if held is not None]
            heapq.heapify(self._oldest)

    def _evict(self) -> None:
        """Drop the oldest while there are too many or they have left the window."""
        earliest = self._newest_ms - self._window_ms
        while self._oldest and (len(self._slots) > self._capacity or self._oldest[0][0] < earliest):
            at_ms, article_id = heapq.heappop(self._oldest)
            held = self._held(article_id)
            if held is not None and held.at_ms == at_ms:
                self._drop(article_id)
        self._withdrawn.forget_before(earliest)


def _held(signature: Signature, words: tuple[str, ...]) -> _Held:
    return _Held(
        id=signature.id,
        version=signature.version,
        url=signature.url,
        headline=signature.headline,
        language=signature.language,
        at_ms=signature.at_ms,
        words=words,
        shingles=array("Q", signature.shingles),
    )


def _lot(article_id: str) -> int:
    """A number that has nothing to do with the article but is always the same for it."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=7).digest())


def _link(signature: Signature, found: _Held, score: float) -> Related:
    return Related(
        id=found.id,
        url=found.url,
        headline=found.headline,
        rel=_relation(signature, found, score),
        score=score,
    )


def _relation(signature: Signature, found: _Held, score: float) -> Relation:
    if overlap(signature.shingles, found.shingles) >= _DUPLICATE_OVERLAP:
        return "duplicate"
    apart = timedelta(milliseconds=abs(signature.at_ms - found.at_ms))
    return "same-story" if apart <= _STORY_SPAN and score >= _STORY_SCORE else "background"
