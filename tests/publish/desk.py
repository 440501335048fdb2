"""What the tests of publish share: articles as enrich hands them on, and a running service."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import uvicorn
from prometheus_client import CollectorRegistry

from newswire_common import connection
from newswire_common.article import EnrichedArticle, Moment
from newswire_common.codec import decode_event
from newswire_common.connection import Client
from newswire_common.events import Event
from newswire_common.settings import Settings
from newswire_common.stage import Entry, Stage
from newswire_common.streams import (
    ENRICHED,
    EVENTS,
    Partition,
    article_id,
    article_uri,
    partition_of,
    partitions,
)
from newswire_publish.app import build
from newswire_publish.library.library import Library
from newswire_publish.library.publication import Publication
from newswire_publish.library.stage import publish_stage
from newswire_publish.metrics import PublishMetrics

ACCEPTED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONSUMER = "desk"


def enriched(guid: str = "g-1", version: int = 1, **fields: object) -> EnrichedArticle:
    """An article of the source ``agency``, as enrich hands it on."""
    identity = article_id("agency", guid)
    known: dict[str, object] = {
        "headline": f"{guid} in version {version}",
        "body_text": f"The text of {guid}, version {version}.",
        "first_created": ACCEPTED,
        "version_created": ACCEPTED + timedelta(minutes=version),
    }
    return EnrichedArticle.model_validate(
        {"id": identity, "uri": article_uri(identity), "source": "agency", "guid": guid}
        | {"version": version}
        | known
        | fields
    )


def killed(guid: str = "g-1", version: int = 2, **fields: object) -> EnrichedArticle:
    """The version that withdraws an article."""
    return enriched(guid, version, pub_status="canceled", revision_kind="kill", **fields)


def moment_in(seconds: float) -> Moment:
    """A moment from now, or before it."""
    when = datetime.now(UTC) + timedelta(seconds=seconds)
    return Moment(value=when.isoformat(), precision="second")


def message(article: EnrichedArticle, trace: str = "") -> dict[str, str | int]:
    """The entry of ``{pN}:enriched`` that carries an article."""
    at = round((article.version_created or ACCEPTED).timestamp() * 1000)
    fields: dict[str, str | int] = {
        "schema": 1, "id": article.id, "version": article.version, "at": at, "created": at,
        "body": article.model_dump_json(exclude_none=True),
    }  # fmt: skip
    return fields | ({"trace": trace} if trace else {})


@dataclass(eq=False)
class Desk:
    """Hands articles on. ``publish`` has the stage work on them here and now, in that order."""

    client: Client
    partitions: Sequence[Partition]
    outcomes: list[str] = field(default_factory=list)
    metrics: PublishMetrics = field(default_factory=lambda: PublishMetrics(CollectorRegistry()))

    @property
    def library(self) -> Library:
        return Library(self.client, self.partitions)

    @property
    def stage(self) -> Stage[Publication]:
        """The stage, its outcomes noted."""
        stage = publish_stage(self.metrics, self.client)
        told = stage.committed

        def committed(publications: Sequence[Publication], outcomes: Sequence[str]) -> None:
            if told:
                told(publications, outcomes)
            self.outcomes += outcomes

        return replace(stage, committed=committed)

    async def hand_on(self, *articles: EnrichedArticle) -> None:
        """Write to the streams that a running service reads."""
        for article in articles:
            partition = partition_of(article.id, self.partitions)
            await self.client.xadd(partition.stream(ENRICHED), message(article))

    async def take(self, *articles: EnrichedArticle) -> list[Entry]:
        """Hand articles of the first one's partition on, and read them as a worker does."""
        stream = partition_of(articles[0].id, self.partitions).stream(ENRICHED)
        if not await self.client.exists(stream):
            await self.client.xgroup_create(stream, "publish", id="0", mkstream=True)
        await self.hand_on(*articles)
        read = await self.client.xreadgroup("publish", CONSUMER, {stream: ">"})
        return [Entry(entry_id.decode(), raw) for entry_id, raw in read[0][1]]

    async def publish(self, *articles: EnrichedArticle) -> list[str]:
        """Publish articles one by one; answers what became of each."""
        self.outcomes.clear()
        for article in articles:
            entries = await self.take(article)
            partition = partition_of(article.id, self.partitions)
            await self.stage.handle(self.client, partition, entries)
        return list(self.outcomes)

    async def events(self) -> list[Event]:
        """All events, partition by partition."""
        return [
            decode_event(partition.number, entry_id.decode(), raw)
            for partition in self.partitions
            for entry_id, raw in await self.client.xrange(partition.stream(EVENTS))
        ]

    async def told(self, guid: str = "g-1") -> list[tuple[str, int]]:
        """Type (without ``article.``) and version of each event of an article."""
        identity = article_id("agency", guid)
        return [
            (event.type.removeprefix("article."), event.version)
            for event in await self.events()
            if event.id == identity
        ]

    async def feed(self, name: str) -> list[str]:
        """The ids in a feed."""
        return [place.article_id for place in await self.library.top(name, 200)]

    async def settled(self) -> None:
        """Wait until the running service has worked on all that was handed on."""
        async with asyncio.timeout(10):
            while not await self._all_done():
                await asyncio.sleep(0.005)  # a superseded version makes no event to wait for

    async def _all_done(self) -> bool:
        groups = [
            group
            for partition in self.partitions
            for group in await self.client.xinfo_groups(partition.stream(ENRICHED))
        ]
        return all(group["lag"] == 0 and group["pending"] == 0 for group in groups)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP, read whole and not decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(eq=False)
class Newsroom:
    """A running service `publish`: its HTTP, and the desk that feeds it."""

    http: aiohttp.ClientSession
    desk: Desk

    async def publish(self, *articles: EnrichedArticle) -> None:
        """Hand articles on and wait until they are published."""
        await self.desk.hand_on(*articles)
        await self.desk.settled()

    async def get(self, path: str, **headers: str) -> Answer:
        """The answer to a GET; ``_`` in the names of headers stands for ``-``."""
        return await self.ask("GET", path, **headers)

    async def ask(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, path, data=body, headers=named) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Newsroom]:
    """The service on a port of its own, ready."""
    config = uvicorn.Config(build(settings), port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]  # pytest's own
    client = connection.client(settings.redis_url)
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.005)  # uvicorn offers no event to wait for
        port = server.servers[0].sockets[0].getsockname()[1]
        async with aiohttp.ClientSession(
            f"http://127.0.0.1:{port}", auto_decompress=False, skip_auto_headers=["Accept-Encoding"]
        ) as http:
            newsroom = Newsroom(http, Desk(client, partitions(settings.partitions)))
            async with asyncio.timeout(10):
                while (await newsroom.get("/readyz")).status != 200:
                    await asyncio.sleep(0.01)
            yield newsroom
    finally:
        server.should_exit = True
        await task
        await client.aclose()
