"""The stage that turns an event into deliveries, one to each endpoint that wants it.

    {pN}:events | endpoints that match | a task a form | pages of deliveries a shard | enqueue > ack
                  and the articles, for the first attempts

Acknowledged after it is enqueued: a crash in between repeats the batch, and enqueueing the same
delivery again changes nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from newswire_common.events import Event
from newswire_common.stage import Effect
from newswire_common.streams import Partition
from newswire_publish.webhooks.bodies import Bodies
from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.endpoint import Endpoint, Form
from newswire_publish.webhooks.queue import Page
from newswire_publish.webhooks.subscriptions import Subscriptions

# Events in one work: with thousands of endpoints it must end well before it counts as abandoned.
BATCH_SIZE = 32

Tasks = Mapping[Form, Task]
Matched = Mapping[Partition, Sequence[Endpoint]]


class Deliveries(Protocol):
    """Where deliveries are enqueued."""

    async def enqueue(self, shard: Partition, page: Page) -> int:
        """Enqueue a page that is not empty; answers how many of its deliveries were new."""


@dataclass(eq=False)
class FanOut:
    """The work of the stage."""

    deliveries: Deliveries
    subscriptions: Subscriptions
    bodies: Bodies

    async def work(
        self, _partition: Partition, events: Sequence[Event]
    ) -> list[Effect | BaseException]:
        """Enqueue what a batch of events of one partition gives; no effect but that."""
        # Articles and endpoints in one go: by the endpoints as they were, which they mostly still
        # are. Where another one matters, its attempt reads the article.
        expected = [task for tasks, _ in self._wanted(events) for task in tasks.values()]
        await asyncio.gather(self.subscriptions.refresh(), self.bodies.read(expected))
        for shard, page in pages(self._wanted(events)):
            await self.deliveries.enqueue(shard, page)
        return [() for _ in events]

    def _wanted(self, events: Sequence[Event]) -> list[tuple[Tasks, Matched]]:
        """Tasks and endpoints of each event that somebody wants, by the endpoints as known."""
        found = ((event, self.subscriptions.matching(event.type)) for event in events)
        return [(tasks_of(event, matched), matched) for event, matched in found if matched]


def pages(wanted: Sequence[tuple[Tasks, Matched]]) -> Iterator[tuple[Partition, Page]]:
    """The deliveries of a batch, in pages of bounded size."""
    open_pages: defaultdict[Partition, Page] = defaultdict(Page)
    for tasks, matched in wanted:
        for shard, endpoints in matched.items():
            for endpoint in endpoints:
                page = open_pages[shard]
                page.add(endpoint.id, tasks[endpoint.payload])
                if page.full:
                    yield shard, open_pages.pop(shard)
    yield from open_pages.items()


def tasks_of(event: Event, matched: Matched) -> Tasks:
    """What is to be delivered of an event, in each form that an endpoint wants."""
    forms = {endpoint.payload for endpoints in matched.values() for endpoint in endpoints}
    return {form: task(event, form) for form in forms}


def task(event: Event, form: Form) -> Task:
    return Task(
        event=event.event_id,
        type=event.type,
        form=form,
        article=event.id,
        version=event.version,
        accepted_ms=round(event.accepted_at.timestamp() * 1000),
        trace=event.traceparent,
        details=event.details(),
    )
