"""How a source is: failing, quiet, moved, gone. Operators are told, once."""

from typing import Any

import pytest

from newswire_ingest.fetching import FetchError
from newswire_ingest.polling.health import scored, state_of
from newswire_ingest.polling.memory import Memory
from newswire_ingest.sources.source import SourcePatch, changed
from tests.ingest.polling.newsbeat import FEED, Newsbeat, answer, rss

DAY_MS = 86_400_000
DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("found", "polls"),
    [
        (answer(status=404), 1), (answer(status=401), 1), (answer(b"<html>no feed</html>"), 1),
        (answer(b""), 1), (FetchError("blocked", "not public"), 1),
        (FetchError("too-large", "over 16 MiB"), 1), (FetchError("redirects", "a loop"), 1),
        (answer(status=500), 2), (FetchError("timeout", "no whole answer in time"), 2),
        (FetchError("dns", "no such name"), 2), (answer(status=503), 4), (answer(status=429), 4),
    ],
)  # fmt: skip
async def test_failures_count_by_how_bad_they_are(beat: Newsbeat, found: Any, polls: int) -> None:
    """One that will not mend by itself is enough; of those that do it takes several in a row."""
    await beat.add()
    states = [(await beat.poll(found)).health.state for _ in range(polls + 1)]
    assert states == ["ok"] * (polls - 1) + ["failing"] * 2
    (told,) = await beat.told()
    assert (told.type, told.source) == ("source.failing", "kestrel")
    assert told.detail["consecutive_failures"] == polls
    assert told.detail["error"]
    assert (await beat.registry.get("kestrel")).health.error == told.detail["error"]


async def test_one_success_is_a_recovery(beat: Newsbeat) -> None:
    """Told once, as the failure was."""
    await beat.add()
    found = await beat.poll(answer(status=404), answer(rss("1")), answer(rss("1")))
    assert (found.health.state, found.health.consecutive_failures) == ("ok", 0)
    assert found.health.error is None
    assert await beat.kinds() == {"source.failing": 1, "source.recovered": 1}


async def test_a_permanent_redirect_moves_the_source(beat: Newsbeat) -> None:
    """From then on its new address is asked, and operators are told where it went."""
    await beat.add()
    new = "https://new.example/feed"
    found = await beat.poll(answer(rss("1"), moved_to=new))
    assert found.feed_url == new
    await beat.poll(answer(rss("1", "2")))
    assert [url for url, _ in beat.web.asked] == [FEED, new]
    (told,) = await beat.told()
    assert (told.type, told.detail) == ("source.moved", {"from": FEED, "to": new})
    assert beat.desk.filed == 2


@pytest.mark.parametrize("there", [answer(status=404), answer(b"<p>Log in</p>")])
async def test_a_redirect_to_what_is_no_feed_moves_nothing(beat: Newsbeat, there: Any) -> None:
    """A portal that catches every request for an hour does not take the source for ever."""
    await beat.add()
    found = await beat.poll(there._replace(moved_to="https://portal.example/"))
    assert found.feed_url == FEED
    assert await beat.kinds() == {"source.failing": 1}


async def test_410_ends_a_source(beat: Newsbeat) -> None:
    """It is polled no more, until somebody has it polled or gives it another URL."""
    await beat.add()
    found = await beat.poll(answer(status=410))
    assert (found.health.state, found.health.next_poll_at) == ("gone", None)
    assert (await beat.schedule.claim(10)).taken == []
    assert await beat.kinds() == {"source.gone": 1}
    assert (await beat.poll(answer(status=410))).health.next_poll_at is None
    patch = SourcePatch(feed_url="https://new.example/")
    await beat.registry.change("kestrel", lambda before: changed(before, patch))
    assert (await beat.poll(answer(rss("1")))).health.state == "ok"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("interval", [None, 5])
async def test_retry_after_is_obeyed(beat: Newsbeat, status: int, interval: int | None) -> None:
    """Whatever the operator set."""
    await beat.add(interval_s=interval)
    await beat.poll(answer(status=status, Retry_After="7200"))
    assert 7_190 < await beat.wait_s() < 7_200 * 1.11


async def test_what_cache_control_and_the_feed_say_is_obeyed(beat: Newsbeat) -> None:
    """Also at the polls that do not read the feed."""
    await beat.add()
    await beat.poll(answer(rss("1"), Cache_Control="max-age=7200"))
    assert await beat.wait_s() > 6_000
    await beat.poll(answer(rss("1", ttl=180)), answer(rss("1", ttl=180)))
    assert await beat.wait_s() > 9_000


async def test_an_interval_of_its_own_is_kept(beat: Newsbeat) -> None:
    """Failing or not, give or take a tenth."""
    await beat.add(interval_s=5)
    for found in (answer(rss("1"), Cache_Control="max-age=7200"), answer(status=500)):
        await beat.poll(found)
        assert 3 < await beat.wait_s() < 6


def test_the_score_of_failures_has_a_cap() -> None:
    """A source that was away for a month is asked again within its bounds."""
    score = 0.0
    for _ in range(100):
        score = scored(score, "hard")
    assert score == 30


def rhythm(**changes: Any) -> Memory:
    """A source that brought something new ten times, never longer than two days apart."""
    fields = {"arrivals": 10, "longest_gap_s": 2 * DAY_S, "new_at_ms": DAY_MS} | changes
    return Memory(**fields)


@pytest.mark.parametrize(
    ("memory", "silent_days", "state"),
    [
        (rhythm(), 5, "ok"), (rhythm(), 7, "quiet"),
        (rhythm(longest_gap_s=60.0), 0.9, "ok"), (rhythm(longest_gap_s=60.0), 1.1, "quiet"),
        (rhythm(arrivals=2), 400, "ok"), (rhythm(score=1.0), 7, "failing"),
    ],
)  # fmt: skip
def test_quiet_is_by_the_sources_own_rhythm(memory: Memory, silent_days: float, state: str) -> None:
    """A weekly column is not quiet on Thursday, a wire is after a day; failing is another thing."""
    assert state_of(memory, DAY_MS + round(silent_days * DAY_MS)) == state


async def test_a_quiet_source_recovers_with_its_next_article(beat: Newsbeat) -> None:
    """Told once, each way."""
    await beat.add()
    await beat.poll(answer(rss("1")))
    long_ago = rhythm(longest_gap_s=60.0, new_at_ms=1, first_at_ms=1, rate_at_ms=1)
    await beat.client.hset("{sources}:source:kestrel", "poll", long_ago.encode())
    assert (await beat.poll(answer(rss("1")))).health.state == "quiet"
    assert (await beat.poll(answer(rss("1")))).health.state == "quiet"
    assert (await beat.poll(answer(rss("1", "2")))).health.state == "ok"
    assert await beat.kinds() == {"source.quiet": 1, "source.recovered": 1}
