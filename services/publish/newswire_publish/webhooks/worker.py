"""Takes due deliveries off the queue and makes the attempts; any number of processes may.

each shard's lane: claims > endpoint and body of each > attempts, all at once > its results
  ^--- enqueueing is a turn of the lane, too, and claims at once what there are slots for
"""

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from newswire_common.connection import is_away
from newswire_common.streams import Partition
from newswire_common.tasks import end
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks.attempt import Courier
from newswire_publish.webhooks.bodies import Bodies
from newswire_publish.webhooks.delivery import Claim, Result, Task
from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.lane import Lane, Slots
from newswire_publish.webhooks.queue import DeliveryQueue, Page
from newswire_publish.webhooks.subscriptions import Subscriptions

SLOTS = 200  # attempts in flight in one process
STALE_AFTER_S = 10.0
AGAIN_S = 0.5  # before a lane that ended is started again
NOTE_S = 2.0  # at the end, for the last results
RELEASED = timedelta(seconds=1)  # until what could not be attempted is claimed again

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(eq=False)
class Worker:
    """The worker of one process: `run` it, and at the end `close`.

    ``drain_s`` is how long `close` waits for attempts under way: at least what one can take, or a
    restart would send again what is being received.
    """

    queue: DeliveryQueue
    shards: Sequence[Partition]
    subscriptions: Subscriptions
    bodies: Bodies
    courier: Courier
    metrics: PublishMetrics
    drain_s: float
    slots: int = SLOTS
    _slots: Slots = field(init=False)
    _lanes: Mapping[Partition, Lane] = field(init=False)
    _running: dict[Lane, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._slots = Slots(self.slots, shares=len(self.shards))
        self._lanes = {
            shard: Lane(shard, self.queue, self._slots, self._start) for shard in self.shards
        }

    def wake(self, shards: Iterable[Partition]) -> None:
        """Look at these shards now."""
        for shard in shards:
            self._lanes[shard].wake()

    async def enqueue(self, shard: Partition, page: Page) -> int:
        """Enqueue a page, and begin with it; answers how many of its deliveries were new.

        It is done even where who asked for it is cancelled, so that no claim of it is lost.
        """
        return await asyncio.shield(self._watched(self._lanes[shard].turn(page)))

    async def run(self) -> None:
        """Work on every shard until cancelled; what is under way then is ended by `close`."""
        self._slots.is_open = True
        try:
            while True:
                for lane in self._lanes.values():
                    self._ensure(lane)
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(AGAIN_S)
        finally:
            self._slots.is_open = False

    def trouble(self) -> str | None:
        """Why deliveries are not made, or None."""
        oldest = time.monotonic() - STALE_AFTER_S
        silent = [lane.shard.tag for lane in self._lanes.values() if lane.beat < oldest]
        return f"webhooks: nothing heard of {', '.join(silent)}" if silent else None

    def _ensure(self, lane: Lane) -> None:
        """Start a lane unless it runs. None ends silently, and none ends for good."""
        task = self._running.get(lane)
        if task and not task.done():
            return
        if task:
            error = None if task.cancelled() else task.exception()
            log.error("a lane ended", shard=lane.shard.tag, exc_info=error)
        self._running[lane] = asyncio.create_task(lane.run())

    def _start(self, claims: Sequence[Claim], rev: bytes) -> None:
        """Attempt what was claimed: now, or once what is not at hand has been read."""
        until = time.monotonic() + self.queue.lease.total_seconds()
        current = self.subscriptions.is_current(claims[0].shard, rev)
        bodies = [self.bodies.at_hand(claim.task) for claim in claims]
        missing = [c.task for c, body in zip(claims, bodies, strict=True) if body is None]
        reading = None
        if missing or not current:
            reading = self._watched(self._read(missing, refresh=not current))
        for claim, body in zip(claims, bodies, strict=True):
            needed = reading if body is None or not current else None
            self._watched(self._attempt(claim, until, body, needed))

    async def _read(self, tasks: Sequence[Task], *, refresh: bool) -> Mapping[str, bytes]:
        """The bodies of tasks; and the endpoints, where they are to be read again."""
        if refresh:
            await self.subscriptions.refresh()
        return await self.bodies.read(tasks)

    async def _attempt(
        self,
        claim: Claim,
        until: float,
        body: bytes | None,
        reading: asyncio.Task[Mapping[str, bytes]] | None,
    ) -> None:
        """Attempt a delivery, once what it needs has been read. Whatever happens has a result."""
        result = Result(claim, "released", claim.task, Answer(), delay=RELEASED)
        try:
            read = await asyncio.shield(reading) if reading else {}
            body = body or read[claim.task.body]
            endpoint = self.subscriptions.find(claim.endpoint)
            result = await self.courier.attempt(claim, endpoint, body)
        except asyncio.CancelledError:  # at the end, or from elsewhere: another one makes it again
            log.warning("attempt cut off", delivery=claim.delivery)
        except Exception as error:
            if is_away(error):
                log.warning("released", delivery=claim.delivery, reason=str(error))
            else:
                log.exception("attempt", delivery=claim.delivery)
                result = self.courier.judged(claim, Answer(error="internal"))
        finally:
            self._slots.give(1)
            self._lanes[claim.shard].keep(until, result)
        self._count(result)

    def _count(self, result: Result) -> None:
        if result.outcome == "released":
            return
        self.metrics.webhook_attempts.labels(result.answer.error or "delivered").inc()
        accepted_ms = result.task.accepted_ms
        if result.outcome == "delivered" and accepted_ms is not None:
            took = max(0.0, time.time() - accepted_ms / 1000)
            self.metrics.delivery_seconds.labels("webhook").observe(took)

    def _watched(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that `close` waits for; who awaits it hears of its exception."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved, where nobody is left who awaits it

    async def close(self) -> None:
        """Let attempts under way end and note them; the lease of what is cut off brings it back."""
        self._slots.is_open = False
        with suppress(TimeoutError):
            async with asyncio.timeout(self.drain_s):
                for lane in self._lanes.values():  # what it claims just now is to be sent, too
                    await lane.idle.wait()
                while self._under_way:
                    await asyncio.wait(self._under_way)
        await end(self._under_way)
        for lane in self._lanes.values():
            lane.stop()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=NOTE_S)
        await end(self._running.values())
