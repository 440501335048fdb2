"""The ingest service as its clients see it: over ASGI, on a real server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import ARTICLES, AUDIENCE, partitions
from newswire_ingest.app import build

ADMIN = {"Authorization": "Bearer admin-key"}
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
READY_S = 10.0


def a_draft(**changes: Any) -> dict[str, Any]:
    """A draft with some fields changed, added or (by None) left out."""
    draft = {
        "source": "agency",
        "guid": "story-1",
        "headline": "Ministers agree on pact",
        "body_text": "The ministers agreed on Thursday.",
    }
    return {name: value for name, value in (draft | changes).items() if value is not None}


class Newsroom:
    """A client of one running ingest service, and what it finds on the streams afterwards."""

    def __init__(
        self, app: FastAPI, http: httpx.AsyncClient, redis: Client, settings: Settings
    ) -> None:
        self.app, self.http, self.redis = app, http, redis
        self.partitions = partitions(settings.partitions)

    async def post(self, draft: Any, **headers: str) -> httpx.Response:
        """Send one draft as JSON; bytes go as they are."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(draft, bytes):
            return await self.http.post("/v1/articles", content=draft, headers=JSON | named)
        return await self.http.post("/v1/articles", json=draft, headers=named)

    async def taken(self, draft: Any) -> tuple[int, str]:
        """Send one draft that must be taken; answers its version and outcome."""
        answer = await self.post(draft)
        assert answer.status_code == 202, answer.text
        (result,) = answer.json()["results"]
        return result["version"], result["outcome"]

    async def filed(self, draft: Any) -> str:
        """Send one draft that must be taken; answers its id."""
        answer = await self.post(draft)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["results"][0]["id"])

    async def post_lines(self, *lines: bytes) -> httpx.Response:
        return await self.http.post("/v1/articles", content=b"\n".join(lines), headers=NDJSON)

    async def entries(self) -> list[dict[bytes, bytes]]:
        """The fields of every entry on the articles streams, by partition and order."""
        return [
            fields
            for partition in self.partitions
            for _, fields in await self.redis.xrange(partition.stream(ARTICLES))
        ]

    async def observed(self) -> list[dict[str, Any]]:
        """The bodies of the audience streams, each with the id of its article."""
        return [
            orjson.loads(fields[b"body"]) | {"id": fields[b"id"].decode()}
            for partition in self.partitions
            for _, fields in await self.redis.xrange(partition.stream(AUDIENCE))
        ]


@contextlib.asynccontextmanager
async def running(settings: Settings, redis: Client) -> AsyncIterator[Newsroom]:
    """The service with these settings, taking articles in."""
    app = build(settings)
    async with app.router.lifespan_context(app), http_of(app) as http:
        newsroom = Newsroom(app, http, redis, settings)
        await until_open(newsroom)
        yield newsroom


def http_of(app: FastAPI) -> httpx.AsyncClient:
    """An administrator's client of an application."""
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=ADMIN)


async def until_open(newsroom: Newsroom) -> None:
    """Wait until it takes articles in; there is no event to wait for, so it is asked."""
    async with asyncio.timeout(READY_S):
        # Twice, since between the frame's checks and its own the service is ready for a moment.
        for _ in range(2):
            while (await newsroom.http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.01)


async def is_refused(newsroom: Newsroom, kind: str) -> None:
    """Assert that an article is answered with 503 of this kind, to be tried again."""
    answer = await newsroom.post(a_draft(headline="While it is away"))
    assert answer.status_code == 503
    assert answer.json()["type"].endswith(kind)
    assert int(answer.headers["retry-after"]) >= 1
