"""The stage that turns an event into deliveries, one to each endpoint that wants it.

    {pN}:events | endpoints that match | article, once an event | body, once a form | enqueue > ack

Acknowledged after it is enqueued: a crash in between repeats the batch, and enqueueing the same
delivery again changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from newswire_common.events import Event
from newswire_common.stage import Effect
from newswire_common.streams import Partition
from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.endpoint import Endpoint, Form
from newswire_publish.webhooks.queue import DeliveryQueue, Page
from newswire_publish.webhooks.subscriptions import Subscriptions

Matched = Mapping[Partition, Sequence[Endpoint]]


class Articles(Protocol):
    """Where the published documents are read."""

    async def read(self, pairs: Sequence[tuple[str, int | None]]) -> list[bytes | None]:
        """The `PublishedArticle` JSON of each (id, version), None where there is none any more."""


@dataclass(eq=False)
class FanOut:
    """``enqueued`` is told the shards that have something new, and the bodies in memory."""

    queue: DeliveryQueue
    subscriptions: Subscriptions
    articles: Articles
    enqueued: Callable[[Sequence[Partition], Mapping[str, bytes]], None]

    async def work(
        self, _partition: Partition, events: Sequence[Event]
    ) -> list[Effect | BaseException]:
        """Enqueue what a batch of events of one partition gives; no effect but that."""
        await self.subscriptions.refresh()
        matched = [(event, self.subscriptions.matching(event.type)) for event in events]
        matched = [(event, found) for event, found in matched if found]
        articles = await self._read(
            [event for event, found in matched if _forms(found) != {"thin"}]
        )
        for shard, page in pages(matched, articles):
            if await self.queue.enqueue(shard, page):
                self.enqueued([shard], page.bodies)
        return [() for _ in events]

    async def _read(self, events: Sequence[Event]) -> dict[str, bytes | None]:
        if not events:
            return {}
        documents = await self.articles.read([(event.id, event.version) for event in events])
        return {e.event_id: document for e, document in zip(events, documents, strict=True)}


def pages(
    matched: Sequence[tuple[Event, Matched]], articles: Mapping[str, bytes | None]
) -> Iterator[tuple[Partition, Page]]:
    """The deliveries of a batch, in pages of bounded size, each with the bodies that it needs."""
    open_pages: defaultdict[Partition, Page] = defaultdict(Page)
    for event, found in matched:
        bodies = {form: body(event, form, articles.get(event.event_id)) for form in _forms(found)}
        tasks = {form: task(event, form) for form in bodies}
        encoded = {form: one.encode() for form, one in tasks.items()}
        for shard, endpoints in found.items():
            for endpoint in endpoints:
                form = endpoint.payload
                page = open_pages[shard]
                page.add(endpoint.id, tasks[form], encoded[form], bodies[form])
                if page.full:
                    yield shard, open_pages.pop(shard)
    yield from open_pages.items()


def body(event: Event, form: Form, article: bytes | None) -> bytes:
    """The payload of an event. A full one whose article is gone has ``"article": null``."""
    data: dict[str, object] = {
        "event_id": event.event_id,
        "id": event.id,
        "uri": event.uri,
        "version": event.version,
    }
    if form == "full":
        data["article"] = orjson.Fragment(article) if article else None
    return orjson.dumps({"type": event.type, "timestamp": event.occurred_at, "data": data},
                        option=orjson.OPT_UTC_Z)  # fmt: skip


def task(event: Event, form: Form) -> Task:
    return Task(
        event=event.event_id,
        type=event.type,
        form=form,
        accepted_ms=round(event.accepted_at.timestamp() * 1000),
        trace=event.traceparent,
    )


def _forms(found: Matched) -> set[Form]:
    return {endpoint.payload for endpoints in found.values() for endpoint in endpoints}
