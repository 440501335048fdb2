"""What is next to be done, whatever has happened; and signatures, whatever is sent."""

import hmac
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from newswire_ingest.websub.following import (
    FIRST_WAIT_MS,
    MAX_LEAVING,
    Following,
    Lease,
    denied,
    ended,
    failed,
    heard,
    left,
    proved,
    verified,
)
from newswire_ingest.websub.signature import METHODS, signed
from newswire_ingest.websub.steps import due_ms, step

HUBS = ("https://a.example/", "https://b.example/", "https://c.example/")
TOPICS = ("https://kestrel.example/1", "https://kestrel.example/2")
MANY = 40  # steps at one moment would be a loop without end

events = st.lists(
    st.tuples(
        st.sampled_from(["wait", "hear", "verify", "end", "deny", "fail", "prove", "leave"]),
        st.integers(0, 2**20), st.sampled_from([0, 1, 60_000, 3_600_000, 86_400_000, 700_000_000]),
    ),
    max_size=30,
)  # fmt: skip


def after(following: Following, name: str, number: int, now_ms: int) -> Following:
    """How it is after an event, whichever lease it is about."""
    leases = following.leases
    lease = leases[number % len(leases)] if leases else None
    token, topic = (lease.token, lease.topic) if lease else ("", "")
    happened = {
        "wait": lambda: following,
        "hear": lambda: heard(following, TOPICS[number % 2], HUBS[: 1 + number % 3]),
        "verify": lambda: verified(following, token, topic, number, now_ms, 0.5),
        "end": lambda: ended(following, token, topic, now_ms),
        "deny": lambda: denied(following, token, topic, "no", now_ms),
        "fail": lambda: failed(following, "no", number, now_ms),
        "prove": lambda: proved(following, token, now_ms),
        "leave": lambda: left(following, now_ms),
    }[name]()
    return happened or following


@given(events, st.integers(0, 5))
def test_whatever_happens_there_is_an_end_to_what_is_due(
    happened: list[tuple[str, int, int]], missed: int
) -> None:
    """No hub is asked in a loop, none is forgotten, and the record stays small."""
    following, now_ms, tokens = Following(), 1_700_000_000_000, count()
    last_asked_ms = 0

    def make(hub: str, topic: str) -> Lease:
        return Lease(token=str(next(tokens)), callback="", hub=hub, topic=topic, secret="")

    for name, number, passed_ms in happened:
        now_ms += passed_ms
        following = after(following, name, number, now_ms)
        for _ in range(MANY):
            following, mode, lease = step(following, missed, now_ms, 0.5, make)
            if mode == "subscribe":
                assert lease is following.next
                assert now_ms - last_asked_ms >= FIRST_WAIT_MS * 0.8
                last_asked_ms = now_ms
            due = due_ms(following, missed, now_ms)
            if due is None or due > now_ms:
                break
        assert due is None or due > now_ms
        assert due is not None or following.is_over(now_ms)
        assert len(following.leaving) <= MAX_LEAVING
        assert len({one.token for one in following.leases}) == len(following.leases)


@given(st.sampled_from(sorted(METHODS)), st.binary(max_size=200), st.text(min_size=1, max_size=50))
def test_a_right_signature_is_right_and_any_other_is_not(
    method: str, body: bytes, told: str
) -> None:
    """In upper case too; for this body and this secret alone."""
    right = f"{method}={hmac.new(b'secret', body, method).hexdigest()}"
    assert signed(right, "secret", body) == "signed"
    assert signed(right.upper(), "secret", body) == "signed"
    assert signed(right, "secret", body + b" ") == "forged"
    assert signed(right, "other", body) == "forged"
    assert signed(told, "secret", body) == "forged"
    assert signed(None, "secret", body) == signed("", "secret", body) == "unsigned"
