"""Ingest beside a bare route that validates and XADDs: lines by the hundred, and single posts.

    this process > 8 kept connections, NDJSON of 100 > ingest, on a core of its own > server
    this process > 64 kept connections, one article  > the same

Every article is a new one, of 2 kB. Ours does the whole of ingest: key, drafts, identity, content
hash, version, back-pressure. The server and this process share the other core.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
import orjson

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.streams import ARTICLES, partitions
from tests.benchmarks import http_load
from tests.benchmarks.bare import STREAM
from tests.benchmarks.http_load import Target, listens
from tests.benchmarks.measure import BODY, embedded, interleaved, per_cpu, result
from tests.benchmarks.processes import Process, cores, cpu_seconds, pin, running
from tests.support.live import ADMIN, free_port, until

LINES, LINE_CONNECTIONS, LINE_REQUESTS = 100, 8, 200
SINGLE_CONNECTIONS, SINGLES = 64, 8_000
NDJSON = "application/x-ndjson"
NO_LIMIT = "100000000"  # nothing takes the articles on: they would reach the limit of the backlog
numbers = count()


def draft() -> bytes:
    """A draft that was never sent before."""
    number = next(numbers)
    return orjson.dumps(
        {
            "source": "bench", "guid": f"bench-{number}", "section": "World",
            "headline": f"Negotiators agree on a text, part {number}",
            "body_text": f"{number} {BODY}",
        }
    )  # fmt: skip


@dataclass(eq=False)
class Side:
    """Ours or the bare one; what it says it took is checked against what is on the stream."""

    port: int
    process: Process
    stream: str
    client: Client
    per_cpu_s: list[float] = field(default_factory=list)

    async def lines(self) -> float:
        """Articles a second, in requests of a hundred lines."""
        target = Target(self.port, NDJSON, ADMIN)
        requests = [
            target.request(b"\n".join(draft() for _ in range(LINES))) for _ in range(LINE_REQUESTS)
        ]
        return await self._rate(requests, LINE_CONNECTIONS, LINES)

    async def singles(self) -> float:
        """Requests a second, of one article each."""
        target = Target(self.port, key=ADMIN)
        requests = [target.request(draft()) for _ in range(SINGLES)]
        return await self._rate(requests, SINGLE_CONNECTIONS, 1)

    async def _rate(self, requests: list[bytes], connections: int, articles_each: int) -> float:
        articles = articles_each * len(requests)
        before = cpu_seconds(self.process.pid)
        rate = await http_load.rate(self.port, requests, connections)
        used = cpu_seconds(self.process.pid) - before
        self.per_cpu_s.append(articles / used if used else 0.0)
        assert await self.client.xlen(self.stream) == articles
        await self.client.xtrim(self.stream, maxlen=0, approximate=False)
        return articles_each * rate


@asynccontextmanager
async def sides(url: str, core: int | None) -> AsyncIterator[tuple[Side, Side]]:
    """Ingest and the bare route, both ready; they have the core in turns."""
    ours, bare = free_port(), free_port()
    environment = {
        "NEWSWIRE_REDIS_URL": url, "NEWSWIRE_ADMIN_KEY": ADMIN,
        "NEWSWIRE_INGEST_PORT": str(ours), "NEWSWIRE_MAX_BACKLOG": NO_LIMIT,
    }  # fmt: skip
    client = connection.client(url)
    with (
        running("newswire_ingest", core=core, environment=environment) as ingest,
        running("tests.benchmarks.bare", url, str(bare), core=core) as route,
    ):
        async with aiohttp.ClientSession() as http:
            await until(lambda: is_ready(http, ours))
        await until(lambda: listens(bare))
        stream = partitions(1)[0].stream(ARTICLES)
        yield Side(ours, ingest, stream, client), Side(bare, route, STREAM, client)
    await client.aclose()


async def is_ready(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def measured(name: str, ours: Side, bare: Side, runs: int, **more: Any) -> dict[str, Any]:
    """The line of one kind of request: `lines` or `singles`."""
    ours.per_cpu_s, bare.per_cpu_s = [], []
    rates = await interleaved(getattr(ours, name), getattr(bare, name), runs)
    return result(f"ingest/{name}", *rates, **per_cpu(ours.per_cpu_s, bare.per_cpu_s), **more)


async def run(runs: int) -> list[dict[str, Any]]:
    service_core, our_core = cores()
    pin(0, our_core)  # the server, started from here, stays there too
    with embedded() as server:
        async with sides(server.url, service_core) as both:
            return [
                await measured("lines", *both, runs, connections=LINE_CONNECTIONS),
                await measured("singles", *both, runs, connections=SINGLE_CONNECTIONS),
            ]
