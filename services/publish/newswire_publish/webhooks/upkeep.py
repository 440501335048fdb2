"""What has to be done now and then: forget, give up, and count.

A finished delivery leaves a tombstone for as long as its event may be fanned out again, that is
until every group acknowledged the event; it goes by the partition that the event is of, so that a
silent partition holds back no other's.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
PAGE = 200  # endpoints in one call

log = structlog.get_logger()


@dataclass(eq=False)
class Upkeep:
    """The upkeep of one process; any number of processes may. ``partitions`` are its own."""

    client: Client
    queue: DeliveryQueue
    subscriptions: Subscriptions
    shards: Sequence[Partition]
    partitions: Sequence[Partition]
    metrics: PublishMetrics

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
        if floor is None:
            return
        pipe = self.client.pipeline(transaction=False)
        for shard in self.shards:
            done = shard.key("done", str(partition.number))
            pipe.zremrangebyscore(done, "-inf", f"({floor[0]}")
        await pipe.execute()

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
