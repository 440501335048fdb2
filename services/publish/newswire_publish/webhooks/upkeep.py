"""What has to be done now and then: forget, give up, and count.

A finished delivery leaves a tombstone for as long as its event may be fanned out again, that is
until every group acknowledged the event, and some minutes more, for a worker that was frozen in the
middle of a fan-out that another one has finished. It goes by the partition that the event is of, so
that a silent partition holds back no other's. A dead letter of the stage that is retried later than
that sends again what had been sent, with the same id.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import get_args

import structlog

from newswire_common.connection import Client
from newswire_common.keeper import acknowledged_below
from newswire_common.streams import EVENTS, Partition
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks.endpoint import State
from newswire_publish.webhooks.queue import DeliveryQueue
from newswire_publish.webhooks.subscriptions import Subscriptions

EVERY_S = 15.0
BEHIND_S = 120.0  # that the sweep of tombstones stays behind
PAGE = 200  # endpoints in one call

log = structlog.get_logger()


@dataclass(eq=False)
class Upkeep:
    """The upkeep of one process; any number of processes may. ``partitions`` are its own.

    ``now`` is a clock that only goes forward, in seconds.
    """

    client: Client
    queue: DeliveryQueue
    subscriptions: Subscriptions
    shards: Sequence[Partition]
    partitions: Sequence[Partition]
    metrics: PublishMetrics
    now: Callable[[], float] = time.monotonic
    _floors: dict[Partition, deque[tuple[float, int]]] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> None:
        for partition in self.partitions:
            await self._forget(partition)
        await self.subscriptions.refresh()
        await self._survey()

    async def _forget(self, partition: Partition) -> None:
        """Drop the tombstones of events of a partition that will not be fanned out again."""
        floor = await acknowledged_below(self.client, partition, EVENTS)
        below = self._floor_before(partition, floor[0]) if floor else None
        if below is None:
            return
        pipe = self.client.pipeline(transaction=False)
        for shard in self.shards:
            done = shard.key("done", str(partition.number))
            pipe.zremrangebyscore(done, "-inf", f"({below}")
        await pipe.execute()

    def _floor_before(self, partition: Partition, floor_ms: int) -> int | None:
        """The ms of the floor as it was ``BEHIND_S`` ago, None where that is not known yet."""
        floors, now = self._floors.setdefault(partition, deque()), self.now()
        floors.append((now, floor_ms))
        while len(floors) > 1 and floors[1][0] <= now - BEHIND_S:
            floors.popleft()
        at, below = floors[0]
        # The server may have lost its last writes meanwhile: then events come again.
        return min(below, floor_ms) if at <= now - BEHIND_S else None

    async def _survey(self) -> None:
        """Give up on what waited too long, and set the gauges."""
        pipe = self.client.pipeline(transaction=False)
        for shard in self.shards:
            pipe.zcard(shard.key("lease"))
        in_flight = sum(await pipe.execute())
        waiting = expired = 0
        for shard in self.shards:
            names = iter(self.subscriptions.in_shard(shard))
            while page := list(islice(names, PAGE)):
                more, gone = await self.queue.survey(shard, page)
                waiting, expired = waiting + more, expired + gone
        if expired:
            log.warning("deliveries given up", expired=expired)
        self.metrics.webhook_queue.labels("waiting").set(waiting)
        self.metrics.webhook_queue.labels("in_flight").set(in_flight)
        states = Counter(self.subscriptions.state(endpoint.id) for endpoint in self.subscriptions)
        for state in get_args(State):
            self.metrics.endpoints.labels(state).set(states[state])
