"""Webhooks as a service runs them, with articles and events that the test makes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from newswire_common import problems
from newswire_common.auth import Scope
from newswire_common.codec import SCHEMA
from newswire_common.keeper import ensure_groups
from newswire_common.service import Runtime
from newswire_common.settings import Settings
from newswire_common.stage import Entry
from newswire_common.streams import EVENTS, Partition, article_id
from newswire_common.tasks import end
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks import Webhooks
from newswire_publish.webhooks.schedule import Schedule

ARTICLE = article_id("agency", "1")
# Three attempts, a few milliseconds apart.
QUICK = Schedule((timedelta(), timedelta(milliseconds=5), timedelta(milliseconds=5)))


@dataclass(eq=False)
class Library:
    """The articles that there are, by id; anything else is gone. ``failures`` are raised first."""

    articles: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)

    async def read(self, pairs: Sequence[tuple[str, int | None]]) -> list[bytes | None]:
        if self.failures:
            raise self.failures.pop()
        return [
            orjson.dumps(self.articles[identity] | {"version": version})
            if identity in self.articles
            else None
            for identity, version in pairs
        ]


@dataclass(eq=False)
class Publisher:
    """One process of publish: its background runs, its API is called without a socket."""

    runtime: Runtime
    webhooks: Webhooks
    library: Library
    metrics: PublishMetrics
    http: httpx.AsyncClient

    @property
    def partition(self) -> Partition:
        return self.runtime.partitions[0]

    async def key(self, *scopes: Scope) -> dict[str, str]:
        """The headers of somebody new with these scopes."""
        key, _ = await self.runtime.keyring.create("somebody", frozenset(scopes))
        return {"authorization": f"Bearer {key}"}

    async def register(self, url: str, **fields: Any) -> dict[str, Any]:
        """Register an endpoint as the admin, or with ``headers`` of `key` as ``who``."""
        who = fields.pop("who", {"authorization": "Bearer admin-key"})
        response = await self.http.post("/v1/webhooks", json={"url": url, **fields}, headers=who)
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request to ``/v1/webhooks<path>`` as the admin."""
        headers = {"authorization": "Bearer admin-key"} | options.pop("headers", {})
        return await self.http.request(method, "/v1/webhooks" + path, headers=headers, **options)

    async def emit(
        self, count: int = 1, event: str = "article.published", at: str = "*"
    ) -> list[str]:
        """Put events on the stream, at a place if one is given; answers their event ids."""
        seconds, microseconds = await self.runtime.client.time()
        fields = {
            "schema": SCHEMA, "type": event, "id": ARTICLE, "version": 1,
            "at": seconds * 1000 + microseconds // 1000,
            "trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }  # fmt: skip
        source = self.partition.stream(EVENTS)
        ids = [await self.runtime.client.xadd(source, fields, id=at) for _ in range(count)]
        return [f"p0-{entry.decode()}" for entry in ids]

    async def fan_out(self) -> list[Entry]:
        """Let the stage read and commit what there is on the stream."""
        entries = await self.read()
        await self.webhooks.stage.handle(self.runtime.client, self.partition, entries)
        return entries

    async def read(self) -> list[Entry]:
        """What the stage's group has not read yet; it is pending then."""
        source = self.partition.stream(EVENTS)
        reply = await self.runtime.client.xreadgroup("webhooks", "test", {source: ">"})
        rows = reply[0][1] if reply else []
        return [Entry(entry_id.decode(), fields) for entry_id, fields in rows]

    async def publish(self, count: int = 1, event: str = "article.published") -> list[str]:
        """Events, fanned out."""
        ids = await self.emit(count, event)
        await self.fan_out()
        return ids


@asynccontextmanager
async def publishing(
    settings: Settings, *, schedule: Schedule = QUICK, attempt_s: float = 5.0, run: bool = True
) -> AsyncIterator[Publisher]:
    """Webhooks on the server of the settings; without ``run`` nothing is sent."""
    runtime = Runtime.of(settings)
    metrics = PublishMetrics(runtime.registry)
    library = Library({ARTICLE: {"id": ARTICLE, "headline": "Pact signed – 협정"}})
    webhooks = Webhooks(runtime, metrics, library, schedule=schedule, attempt_s=attempt_s)
    app = FastAPI()
    app.state.runtime = runtime
    problems.install(app)
    app.include_router(webhooks.router)
    await ensure_groups(runtime.client, runtime.partitions[0], EVENTS)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.client.aclose)
        stack.push_async_callback(webhooks.close)
        background = [webhooks.worker.run, *webhooks.background] if run else []
        tasks = [asyncio.ensure_future(work()) for work in background]
        stack.push_async_callback(end, tasks)
        transport = httpx.ASGITransport(app)
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://publish")
        )
        yield Publisher(runtime, webhooks, library, metrics, http)
