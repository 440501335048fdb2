"""What follows from a poll: what is remembered, how the source is, when it is due again. Pure.

what was remembered + what the poll found > memory > state, delay, move > finish.lua
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import orjson

from newswire_common.events import from_ms
from newswire_ingest.fetching.freshness import Validators
from newswire_ingest.polling import health
from newswire_ingest.polling.health import Severity
from newswire_ingest.polling.interval import (
    FIRST_RATE_PER_S,
    JITTER,
    Bounds,
    Wishes,
    delay_s,
    rate_after,
)
from newswire_ingest.polling.memory import Memory, Seen, fingerprint
from newswire_ingest.sources.source import MAX_URL, Source, State

Outcome = Literal[
    "new", "nothing-new", "unchanged", "not-modified", "deferred", "hard", "soft", "temporary",
    "gone", "interrupted",
]  # fmt: skip
_NO_WISHES, _NO_VALIDATORS = Wishes(), Validators()
MAX_ERROR = 300  # characters
BESIDE_HUB_S = 6 * 3_600.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What a poll found.

    ``severity`` is that of a failure, else None. ``again_s`` is set where something was left undone
    for a reason of our own: the feed is read anew so soon. ``seen`` is None where it was not read.
    """

    outcome: Outcome
    conditional: bool = False  # it was asked for what is new
    status: int | None = None
    severity: Severity | None = None
    error: str = ""
    moved_to: str | None = None
    wishes: Wishes = _NO_WISHES
    validators: Validators = _NO_VALIDATORS
    body_hash: str = ""
    seen: Seen | None = None
    again_s: float | None = None
    created: int = 0
    arrived: int = 0  # articles that are new, or have changed
    wrong: int = 0  # entries that are no articles


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `finish` notes. An empty ``state`` is the one from before; details are JSON.

    ``slow`` is the delay where a hub is trusted to bring what is new, if that is longer.
    """

    memory: Memory
    seen: Seen
    state: State | Literal[""]
    delay: timedelta
    detail: bytes = b"{}"
    created: int = 0
    moved: Source | None = None
    moved_detail: bytes = b"{}"
    slow: timedelta = timedelta()


def settle(
    source: Source, before: tuple[Memory, Seen], visit: Visit, now_ms: int, bounds: Bounds,
    chance: float,
) -> Verdict:  # fmt: skip
    """What follows from a visit at a time of the server's clock; ``chance`` is in [0, 1)."""
    old, seen = before
    if visit.outcome == "interrupted":
        return Verdict(old, seen, "", _soon(visit, source, chance))
    memory = _remembered(old, visit, source, now_ms)
    state: State = "gone" if visit.outcome == "gone" else health.state_of(memory, now_ms)
    moved = _moved(source, visit)
    return Verdict(
        memory=memory,
        seen=seen if visit.seen is None else visit.seen,
        state=state,
        delay=_delay(source, memory, visit, bounds, chance),
        detail=_detail(source, memory),
        created=visit.created,
        moved=moved,
        moved_detail=orjson.dumps({"from": source.feed_url, "to": visit.moved_to}),
        slow=_slow(source, visit, bounds, chance),
    )


def _slow(source: Source, visit: Visit, bounds: Bounds, chance: float) -> timedelta:
    """How long a hub may stand in for polls; an interval that the operator set stays."""
    if visit.severity or visit.again_s is not None or source.interval_s:
        return timedelta()
    return timedelta(seconds=min(BESIDE_HUB_S, bounds.longest_s) * (1 - JITTER * chance))


def _moved(source: Source, visit: Visit) -> Source | None:
    """The source where it is now. Only a feed that can be read there moves it."""
    url = visit.moved_to
    if visit.severity or not url or url == source.feed_url or len(url) > MAX_URL:
        return None
    return source.model_copy(update={"feed_url": url})


def _delay(
    source: Source, memory: Memory, visit: Visit, bounds: Bounds, chance: float
) -> timedelta:
    if visit.again_s is not None:
        return _soon(visit, source, chance)
    wishes = visit.wishes._replace(feed_s=memory.feed_s)
    seconds = delay_s(
        source.interval_s, memory.rate_per_s or FIRST_RATE_PER_S, memory.score, wishes, bounds,
        chance,
    )  # fmt: skip
    return timedelta(seconds=seconds)


def _soon(visit: Visit, source: Source, chance: float) -> timedelta:
    seconds = min(visit.again_s or 0.0, source.interval_s or float("inf"))
    return timedelta(seconds=seconds * (1 + JITTER * chance))


def _remembered(old: Memory, visit: Visit, source: Source, now_ms: int) -> Memory:
    asked = {
        "fetched_at_ms": now_ms,
        "status": visit.status,
        "error": visit.error[:MAX_ERROR],
        "since_full": old.since_full + 1 if visit.conditional else 0,
        "full_at_ms": old.full_at_ms if visit.conditional else now_ms,
    }
    if visit.severity:
        score = health.scored(old.score, visit.severity)
        return old.model_copy(update=asked | {"failures": old.failures + 1, "score": score})
    cleared = {"failures": 0, "score": 0.0}
    return old.model_copy(
        update=asked | cleared | _content(old, visit, source) | _rhythm(old, visit, now_ms)
    )


def _content(old: Memory, visit: Visit, source: Source) -> dict[str, object]:
    """What tells the next poll that nothing has changed; nothing where it is to read all again."""
    read_as = fingerprint(_moved(source, visit) or source)
    if visit.again_s is not None:
        return {"etag": None, "last_modified": None, "body_hash": "", "read_as": read_as}
    etag, modified = visit.validators
    if visit.outcome == "not-modified":  # a 304 need not repeat them
        etag, modified = etag or old.etag, modified or old.last_modified
    return {
        "feed_s": old.feed_s if visit.wishes.feed_s is None else visit.wishes.feed_s,
        "etag": etag,
        "last_modified": modified,
        "body_hash": visit.body_hash or old.body_hash,
        "read_as": read_as,
    }


def _rhythm(old: Memory, visit: Visit, now_ms: int) -> dict[str, object]:
    if not old.first_at_ms:
        if visit.again_s is not None:
            return {}
        return {
            "first_at_ms": now_ms, "rate_at_ms": now_ms, "new_at_ms": now_ms,
            "rate_per_s": FIRST_RATE_PER_S,
        }  # fmt: skip
    known_s, elapsed_s = (now_ms - old.first_at_ms) / 1_000, (now_ms - old.rate_at_ms) / 1_000
    rhythm: dict[str, object] = {
        "rate_at_ms": now_ms,
        "rate_per_s": rate_after(old.rate_per_s, known_s, elapsed_s, visit.arrived),
    }
    if visit.arrived:
        gap_s = (now_ms - old.new_at_ms) / 1_000
        longest_s = health.gap_after(old.longest_gap_s, gap_s)
        rhythm |= {
            "new_at_ms": now_ms, "arrivals": old.arrivals + 1, "longest_gap_s": longest_s
        }  # fmt: skip
    return rhythm


def _detail(source: Source, memory: Memory) -> bytes:
    """What an operator has to know of a change of state."""
    detail = {
        "feed_url": source.feed_url,
        "status": memory.status,
        "error": memory.error or None,
        "consecutive_failures": memory.failures,
        "last_new_at": from_ms(memory.new_at_ms) if memory.new_at_ms else None,
    }
    return orjson.dumps(detail, option=orjson.OPT_UTC_Z)
