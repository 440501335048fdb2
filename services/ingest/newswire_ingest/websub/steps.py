"""What is next to be done about a source's hub, and when. Pure.

following, now > tidied > ask for a lease | end one | nothing before `due_ms`
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from newswire_ingest.websub.following import (
    DAY_MS,
    FIRST_WAIT_MS,
    LONGEST_WAIT_MS,
    MAX_TRIES,
    MISSED,
    Following,
    Lease,
    left,
)

Mode = Literal["subscribe", "unsubscribe"]
JITTER = 0.2
_MAX_DOUBLINGS = 10

# Makes the lease for a hub and a topic, with a token and a secret of its own.
Makes = Callable[[str, str], Lease]


class Step(NamedTuple):
    """How it is once the request is under way; without a ``mode`` there is none to be made."""

    following: Following
    mode: Mode | None = None
    lease: Lease | None = None


def step(following: Following, missed: int, now_ms: int, chance: float, make: Makes) -> Step:
    """The next step. The request may be made again if nobody knows whether it was."""
    following = tidied(following, now_ms)
    due = next((o for o in following.leaving if not o.ended and o.again_ms <= now_ms), None)
    if due:
        return _leaving(following, due, now_ms, chance)
    ask_ms = _ask_ms(following, missed, now_ms)
    if ask_ms is None or ask_ms > now_ms:
        return Step(following)
    return _asking(following, now_ms, chance, make)


def due_ms(following: Following, missed: int, now_ms: int) -> int | None:
    """When there is next something to do or to note; None where there never is."""
    times = [one.again_ms for one in following.leaving]
    if following.topic is None and following.ask_ms > now_ms:
        times.append(following.ask_ms)
    if following.current and following.current.expires_ms > now_ms:
        times.append(following.current.expires_ms)
    if (ask_ms := _ask_ms(following, missed, now_ms)) is not None:
        times.append(ask_ms)
    return min(times, default=None)


def tidied(following: Following, now_ms: int) -> Following:
    """Without what is over."""
    if following.topic is None:
        following = left(following, now_ms)
    return following.model_copy(update={
        "leaving": tuple(one for one in following.leaving if not _is_over(one, now_ms)),
        "denied": tuple(one for one in following.denied if one.until_ms > now_ms),
    })  # fmt: skip


def _is_over(lease: Lease, now_ms: int) -> bool:
    is_given_up = lease.tries >= MAX_TRIES and lease.again_ms <= now_ms
    return is_given_up or (lease.again_ms if lease.ended else lease.expires_ms) <= now_ms


def _ask_ms(following: Following, missed: int, now_ms: int) -> int | None:
    """When a hub is next asked for a lease."""
    if following.topic is None:
        return None
    if not following.open_hubs(now_ms):
        return min((one.until_ms for one in following.denied), default=None)
    if following.current is None or not following.fits(following.current):
        return following.ask_ms
    wanted_ms = following.renew_ms
    if missed >= MISSED:  # once a day at the most: some hubs never bring anything
        wanted_ms = min(wanted_ms, following.verified_ms + DAY_MS)
    return max(wanted_ms, following.ask_ms)


def _asking(following: Following, now_ms: int, chance: float, make: Makes) -> Step:
    hubs = following.open_hubs(now_ms)
    hub, topic, old = hubs[following.failures % len(hubs)], following.topic or "", following.next
    lease = old if old and (old.hub, old.topic) == (hub, topic) else make(hub, topic)
    after = following.model_copy(update={
        "next": lease,
        "failures": following.failures + 1,
        "ask_ms": now_ms + wait_ms(following.failures, chance),
    })  # fmt: skip
    return Step(after, "subscribe", lease)


def _leaving(following: Following, lease: Lease, now_ms: int, chance: float) -> Step:
    told = lease.model_copy(
        update={"tries": lease.tries + 1, "again_ms": now_ms + wait_ms(lease.tries, chance)}
    )
    leaving = tuple(told if one is lease else one for one in following.leaving)
    return Step(following.model_copy(update={"leaving": leaving}), "unsubscribe", lease)


def wait_ms(failures: int, chance: float) -> int:
    """How long to wait after one more request, however many came to nothing before."""
    waited_ms = min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** min(failures, _MAX_DOUBLINGS))
    return int(waited_ms * (1 + JITTER * (2 * chance - 1)))
