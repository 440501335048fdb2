"""When a source is polled again. Pure: time and chance come from outside.

    what it last brought > arrival rate (EWMA) > interval > the server's wishes > jitter

An interval is that in which half an entry is to be expected, so that a new one waits for about as
long as the source's own pauses at the most. The rate is averaged over a day; in the first day over
the time that the source is known for, so that a busy one is soon found to be busy.
"""

from math import expm1
from typing import NamedTuple, Self

from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings

DAY_S = 86_400.0
FIRST_S = 900.0  # the interval of a source of which nothing is known yet
ENTRIES_A_POLL = 0.5
SHORTEST_WINDOW_S = 3 * 3_600.0  # for which the first guess counts
TICK_S = 0.001  # of the server's clock
JITTER = 0.1  # so that what was added together is not polled together for ever


class Bounds(NamedTuple):
    """Between these an adaptive interval stays; nothing that a server says exceeds the longest."""

    shortest_s: float = 60.0
    longest_s: float = DAY_S

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises ConfigurationError where the shortest is the longer one."""
        if settings.poll_min_s > settings.poll_max_s:
            raise ConfigurationError(
                f"NEWSWIRE_POLL_MIN_S: {settings.poll_min_s:g} is above {settings.poll_max_s:g} "
                "(NEWSWIRE_POLL_MAX_S)"
            )
        return cls(settings.poll_min_s, settings.poll_max_s)

    def clamp(self, seconds: float) -> float:
        return min(max(seconds, self.shortest_s), self.longest_s)


class Wishes(NamedTuple):
    """What an answer and its feed say of the next request, in seconds; None where nothing."""

    retry_after_s: int | None = None
    lifetime_s: int | None = None  # Cache-Control, Expires
    feed_s: int | None = None  # ttl, sy:updatePeriod


def rate_after(rate_per_s: float, known_s: float, elapsed_s: float, entries: int) -> float:
    """The arrival rate after a poll that brought so many new entries.

    ``known_s`` is how long the source has been known, ``elapsed_s`` the time since the last poll.
    """
    elapsed_s = max(TICK_S, elapsed_s)
    window_s = min(DAY_S, max(SHORTEST_WINDOW_S, known_s))
    weight = -expm1(-elapsed_s / window_s)
    return rate_per_s * (1 - weight) + entries / elapsed_s * weight


FIRST_RATE_PER_S = ENTRIES_A_POLL / FIRST_S


def adaptive_s(rate_per_s: float, bounds: Bounds) -> float:
    """The interval for an arrival rate."""
    return bounds.clamp(ENTRIES_A_POLL / rate_per_s if rate_per_s > 0 else bounds.longest_s)


def delay_s(
    fixed_s: int | None,
    rate_per_s: float,
    score: float,
    wishes: Wishes,
    bounds: Bounds,
    chance: float,
) -> float:
    """Seconds until the next poll; ``chance`` is in [0, 1).

    ``fixed_s`` is the operator's word and counts as it is. An adaptive interval grows with the
    score of failures, and is no shorter than the server and the feed ask for. Retry-After is obeyed
    in any case.
    """
    away_s = min(wishes.retry_after_s or 0, bounds.longest_s) * (1 + JITTER * chance)
    varied = 1 + JITTER * (2 * chance - 1)
    if fixed_s:
        return max(fixed_s * varied, away_s)
    wished_s = max(wishes.lifetime_s or 0, wishes.feed_s or 0)
    wanted_s = max(adaptive_s(rate_per_s, bounds) * (1 + score), wished_s)
    return max(bounds.clamp(bounds.clamp(wanted_s) * varied), away_s)
