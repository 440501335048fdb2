"""How a source is, judged by its failures and by its own rhythm. Pure.

Failures are scored as Media Cloud's rss-fetcher does: what will not mend by itself counts most, and
any success clears all. Being quiet is another thing than failing: the feed can be read, but for far
longer than ever before there was nothing new in it.
"""

from math import exp2
from typing import Literal

from newswire_ingest.fetching import FetchErrorKind
from newswire_ingest.polling.memory import Memory
from newswire_ingest.sources.source import State

Severity = Literal["hard", "soft", "temporary"]

WEIGHTS: dict[Severity, float] = {"hard": 1.0, "soft": 0.5, "temporary": 0.25}
HIGHEST = 30.0
FAILING_AT = 1.0  # one hard failure, two soft ones or four temporary ones in a row
GONE = 410

RHYTHM = 3  # arrivals that it takes to have a rhythm
QUIET_FACTOR = 3.0  # of the longest gap
QUIET_AT_LEAST_S = 86_400.0  # nobody needs to be told of less
# The longest gap fades, so that one long summer break does not count for ever.
FADES_S = 14 * 86_400.0

_TEMPORARY = frozenset({408, 425, 429, 503})  # come back later (RFC 9110 15, RFC 6585 4, RFC 8470)
_HARD: frozenset[FetchErrorKind] = frozenset({"blocked", "too-large", "redirects"})
_OK, _SERVER = 200, 500


def severity_of(status: int) -> Severity | None:
    """How bad an answer is; None for one that brings a body."""
    if _OK <= status < 300:  # noqa: PLR2004 - RFC 9110 15.3
        return None
    if status in _TEMPORARY:
        return "temporary"
    return "soft" if status >= _SERVER else "hard"


def severity_of_no_answer(kind: FetchErrorKind) -> Severity:
    """How bad it is to get none: networks mend, what we refuse stays refused."""
    return "hard" if kind in _HARD else "soft"


def scored(score: float, severity: Severity) -> float:
    return min(HIGHEST, score + WEIGHTS[severity])


def gap_after(longest_s: float, gap_s: float) -> float:
    """The longest gap between arrivals, after one more."""
    return max(gap_s, longest_s * exp2(-gap_s / FADES_S))


def state_of(memory: Memory, now_ms: int) -> State:
    """The state of a source that is not gone."""
    if memory.score >= FAILING_AT:
        return "failing"
    silent_s = (now_ms - memory.new_at_ms) / 1_000
    patience_s = max(QUIET_AT_LEAST_S, QUIET_FACTOR * memory.longest_gap_s)
    return "quiet" if memory.arrivals >= RHYTHM and silent_s > patience_s else "ok"
