"""The tail of the events: one blocking read a partition and process wakes all who wait for news.

{pN}:events > XREAD BLOCK > wake > each reads for itself what is after its own cursor
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.service import Background
from newswire_common.streams import EVENTS, Partition

BLOCK_MS = 5_000  # below the client's timeout of a command
COUNT = 100
MAX_WAITERS = 1_000  # open requests; each costs a connection and some kilobytes


@dataclass(eq=False)
class Tail:
    """Follows the events of every partition, on connections of its own."""

    redis_url: str
    partitions: Sequence[Partition]
    waiting: int = field(default=0, init=False)
    _client: Client = field(init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _somebody: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        self._client = connection.client(self.redis_url)

    @property
    def background(self) -> list[Background]:
        """What must run for `news` to be told: a task a partition."""
        return [self._follower(partition) for partition in self.partitions]

    @property
    def news(self) -> asyncio.Event:
        """Set at the next event. Take it, then read, then wait for it: so none is missed."""
        return self._news

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among those who wait. Raises Unavailable when all are taken."""
        if self.waiting >= MAX_WAITERS:
            raise Unavailable("too many requests wait for news; ask without `wait`")
        self.waiting += 1
        self._somebody.set()
        try:
            yield
        finally:
            self.waiting -= 1
            if not self.waiting:
                self._somebody.clear()

    async def close(self) -> None:
        await self._client.aclose()

    def _follower(self, partition: Partition) -> Background:
        async def follow() -> None:
            while True:
                await self._somebody.wait()
                await self._follow(partition.stream(EVENTS))

        return follow

    async def _follow(self, stream: str) -> None:
        """Tell of every entry as long as somebody waits."""
        newest = await self._client.xrevrange(stream, count=1)
        last = newest[0][0] if newest else b"0-0"
        self._wake()  # while nobody followed, something may have come
        while self.waiting:
            reply = await self._client.xread({stream: last}, count=COUNT, block=BLOCK_MS)
            for _, entries in reply:
                last = entries[-1][0]
                self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
