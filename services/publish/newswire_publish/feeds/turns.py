"""Turns: at most one piece of work a key at a time, shared by all who ask before it begins.

    ask, nothing runs > run now
    ask, one runs     > the next run, from when that one ends; all who ask meanwhile share it

So a run never misses what happened before somebody asked for it, and however many ask for what
changes all the time, the work is never done twice at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Turns(Generic[K, V]):
    """``work`` is run for a key; an exception that it raises is raised to all who share the run."""

    def __init__(self, work: Callable[[K], Awaitable[V]]) -> None:
        self._work = work
        self._running: dict[K, asyncio.Task[V]] = {}
        self._next: dict[K, asyncio.Task[V]] = {}

    async def take(self, key: K) -> V:
        """What a run that begins from now on answers."""
        task = self._next.get(key)
        if task is None:
            task = asyncio.create_task(self._run(key, self._running.get(key)))
            self._next[key] = task
            task.add_done_callback(_seen)
        # Who goes away leaves the others their run.
        return await asyncio.shield(task)

    async def _run(self, key: K, before: asyncio.Task[V] | None) -> V:
        if before:
            await asyncio.wait([before])
        task = self._running[key] = self._next.pop(key)
        try:
            return await self._work(key)
        finally:
            if self._running.get(key) is task:
                del self._running[key]


def _seen(task: asyncio.Task[V]) -> None:
    """Take note of an exception that nobody may be left to hear of."""
    if not task.cancelled():
        task.exception()
