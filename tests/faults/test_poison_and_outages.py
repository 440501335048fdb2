"""Poison is set apart, and every outage of the server ends by itself: on the live system."""

import asyncio
import contextlib
import sys
from typing import Any

import aiohttp
import pytest

from newswire_common import connection, dead
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import ARTICLES, partitions
from tests.faults.test_kills import drafts, drained, post, published, told_of
from tests.support.live import HEADERS, SERVICES, Live, Receiver, newswire, subscribe, until

PARTITION = partitions(1)[0]


async def start(live: Live, http: aiohttp.ClientSession) -> Client:
    """Everything up and ready; a client of its server."""
    live.start_server()
    for name in SERVICES:
        live.start(name)
    await live.ready(http)
    return connection.client(live.server.url)


async def feed_uris(live: Live, http: aiohttp.ClientSession) -> set[str]:
    async with http.get(live.url("publish", "/feeds/all.json?limit=200")) as answer:
        assert answer.status == 200, await answer.text()
        return {item["id"] for item in (await answer.json(content_type=None))["items"]}


@pytest.mark.faults
async def test_poison_is_buried_beside_healthy_news_and_can_be_brought_back(
    live: Live, http: aiohttp.ClientSession
) -> None:
    """Invalid bytes never harm the others; `newswire dead` lists, retries and drops them."""
    client = await start(live, http)
    await client.xadd(PARTITION.stream(ARTICLES), {"schema": "1", "body": b"\xff\x00\xfe"})
    accepted = set(await post(live, http, drafts(0, 20)))
    await client.xadd(PARTITION.stream(ARTICLES), {b"\x80": b"\x80"})
    await until(lambda: drained(live))

    async def both() -> bool:
        return len(await dead.list_dead(client, [PARTITION])) == 2

    await until(both)
    await until(lambda: _holds(live, http, accepted))
    letters = await dead.list_dead(client, [PARTITION])
    assert {letter.stage for letter in letters} == {"enrich"}
    assert "DecodeError" in await newswire(live, "dead", "list", "--json")
    await newswire(live, "dead", "drop", letters[0].id)
    assert len(await dead.list_dead(client, [PARTITION])) == 1
    await client.aclose()


@pytest.mark.faults
async def test_an_entry_that_kills_its_process_is_buried_and_harms_no_other(live: Live) -> None:
    """Each worker that meets it dies by SIGKILL; after MAX_DELIVERIES it is a dead letter."""
    live.start_server()
    client = connection.client(live.server.url)
    words = [f"word-{number}" for number in range(300)]
    for word in (*words[:150], "die", *words[150:]):
        await client.xadd(PARTITION.stream(ARTICLES), {"word": word})
    command = (sys.executable, "-m", "tests.faults.mortal", live.server.url)
    deaths = 0
    worker = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(60):
            while not (letters := await dead.list_dead(client, [PARTITION])):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(worker.wait(), 0.1)
                    deaths += 1
                    worker = await asyncio.create_subprocess_exec(*command)
            await until(lambda: _idle(client))
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    assert [letter.fields["word"] for letter in letters] == ["die"]
    assert deaths == Settings.model_fields["max_deliveries"].default
    assert await client.smembers(PARTITION.key("done")) == {word.encode() for word in words}
    await client.aclose()


async def _idle(client: Client) -> bool:
    """Whether everything that was sent is acknowledged."""
    (group,) = await client.xinfo_groups(PARTITION.stream(ARTICLES))
    return bool(group["pending"] == 0 and group["lag"] == 0)


async def _holds(live: Live, http: aiohttp.ClientSession, uris: set[str]) -> bool:
    return uris <= await feed_uris(live, http)


@pytest.mark.faults
async def test_an_effect_that_always_fails_is_buried_and_can_be_retried(
    live: Live, http: aiohttp.ClientSession
) -> None:
    """A lasting failure of an effect ends in dead letters; once mended, it goes through."""
    client = await start(live, http)
    (accepted,) = await post(live, http, drafts(0, 1))
    await until(lambda: drained(live))
    identity = accepted.rpartition(":")[2]
    # A history that is none makes publish's script raise every time.
    await client.hset(PARTITION.article(identity), "history", "{")
    changed = drafts(0, 1).replace(b"pact number 0", b"pact number 0 again")
    await post(live, http, changed)

    async def buried() -> list[Any]:
        return await dead.list_dead(client, [PARTITION])

    (letter,) = await until(buried, timeout_s=60)
    assert letter.stage == "publish"
    healthy = set(await post(live, http, drafts(1, 20)))
    await until(lambda: _holds(live, http, healthy))
    await client.hdel(PARTITION.article(identity), "history")
    assert letter.id in await newswire(live, "dead", "list", "--json")
    await newswire(live, "dead", "retry", letter.id)
    await until(lambda: _version(live, http, identity, 2))
    assert await buried() == []
    await client.aclose()


async def _version(live: Live, http: aiohttp.ClientSession, identity: str, version: int) -> bool:
    async with http.get(live.url("publish", f"/v1/articles/{identity}")) as answer:
        return bool((await answer.json())["version"] == version)


@pytest.mark.faults
async def test_flushall_under_the_live_system_is_survived(
    live: Live, http: aiohttp.ClientSession
) -> None:
    """Groups come back, the admin key still works, a new article is in the feed within 10 s."""
    client = await start(live, http)
    await post(live, http, drafts(0, 20))
    await until(lambda: drained(live))
    await client.flushall()
    async with asyncio.timeout(10):
        accepted = set(await post(live, http, drafts(100, 1)))
        await until(lambda: _holds(live, http, accepted))
    async with http.get(live.url("publish", "/v1/webhooks"), headers=HEADERS) as answer:
        assert answer.status == 200
    await until(lambda: drained(live))
    await live.ready(http)
    await client.aclose()


@pytest.mark.faults
async def test_services_started_before_the_server_work_once_it_is_there(
    live: Live, http: aiohttp.ClientSession, receiver: Receiver
) -> None:
    """No start order: alive at once, ready with a reason meanwhile, working when Redis is."""
    live.server.start()
    live.server.kill()
    for name in SERVICES:
        live.start(name)

    async def alive_but_waiting() -> bool:
        try:
            for name in SERVICES:
                async with http.get(live.url(name, "/healthz")) as answer:
                    assert answer.status == 200
                async with http.get(live.url(name, "/readyz")) as answer:
                    assert answer.status == 503
                    assert "Redis is away" in (await answer.json(content_type=None))["detail"]
        except (aiohttp.ClientError, AssertionError):
            return False
        return True

    await until(alive_but_waiting)
    live.start_server()
    await live.ready(http)
    await subscribe(live, http, receiver, await receiver.start())
    accepted = set(await post(live, http, drafts(0, 20)))
    await until(lambda: _holds(live, http, accepted))
    await until(lambda: asyncio.sleep(0, len(told_of(receiver)) == 20))
    assert set(live.stop().values()) == {0}


@pytest.mark.faults
async def test_a_service_that_drains_loses_and_repeats_nothing(
    live: Live, http: aiohttp.ClientSession, receiver: Receiver
) -> None:
    """Rolling restarts by SIGTERM under load: exit code 0, no repetition at all."""
    client = await start(live, http)
    await subscribe(live, http, receiver, await receiver.start())
    accepted: set[str] = set()
    for number, name in enumerate(("enrich", "publish", "enrich", "publish")):
        accepted |= set(await post(live, http, drafts(number * 100, 100)))
        process = live.processes[name]
        process.terminate()
        assert await asyncio.to_thread(process.wait, 20) == 0
        live.start(name)
        await live.ready(http)
    await until(lambda: drained(live), timeout_s=60)
    await until(lambda: asyncio.sleep(0, told_of(receiver) == accepted), timeout_s=60)
    events = await published(live)
    assert set(events.values()) == {1}
    assert set(receiver.got.values()) == {1}
    assert sum(kind == "article.published" for _, _, kind, _ in events) == len(accepted)
    await client.aclose()
