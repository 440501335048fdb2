"""One ingest process that polls 2,000 sources on loopback, beside a bare client that only fetches.

    2,000 addresses of the loopback, a feed each < ingest, on a core of its own > server

First the rate: all sources are due at once, and drained; in turns with a bare aiohttp client that
fetches them as many at a time and does nothing else. Then the schedule: each source once in
INTERVAL_S, and how late the polls are. Every address is a host: none waits for another's turn. All
of 127.0.0.0/8 has to be the loopback, as it is on Linux.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from newswire_common import connection
from newswire_common.connection import Client
from newswire_ingest.polling.scripts import Politeness, Scripts
from newswire_ingest.sources.opml import OURS
from newswire_ingest.sources.registry import Registry
from tests.benchmarks.http_load import listens
from tests.benchmarks.ingest import NO_LIMIT, is_ready
from tests.benchmarks.measure import embedded, interleaved, result
from tests.benchmarks.processes import Process, cores, cpu_seconds, pin, running
from tests.support.live import ADMIN, HEADERS, free_port, until

SOURCES = 2_000
AT_ONCE = 64
INTERVAL_S = 20
STEADY_S = 60
DRAIN_S = 300.0
CONNECTIONS = 100

Metrics = Mapping[str, float]


def host(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def opml(port: int) -> bytes:
    """The sources, with an interval at which none is due by itself."""
    rows = "".join(
        f"<outline text='source-{number}' newswire:interval_s='86400' "
        f"xmlUrl={quoteattr(f'http://{host(number)}:{port}/feed')}/>"
        for number in range(SOURCES)
    )
    return f"<opml xmlns:newswire='{OURS}'><body>{rows}</body></opml>".encode()


@dataclass(eq=False)
class Bench:
    """Ingest with its sources, and the server of their feeds."""

    ingest: Process
    ingest_port: int
    feeds_port: int
    http: aiohttp.ClientSession
    client: Client

    def __post_init__(self) -> None:
        self.registry = Registry(self.client, Scripts(self.client, Politeness(2, 1.0)))
        self.names = [f"source-{number}" for number in range(SOURCES)]

    async def metrics(self) -> Metrics:
        """Fetches in all, and the histogram of how late they were, by upper bound."""
        url = f"http://127.0.0.1:{self.ingest_port}/metrics"
        async with self.http.get(url) as answer:
            text = await answer.text()
        found = {"fetches": 0.0}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "newswire_fetches_total":
                    found["fetches"] += sample.value
                if sample.name == "newswire_poll_late_seconds_bucket":
                    found[sample.labels["le"]] = sample.value
        return found

    async def add(self) -> None:
        """Import the sources, and wait until each was read once."""
        url = f"http://127.0.0.1:{self.ingest_port}/v1/sources/opml"
        headers = HEADERS | {"content-type": "text/x-opml"}
        async with self.http.post(url, data=opml(self.feeds_port), headers=headers) as answer:
            assert (await answer.json())["added"] == SOURCES, await answer.text()
        await self.fetched(SOURCES)

    async def fetched(self, count: int) -> None:
        async def enough() -> bool:
            return (await self.metrics())["fetches"] >= count

        await until(enough, DRAIN_S, 0.05)

    async def ours(self) -> float:
        """Polls a second when all are due."""
        before = (await self.metrics())["fetches"]
        began = asyncio.get_running_loop().time()
        for start in range(0, SOURCES, CONNECTIONS):
            some = self.names[start : start + CONNECTIONS]
            await asyncio.gather(*map(self.registry.hasten, some))
        await self.fetched(int(before) + SOURCES)
        return SOURCES / (asyncio.get_running_loop().time() - began)

    async def bare(self) -> float:
        """Fetches a second of a client that does nothing else."""
        places = asyncio.Semaphore(AT_ONCE)
        began = asyncio.get_running_loop().time()
        connector = aiohttp.TCPConnector(limit=AT_ONCE, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def fetch(number: int) -> None:
                url = f"http://{host(number)}:{self.feeds_port}/feed"
                async with places, session.get(url) as answer:
                    await answer.read()

            await asyncio.gather(*map(fetch, range(SOURCES)))
        return SOURCES / (asyncio.get_running_loop().time() - began)

    async def steady(self) -> dict[str, Any]:
        """How late polls are when each source has its turn once in INTERVAL_S."""
        before = int((await self.metrics())["fetches"])
        often = {"interval_s": INTERVAL_S}
        for name in self.names:
            await self.registry.change(name, lambda one: one.model_copy(update=often))
        await self.fetched(before + SOURCES)
        await asyncio.sleep(INTERVAL_S)  # from then on they are spread
        first, cpu = await self.metrics(), cpu_seconds(self.ingest.pid)
        await asyncio.sleep(STEADY_S)
        last, used = await self.metrics(), cpu_seconds(self.ingest.pid) - cpu
        late = {name: last[name] - first[name] for name in last}
        return {
            "steady_per_s": round(late["fetches"] / STEADY_S, 1),
            "late_p50_ms": quantile_ms(late, 0.5),
            "late_p99_ms": quantile_ms(late, 0.99),
            "cpu": round(used / STEADY_S, 2),
            "rss_mib": memory_mib(self.ingest.pid),
        }


def quantile_ms(histogram: Metrics, share: float) -> int:
    """A quantile, interpolated within its bucket as Prometheus does; the last bound at the most."""
    bounds = sorted((float(name), n) for name, n in histogram.items() if name != "fetches")
    wanted, lower, below = share * bounds[-1][1], 0.0, 0.0
    for bound, count in bounds:
        if count >= wanted and bound != float("inf"):
            within = (wanted - below) / (count - below) if count > below else 0.0
            return round(1_000 * (lower + (bound - lower) * within))
        lower, below = bound, count
    return round(1_000 * bounds[-2][0])


def memory_mib(pid: int) -> dict[str, int]:
    """Resident memory of ingest and of what parses for it, in MiB, at the highest."""
    inner = [one for child in _children(str(pid)) for one in (child, *_children(child))]
    return {"ingest": _peak_mib(str(pid)), "children": sum(map(_peak_mib, inner))}


def _children(pid: str) -> list[str]:
    """The processes that any thread of it started."""
    told = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for path in told for child in path.read_text().split()]


def _peak_mib(pid: str) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1_024 if found else 0


@asynccontextmanager
async def bench(url: str, core: int | None) -> AsyncIterator[Bench]:
    """Ingest on its core, and the feeds."""
    ingest_port, feeds_port = free_port(), free_port()
    environment = {
        "NEWSWIRE_REDIS_URL": url, "NEWSWIRE_ADMIN_KEY": ADMIN,
        "NEWSWIRE_INGEST_PORT": str(ingest_port), "NEWSWIRE_MAX_BACKLOG": NO_LIMIT,
        "NEWSWIRE_POLLS_AT_ONCE": str(AT_ONCE), "NEWSWIRE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    client = connection.client(url)
    with (
        running("tests.benchmarks.poll_server", str(feeds_port)),
        running("newswire_ingest", core=core, environment=environment) as ingest,
    ):
        async with aiohttp.ClientSession() as http:
            await until(lambda: listens(feeds_port))
            await until(lambda: is_ready(http, ingest_port))
            yield Bench(ingest, ingest_port, feeds_port, http, client)
    await client.aclose()


async def run(runs: int) -> list[dict[str, Any]]:
    service_core, our_core = cores()
    pin(0, our_core)  # the server and the feeds, started from here, stay there too
    with embedded() as server:
        async with bench(server.url, service_core) as polling:
            await polling.add()
            rates = await interleaved(polling.ours, polling.bare, runs)
            return [result("poll", *rates, sources=SOURCES, **await polling.steady())]
