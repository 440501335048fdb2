"""One attempt to deliver: sign, send, judge.

claim + endpoint + body | signed request | sender | verdict of the schedule | result
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from newswire_publish.webhooks.delivery import Claim, Result
from newswire_publish.webhooks.endpoint import Endpoint
from newswire_publish.webhooks.exchange import Answer, Request
from newswire_publish.webhooks.schedule import Schedule, judge
from newswire_publish.webhooks.signing import signed

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

log = structlog.get_logger()


class Sender(Protocol):
    async def send(self, request: Request) -> Answer:
        """Post once; any failure is an answer too."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class Courier:
    """Makes attempts. ``agent`` is our User-Agent; ``chance`` gives the jitter, in [0, 1)."""

    sender: Sender
    schedule: Schedule
    agent: str
    now: Callable[[], datetime] = _utc_now
    chance: Callable[[], float] = random.random

    async def attempt(self, claim: Claim, endpoint: Endpoint | None, body: bytes) -> Result:
        """Attempt a delivery once.

        An endpoint that is None is one that this process can not read; another process may, so the
        delivery is tried again. To one that was removed nothing is noted any more.
        """
        if endpoint is None:
            return self.judged(claim, Answer(error="unreadable"))
        try:
            answer = await self.sender.send(self._request(claim, endpoint, body))
        except Exception:
            log.exception("attempt", endpoint=claim.endpoint, delivery=claim.delivery)
            answer = Answer(error="internal")
        return self.judged(claim, answer)

    def judged(self, claim: Claim, answer: Answer) -> Result:
        """The result of an attempt, by the schedule; a line in the log unless it was delivered."""
        task = replace(claim.task, attempts=claim.task.attempts + 1)
        verdict = judge(
            answer, task.attempts, self.schedule, self.now(), self.chance(), claim.failing
        )
        if verdict.outcome != "delivered":
            log.warning(
                "not delivered", endpoint=claim.endpoint, delivery=claim.delivery,
                event_id=task.event, attempt=task.attempts, outcome=verdict.outcome,
                status=answer.status, error=answer.error, took_ms=answer.took_ms,
                again_in_s=round(verdict.delay.total_seconds(), 1), failing=verdict.failing,
            )  # fmt: skip
        return Result(
            claim, verdict.outcome, task, answer, verdict.delay, verdict.hold, verdict.failing
        )

    def _request(self, claim: Claim, endpoint: Endpoint, body: bytes) -> Request:
        now = self.now()
        headers = {
            **endpoint.headers,
            **signed(claim.delivery, body, endpoint.secrets_at(now), now),
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": self.agent,
            "newswire-loop": "1",  # by which our own services know what they sent themselves
        }
        if claim.task.trace and _TRACEPARENT.fullmatch(claim.task.trace):
            headers["traceparent"] = claim.task.trace
        return Request(endpoint.url, headers, body)
