"""What a source has with its hubs, and how that changes. Pure: time and chance come from outside.

    heard of a hub > next: asked for > current: verified > leaving: to be ended > ended, forgotten
                        ^                   |
                        `--- it is to be renewed, at another callback

A renewal is a lease of its own, with its own callback and secret (WebSub 5.1.1): it takes over when
the hub has verified it. Whether our confirmation got through nobody tells us, so the old one stays
until the new one has brought something, or runs out. A topic or hub that changes, a hub that fails
and another that is there instead are the same case.

Times are milliseconds of the server's clock; ``chance`` is in [0, 1).
"""

from collections.abc import Sequence
from typing import Literal, get_args

from newswire_common.stored import Stored

State = Literal["pending", "active", "lapsed", "denied", "leaving"]
STATES: tuple[State, ...] = get_args(State)

SECOND_MS, DAY_MS = 1_000, 86_400_000
ASKED_S = 10 * 86_400  # the lease that is asked for (WebSub 8.2)
LONGEST_LEASE_S = 30 * 86_400  # to renew early does no harm
UNSAID_LEASE_S = 86_400  # where a hub does not say how long a lease is
RENEW_FROM, RENEW_TO = 0.7, 0.9  # of a lease
# Between two requests for one source; it is also the time that a hub has to verify one.
FIRST_WAIT_MS, LONGEST_WAIT_MS = 300 * SECOND_MS, DAY_MS
DENIED_MS = 7 * DAY_MS  # for which a hub that has denied is not asked again
# For a lease of another topic: the hub gets to know the new one before it is told to drop that.
OVERLAP_MS = 60 * SECOND_MS
REPEAT_MS = 3_600 * SECOND_MS  # for which an ended lease is remembered, should its hub ask again
MAX_LEAVING = 4
MAX_TRIES = 5  # to end one
MAX_REASON = 300  # characters
MISSED = 3  # polls in a row that found what the hub had not brought: it has forgotten us


class Lease(Stored):
    """One subscription at one hub; ``expires_ms`` is 0 until it is verified.

    ``again_ms`` is of one that is being left: when its hub is told (again), or, once ``ended``,
    when it is forgotten.
    """

    token: str
    callback: str
    hub: str
    topic: str
    secret: str
    expires_ms: int = 0
    tries: int = 0
    again_ms: int = 0
    ended: bool = False


class Denial(Stored):
    """A hub's no."""

    hub: str
    reason: str
    until_ms: int


class Following(Stored):
    """All of it for one source. Without a ``topic`` nothing is wanted any more.

    ``failures`` counts requests since the last that was verified; before ``ask_ms`` none is made.
    ``error`` is what the last one came to, for operators.
    """

    topic: str | None = None
    hubs: tuple[str, ...] = ()
    current: Lease | None = None
    next: Lease | None = None
    leaving: tuple[Lease, ...] = ()
    failures: int = 0
    ask_ms: int = 0
    renew_ms: int = 0
    verified_ms: int = 0
    denied: tuple[Denial, ...] = ()
    error: str = ""

    @property
    def leases(self) -> tuple[Lease, ...]:
        return tuple(one for one in (self.current, self.next, *self.leaving) if one)

    def is_over(self, now_ms: int) -> bool:
        """Whether there is nothing left to remember.

        When a hub may next be asked is remembered even where none is named: a feed that names one
        in every other poll is no means to have it asked that often.
        """
        return self.topic is None and not self.leases and self.ask_ms <= now_ms

    def lease(self, token: str) -> Lease | None:
        return next((one for one in self.leases if one.token == token), None)

    def brings(self, lease: Lease) -> bool:
        """Whether what comes over a lease is the source's."""
        return lease in (self.current, self.next) or (not lease.ended and lease.topic == self.topic)

    def open_hubs(self, now_ms: int) -> Sequence[str]:
        """The hubs that may be asked."""
        closed = {one.hub for one in self.denied if one.until_ms > now_ms}
        return [hub for hub in self.hubs if hub not in closed] if self.topic else []

    def state(self, now_ms: int) -> State:
        if self.topic is None:
            return "leaving"
        if self.current and self.current.expires_ms > now_ms:
            return "active"
        if not self.open_hubs(now_ms):
            return "denied"
        return "lapsed" if self.current else "pending"

    def fits(self, lease: Lease) -> bool:
        """Whether a lease is one that would be asked for now."""
        return lease.topic == self.topic and lease.hub in self.hubs


def heard(following: Following, topic: str, hubs: Sequence[str]) -> Following:
    """After a poll found this topic and these hubs."""
    hubs = tuple(hubs)
    if (following.topic, following.hubs) == (topic, hubs):
        return following
    return following.model_copy(
        update={"topic": topic, "hubs": hubs, "failures": 0, "denied": (), "error": ""}
    )


def left(following: Following, now_ms: int) -> Following:
    """Once nothing is wanted any more. What was asked for and never verified ends by itself."""
    leaving = following.leaving
    if following.current and following.current.expires_ms > now_ms:
        leaving = (*leaving, following.current.model_copy(update={"again_ms": now_ms}))
    return Following(leaving=leaving[-MAX_LEAVING:], ask_ms=following.ask_ms)


def verified(
    following: Following, token: str, topic: str, lease_s: int | None, now_ms: int, chance: float
) -> Following | None:
    """After a hub asked whether we want the lease; None where we do not.

    A hub that asks again for one that it has verified prolongs it.
    """
    lease = next((o for o in (following.next, following.current) if o and o.token == token), None)
    if lease is None or not lease.topic == topic == following.topic:
        return None
    length_ms = min(max(lease_s or UNSAID_LEASE_S, 1), LONGEST_LEASE_S) * SECOND_MS
    part = RENEW_FROM + (RENEW_TO - RENEW_FROM) * chance
    old, leaving = following.current, following.leaving
    if lease is following.next and old and old.expires_ms > now_ms:
        again_ms = old.expires_ms if old.topic == topic else now_ms + OVERLAP_MS
        leaving = (*leaving, old.model_copy(update={"again_ms": again_ms}))[-MAX_LEAVING:]
    return following.model_copy(update={
        "current": lease.model_copy(update={"expires_ms": now_ms + length_ms}),
        "next": None if lease is following.next else following.next,
        "leaving": leaving,
        "failures": 0, "error": "",
        "denied": tuple(one for one in following.denied if one.hub != lease.hub),
        "ask_ms": now_ms + FIRST_WAIT_MS, "verified_ms": now_ms,
        "renew_ms": now_ms + int(length_ms * part),
    })  # fmt: skip


def proved(following: Following, token: str, now_ms: int) -> Following | None:
    """After a lease has brought something: it needs no other beside it. None where none is."""
    current = following.current
    spare = [o for o in following.leaving if not o.ended and not o.tries and o.again_ms > now_ms]
    if not spare or current is None or current.token != token:
        return None
    leaving = tuple(
        one.model_copy(update={"again_ms": now_ms}) if one in spare else one
        for one in following.leaving
    )
    return following.model_copy(update={"leaving": leaving})


def ended(following: Following, token: str, topic: str, now_ms: int) -> Following | None:
    """After a hub asked whether to drop the lease; None where we want it."""
    if not any(one.token == token and one.topic == topic for one in following.leaving):
        return None
    over = {"ended": True, "again_ms": now_ms + REPEAT_MS}
    leaving = tuple(
        one.model_copy(update=over) if one.token == token else one for one in following.leaving
    )
    return following.model_copy(update={"leaving": leaving})


def denied(
    following: Following, token: str, topic: str, reason: str, now_ms: int
) -> Following | None:
    """After a hub denied the lease, which it may at any time; None where it is not about that."""
    lease = following.lease(token)
    if lease is None or lease.topic != topic:
        return None
    without = following.model_copy(update={
        "current": None if lease is following.current else following.current,
        "next": None if lease is following.next else following.next,
        "leaving": tuple(one for one in following.leaving if one is not lease),
    })  # fmt: skip
    if lease in following.leaving:
        return without
    no = Denial(hub=lease.hub, reason=reason[:MAX_REASON], until_ms=now_ms + DENIED_MS)
    others = tuple(one for one in following.denied if one.hub != lease.hub)
    return without.model_copy(update={"denied": (*others, no)})


def failed(following: Following, error: str, wait_s: int, now_ms: int) -> Following:
    """After a request for a lease failed; ``wait_s`` is for how long the hub wants to be alone."""
    wait_ms = min(wait_s * SECOND_MS, LONGEST_WAIT_MS)
    return following.model_copy(
        update={"error": error[:MAX_REASON], "ask_ms": max(following.ask_ms, now_ms + wait_ms)}
    )
