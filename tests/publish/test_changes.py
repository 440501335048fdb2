"""``/v1/changes`` from a running service: any gap can be repaired."""

import asyncio
from typing import Any

import pytest

from newswire_common.connection import Client
from newswire_common.keeper import TRIM_LUA
from newswire_common.settings import Settings
from newswire_common.streams import EVENTS, Partition, partition_of, partitions
from newswire_local.embedded import EmbeddedServer
from newswire_publish import tail
from newswire_publish.cursor import Cursor, Position
from tests.publish.desk import Newsroom, enriched, killed, running

PARTITION = partitions(1)[0]


async def changes(newsroom: Newsroom, query: str = "") -> dict[str, Any]:
    answer = await newsroom.get(f"/v1/changes{query}")
    assert answer.status == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def everything(newsroom: Newsroom, limit: int) -> list[str]:
    """The event ids of the whole sequence, page by page from its beginning."""
    found: list[str] = []
    page = await changes(newsroom, f"?limit={limit}")
    while page["events"]:
        assert len(page["events"]) <= limit
        found += [event["event_id"] for event in page["events"]]
        page = await changes(newsroom, f"?limit={limit}&after={page['cursor']}")
    return found


async def trim_to(client: Client, entry: str, partition: Partition = PARTITION) -> None:
    """What the keeper does at the end of the retention."""
    await client.eval(TRIM_LUA, 2, partition.stream(EVENTS), partition.dropped, EVENTS.name, entry)


async def test_events_tell_what_happened_in_order(newsroom: Newsroom) -> None:
    """Each event has its place, its type, and the article and version that it is about."""
    await newsroom.publish(enriched(version=1), enriched(version=2), killed(version=3))
    page = await changes(newsroom)
    assert [(event["type"], event["version"]) for event in page["events"]] == [
        ("article.published", 1), ("article.updated", 2), ("article.withdrawn", 3),
    ]  # fmt: skip
    event = page["events"][0]
    assert event["event_id"].startswith("p0-")
    assert (event["id"], event["uri"]) == (enriched().id, enriched().uri)
    assert (await changes(newsroom, f"?after={page['cursor']}"))["events"] == []


async def test_an_empty_beginning_has_a_cursor_to_go_on_from(newsroom: Newsroom) -> None:
    """Who starts before the first event misses none."""
    cursor = (await changes(newsroom))["cursor"]
    await newsroom.publish(enriched())
    assert len((await changes(newsroom, f"?after={cursor}"))["events"]) == 1


async def test_what_is_out_of_bounds_is_refused(newsroom: Newsroom) -> None:
    """The work for one request is bounded, and a wrong one says what is wrong."""
    for query in ("limit=0", "limit=1001", "wait=31", "wait=-1", "wait=nan"):
        assert (await newsroom.get(f"/v1/changes?{query}")).status == 422, query


async def test_a_malformed_cursor_is_refused(newsroom: Newsroom) -> None:
    """A cursor that was never ours is the client's error."""
    for cursor in ("x", "zz", "AAAA", "%00", "🗞", "A" * 5000):
        answer = await newsroom.get(f"/v1/changes?after={cursor}")
        assert answer.status == 422, cursor
        assert answer.json()["errors"][0]["pointer"] == "/after"


async def test_who_waits_is_told_at_once(newsroom: Newsroom) -> None:
    """A long poll ends with the first event, for everybody who waits."""
    cursor = (await changes(newsroom))["cursor"]
    waiting = [asyncio.create_task(changes(newsroom, f"?after={cursor}&wait=20")) for _ in range(5)]
    await asyncio.sleep(0.2)  # the requests are under way; nothing tells when they wait
    await newsroom.desk.hand_on(enriched())
    async with asyncio.timeout(5):
        pages = await asyncio.gather(*waiting)
    assert [len(page["events"]) for page in pages] == [1] * 5


async def test_who_waits_in_vain_gets_an_empty_page(newsroom: Newsroom) -> None:
    """A long poll ends in time, with a cursor to go on from."""
    cursor = (await changes(newsroom))["cursor"]
    assert await changes(newsroom, f"?after={cursor}&wait=0.2") == {"events": [], "cursor": cursor}


async def test_too_many_who_wait_are_told_to_ask_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open requests are bounded; a plain read still works."""
    monkeypatch.setattr(tail, "MAX_WAITERS", 0)
    answer = await newsroom.get("/v1/changes?wait=5")
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert (await newsroom.get("/v1/changes")).status == 200


async def test_a_cursor_of_an_earlier_life_has_expired(newsroom: Newsroom) -> None:
    """After the data was lost a client is told so, not given silence."""
    positions = (Position(5, 1),)
    answer = await newsroom.get(f"/v1/changes?after={Cursor('abcd', positions).encode()}")
    assert answer.status == 410
    problem = answer.json()
    assert problem["type"].endswith("/cursor_expired")
    assert "start over without `after`" in problem["detail"]


async def test_a_cursor_past_the_retention_has_expired(newsroom: Newsroom) -> None:
    """Who would miss an event is told; who would not goes on."""
    await newsroom.publish(*(enriched(f"g-{number}") for number in range(4)))
    first = (await changes(newsroom, "?limit=1"))["cursor"]
    third = await changes(newsroom, "?limit=3")
    last = third["events"][-1]["event_id"].removeprefix("p0-")
    await trim_to(newsroom.desk.client, last)
    assert (await newsroom.get(f"/v1/changes?after={first}")).status == 410
    assert len((await changes(newsroom, f"?after={third['cursor']}"))["events"]) == 1
    assert len(await everything(newsroom, 1)) == 2


async def test_a_cursor_ahead_of_the_events_has_expired(newsroom: Newsroom) -> None:
    """A server that lost its last events in a failover does not leave a client waiting for ever."""
    await newsroom.publish(enriched("a"), enriched("b"))
    page = await changes(newsroom)
    last = page["events"][-1]["event_id"].removeprefix("p0-")
    await newsroom.desk.client.xdel("{p0}:events", last)
    assert (await newsroom.get(f"/v1/changes?after={page['cursor']}")).status == 410


async def test_an_unreadable_event_holds_nobody_up(newsroom: Newsroom) -> None:
    """An event of a newer writer is passed over, and the cursor with it."""
    await newsroom.desk.client.xadd("{p0}:events", {"schema": "99", "type": "article.sung"})
    await newsroom.publish(enriched())
    page = await changes(newsroom)
    assert [event["type"] for event in page["events"]] == ["article.published"]


@pytest.fixture
def three_partitions(valkey: EmbeddedServer) -> Settings:
    return Settings(redis_url=valkey.url, partitions=3, claim_idle_s=0.2, _env_file=None)


async def test_three_partitions_are_one_sequence(three_partitions: Settings) -> None:
    """Page by page or at once: every event once, in one order, over all partitions."""
    async with running(three_partitions) as newsroom:
        articles = [enriched(f"g-{number}") for number in range(20)]
        await newsroom.publish(*articles)
        used = {partition_of(article.id, partitions(3)).number for article in articles}
        assert used == {0, 1, 2}
        at_once = await everything(newsroom, 1000)
        assert len(at_once) == len(set(at_once)) == 20
        assert await everything(newsroom, 3) == at_once
        times = [event["occurred_at"] for event in (await changes(newsroom))["events"]]
        assert times == sorted(times)
        feed = (await newsroom.get("/feeds/all.json?limit=5")).json()
        assert len(feed["items"]) == 5
        cursor = (await changes(newsroom, "?limit=1000"))["cursor"]
        waiting = asyncio.create_task(changes(newsroom, f"?after={cursor}&wait=20"))
        late = next(
            article
            for number in range(20, 99)
            if partition_of((article := enriched(f"g-{number}")).id, partitions(3)).number == 2
        )
        await newsroom.desk.hand_on(late)
        async with asyncio.timeout(5):
            [event] = (await waiting)["events"]
        assert event["event_id"].startswith("p2-")


async def test_who_has_read_all_that_was_dropped_has_lost_nothing(newsroom: Newsroom) -> None:
    """After a quiet time longer than the retention, a client that was up to date goes on."""
    await newsroom.publish(enriched("g-1"), enriched("g-2"))
    seen = (await changes(newsroom))["cursor"]
    await newsroom.publish(enriched("g-3"))
    [*_, (newest, _)] = await newsroom.desk.client.xrange(PARTITION.stream(EVENTS))
    await trim_to(newsroom.desk.client, newest.decode())
    page = await changes(newsroom, f"?after={seen}")
    assert [event["event_id"] for event in page["events"]] == [f"p0-{newest.decode()}"]


async def test_a_partition_trimmed_before_its_first_page_is_no_loss(
    three_partitions: Settings,
) -> None:
    """A client that starts anew goes through all pages, although partitions were trimmed."""
    async with running(three_partitions) as newsroom:
        await newsroom.publish(*(enriched(f"g-{number}") for number in range(30)))
        client, last = newsroom.desk.client, newsroom.desk.partitions[2]
        kept = (await client.xrange(last.stream(EVENTS)))[-2][0]
        await trim_to(client, kept.decode(), last)
        found = await everything(newsroom, 2)
        assert len([event for event in found if event.startswith("p2-")]) == 2
