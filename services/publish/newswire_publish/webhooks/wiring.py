"""Puts the parts together for the service that runs them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter

from newswire_common.codec import decode_event
from newswire_common.events import Event
from newswire_common.service import Runtime
from newswire_common.stage import Entry, Stage
from newswire_common.streams import EVENTS, Partition, partitions
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks.api import WebhooksApi
from newswire_publish.webhooks.attempt import Courier
from newswire_publish.webhooks.bodies import Articles, Bodies
from newswire_publish.webhooks.fanout import BATCH_SIZE, FanOut
from newswire_publish.webhooks.queue import DeliveryQueue
from newswire_publish.webhooks.schedule import STANDARD, Schedule
from newswire_publish.webhooks.sender import TOTAL_S, HttpSender
from newswire_publish.webhooks.subscriptions import Subscriptions
from newswire_publish.webhooks.upkeep import Upkeep
from newswire_publish.webhooks.worker import Worker

# Longer than any attempt can take, or a slow receiver would get a delivery twice at a time.
LEASE_MARGIN = timedelta(seconds=30)
DRAIN_MARGIN_S = 1.0  # over what an attempt can take


class Webhooks:
    """All of webhooks in one process: ``stage``, ``router``, ``background``, and ``close``.

    ``worker`` is run by the frame, among the keepers of the runtime.
    """

    def __init__(
        self,
        runtime: Runtime,
        metrics: PublishMetrics,
        articles: Articles,
        *,
        schedule: Schedule = STANDARD,
        attempt_s: float = TOTAL_S,
    ) -> None:
        settings, client = runtime.settings, runtime.client
        self.shards = shards = partitions(settings.partitions, prefix="w")
        subscriptions = Subscriptions(client, shards)
        queue = DeliveryQueue(
            client, lease=timedelta(seconds=attempt_s) + LEASE_MARGIN, window=schedule.window
        )
        agent = f"Newswire/{version('newswire-publish')} (+{settings.public_url})"
        allowed = settings.allow_private_networks
        self._sender = HttpSender(allowed, total_s=attempt_s)
        bodies = Bodies(articles)
        worker = Worker(
            queue, shards, subscriptions, bodies, Courier(self._sender, schedule, agent), metrics,
            drain_s=attempt_s + DRAIN_MARGIN_S,
        )  # fmt: skip
        self.upkeep = Upkeep(client, queue, subscriptions, shards, runtime.mine, metrics)
        fan_out = FanOut(worker, subscriptions, bodies)
        self.stage: Stage[Event] = Stage(
            "webhooks", EVENTS, _decode, fan_out.work, batch_size=BATCH_SIZE
        )
        self.router: APIRouter = WebhooksApi(subscriptions, queue, allowed, worker).router()
        self.background: list[Callable[[], Awaitable[None]]] = [self.upkeep.run]
        self.worker = worker
        # The frame runs it and asks it for trouble, as it does a keeper.
        runtime.keepers.append(worker)

    async def close(self) -> None:
        """Let attempts under way end; to be awaited when the background has ended."""
        await self.worker.close()
        await self._sender.close()


def _decode(partition: Partition, entry: Entry) -> Event:
    return decode_event(partition.number, entry.id, entry.fields)
