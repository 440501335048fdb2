"""The shared schedule on real servers: who polls what and when, whatever is killed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from newswire_common import connection
from newswire_common.connection import Client
from newswire_ingest.polling.memory import Memory
from newswire_ingest.polling.schedule import Claim
from newswire_ingest.polling.scripts import Politeness
from newswire_ingest.polling.settling import Verdict
from newswire_ingest.sources.source import SourcePatch, changed
from tests.ingest.polling.newsbeat import Newsbeat
from tests.support.cluster import cluster

SHORT = timedelta(milliseconds=20)


def verdict(delay: timedelta = timedelta(hours=1), **changes: object) -> Verdict:
    fields = {"memory": Memory(status=200), "seen": frozenset(), "state": "ok"} | changes
    return Verdict(delay=delay, **fields)  # type: ignore[arg-type]


async def ids(beat: Newsbeat, limit: int = 100) -> list[str]:
    return sorted(claim.source.id for claim in (await beat.schedule.claim(limit)).taken)


async def until_claimed(beat: Newsbeat, count: int) -> Sequence[Claim]:
    """The next claims, waiting for as long as the schedule says."""
    taken: list[Claim] = []
    async with asyncio.timeout(10):
        while len(taken) < count:
            claims = await beat.schedule.claim(count)
            taken += claims.taken
            if len(taken) < count:
                await asyncio.sleep(claims.wait_s)
    return taken


async def test_a_source_is_claimed_once_while_its_lease_holds(beat: Newsbeat) -> None:
    """No two processes fetch the same feed at the same time."""
    await beat.add()
    assert await ids(beat) == ["kestrel"]
    assert await ids(beat) == []


async def test_an_expired_lease_is_claimed_again_as_it_was_due(client: Client) -> None:
    """What a killed process left is polled for the interval that it missed."""
    beat = Newsbeat(client, lease=SHORT)
    await beat.add()
    (lost,) = (await beat.schedule.claim(1)).taken
    (again,) = await until_claimed(beat, 1)
    assert (again.source.id, again.due_ms) == ("kestrel", lost.due_ms)
    assert not await beat.schedule.finish(lost, verdict(state="failing"))
    assert await beat.schedule.finish(again, verdict())
    assert (await beat.registry.get("kestrel")).health.state == "ok"
    assert await beat.told() == []


async def test_a_finished_poll_is_due_after_its_delay(beat: Newsbeat) -> None:
    """By the server's clock."""
    await beat.add()
    (claim,) = (await beat.schedule.claim(1)).taken
    assert await beat.schedule.finish(claim, verdict(timedelta(seconds=90)))
    assert await ids(beat) == []
    assert 85 < await beat.wait_s() <= 90
    assert not await beat.schedule.finish(claim, verdict(timedelta()))


async def test_a_host_is_asked_twice_at_a_time_and_once_a_second(client: Client) -> None:
    """However many of its feeds are due, and however many processes ask; nobody else waits."""
    beat = Newsbeat(client, politeness=Politeness(at_once=2, per_s=50))
    for number in range(10):
        await beat.add(f"big-{number}", f"https://big.example/{number}")
    await beat.add("small", "https://small.example/feed")
    first = await beat.schedule.claim(100)
    assert sorted(claim.source.id for claim in first.taken) == ["big-0", "big-1", "small"]
    assert (await beat.schedule.claim(100)).taken == []
    big = next(claim for claim in first.taken if claim.source.id == "big-0")
    await beat.schedule.finish(big, verdict())
    assert await ids(beat) == ["big-2"]


async def test_requests_to_a_host_are_spread_over_time(client: Client) -> None:
    """A token bucket: the next comes when its token does, and the claim says when that is."""
    beat = Newsbeat(client, politeness=Politeness(at_once=100, per_s=1))
    for number in range(3):
        await beat.add(f"big-{number}", f"https://big.example/{number}")
    claims = await beat.schedule.claim(100)
    assert len(claims.taken) == 1
    assert 0.9 < claims.wait_s <= 1
    assert (await beat.schedule.slot("big.example:443", 0.5)) is None
    assert 0.9 < (await beat.schedule.slot("big.example:443", 5) or 0) <= 1
    assert 1.9 < (await beat.schedule.claim(100)).wait_s <= 2


async def test_a_poll_that_kills_its_process_is_put_off(client: Client) -> None:
    """A poison source comes back later and later, and takes nobody with it for ever."""
    beat = Newsbeat(client, lease=SHORT)
    await beat.add()
    for _ in range(6):
        await until_claimed(beat, 1)
    await asyncio.sleep(SHORT.total_seconds() * 2)
    assert await ids(beat) == []
    assert 55 < await beat.wait_s() <= 60


async def test_a_poll_that_is_only_slow_is_not_put_off(client: Client) -> None:
    """Who answers too late has lost the lease, but was not killed."""
    beat = Newsbeat(client, lease=SHORT)
    await beat.add()
    for _ in range(4):
        (late,) = await until_claimed(beat, 1)
        await asyncio.sleep(SHORT.total_seconds() * 2)
        (again,) = await until_claimed(beat, 1)
        assert not await beat.schedule.finish(late, verdict())
        late = again


async def test_a_change_of_a_source_voids_the_poll_under_way(beat: Newsbeat) -> None:
    """What was fetched from the old URL says nothing of the new one."""
    await beat.add()
    (claim,) = (await beat.schedule.claim(1)).taken
    patch = SourcePatch(feed_url="https://other.example/feed")
    await beat.registry.change("kestrel", lambda before: changed(before, patch))
    assert not await beat.schedule.finish(claim, verdict(state="failing"))
    (again,) = (await beat.schedule.claim(1)).taken
    assert again.source.feed_url == "https://other.example/feed"


async def test_a_removed_source_leaves_nothing(beat: Newsbeat) -> None:
    """Also while it is being polled."""
    await beat.add()
    (claim,) = (await beat.schedule.claim(1)).taken
    await beat.registry.remove("kestrel")
    assert not await beat.schedule.finish(claim, verdict())
    left = [key async for key in beat.client.scan_iter("{sources}:*")]
    assert set(left) <= {b"{sources}:tokens", b"{sources}:host:kestrel.example:443:slot"}


async def test_what_can_not_be_read_holds_nobody_up(beat: Newsbeat, client: Client) -> None:
    """A record that a later version wrote in another way is left alone."""
    await beat.add("broken", "https://broken.example/")
    await beat.add()
    await client.hset("{sources}:source:broken", "config", "{}")
    await client.hset("{sources}:source:kestrel", "poll", "not JSON")
    assert await ids(beat) == ["kestrel"]


async def test_states_are_counted(beat: Newsbeat) -> None:
    """For the gauge, without a look at each source."""
    for name in ("a", "b"):
        await beat.add(name, f"https://{name}.example/")
    for claim, state in zip((await beat.schedule.claim(2)).taken, ("gone", "quiet"), strict=True):
        await beat.schedule.finish(claim, verdict(state=state))
    assert await beat.schedule.states() == {"ok": 0, "failing": 0, "quiet": 1, "gone": 1}


@pytest.mark.parametrize("state", ["failing", "quiet", "gone"])
async def test_a_change_of_state_is_told_once(beat: Newsbeat, state: str) -> None:
    """And the way back, once."""
    await beat.add()
    for told in (state, state, "ok", "ok"):
        await beat.registry.hasten("kestrel")
        (claim,) = (await beat.schedule.claim(1)).taken
        await beat.schedule.finish(claim, verdict(state=told, detail=b'{"status":404}'))
    first, second = await beat.told()
    assert (first.type, first.source, first.detail) == (
        f"source.{state}", "kestrel", {"status": 404}
    )  # fmt: skip
    assert second.type == "source.recovered"


async def test_it_works_on_a_cluster(tmp_path: Path) -> None:
    """All keys of the sources are in one slot."""
    with cluster(tmp_path) as url:
        client = connection.client(url)
        beat = Newsbeat(client)
        await beat.add()
        (claim,) = (await beat.schedule.claim(1)).taken
        assert await beat.schedule.finish(claim, verdict(state="failing"))
        assert [one.type for one in await beat.told()] == ["source.failing"]
        assert (await beat.schedule.states())["failing"] == 1
        await beat.registry.remove("kestrel")
        await client.aclose()
