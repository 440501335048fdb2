"""What is remembered of a source from one poll to the next."""

from hashlib import blake2b
from typing import Any

import orjson

from newswire_common.stored import Stored
from newswire_ingest.sources.source import Source

DIGEST_BYTES = 8  # of one of some hundred entries of one feed
MAX_SEEN = 5_000  # entries: 40 kB

Seen = frozenset[bytes]


class Memory(Stored):
    """Times are milliseconds of the server's clock, 0 for never; rates are new entries a second.

    ``read_as`` is the fingerprint of how the feed was read: when that changes, all is read anew.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str = ""
    read_as: str = ""
    full_at_ms: int = 0  # the last fetch that was not conditional
    since_full: int = 0
    feed_s: int = 0  # how often the feed last said that it changes, in seconds

    fetched_at_ms: int = 0
    status: int | None = None
    error: str = ""
    failures: int = 0  # in a row
    score: float = 0.0

    first_at_ms: int = 0  # the first poll that could be read
    rate_at_ms: int = 0
    rate_per_s: float = 0.0
    new_at_ms: int = 0  # the last poll that brought something new
    arrivals: int = 0  # polls after the first that did
    longest_gap_s: float = 0.0  # between such polls; fades

    def encode(self) -> bytes:
        return self.model_dump_json(exclude_defaults=True).encode()


def fingerprint(source: Source) -> str:
    """What decides how a feed is read. The number goes up with a change to the reading itself."""
    return _digest([1, source.feed_url, source.section, source.full_text]).hex()


def hash_of(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def digest(guid: str, content: Any) -> bytes:  # noqa: ANN401 - any JSON
    """What tells an entry from its earlier self, and from the others of its feed."""
    return _digest([guid, content])


def _digest(value: Any) -> bytes:  # noqa: ANN401 - any JSON
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
    return blake2b(text, digest_size=DIGEST_BYTES).digest()


def pack(seen: Seen) -> bytes:
    return b"".join(sorted(seen)[:MAX_SEEN])


def unpack(packed: bytes) -> Seen:
    return frozenset(
        packed[start : start + DIGEST_BYTES] for start in range(0, len(packed), DIGEST_BYTES)
    )
