"""Accepted -> webhook verified at the subscriber's, at 100 articles a second, everything real.

    this process > POST > ingest > enrich > publish > webhooks > this process, verified
    this process > POST > bare route > XADD > bare loop > POST > this process, verified

Articles are sent on a fixed schedule, however long the answers take, so that a stall is seen in
full. Nothing is kept to a core. Each is a new one, of some 2 kB, its paragraphs drawn from the
bundled sample news, so that tags, links and reactions have their usual work.
"""

import asyncio
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

import aiohttp
import orjson

from newswire_local import sample
from tests.benchmarks.http_load import Connection, Target, listens
from tests.benchmarks.measure import embedded, result
from tests.benchmarks.processes import cpu_seconds, running
from tests.support.live import ADMIN, SERVICES, Live, Receiver, free_port, subscribe, until

PER_S = 100
SECONDS = 15
WARM_UP_S = 2  # the first articles meet cold caches and connections that are not there yet
CONNECTIONS = 16
LATE_S = 60.0  # for the last deliveries
BODY_CHARACTERS = 2_000
SECRET = "whsec_c2VjcmV0LW9mLXRoZS1iYXJlLWNoYWlu"

numbers = count()


class Percentiles(NamedTuple):
    """Milliseconds from the 202, and from just before the POST, to the verified delivery."""

    p50_ms: float
    p99_ms: float
    from_post_p50_ms: float
    from_post_p99_ms: float
    per_s: float


@cache
def paragraphs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sample's headlines, and the paragraphs of its texts."""
    drafts = [draft for draft in sample.drafts() if draft.get("body_text")]
    texts = [part for draft in drafts for part in draft["body_text"].split("\n\n")]
    return tuple(draft["headline"] for draft in drafts), tuple(texts)


def draft(number: int) -> bytes:
    """A draft that was never sent before."""
    chosen = random.Random(number)
    headlines, texts = paragraphs()
    body = [f"Report {number}."]
    while sum(map(len, body)) < BODY_CHARACTERS:
        body.append(chosen.choice(texts))
    return orjson.dumps(
        {
            "source": "bench", "guid": f"bench-{number}", "section": "World",
            "headline": f"{chosen.choice(headlines)} ({number})",
            "body_text": "\n\n".join(body)[:BODY_CHARACTERS],
        }
    )  # fmt: skip


@dataclass(eq=False)
class Chain:
    """One way from a POST to the subscriber. ``guid_of`` tells whose delivery an id is."""

    target: Target
    receiver: Receiver
    guid_of: Callable[[str, Mapping[str, Any]], str]
    pids: Mapping[str, int]
    sent: dict[str, float] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)
    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    async def measure(self) -> Percentiles:
        """Send for the set time, wait for the last delivery, and tell of all but the warm-up."""
        pool: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(CONNECTIONS):
            pool.put_nowait(await Connection.open(self.target.port))
        self._count_cpu(-1)
        guids = await self._send_all(pool)
        arrived = await until(lambda: self._arrivals(guids), LATE_S)
        self._count_cpu(1)
        while not pool.empty():
            await pool.get_nowait().close()
        if self.receiver.wrong:
            raise RuntimeError(f"deliveries that do not verify: {self.receiver.wrong[:3]}")
        measured = guids[WARM_UP_S * PER_S :]
        took = max(arrived[g] for g in measured) - min(self.sent[g] for g in measured)
        return Percentiles(
            *_p50_p99([arrived[guid] - self.accepted[guid] for guid in measured]),
            *_p50_p99([arrived[guid] - self.sent[guid] for guid in measured]),
            len(measured) / took,
        )

    def cpu_ms(self) -> dict[str, float]:
        """What an article costs each process, milliseconds of a core."""
        return {name: round(1000 * used / len(self.sent), 2) for name, used in self.cpu_s.items()}

    def _count_cpu(self, sign: int) -> None:
        for name, pid in self.pids.items():
            self.cpu_s[name] += sign * cpu_seconds(pid)

    async def _send_all(self, pool: "asyncio.Queue[Connection]") -> list[str]:
        began, guids = perf_counter(), []
        async with asyncio.TaskGroup() as sending:
            for place in range((WARM_UP_S + SECONDS) * PER_S):
                number = next(numbers)
                request = self.target.request(draft(number))
                guids.append(f"bench-{number}")
                await asyncio.sleep(began + place / PER_S - perf_counter())
                sending.create_task(self._send(pool, guids[-1], request))
        return guids

    async def _send(self, pool: "asyncio.Queue[Connection]", guid: str, request: bytes) -> None:
        self.sent[guid] = perf_counter()
        connection = await pool.get()
        await connection.send(request)
        self.accepted[guid] = perf_counter()
        pool.put_nowait(connection)

    async def _arrivals(self, guids: list[str]) -> dict[str, float] | None:
        """When each arrived; None while one is missing."""
        if len(self.receiver.arrived) < len(self.accepted):
            return None
        arrived = {
            self.guid_of(identity, self.receiver.events[identity]): at
            for identity, at in self.receiver.arrived.items()
        }
        return arrived if arrived.keys() >= set(guids) else None


def _guid_of_event(_delivery: str, event: Mapping[str, Any]) -> str:
    guid: str = event["data"]["article"]["guid"]
    return guid


def _p50_p99(seconds: list[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


@asynccontextmanager
async def newswire() -> AsyncIterator[Chain]:
    """The three services on an embedded server, and one webhook."""
    receiver = Receiver()
    with tempfile.TemporaryDirectory(prefix="newswire-bench-") as folder:
        live = Live(Path(folder))
        try:
            live.start_server()
            for name in SERVICES:
                live.start(name)
            async with aiohttp.ClientSession() as http:
                await live.ready(http)
                await subscribe(
                    live, http, receiver, await receiver.start(), events=["article.published"]
                )
            target = Target(live.ports["ingest"], key=ADMIN)
            pids = {name: process.pid for name, process in live.processes.items()}
            if live.server.process:
                pids["server"] = live.server.process.pid
            yield Chain(target, receiver, _guid_of_event, pids)
        except TimeoutError:
            print(live.logs(), file=sys.stderr)
            raise
        finally:
            live.stop()
            await receiver.stop()


@asynccontextmanager
async def bare() -> AsyncIterator[Chain]:
    """The bare chain on a server of its own."""
    port, receiver = free_port(), Receiver(SECRET)
    module = "tests.benchmarks.bare"
    url = await receiver.start()
    with (
        embedded() as server,
        running(module, server.url, str(port)) as route,
        running(module, server.url, "0", url, SECRET) as loop,
    ):
        await until(lambda: listens(port))
        pids = {"route": route.pid, "loop": loop.pid}
        yield Chain(Target(port), receiver, lambda identity, _: identity, pids)
    await receiver.stop()


async def run(runs: int) -> list[dict[str, Any]]:
    ours, baseline = [], []
    async with newswire() as chain, bare() as bare_chain:
        for number in range(runs):
            baseline.append(await bare_chain.measure())
            ours.append(await chain.measure())
            print(f"run {number + 1} of {runs}: p50 {ours[-1].p50_ms:.1f} ms, p99 "
                  f"{ours[-1].p99_ms:.1f} ms beside {baseline[-1].p50_ms:.1f} and "
                  f"{baseline[-1].p99_ms:.1f}", file=sys.stderr)  # fmt: skip
        cpu_ms = {"cpu_ms": chain.cpu_ms(), "baseline_cpu_ms": bare_chain.cpu_ms()}
    rates = [one.per_s for one in ours], [one.per_s for one in baseline]
    latencies = {
        prefix + name: round(median(getattr(one, name) for one in chain_runs), 1)
        for prefix, chain_runs in (("", ours), ("baseline_", baseline))
        for name in Percentiles._fields
        if name.endswith("_ms")
    }
    return [result("end-to-end", *rates, **latencies, **cpu_ms)]
