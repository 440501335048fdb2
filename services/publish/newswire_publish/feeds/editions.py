"""Editions: a feed as it stands, put together once and served until the feed changes.

    stamps (HGET a partition) > those of the cached edition? serve it
                              > else places > fragments, cached by article and version > join

The stamps are read before the places, so that an edition is never older than its stamps say.
"""

import asyncio
import gzip
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote

from cachetools import LRUCache

from newswire_common.events import from_ms
from newswire_publish.conditional import etag_of
from newswire_publish.feeds.fragments import Fragments
from newswire_publish.feeds.render import FORMATS, Channel
from newswire_publish.feeds.turns import Turns
from newswire_publish.library.library import Library, stamp_ms

ALL = "all"
MAX_NAME = 200  # characters
CACHE_BYTES = 64 * 2**20
MAX_EDITION_BYTES = 16 * 2**20  # beyond it the oldest items are left out
CHUNK = 25  # items rendered at a time: bounds what is held, and lets others in between
GZIP_LEVEL = 6

Stamps = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Which feed is asked for, in which format, how long, and in which content coding."""

    feed: str
    form: str
    limit: int
    coding: Literal["identity", "gzip"] = "identity"


@dataclass(frozen=True, slots=True)
class Edition:
    """The bytes of a feed. ``changed_ms`` is None as long as nothing ever happened in it."""

    stamps: Stamps
    body: bytes
    etag: str
    changed_ms: int | None


@dataclass(eq=False)
class Editions:
    """The feeds of one process. ``public_url`` begins every URL of our own."""

    library: Library
    fragments: Fragments
    public_url: str
    _kept: LRUCache[Order, Edition] = field(
        default_factory=lambda: LRUCache(CACHE_BYTES, getsizeof=lambda edition: len(edition.body))
    )
    _turns: Turns[Order, Edition] = field(init=False)

    def __post_init__(self) -> None:
        self._turns = Turns(self._make)

    async def of(self, order: Order) -> Edition | None:
        """The edition of now, or None where there is no such feed; ``all`` always is."""
        if len(order.feed) > MAX_NAME:
            return None
        stamps: Stamps = await self.library.stamps(order.feed)
        if order.feed != ALL and not any(stamps):
            return None
        return self._kept_as_of(order, stamps) or await self._turns.take(order)

    def _kept_as_of(self, order: Order, stamps: Stamps) -> Edition | None:
        kept = self._kept.get(order)
        return kept if kept and kept.stamps == stamps else None

    async def _make(self, order: Order) -> Edition:
        stamps: Stamps = await self.library.stamps(order.feed)
        if kept := self._kept_as_of(order, stamps):
            return kept
        if order.coding == "gzip":
            edition = await self._packed(order, stamps)
        else:
            changed_ms = max((stamp_ms(stamp) for stamp in stamps if stamp), default=None)
            body = await self._composed(order, changed_ms)
            edition = Edition(stamps, body, etag_of(body), changed_ms)
        if len(edition.body) <= CACHE_BYTES // 2:
            self._kept[order] = edition
        return edition

    async def _packed(self, order: Order, stamps: Stamps) -> Edition:
        order = replace(order, coding="identity")
        edition = self._kept_as_of(order, stamps) or await self._turns.take(order)
        body = await asyncio.to_thread(gzip.compress, edition.body, GZIP_LEVEL, mtime=0)
        return replace(edition, body=body, etag=etag_of(body))

    async def _composed(self, order: Order, changed_ms: int | None) -> bytes:
        """The feed in one piece, at least with its newest item, however large that is."""
        places = await self.library.top(order.feed, order.limit)
        fragments: list[bytes] = []
        size = 0
        for start in range(0, len(places), CHUNK):
            chunk = places[start : start + CHUNK]
            for fragment in await self.fragments.of(order.form, [p.article_id for p in chunk]):
                size += len(fragment)
                if fragments and size > MAX_EDITION_BYTES:
                    break
                fragments.append(fragment)
            if size > MAX_EDITION_BYTES:
                break
        return FORMATS[order.form].feed(self._channel(order, changed_ms), fragments)

    def _channel(self, order: Order, changed_ms: int | None) -> Channel:
        return Channel(
            title="Newswire" if order.feed == ALL else f"Newswire: {order.feed}",
            self_url=feed_url(self.public_url, order.feed, order.form),
            home_url=f"{self.public_url}/",
            updated=None if changed_ms is None else from_ms(changed_ms),
        )


def feed_url(public_url: str, feed: str, form: str) -> str:
    """The absolute URL of a feed; ``public_url`` is without a slash at its end."""
    return f"{public_url}/feeds/{quote(feed, safe='/')}.{form}"
