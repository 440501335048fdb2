"""The worst of the web as sources, beside healthy ones: on a real ingest process."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.live import HEADERS, Live, until
from tests.support.memory import family_bytes
from tests.support.misbehaviour import NEVER, PATHS, rss
from tests.support.origin import Origin, serving

HEALTHY = 50
INTERVAL_S = 3
LATE_S = 2.0  # of a healthy poll, on a machine that does much else
GROWTH_BYTES = 64 * 2**20
# Wrong, or far away, in a way that still leaves a feed to be read.
READABLE = {
    "/301", "/301-301", "/301-302", "/302", "/308", "/cookie", "/moved", "/nul-bytes",
    "/wrong-charset", "/xxe-dtd",
}  # fmt: skip


@pytest.fixture
async def elsewhere() -> AsyncIterator[Origin]:
    """Another host: the connections to one are bounded, whoever it serves."""
    async with serving() as origin:
        yield origin


async def add(live: Live, http: aiohttp.ClientSession, identity: str, url: str) -> None:
    draft = {"id": identity, "feed_url": url, "interval_s": INTERVAL_S}
    async with http.post(live.url("ingest", "/v1/sources"), json=draft, headers=HEADERS) as answer:
        assert answer.status == 201, await answer.text()


async def sources(live: Live, http: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    """Health by id."""
    url = live.url("ingest", "/v1/sources?limit=1000")
    async with http.get(url, headers=HEADERS) as answer:
        return {one["id"]: one["health"] for one in (await answer.json())["sources"]}


@pytest.mark.faults
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
async def test_the_worst_of_the_web_is_marked_and_holds_nobody_up(
    live: Live, http: aiohttp.ClientSession, origin: Origin, elsewhere: Origin
) -> None:
    """Each ends in time, memory stays, nothing is fetched on its word, the others keep time."""
    live.extra = {"NEWSWIRE_HOST_CONNECTIONS": "100", "NEWSWIRE_HOST_REQUESTS_PER_S": "1000"}
    live.start_server()
    live.start("ingest")
    await live.ready(http)
    for number in range(HEALTHY):
        path = f"/healthy-{number}"
        await add(live, http, f"healthy-{number}", elsewhere.publish(path, rss(3, 10 * number)))
    await until(lambda: _polled(live, http, HEALTHY))
    pid = live.processes["ingest"].pid
    before, most = family_bytes(pid), 0
    for path in PATHS:
        await add(live, http, path.strip("/"), origin.url(path))
    added, done = time.monotonic(), False
    async with asyncio.timeout(90):
        while not done or time.monotonic() - added < 5 * INTERVAL_S:
            most = max(most, family_bytes(pid))
            done = await _polled(live, http, HEALTHY + len(PATHS))
            await asyncio.sleep(0.2)
    assert most - before < GROWTH_BYTES
    assert not origin.at(NEVER)
    health = await sources(live, http)
    unmarked = {p for p in PATHS if not _is_marked(health[p.strip("/")])}
    assert unmarked == READABLE
    for number in range(HEALTHY):
        assert health[f"healthy-{number}"]["state"] == "ok"
        times = [at for at in elsewhere.times(f"/healthy-{number}") if at > added]
        gaps = [after - before for before, after in pairwise(times)]
        assert max(gaps) < 1.1 * INTERVAL_S + LATE_S, f"healthy-{number}: {gaps}"


async def _polled(live: Live, http: aiohttp.ClientSession, count: int) -> bool:
    """Whether so many sources were polled, to an end."""
    health = (await sources(live, http)).values()
    return sum(one["last_fetch_at"] is not None for one in health) >= count


def _is_marked(health: dict[str, Any]) -> bool:
    return health["state"] != "ok" or health["consecutive_failures"] > 0
