"""The write: every accepted article goes through here, many of them in one call.

    requests > queue of a partition > write.lua, one call at a time | WAIT > version and outcome

While a call is under way the articles of other requests gather and go together in the next one
(group commit), so that a crowd of single posts costs hardly more than one large one. A write is
never repeated from here: only the client knows whether it still wants it, and for it the same
again is safe.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any

import structlog
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    MaxConnectionsError,
    NoScriptError,
    ResponseError,
)

from newswire_common.errors import Unavailable, Unconfirmed
from newswire_common.streams import ARTICLES, Partition, article_uri, partition_of
from newswire_ingest.durability import Command, Durably
from newswire_ingest.identity import Submission

WRITE_LUA = files(__package__).joinpath("write.lua").read_text()
_SHA = sha1(WRITE_LUA.encode(), usedforsecurity=False).hexdigest()
# One call holds up the server, which does one thing at a time, for some milliseconds at the most.
BATCH = 256
BATCH_BYTES = 4 * 2**20
QUEUE = 20_000  # articles that may wait; then 503
QUEUE_BYTES = 128 * 2**20
# Replies that say that nothing was done; any other error reply leaves that open.
_REFUSALS = (
    "OOM", "READONLY", "MISCONF", "NOREPLICAS", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "MOVED",
    "ASK", "BUSY", "NOPERM", "NOSCRIPT",
)  # fmt: skip
# Only a connection that never came to be raises these.
_NEVER_SENT = (ConnectionRefusedError, FileNotFoundError)

log = structlog.get_logger()


@dataclass(slots=True)
class Written:
    """What a client is told of an article: its newest version, and what became of the one sent.

    ``outcome`` is created, revised, unchanged or stale.
    """

    id: str
    uri: str
    version: int
    outcome: str


Outcome = Written | Unavailable


class _Ticket:
    """One request's articles on their way; ``done`` once each has its outcome."""

    def __init__(self, count: int) -> None:
        self.outcomes: list[Any] = [None] * count
        self.left = count
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, index: int, outcome: Outcome) -> None:
        self.outcomes[index] = outcome
        self.left -= 1
        if self.left == 0 and not self.done.done():
            self.done.set_result(None)


_Waiting = tuple[Submission, _Ticket, int]


class _Lane:
    """What waits for one partition, and the task that takes it there."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition
        self.queue: deque[_Waiting] = deque()
        self.task: asyncio.Task[None] | None = None

    def take(self) -> list[_Waiting]:
        """The next batch: a bounded number of articles and, but for a single one, of bytes."""
        batch: list[_Waiting] = []
        size = 0
        while self.queue and len(batch) < BATCH:
            size += len(self.queue[0][0].packed)
            if batch and size > BATCH_BYTES:
                break
            batch.append(self.queue.popleft())
        return batch


class Writer:
    """Writes articles durably, as the settings want it."""

    def __init__(self, partitions: tuple[Partition, ...], durably: Durably) -> None:
        self._durably = durably
        self._partitions = partitions
        self._lanes = [_Lane(partition) for partition in partitions]
        self._articles = self._bytes = 0

    async def write(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """What became of each, in order; an error where it could not be written or confirmed.

        Articles of one call are written in their order. Raises Unavailable, with nothing written,
        when too many are waiting already.
        """
        size = sum(len(submission.packed) for submission in submissions)
        if self._articles and (
            self._articles + len(submissions) > QUEUE or self._bytes + size > QUEUE_BYTES
        ):
            raise Unavailable("too many articles are waiting to be written")
        if not submissions:
            return []
        ticket = _Ticket(len(submissions))
        for index, submission in enumerate(submissions):
            partition = partition_of(submission.article_id, self._partitions)
            self._queue(self._lanes[partition.number], (submission, ticket, index))
        self._articles += len(submissions)
        self._bytes += size
        try:
            await ticket.done
        finally:
            self._articles -= len(submissions)
            self._bytes -= size
        return ticket.outcomes

    async def aclose(self) -> None:
        """Wait for what is under way."""
        tasks = [lane.task for lane in self._lanes if lane.task]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)

    def _queue(self, lane: _Lane, waiting: _Waiting) -> None:
        lane.queue.append(waiting)
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(lane))

    async def _drain(self, lane: _Lane) -> None:
        try:
            while batch := lane.take():
                outcomes = await self._outcomes(lane.partition, [item[0] for item in batch])
                for (_, ticket, index), outcome in zip(batch, outcomes, strict=True):
                    ticket.settle(index, outcome)
        finally:
            lane.task = None

    async def _outcomes(
        self, partition: Partition, batch: Sequence[Submission]
    ) -> Sequence[Outcome]:
        try:
            return _written(await self._call(partition, batch))
        except Exception as error:  # noqa: BLE001 - whatever it is, each request must have its answer
            refusal = refused(error)
            log.warning(
                "write failed", partition=partition.number, articles=len(batch),
                reason=f"{type(error).__name__}: {error}"[:500],
                unconfirmed=isinstance(refusal, Unconfirmed),
            )  # fmt: skip
            return [refusal] * len(batch)

    async def _call(self, partition: Partition, batch: Sequence[Submission]) -> list[Any]:
        stream = partition.stream(ARTICLES)
        mark = "1" if self._durably.is_replicated else ""
        articles = (item.packed for item in batch)
        call: Command = ("EVALSHA", _SHA, 1, stream, partition.tag, mark, *articles)
        try:
            [written] = await self._durably.run(stream, call)
        except NoScriptError:  # it did not run
            await self._durably.load(stream, WRITE_LUA)
            [written] = await self._durably.run(stream, call)
        reply: list[Any] = written
        return reply


def _written(reply: Sequence[Any]) -> list[Written]:
    told = zip(reply[::3], reply[1::3], map(bytes.decode, reply[2::3]), strict=True)
    return [
        Written(identity, article_uri(identity), version, outcome.decode())
        for version, outcome, identity in told
    ]


def refused(error: Exception) -> Unavailable:
    """What a failed call means for its articles: nothing was done, or nobody knows."""
    if isinstance(error, Unavailable):
        return error
    code = getattr(error, "status_code", None) or str(error).partition(" ")[0]
    told = isinstance(error, ResponseError) and code in _REFUSALS
    if told or isinstance(error, (BusyLoadingError, AuthenticationError, MaxConnectionsError)):
        return Unavailable(f"the server refuses to write: {error}"[:300])
    if any(isinstance(cause, _NEVER_SENT) for cause in _causes(error)):
        return Unavailable("the server is away", retry_after_s=2)
    return Unconfirmed("the reply of the server was lost; sending the same again is safe")


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
