"""When a delivery is tried again, and when it is given up. Pure: time and chance come from outside.

The delays are those that Standard Webhooks recommends, about 75 hours in all, each up to a fifth
longer by chance, so that an endpoint that comes back is not met by all of its backlog at once.
An endpoint that can not be reached is left alone as a whole, for longer each time: its attempts
take the longest and would keep the slots from those that can be reached.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from newswire_publish.webhooks.exchange import Answer

JITTER = 0.2
MAX_RETRY_AFTER = timedelta(hours=10)
OUTAGE = timedelta(days=1)  # how long we ourselves may be down before a delivery is given up
GONE = 410
BUSY = frozenset({429, 503})  # what speaks for the whole endpoint, RFC 6585 4, RFC 9110 15.6.4
UNREACHED = frozenset({"timeout", "dns", "connect"})
PAUSE, MAX_PAUSE = timedelta(seconds=1), timedelta(minutes=5)  # doubled from the one to the other

# What an attempt made of a delivery, or that there was none.
Outcome = Literal["delivered", "retry", "failed", "gone", "released"]

_SECONDS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The delay before each attempt; the first is that of the first attempt and 0."""

    delays: tuple[timedelta, ...]

    def after(
        self, attempts: int, retry_after: timedelta | None, chance: float
    ) -> timedelta | None:
        """The delay before the next attempt when so many were made, or None: no more.

        ``chance`` is in [0, 1). The receiver may ask for more than the schedule, never for less.
        """
        if attempts >= len(self.delays):
            return None
        delay = self.delays[attempts] * (1 + JITTER * chance)
        return max(delay, retry_after or timedelta())

    @property
    def window(self) -> timedelta:
        """How long a delivery can be under way: the longest wait before each attempt, and slack."""
        longest = (max(delay * (1 + JITTER), MAX_RETRY_AFTER) for delay in self.delays[1:])
        return sum(longest, OUTAGE)


STANDARD = Schedule(
    (
        timedelta(),
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery after an attempt; ``hold`` is for its whole endpoint.

    ``failing`` is how many attempts in a row did not reach the endpoint.
    """

    outcome: Outcome
    delay: timedelta = timedelta()
    hold: timedelta = timedelta()
    failing: int = 0


def judge(
    answer: Answer,
    attempts: int,
    schedule: Schedule,
    now: datetime,
    chance: float,
    failing: int = 0,
) -> Verdict:
    """The verdict after that many attempts, of which the last was answered so.

    ``failing`` is how many in a row had not reached the endpoint before this one.
    """
    if answer.accepted:
        return Verdict("delivered")
    if answer.status == GONE:
        return Verdict("gone")
    retry_after = parse_retry_after(answer.retry_after, now)
    hold = retry_after if retry_after and answer.status in BUSY else timedelta()
    failing = failing + 1 if answer.error in UNREACHED else 0
    if failing:
        hold = pause(failing)
    delay = schedule.after(attempts, retry_after, chance)
    if delay is None:
        return Verdict("failed", hold=hold, failing=failing)
    return Verdict("retry", delay, hold, failing)


def pause(failing: int) -> timedelta:
    """How long an endpoint is left alone that so many attempts in a row have not reached."""
    return min(PAUSE * (1 << min(failing - 1, 20)), MAX_PAUSE)


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """The header ``Retry-After`` (RFC 9110 10.2.3), at most 10 h; None when absent or malformed."""
    if not text:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=min(int(text), MAX_RETRY_AFTER.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
        wait = moment.replace(tzinfo=moment.tzinfo or UTC) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(wait, MAX_RETRY_AFTER) if wait > timedelta() else None
