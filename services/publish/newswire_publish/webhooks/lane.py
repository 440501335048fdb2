"""One shard as one process works on it: turn after turn, so that a slow shard holds up no other.

    results are there, something comes due and a slot is free, or a second has passed
      > a turn: note, claim > attempts (see worker) > results ^

A result that can not be noted (the server is away) is kept until its lease has ended; then the
delivery is claimed again by itself, with the same id.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from newswire_common.connection import is_away
from newswire_common.streams import Partition
from newswire_publish.webhooks.delivery import Claim, Result
from newswire_publish.webhooks.queue import DeliveryQueue, Page

POLL_S = 1.0  # how late what other processes have put there may be noticed
AWAY_S = 0.25

log = structlog.get_logger()


class Kept(NamedTuple):
    """A result to be noted. ``until`` its lease holds, by the monotonic clock."""

    until: float
    result: Result


@dataclass(eq=False)
class Slots:
    """How many attempts one process makes at a time; its shards share them. Closed at first."""

    free: int
    shares: int
    is_open: bool = False
    _waiting: dict[asyncio.Event, None] = field(default_factory=dict, init=False)

    def take(self) -> int:
        """Reserve a share of what is free; one that waits for its server holds up no other."""
        taken = min(self.free, max(1, self.free // self.shares)) if self.is_open else 0
        self.free -= taken
        return taken

    def give(self, count: int) -> None:
        """Give back; whoever waits is told, the longest wait first."""
        self.free += count
        if count:
            for event in self._waiting:
                event.set()
            self._waiting.clear()

    def tell(self, event: asyncio.Event) -> None:
        """Set the event once a slot is free."""
        self._waiting[event] = None


@dataclass(eq=False)
class Lane:
    """``start`` is given what was claimed, to be attempted, and the rev of the endpoints.

    ``idle`` is set while `run` is not in a turn, ``beat`` when last all was well, by the monotonic
    clock.
    """

    shard: Partition
    queue: DeliveryQueue
    slots: Slots
    start: Callable[[Sequence[Claim], bytes], None]
    beat: float = field(default=0.0, init=False)
    idle: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _results: list[Kept] = field(default_factory=list, init=False)
    _look_at: float = field(default=0.0, init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _stopped: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.idle.set()

    def wake(self) -> None:
        """Look now."""
        self._look_at = 0.0
        self._woken.set()

    def keep(self, until: float, result: Result) -> None:
        """Note a result in the next turn."""
        self._results.append(Kept(until, result))
        self._woken.set()

    def stop(self) -> None:
        """Have `run` end once everything is noted."""
        self._stopped = True
        self._woken.set()

    async def run(self) -> None:
        """Turn after turn, until stopped."""
        while self._results or not self._stopped:
            await self._rest()
            self.idle.clear()
            try:
                await self.turn()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning(
                    "webhooks", shard=self.shard.tag, reason=f"{type(error).__name__}: {error}"
                )
                await asyncio.sleep(AWAY_S)
            else:
                self.beat = time.monotonic()
            finally:
                self.idle.set()

    async def _rest(self) -> None:
        """Until there is something to note, or to look for and a slot for it."""
        while not self._results and not self._stopped:
            now = time.monotonic()
            pause = self._look_at - now if self.slots.free else POLL_S
            if pause <= 0:
                return
            self.beat = now
            if not self.slots.free:
                self.slots.tell(self._woken)
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(pause, POLL_S)):
                    await self._woken.wait()

    async def turn(self, page: Page | None = None) -> int:
        """A turn, with a page to enqueue; answers how many of its deliveries were new.

        What was not noted, also because this was cancelled, is noted in the next.
        """
        limit = self.slots.take()
        results, self._results = self._results, []
        try:
            turn = await self.queue.turn(
                self.shard, results=[kept.result for kept in results], page=page, limit=limit
            )
        except BaseException:
            self.slots.give(limit)
            now = time.monotonic()
            self._results += [kept for kept in results if kept.until > now]
            raise
        self.slots.give(limit - len(turn.claims))
        lost = turn.held.count(False)
        if lost or turn.ended:
            log.warning("leases", shard=self.shard.tag, lost=lost, ended=turn.ended)
        self._plan(min(POLL_S, turn.wait_s))
        until = time.monotonic() + self.queue.lease.total_seconds()
        for result in turn.unreadable:
            self.keep(until, result)
        if turn.claims:
            self.start(turn.claims, turn.rev)
        return turn.added

    def _plan(self, wait_s: float) -> None:
        """Look again after so many seconds, and no later though it was planned so."""
        planned, self._look_at = self._look_at, time.monotonic() + wait_s
        if self._look_at < planned:
            self._woken.set()
