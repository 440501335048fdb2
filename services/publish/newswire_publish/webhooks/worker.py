"""Takes due deliveries off the queue and makes the attempts; any number of processes may.

    claim up to the free slots > attempt each, all at once > results, as many as there are > done
      ^--- woken by the fan-out of this process, by a poll, or when something comes due

A result that can not be noted (the server is away) is kept until its lease has ended; then the
delivery is claimed again by itself, with the same id.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from cachetools import LRUCache

from newswire_common.connection import is_away
from newswire_common.streams import Partition
from newswire_common.tasks import end
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks.attempt import Courier
from newswire_publish.webhooks.delivery import Claim, Result
from newswire_publish.webhooks.queue import DeliveryQueue
from newswire_publish.webhooks.subscriptions import Subscriptions

SLOTS = 200  # attempts in flight in one process
POLL_S = 0.1  # how late another process's deliveries may be noticed
CACHE_BYTES = 32_000_000  # of bodies: what is enqueued here is mostly sent from here
AWAY_S = 0.25
DRAIN_S = 5.0  # at the end, for attempts that are under way

_Kept = tuple[float, Result]  # until when the lease holds, by the monotonic clock

log = structlog.get_logger()


@dataclass(eq=False)
class Worker:
    """The worker of one process: `claim` and `note` side by side, and at the end `close`."""

    queue: DeliveryQueue
    shards: Sequence[Partition]
    subscriptions: Subscriptions
    courier: Courier
    metrics: PublishMetrics
    slots: int = SLOTS
    _woken: set[Partition] = field(default_factory=set, init=False)
    _look_at: dict[Partition, float] = field(default_factory=dict, init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _freed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _attempts: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _results: list[_Kept] = field(default_factory=list, init=False)
    _ended: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _bodies: LRUCache[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._bodies = LRUCache(CACHE_BYTES, getsizeof=len)
        self._look_at = dict.fromkeys(self.shards, 0.0)

    def wake(self, shards: Iterable[Partition], bodies: Mapping[str, bytes] | None = None) -> None:
        """Look at these shards now; ``bodies`` by name are what is new there needs."""
        for name, body in (bodies or {}).items():
            self._remember(name, body)
        self._woken.update(shards)
        self._wake.set()

    async def claim(self) -> None:
        """Claim and start attempts, until cancelled."""
        while True:
            await self._rest()
            now = time.monotonic()
            hot = [s for s in self.shards if s in self._woken or self._look_at[s] <= now]
            # So many attempts at once and no more: what does not fit comes in the next round.
            free = self.slots - len(self._attempts)
            hot = sorted(hot, key=self._look_at.__getitem__)[:free]
            self._woken.difference_update(hot)
            await asyncio.gather(*(self._take(shard, free // len(hot)) for shard in hot))

    async def _rest(self) -> None:
        """Until there is something to look at, and a slot for it."""
        while len(self._attempts) >= self.slots:
            self._freed.clear()
            await self._freed.wait()
        delay = min(self._look_at.values()) - time.monotonic()
        if not self._woken and delay > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()
        self._wake.clear()

    async def _take(self, shard: Partition, limit: int) -> None:
        """Claim from a shard, start the attempts, and note when to look again."""
        self._look_at[shard] = time.monotonic() + POLL_S
        try:
            claims = await self.queue.claim(shard, limit)
            if claims.taken and not self.subscriptions.is_current(shard, claims.rev):
                await self.subscriptions.refresh()
            bodies = await self._bodies_of(claims.taken)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("webhooks", reason=f"{type(error).__name__}: {error}")
            self._look_at[shard] = time.monotonic() + AWAY_S
            return
        for claim in claims.taken:
            self._start(claim, bodies[claim.task.body])
        soon = 0.0 if len(claims.taken) == limit else min(POLL_S, claims.wait_s)
        self._look_at[shard] = time.monotonic() + soon

    async def _bodies_of(self, claims: Sequence[Claim]) -> dict[str, bytes | None]:
        known = {name: self._bodies.get(name) for name in {claim.task.body for claim in claims}}
        read = await self.queue.bodies([c for c in claims if known[c.task.body] is None])
        for name, body in read.items():
            self._remember(name, body)
        return known | read

    def _remember(self, name: str, body: bytes | None) -> None:
        if body is not None and len(body) <= CACHE_BYTES // 8:
            self._bodies[name] = body

    def _start(self, claim: Claim, body: bytes | None) -> None:
        attempt = asyncio.create_task(self._attempt(claim, body))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._end)

    def _end(self, attempt: asyncio.Task[None]) -> None:
        self._attempts.discard(attempt)
        self._freed.set()

    async def _attempt(self, claim: Claim, body: bytes | None) -> None:
        leased_until = time.monotonic() + self.queue.lease.total_seconds()
        result = await self.courier.attempt(claim, self.subscriptions.find(claim.endpoint), body)
        self.metrics.webhook_attempts.labels(result.answer.error or "delivered").inc()
        if result.outcome == "delivered" and claim.task.accepted_ms is not None:
            took = max(0.0, time.time() - claim.task.accepted_ms / 1000)
            self.metrics.delivery_seconds.labels("webhook").observe(took)
        self._results.append((leased_until, result))
        self._ended.set()

    async def note(self) -> None:
        """Note the results of attempts, until cancelled."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            if not await self._note():
                await asyncio.sleep(AWAY_S)
                self._ended.set()

    async def _note(self) -> bool:
        """Note all results that there are; False where some could not be and are kept."""
        results, self._results = self._results, []
        by_shard: defaultdict[Partition, list[_Kept]] = defaultdict(list)
        for kept in results:
            by_shard[kept[1].claim.shard].append(kept)
        noted = await asyncio.gather(*(self._note_in(*one) for one in by_shard.items()))
        return all(noted)

    async def _note_in(self, shard: Partition, results: Sequence[_Kept]) -> bool:
        try:
            held, more = await self.queue.done(shard, [result for _, result in results])
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("webhooks", reason=f"{type(error).__name__}: {error}")
            now = time.monotonic()
            self._results += [kept for kept in results if kept[0] > now]
            return False
        if not all(held):
            log.warning("leases lost", shard=shard.tag, lost=held.count(False))
        if more:
            self.wake([shard])
        return True

    async def close(self) -> None:
        """Give attempts under way a moment; the lease of what is cut off brings it back."""
        if self._attempts:
            _, late = await asyncio.wait(self._attempts, timeout=DRAIN_S)
            await end(late)
        with suppress(Exception):  # what can not be noted now comes back, too
            await self._note()
