"""Two ingest processes share the sources, and either is killed with -9 at any time."""

import asyncio
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
import orjson
import pytest

from newswire_common import connection
from newswire_common.streams import ARTICLES, partitions
from newswire_ingest.polling.schedule import LEASE
from tests.faults.test_hostile_origin import add
from tests.support.live import Live, free_port, until
from tests.support.misbehaviour import rss
from tests.support.origin import Origin

PARTITION = partitions(1)[0]
INTERVAL_S = 3  # of every source; see `add`
LATE_S = 5.0  # of a poll: both processes start again and again on a machine that does much else


@dataclass(eq=False)
class Pair:
    """Two ingest processes on the same server."""

    live: Live
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        port = self.ports.setdefault(name, free_port())
        environment = self.live.environment() | {"NEWSWIRE_INGEST_PORT": str(port)}
        with (self.live.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "newswire_ingest"], env=environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self.live.folder,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        for name in self.processes:
            self.kill(name)


@pytest.fixture
def pair(live: Live) -> Iterator[Pair]:
    live.extra = {"NEWSWIRE_HOST_CONNECTIONS": "100", "NEWSWIRE_HOST_REQUESTS_PER_S": "1000"}
    live.start_server()
    pair = Pair(live)
    yield pair
    pair.stop()


@pytest.mark.faults
async def test_no_source_is_forgotten_or_asked_twice(
    pair: Pair, http: aiohttp.ClientSession, origin: Origin, long: bool
) -> None:
    """No interval is skipped twice, no article lost or doubled, no poll made by both."""
    count, kills = (500, 12) if long else (60, 4)
    for name in ("one", "two"):
        pair.start(name)
    pair.live.processes["ingest"] = pair.processes["one"]
    pair.live.ports["ingest"] = pair.ports["one"]
    await pair.live.ready(http)
    for number in range(count):
        path = f"/feed-{number}"
        await add(pair.live, http, f"source-{number}", origin.publish(path, rss(2, 2 * number)))
    await until(lambda: _all_asked(origin, count), timeout_s=120)
    chosen = random.Random(11)
    for number in range(kills):
        await asyncio.sleep(chosen.uniform(0.5, 2.5))
        name = ("one", "two")[number % 2]
        await asyncio.to_thread(pair.kill, name)
        for fresh in range(0, count, 7):  # news while one of them is down
            origin.publish(f"/feed-{fresh}", rss(3 + number, 10_000 * (number + 1) + 20 * fresh))
        pair.start(name)
    lease_s = LEASE.total_seconds()
    await asyncio.sleep(lease_s + 2 * INTERVAL_S)
    for number in range(count):
        times = origin.times(f"/feed-{number}")
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps) > 0.85 * INTERVAL_S, f"{number} was asked by both: {gaps}"
        assert max(gaps) < lease_s + 1.1 * INTERVAL_S + LATE_S, f"{number} was forgotten: {gaps}"
    await _check_articles(pair, origin, count)


async def _check_articles(pair: Pair, origin: Origin, count: int) -> None:
    """Each entry that a feed has at the end is one article, in one version."""
    client = connection.client(pair.live.server.url)
    rows = await client.xrange(PARTITION.stream(ARTICLES))
    filed = Counter(
        (body["source"], body["guid"]) for _, row in rows for body in [orjson.loads(row[b"body"])]
    )
    assert set(filed.values()) == {1}
    for number in range(count):
        feed = origin.pages[f"/feed-{number}"].body
        guids = {part.partition(b"<")[0].decode() for part in feed.split(b"<guid>")[1:]}
        missing = {guid for guid in guids if not filed[f"source-{number}", guid]}
        assert not missing, f"source-{number}"
    await client.aclose()


async def _all_asked(origin: Origin, count: int) -> bool:
    return all(origin.at(f"/feed-{number}") for number in range(count))
