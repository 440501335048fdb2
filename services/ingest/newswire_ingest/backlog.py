"""Back-pressure: ingest takes no more than the stages behind it keep up with.

XINFO GROUPS of articles and enriched, every half second | what was admitted since > admit or 503
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from redis.exceptions import ResponseError

from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.streams import ARTICLES, ENRICHED, Partition

EVERY_S = 0.5
# The streams between an article's acceptance and its publication.
BEFORE_PUBLICATION = (ARTICLES, ENRICHED)


class Backlog:
    """How many articles are accepted and not yet through; all partitions, whoever works on them."""

    def __init__(self, client: Client, partitions: Iterable[Partition], limit: int) -> None:
        self._client = client
        self._places = [
            (partition.stream(stream), stream.groups)
            for partition in partitions
            for stream in BEFORE_PUBLICATION
        ]
        self._limit = limit
        self.behind = 0  # as last read
        self._admitted = 0  # since then

    def admit(self, articles: int) -> None:
        """Count articles in. Raises Unavailable when there are already as many as the limit."""
        if self.behind + self._admitted >= self._limit:
            raise Unavailable(
                f"{self.behind} articles wait to be published; the limit is {self._limit}",
                retry_after_s=2,
            )
        self._admitted += articles

    async def watch(self) -> None:
        """Read the backlog again and again. Raises what Redis raises when it is away."""
        while True:
            await self.read()
            await asyncio.sleep(EVERY_S)

    async def read(self) -> None:
        """Read it once. What is admitted while the servers are asked counts on as admitted."""
        before = self._admitted
        pipe = self._client.pipeline(transaction=False)
        for name, _ in self._places:
            pipe.xinfo_groups(name)
            pipe.xlen(name)
        replies = await pipe.execute(raise_on_error=False)
        pairs = zip(replies[::2], replies[1::2], strict=True)
        self.behind = sum(
            _behind(rows, length, groups)
            for (_, groups), (rows, length) in zip(self._places, pairs, strict=True)
        )
        self._admitted -= before


def _behind(rows: Any, length: Any, groups: Iterable[str]) -> int:  # noqa: ANN401 - a reply of redis-py or its error
    """What the slowest of the groups has not acknowledged on one stream."""
    for reply in (rows, length):
        if isinstance(reply, Exception) and not _is_missing(reply):
            raise reply
    if not isinstance(length, int) or isinstance(rows, Exception):
        return length if isinstance(length, int) else 0
    known: dict[str, Mapping[str, Any]] = {row["name"].decode(): row for row in rows}
    return max((_of_group(known.get(group), length) for group in groups), default=0)


def _of_group(row: Mapping[str, Any] | None, length: int) -> int:
    # Without the group, or where the server has lost count of its lag, all may be unread.
    if row is None or row["lag"] is None:
        return length
    return int(row["lag"]) + int(row["pending"])


def _is_missing(error: Exception) -> bool:
    """The stream is not there yet, or no longer: nothing waits on it."""
    return isinstance(error, ResponseError) and "no such key" in str(error)
