"""Polls what is due; any number of processes may.

    room for articles? > claim up to the free slots > visit each, all at once > settle > finish
      ^--- when something comes due, and twice a second for what others have scheduled

A process that is killed leaves leases, which end; one that is told to stop ends its polls first. A
result that can not be noted (the server is away) is tried until its lease has ended; then the
source is polled again, and its articles are found unchanged.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from newswire_common.connection import is_away
from newswire_common.errors import Unavailable
from newswire_common.tasks import end
from newswire_ingest.polling.interval import Bounds
from newswire_ingest.polling.measures import PollMeasures
from newswire_ingest.polling.schedule import Claim, Schedule
from newswire_ingest.polling.settling import Verdict, Visit, settle
from newswire_ingest.polling.visit import Visitor

LOOK_S = 0.5  # how late it may be noticed what another process has scheduled
BREATH_S = 0.01  # between two claims: what ends meanwhile is replaced together
AWAY_S = 0.5
NO_ROOM_S = 1.0
COUNT_EVERY_S = 10.0
DRAIN_S = 5.0  # at the end, for polls that are under way

log = structlog.get_logger()


@dataclass(eq=False)
class Poller:
    """The poller of one process: `run` and `watch` side by side, and at the end `close`.

    ``slots`` is how many polls are under way at a time. ``room`` raises Unavailable while no
    articles are taken in: then nothing is fetched either.
    """

    schedule: Schedule
    visitor: Visitor
    bounds: Bounds
    measures: PollMeasures
    slots: int
    room: Callable[[], None]
    _polls: set["asyncio.Task[None]"] = field(default_factory=set, init=False)
    _freed: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Claim and start polls, until cancelled. Raises what the server raises when it is away."""
        while True:
            while len(self._polls) >= self.slots:
                self._freed.clear()
                await self._freed.wait()
            await asyncio.sleep(await self._claim())

    async def watch(self) -> None:
        """Keep the count of the sources by state."""
        while True:
            self.measures.states(await self.schedule.states())
            await asyncio.sleep(COUNT_EVERY_S)

    async def close(self) -> None:
        """Let polls under way end; the lease of what is cut off brings it back."""
        if self._polls:
            await asyncio.wait(self._polls, timeout=DRAIN_S)
        await end(self._polls)

    async def _claim(self) -> float:
        """Start what is due; answers seconds until it is worth while to look again."""
        try:
            self.room()
        except Unavailable:
            return NO_ROOM_S
        claims = await self.schedule.claim(self.slots - len(self._polls))
        for claim in claims.taken:
            poll = asyncio.create_task(self.poll(claim))
            self._polls.add(poll)
            poll.add_done_callback(self._end)
        return max(BREATH_S, min(LOOK_S, claims.wait_s))

    def _end(self, poll: "asyncio.Task[None]") -> None:
        self._polls.discard(poll)
        self._freed.set()
        if not poll.cancelled() and (error := poll.exception()):
            log.error("poll", exc_info=error)

    async def poll(self, claim: Claim) -> None:
        """One poll: visit, settle, finish."""
        began = time.monotonic()
        visit = await self.visitor.visit(claim)
        took_s = time.monotonic() - began
        verdict = settle(
            claim.source, (claim.memory, claim.seen), visit,
            claim.now_ms + round(took_s * 1_000), self.bounds, random.random(),
        )  # fmt: skip
        held = await self._finish(claim, verdict, began + self.schedule.lease.total_seconds())
        self.measures.polled(visit.outcome, took_s, (claim.now_ms - claim.due_ms) / 1_000)
        _tell(claim, visit, verdict, took_s, held=held)

    async def _finish(self, claim: Claim, verdict: Verdict, until: float) -> bool:
        """Whether it was noted, tried for as long as the lease can hold."""
        while True:
            try:
                return await self.schedule.finish(claim, verdict)
            except Exception as error:
                if not is_away(error) or time.monotonic() + AWAY_S > until:
                    raise
            await asyncio.sleep(AWAY_S)


def _tell(claim: Claim, visit: Visit, verdict: Verdict, took_s: float, *, held: bool) -> None:
    """One line a poll that an operator may want to know of."""
    worth_it = visit.arrived or visit.wrong or visit.severity or visit.again_s or not held
    tell = log.info if worth_it else log.debug
    tell(
        "polled", source=claim.source.id, outcome=visit.outcome, status=visit.status,
        arrived=visit.arrived, wrong=visit.wrong, error=visit.error or None,
        late_ms=claim.now_ms - claim.due_ms, took_ms=round(took_s * 1_000),
        next_s=round(verdict.delay.total_seconds()), lease_held=held,
    )  # fmt: skip
