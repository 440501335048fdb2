"""Fetches URLs one after the other in a process of its own, on the loop of production, and prints
what it cost as JSON: {"grown_bytes", "longest_s", "held_up_s"}.

``held_up_s`` is how long the loop at most did nothing else.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress

import uvloop

from newswire_ingest.fetching import Fetcher, FetchError, Limits
from tests.ingest.fetching.conftest import loopback
from tests.support.memory import resident_bytes

TICK_S = 0.01


async def watch(held_up_s: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await asyncio.sleep(TICK_S)
        held_up_s.append(time.perf_counter() - started - TICK_S)


async def main(healthy: str, *urls: str) -> None:
    fetcher = Fetcher(loopback(), Limits(total_s=0.6))
    await fetcher.get(healthy)
    before = resident_bytes()
    took_s, held_up_s = [], [0.0]
    watching = asyncio.create_task(watch(held_up_s))
    for url in urls:
        started = time.perf_counter()
        with suppress(FetchError):
            await fetcher.get(url)
        took_s.append(time.perf_counter() - started)
    watching.cancel()
    await fetcher.aclose()
    cost = {
        "grown_bytes": resident_bytes(field="VmHWM") - before,
        "longest_s": max(took_s),
        "held_up_s": max(held_up_s),
    }
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
