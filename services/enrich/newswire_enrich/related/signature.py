"""What the related-link index knows of an article; it travels on ``{pN}:signatures``."""

from collections.abc import Sequence
from typing import Annotated
from zlib import crc32

import numpy as np
from pydantic import Field

from newswire_common.stored import Stored

SHINGLES = 64  # of a sample of 64 the error of an estimated overlap is about 1/8
_SHINGLE_WORDS = 4
_NEXT = np.uint64(0x100000001B3)  # the FNV prime: the order of the words counts
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio spreads hashes (Knuth, TAOCP 6.4)
_EXACT = 53  # bits that stay exact as a JSON number
_DROPPED = np.uint64(64 - _EXACT)

Weight = Annotated[float, Field(ge=0, le=1)]
Shingle = Annotated[int, Field(ge=0, lt=1 << _EXACT)]


class Signature(Stored):
    """No body: ``terms`` are a unit vector, ``shingles`` a sample of hashes of its word fours.

    ``at_ms`` is the time of this version in milliseconds since the epoch, ``first_ms`` that of
    the article's first one.
    """

    id: str
    version: int
    url: str | None = None
    headline: str
    language: str | None = None
    at_ms: int
    first_ms: int | None = None
    terms: tuple[tuple[str, Weight], ...] = ()
    shingles: tuple[Shingle, ...] = ()

    @property
    def begun_ms(self) -> int:
        """When the article first came, as far as it is known: its place in a story."""
        return self.at_ms if self.first_ms is None else self.first_ms


def sample_shingles(words: Sequence[str]) -> tuple[int, ...]:
    """The `SHINGLES` least hashes of the runs of four words, ascending.

    A bottom-k sketch (Broder, 1997, "On the resemblance and containment of documents"): one hash
    for each run. A text of fewer words has none and is nobody's duplicate.
    """
    if len(words) < _SHINGLE_WORDS:
        return ()
    encoded = map(str.encode, words)
    hashes = np.fromiter(map(crc32, encoded), dtype=np.uint64, count=len(words))
    mixed = hashes[: 1 - _SHINGLE_WORDS]
    for place in range(1, _SHINGLE_WORDS):
        end = len(hashes) - _SHINGLE_WORDS + 1 + place
        mixed = mixed * _NEXT + hashes[place:end]  # unsigned: wraps around
    samples = (mixed * _MIX) >> _DROPPED
    samples.sort()
    return tuple(dict.fromkeys(samples.tolist()))[:SHINGLES]
