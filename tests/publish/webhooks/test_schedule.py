"""When a delivery is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.schedule import (
    MAX_RETRY_AFTER,
    STANDARD,
    judge,
    parse_retry_after,
    pause,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FAILED = Answer(status=500, error="status")


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    """A receiver that fails for three days still gets its delivery."""
    waits, attempts = [], 1
    while (delay := STANDARD.after(attempts, None, 0.0)) is not None:
        waits.append(delay)
        attempts += 1
    hours = [wait.total_seconds() / 3600 for wait in waits]
    assert hours[3:] == [2, 5, 10, 14, 20, 24]
    assert [wait.total_seconds() for wait in waits[:3]] == [5, 300, 1800]
    assert sum(waits, timedelta()) > timedelta(hours=75)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 9))
def test_jitter_only_lengthens_a_delay_and_by_a_fifth_at_most(chance: float, attempts: int) -> None:
    """Endpoints that come back are not met by everything at once, nor sooner than announced."""
    delay, plain = STANDARD.after(attempts, None, chance), STANDARD.delays[attempts]
    assert delay is not None
    assert plain <= delay <= plain * 1.2


def test_success_is_any_2xx_and_nothing_else() -> None:
    """A redirect is a failure."""
    assert judge(Answer(status=299), 1, STANDARD, NOW, 0).outcome == "delivered"
    assert judge(Answer(status=302, error="status"), 1, STANDARD, NOW, 0).outcome == "retry"


def test_410_ends_the_subscription_at_once() -> None:
    """Who says gone is not asked again."""
    assert judge(Answer(status=410, error="status"), 1, STANDARD, NOW, 0).outcome == "gone"


def test_a_delivery_is_given_up_after_the_last_attempt() -> None:
    """Retries end."""
    outcomes = [judge(FAILED, attempts, STANDARD, NOW, 0).outcome for attempts in range(1, 11)]
    assert outcomes == ["retry"] * 9 + ["failed"]


def test_retry_after_lengthens_a_delay_and_never_shortens_it() -> None:
    """A receiver may ask for time, and cannot ask to be flooded."""
    assert STANDARD.after(1, timedelta(minutes=1), 0) == timedelta(minutes=1)
    assert STANDARD.after(4, timedelta(minutes=1), 0) == timedelta(hours=2)


def test_a_busy_receiver_holds_its_whole_endpoint() -> None:
    """429 and 503 speak for the endpoint, another status only for the delivery."""
    busy = Answer(status=429, error="status", retry_after="120")
    other = Answer(status=500, error="status", retry_after="120")
    assert judge(busy, 1, STANDARD, NOW, 0).hold == timedelta(minutes=2)
    assert judge(other, 1, STANDARD, NOW, 0).hold == timedelta()
    assert judge(other, 1, STANDARD, NOW, 0).delay == timedelta(minutes=2)


def test_an_endpoint_that_is_not_reached_is_left_alone_for_longer_each_time() -> None:
    """A second at first, five minutes at most; an answer of any kind starts over."""
    for error in ("timeout", "dns", "connect"):
        verdict = judge(Answer(error=error), 1, STANDARD, NOW, 0, failing=2)
        assert (verdict.failing, verdict.hold) == (3, timedelta(seconds=4))
    assert judge(FAILED, 1, STANDARD, NOW, 0, failing=2).failing == 0
    assert judge(Answer(status=204), 1, STANDARD, NOW, 0, failing=2).failing == 0
    pauses = [pause(failing).total_seconds() for failing in range(1, 12)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert pause(10**9) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("999999999", MAX_RETRY_AFTER),
        ("Mon, 23 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 23 Nov 2026 11:00:00 GMT", None),
        ("Tue, 23 Nov 2027 12:00:00 GMT", MAX_RETRY_AFTER),
        ("0", timedelta()),
        ("-5", None), ("1e9", None), ("NaN", None), ("1.5", None), ("soon", None), ("", None),
        ("9" * 400, None), ("٣", None), (None, None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_all_else_is_ignored(
    text: str | None, expected: timedelta | None
) -> None:
    """Nothing that a receiver writes there stops its deliveries for more than ten hours."""
    assert parse_retry_after(text, NOW) == expected


@given(st.text(max_size=60))
def test_no_retry_after_raises(text: str) -> None:
    """A stranger's header ends no worker."""
    wait = parse_retry_after(text, NOW)
    assert wait is None or timedelta() <= wait <= MAX_RETRY_AFTER


def test_the_window_covers_the_longest_way_through_the_schedule() -> None:
    """A body is kept for as long as any retry may still need it."""
    longest = timedelta()
    for attempts in range(1, 10):
        delay = STANDARD.after(attempts, MAX_RETRY_AFTER, 0.999)
        assert delay is not None
        longest += delay
    assert longest < STANDARD.window < timedelta(days=8)
