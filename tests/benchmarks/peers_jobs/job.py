"""The job itself, the same for all: what is done with an article, where it ends, and the crash."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from newswire_common.article import Article
from newswire_common.streams import partitions
from tests.benchmarks.measure import article

PARTITION = partitions(1)[0]
RESULTS = PARTITION.key("results")  # HASH: article id -> its document
DOUBLED = PARTITION.key("doubled")  # how often a document was stored that was there already
BEGAN = PARTITION.key("began")  # when the first job of the first worker began, seconds
CRASHED = PARTITION.key("crashed")  # set by the worker that killed itself


@dataclass(eq=False)
class Job:
    """One worker's part. With ``crash_at`` that job kills the first worker that comes to it.

    ``redelivery_s`` is after how long a dead worker's jobs are to be given to another; None keeps
    what the queue is shipped with.
    """

    url: str
    crash_at: int = 0
    redelivery_s: int | None = None
    started: int = 0
    _client: Any = field(init=False)

    def __post_init__(self) -> None:
        self._client = Redis.from_url(self.url)

    def enrich(self, body: str | bytes) -> tuple[str, str]:
        """The first stage: the article's id, and its document with one more field."""
        self.count()
        return enriched(Article.model_validate_json(body))

    def store(self, identity: str, document: str) -> None:
        """The second stage, for queues whose jobs are plain functions."""
        if not self._client.hset(RESULTS, identity, document):
            self._client.incr(DOUBLED)

    def count(self) -> None:
        """One more job of the first stage begins."""
        self.started += 1
        if self.started == 1:
            self._client.setnx(BEGAN, time.time())
        if self.started == self.crash_at and self._client.setnx(CRASHED, 1):
            os.kill(os.getpid(), signal.SIGKILL)


def enriched(one: Article) -> tuple[str, str]:
    return one.id, one.model_copy(update={"language": "en"}).model_dump_json(exclude_none=True)


async def store(client: Any, identity: str, document: str) -> None:
    """The second stage, for queues whose jobs are coroutines."""
    if not await client.hset(RESULTS, identity, document):
        await client.incr(DOUBLED)


def bodies(first: int, count: int) -> Iterator[str]:
    """The articles to send, as JSON."""
    for number in range(first, first + count):
        yield article(number).model_dump_json(exclude_none=True, exclude={"version"})
