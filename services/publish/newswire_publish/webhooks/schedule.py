"""When a delivery is tried again, and when it is given up. Pure: time and chance come from outside.

The delays are those that Standard Webhooks recommends, about 75 hours in all, each up to a fifth
longer by chance, so that an endpoint that comes back is not met by all of its backlog at once.
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

Outcome = Literal["delivered", "retry", "failed", "gone"]

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
    """What becomes of a delivery after an attempt; ``hold`` is for its whole endpoint."""

    outcome: Outcome
    delay: timedelta = timedelta()
    hold: timedelta = timedelta()


def judge(
    answer: Answer, attempts: int, schedule: Schedule, now: datetime, chance: float
) -> Verdict:
    """The verdict after that many attempts, of which the last was answered so."""
    if answer.accepted:
        return Verdict("delivered")
    if answer.status == GONE:
        return Verdict("gone")
    retry_after = parse_retry_after(answer.retry_after, now)
    hold = retry_after if retry_after and answer.status in BUSY else timedelta()
    delay = schedule.after(attempts, retry_after, chance)
    if delay is None:
        return Verdict("failed", hold=hold)
    return Verdict("retry", delay, hold)


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
