"""Reading one batch ahead: while the server commits a batch, the next is on its way here."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from newswire_common.tasks import end

DRAIN_S = 10.0  # for batches under way at a stop; what is unfinished stays pending for the next one

log = structlog.get_logger()


class ReadAhead:
    """Runs the work of each lane one after the other, in the order of the calls."""

    def __init__(self) -> None:
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def begin(self, lane: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin on the work once what was begun before is done, and return meanwhile."""
        if before := self._under_way.get(lane):
            await asyncio.wait([before])
        task = asyncio.create_task(work())
        task.add_done_callback(_tell)
        self._under_way[lane] = task

    async def settle(self) -> None:
        """Wait for what was begun, but no longer than `DRAIN_S`."""
        if not self._under_way:
            return
        _, unfinished = await asyncio.wait(self._under_way.values(), timeout=DRAIN_S)
        await end(unfinished)


def _tell(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.warning("batch failed", reason=f"{type(error).__name__}: {error}"[:1_000])
