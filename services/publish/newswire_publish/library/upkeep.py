"""What the library does by itself: embargoes end, and what is past the retention goes.

Both are scripts that go by the server's clock, in bounded steps, so that any number of processes
may run them on the same partition.
"""

import asyncio
from collections.abc import Sequence
from importlib.resources import files

import structlog

from newswire_common.connection import Client
from newswire_common.streams import Partition
from newswire_publish.library.stage import SHOW_LUA

RELEASE_LUA = SHOW_LUA + files(__package__).joinpath("release.lua").read_text()
RETIRE_LUA = SHOW_LUA + files(__package__).joinpath("retire.lua").read_text()
STEP = 100  # articles a script; it holds the server for a few milliseconds at the most
TICK_S = 1.0
RETIRE_TICK_S = 60.0

log = structlog.get_logger()


async def release_due(client: Client, partition: Partition) -> float | None:
    """Show all whose embargo has ended; answers the seconds until the next one ends, if any."""
    script = client.register_script(RELEASE_LUA)
    total, remaining_ms = 0, 0
    while remaining_ms == 0:
        shown, remaining_ms = await script(
            keys=[partition.key("embargo")], args=[STEP, partition.tag]
        )
        total += shown
    if total:
        log.info("embargo lifted", partition=partition.number, articles=total)
    return remaining_ms / 1000 if remaining_ms > 0 else None


async def retire_old(client: Client, partition: Partition, retention_ms: int) -> int:
    """Drop what is past the retention; answers how many articles went."""
    script = client.register_script(RETIRE_LUA)
    total, gone = 0, STEP
    while gone == STEP:
        gone = await script(keys=[partition.feed("all")], args=[retention_ms, partition.tag, STEP])
        total += gone
        await asyncio.sleep(0)  # other work of this process goes on between the steps
    if total:
        log.info("retired", partition=partition.number, articles=total)
    return total


async def lift_embargoes(client: Client, partitions: Sequence[Partition]) -> None:
    """Show each article when its embargo ends. Runs until it is cancelled.

    It is there to the millisecond; within a second where the embargo came in only just before.
    """
    while True:
        due = [await release_due(client, partition) for partition in partitions]
        await asyncio.sleep(min([TICK_S, *(seconds for seconds in due if seconds is not None)]))


async def retire(client: Client, partitions: Sequence[Partition], retention_ms: int) -> None:
    """Keep the library within the retention. Runs until it is cancelled."""
    while True:
        for partition in partitions:
            await retire_old(client, partition, retention_ms)
        # Where tests keep the news for seconds, look as often.
        await asyncio.sleep(min(RETIRE_TICK_S, max(TICK_S, retention_ms / 10_000)))
