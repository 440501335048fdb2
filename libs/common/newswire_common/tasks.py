"""Ending asyncio tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_S = 0.2


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks until each has ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which redis-py reads and writes with,
    can swallow a cancellation that meets its result (python/cpython#86296).
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_S)
