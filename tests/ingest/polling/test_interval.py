"""When a source is polled again: by its own pace, and never against its server's wish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings
from newswire_ingest.polling.interval import (
    DAY_S,
    FIRST_RATE_PER_S,
    JITTER,
    Bounds,
    Wishes,
    adaptive_s,
    delay_s,
    rate_after,
)

BOUNDS = Bounds()
NO_WISHES = Wishes()
MIDDLE = 0.5  # the chance without jitter


def delay(
    fixed: int | None = None, rate: float = FIRST_RATE_PER_S, score: float = 0.0,
    wishes: Wishes = NO_WISHES, chance: float = MIDDLE,
) -> float:  # fmt: skip
    return delay_s(fixed, rate, score, wishes, BOUNDS, chance)


def after(polls: int, every_s: float, entries: int) -> float:
    """The rate of a source polled so often with so many new entries each time."""
    rate = FIRST_RATE_PER_S
    for number in range(polls):
        rate = rate_after(rate, (number + 1) * every_s, every_s, entries)
    return rate


def test_a_source_of_which_nothing_is_known_is_polled_each_quarter_of_an_hour() -> None:
    """Often enough to learn its pace, seldom enough for a thousand of them."""
    assert delay() == 900


def test_a_busy_source_is_soon_polled_each_minute() -> None:
    """A wire with an entry a minute is not left at its first interval."""
    assert adaptive_s(after(polls=8, every_s=900, entries=15), BOUNDS) == 60


def test_a_silent_source_is_polled_ever_less_but_each_day() -> None:
    """What brings nothing costs next to nothing."""
    silent = after(polls=96, every_s=900, entries=0)
    assert 3_600 < adaptive_s(silent, BOUNDS) < 6 * 3_600
    assert adaptive_s(after(polls=30, every_s=DAY_S, entries=0), BOUNDS) == DAY_S


def test_failures_stretch_an_adaptive_interval() -> None:
    """A server in trouble is not asked as often as one that answers."""
    assert delay(score=3) == 3_600


@pytest.mark.parametrize("wishes", [Wishes(lifetime_s=7_200), Wishes(feed_s=7_200)])
def test_cache_control_and_the_feeds_own_period_hold_it_back(wishes: Wishes) -> None:
    """Nothing new is there before the publisher says."""
    assert delay(wishes=wishes) == 7_200


def test_a_fixed_interval_is_the_operators_word() -> None:
    """Not the pace, not the failures, not the caching of the server; but for Retry-After."""
    assert delay(fixed=5, score=30, wishes=Wishes(lifetime_s=7_200)) == 5
    assert delay(fixed=5, wishes=Wishes(retry_after_s=120)) >= 120


def test_nothing_that_a_server_says_silences_it_for_more_than_a_day() -> None:
    """A wrong header does not cost a source for a year."""
    year = 366 * 24 * 3_600
    assert delay(wishes=Wishes(lifetime_s=year)) == DAY_S
    assert delay(wishes=Wishes(retry_after_s=year)) <= DAY_S * (1 + JITTER)


@given(
    st.floats(0, 1e6), st.floats(0, 30), st.integers(0, 10**9) | st.none(),
    st.integers(0, 10**9) | st.none(), st.floats(0, 1, exclude_max=True),
)  # fmt: skip
def test_every_adaptive_interval_is_within_bounds(
    rate: float, score: float, lifetime: int | None, retry: int | None, chance: float
) -> None:
    """Whatever is measured and whatever is said."""
    found = delay(None, rate, score, Wishes(retry, lifetime), chance)
    assert BOUNDS.shortest_s <= found <= BOUNDS.longest_s * (1 + JITTER)
    if retry is not None:
        assert found >= min(retry, BOUNDS.longest_s)


@given(st.floats(0, 1), st.floats(0, 1e7), st.floats(-1, 1e7), st.integers(0, 10_000))
def test_a_rate_is_never_negative_nor_endless(
    rate: float, known: float, elapsed: float, entries: int
) -> None:
    """Two polls in one millisecond, or a clock that went back, do no harm."""
    assert 0 <= rate_after(rate, known, elapsed, entries) < float("inf")


def test_jitter_spreads_by_a_tenth_either_way() -> None:
    """What was imported together is not polled together for ever."""
    assert delay(chance=0.0) == pytest.approx(810)
    assert delay(chance=0.999999) == pytest.approx(990, abs=0.01)


def test_bounds_that_cross_are_named() -> None:
    """A wrong setting stops the start with one line."""
    crossed = Settings(redis_url="redis://x", poll_min_s=100, poll_max_s=10, _env_file=None)
    with pytest.raises(ConfigurationError, match="NEWSWIRE_POLL_MIN_S"):
        Bounds.of(crossed)
