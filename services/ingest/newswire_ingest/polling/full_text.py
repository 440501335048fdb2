"""The pages of entries that the feed has a summary of only: a few a poll, each in its host's turn.

item > a turn at the page's host > GET > page, in a child process > article > its body
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from newswire_common.article import Article
from newswire_common.streams import article_id
from newswire_ingest.fetching import Fetched, FetchError
from newswire_ingest.fetching.hosts import host_of
from newswire_ingest.parsing.found import Origin
from newswire_ingest.parsing.sandbox import SandboxError
from newswire_ingest.polling.entries import Item
from newswire_ingest.polling.filing import Ready
from newswire_ingest.sources.source import Source

MAX_PAGES = 10  # a poll; those that are left come with the next
PAGES_S = 10.0  # for all of them
PAGE_BYTES = 5 * 2**20
_OK = 200

log = structlog.get_logger()


class Gets(Protocol):
    """`newswire_ingest.fetching.Fetcher.get`."""

    async def __call__(self, url: str, *, limit: int) -> Fetched:
        """Raises FetchError."""
        ...


# The JSON of the article that a page is, of `newswire_ingest.polling.page`. Raises SandboxError.
Reads = Callable[[bytes, str, Origin], Awaitable[bytes | None]]
# Seconds to wait for a turn at a host, or None where that is longer than the patience.
Turn = Callable[[str, float], Awaitable[float | None]]


@dataclass(frozen=True, eq=False)
class FullText:
    """Gets the texts. ``known`` answers which of these article ids were ever taken in."""

    get: Gets
    read: Reads
    turn: Turn
    known: Callable[[Sequence[str]], Awaitable[Sequence[bool]]]

    async def add(self, source: Source, items: Sequence[Item]) -> tuple[list[Ready], list[Item]]:
        """The items that can be filed, and those whose text can not be had at all.

        What is in neither was not come to. Without its text an item is filed as the feed has it,
        but not over an article that we have: that would take its text away.
        """
        ready = [Ready(item) for item in items if not item.page_url]
        textless: list[Item] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PAGES_S):
                wanted = [item for item in items if item.page_url][:MAX_PAGES]
                async for item, page in self._pages(source, wanted):
                    if page is None:
                        textless.append(item)
                    else:
                        ready.append(Ready(item, page))
        held = await self._held(source, textless)
        ready += [Ready(item) for item in textless if item not in held]
        return ready, held

    async def _pages(
        self, source: Source, items: Sequence[Item]
    ) -> AsyncIterator[tuple[Item, Article | None]]:
        for item in items:
            url = item.page_url or ""
            wait_s = await self.turn(_host(url), PAGES_S)
            if wait_s is None:
                return
            await asyncio.sleep(wait_s)
            yield item, await self._page(source, item, url)

    async def _page(self, source: Source, item: Item, url: str) -> Article | None:
        try:
            answer = await self.get(url, limit=PAGE_BYTES)
            if answer.status != _OK:
                return None
            kind = answer.headers.get("Content-Type", "")
            origin = Origin(source.id, answer.url, item.guid)
            found = await self.read(answer.body, kind, origin)
            article = Article.model_validate_json(found) if found else None
        except (FetchError, SandboxError, ValueError) as error:
            log.info("page", source=source.id, url=url, reason=str(error)[:300])
            return None
        return article if article and article.body_text else None

    async def _held(self, source: Source, items: Sequence[Item]) -> list[Item]:
        if not items:
            return []
        known = await self.known([article_id(source.id, item.guid) for item in items])
        return [item for item, is_known in zip(items, known, strict=True) if is_known]


def _host(url: str) -> str:
    """The host whose turn a page takes; of what is no URL, nobody's: the fetch will say so."""
    try:
        return host_of(url)
    except ValueError:
        return "-"
