"""Asks hubs for leases and ends them; any number of processes may.

    claim > step > a turn at the hub > save > POST: the hub now asks the callback
      ^--- when one is due, and once a second for what others have written

The lease is written before the hub hears of it, since the hub may ask at once; so is when to try
again, since nobody may be left to note that it did not work.
"""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import structlog

from newswire_common.connection import is_away
from newswire_common.tasks import end
from newswire_ingest.fetching import Fetched, FetchError
from newswire_ingest.fetching.freshness import retry_after_s
from newswire_ingest.fetching.hosts import host_of
from newswire_ingest.websub.following import ASKED_S, Lease, failed
from newswire_ingest.websub.ledger import Change, Kept, Ledger
from newswire_ingest.websub.measures import HubMeasures
from newswire_ingest.websub.steps import Mode, step

SLOTS = 8
LOOK_S = 1.0
BREATH_S = 0.01
COUNT_EVERY_S = 10.0
PATIENCE_S = 20.0  # for a turn at a hub; with a request below ledger.CLAIM
TOKEN_BYTES = SECRET_BYTES = 32
_FIRST_OK, _FIRST_NO = 200, 300

log = structlog.get_logger()


class Posts(Protocol):
    """`newswire_ingest.fetching.Fetcher.post`."""

    async def __call__(self, url: str, form: Mapping[str, str]) -> Fetched:
        """Raises FetchError."""
        ...


# Seconds to wait for a turn at a host, or None where that is longer than the patience.
Turn = Callable[[str, float], Awaitable[float | None]]


@dataclass(eq=False)
class Subscriber:
    """The subscriber of one process: `run` and `watch` side by side, and at the end `close`.

    ``callbacks`` is the URL under which hubs reach `newswire_ingest.websub.callbacks`.
    """

    ledger: Ledger
    post: Posts
    turn: Turn
    callbacks: str
    measures: HubMeasures
    slots: int = SLOTS
    _work: set["asyncio.Task[None]"] = field(default_factory=set, init=False)
    _freed: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Claim and do what is due, until cancelled. Raises what the server does when away."""
        while True:
            while len(self._work) >= self.slots:
                self._freed.clear()
                await self._freed.wait()
            claimed, wait_s = await self.ledger.claim(self.slots - len(self._work))
            for kept in claimed:
                task = asyncio.create_task(self.attend(kept))
                self._work.add(task)
                task.add_done_callback(self._end)
            await asyncio.sleep(max(BREATH_S, min(LOOK_S, wait_s)))

    async def watch(self) -> None:
        """Keep the count of the sources by the state of their leases."""
        while True:
            self.measures.states(await self.ledger.states())
            await asyncio.sleep(COUNT_EVERY_S)

    async def close(self) -> None:
        """Break off: what was under way is claimed again."""
        await end(self._work)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._work.discard(task)
        self._freed.set()
        if not task.cancelled() and (error := task.exception()):
            level = log.warning if is_away(error) else log.error
            level("websub", reason=repr(error)[:300])

    async def attend(self, kept: Kept) -> None:
        """Do the next that is to be done for a claimed source."""
        to_do = step(kept.following, kept.missed, kept.now_ms, random.random(), self._lease)
        if to_do.lease and not await self._in_turn(to_do.lease.hub):
            return
        is_ours = await self.ledger.save(kept, Change(to_do.following))
        if is_ours and to_do.lease and to_do.mode:
            await self._ask(kept.source, to_do.mode, to_do.lease)

    def _lease(self, hub: str, topic: str) -> Lease:
        # The secret goes to hubs without TLS too: callbacks stand in the logs of servers and
        # proxies, bodies do not.
        token = secrets.token_urlsafe(TOKEN_BYTES)
        return Lease(
            token=token, callback=f"{self.callbacks}/{token}", hub=hub, topic=topic,
            secret=secrets.token_hex(SECRET_BYTES),
        )  # fmt: skip

    async def _in_turn(self, hub: str) -> bool:
        """Wait for a turn at the hub; False where that takes too long."""
        wait_s = await self.turn(host_of(hub), PATIENCE_S)
        if wait_s is None:
            return False
        await asyncio.sleep(wait_s)
        return True

    async def _ask(self, source: str, mode: Mode, lease: Lease) -> None:
        """Make a request (WebSub 5.1); what the hub thinks of it, it asks or tells the callback."""
        form = {"hub.callback": lease.callback, "hub.mode": mode, "hub.topic": lease.topic}
        if mode == "subscribe":
            form |= {"hub.lease_seconds": str(ASKED_S), "hub.secret": lease.secret}
        refusal = await self._refusal(mode, lease.hub, form)
        if refusal and mode == "subscribe":
            reason, wait_s = refusal
            log.info("hub", source=source, hub=lease.hub, error=reason)
            await self.ledger.change(
                source, lambda kept: Change(failed(kept.following, reason, wait_s, kept.now_ms))
            )

    async def _refusal(
        self, mode: Mode, hub: str, form: Mapping[str, str]
    ) -> tuple[str, int] | None:
        """Why a hub did not take a request, and for how many seconds it wants to be left alone."""
        try:
            answer = await self.post(hub, form)
        except FetchError as error:
            self.measures.asked(mode, "failed")
            return str(error), 0
        if _FIRST_OK <= answer.status < _FIRST_NO:
            self.measures.asked(mode, "accepted")
            return None
        self.measures.asked(mode, "refused")
        wait_s = retry_after_s(answer.headers, datetime.now(UTC)) or 0
        return f"the hub answered {answer.status}", wait_s
