"""Fetches URLs one after the other in a process of its own, on the loop of production, and prints
what it cost as JSON: {"grown_bytes", "longest_s", "held_up_s"}.

``held_up_s`` is how long the loop at most did nothing else.
"""

import asyncio
import json
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

import uvloop

from newswire_ingest.fetching import Fetcher, FetchError, Limits
from tests.ingest.fetching.conftest import loopback

STATUS = Path("/proc/self/status")
TICK_S = 0.01


def resident_bytes(field: str) -> int:
    """VmRSS, what is resident now, or VmHWM, the most that ever was (proc(5)).

    Elsewhere than on Linux, the most there was for both. Linux itself hands ru_maxrss down from the
    parent process, so it is not taken from there.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS


async def watch(held_up_s: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await asyncio.sleep(TICK_S)
        held_up_s.append(time.perf_counter() - started - TICK_S)


async def main(healthy: str, *urls: str) -> None:
    fetcher = Fetcher(loopback(), Limits(total_s=0.6))
    await fetcher.get(healthy)
    before = resident_bytes("VmRSS")
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
        "grown_bytes": resident_bytes("VmHWM") - before,
        "longest_s": max(took_s),
        "held_up_s": max(held_up_s),
    }
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
