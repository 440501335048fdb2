"""Every process is killed with -9 while news flows: nothing accepted is lost, nothing doubled."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from typing import Any

import aiohttp
import orjson
import pytest

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.streams import ARTICLES, ENRICHED, EVENTS, Stream, partitions
from tests.support.live import HEADERS, SERVICES, Live, Receiver, subscribe, until

PARTITION = partitions(1)[0]
IN_FLIGHT = 8  # deliveries of one endpoint that may be under way when a process is killed
CLAIM_IDLE_S = 2
GRACE_S = 5
READERS = {ARTICLES: "enrich", ENRICHED: "publish", EVENTS: "publish"}


def drafts(start: int, count: int) -> bytes:
    """NDJSON of articles, each with an identity of its own."""
    return b"\n".join(
        orjson.dumps(
            {
                "source": "faults", "guid": f"g-{number}", "section": "World",
                "headline": f"Japan reacts to pact number {number}",
                "body_text": f"Japan has expressed \u201cgrave concerns\u201d over pact {number}.",
            }
        )
        for number in range(start, start + count)
    )  # fmt: skip


async def post(live: Live, http: aiohttp.ClientSession, body: bytes) -> list[str]:
    """Send until it is accepted: the same again is safe. The accepted uris."""
    async with asyncio.timeout(120):
        while True:
            try:
                async with http.post(
                    live.url("ingest", "/v1/articles"), data=body,
                    headers=HEADERS | {"content-type": "application/x-ndjson"},
                ) as answer:  # fmt: skip
                    if answer.status == 202:
                        results = (await answer.json())["results"]
                        if all("uri" in result for result in results):
                            return [result["uri"] for result in results]
                    else:
                        assert answer.status == 503, await answer.text()
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


async def flow(live: Live, http: aiohttp.ClientSession, total: int, seconds: float) -> set[str]:
    """Articles in batches of 20, spread over the seconds."""
    accepted: set[str] = set()
    began = time.monotonic()
    for start in range(0, total, 20):
        accepted |= set(await post(live, http, drafts(start, 20)))
        await asyncio.sleep(max(0.0, began + seconds * start / total - time.monotonic()))
    return accepted


async def kill_all(live: Live, each: int, server: int, seconds: float) -> None:
    """Kill each service and the server as often as asked, mixed, spread over the time."""
    order = [name for name in SERVICES for _ in range(each)] + ["server"] * server
    random.Random(7).shuffle(order)
    for name in order:
        await asyncio.sleep(seconds / (len(order) + 1))
        if name == "server":
            await asyncio.to_thread(live.kill_server)
        else:
            live.kill(name)


async def watch_pending(live: Live, http: aiohttp.ClientSession) -> list[str]:
    """Entries of the killed that are not reclaimed within the claim idle time + 5 s.

    Of a worker that is there: the seconds in which all workers of a stage are dead do not count.
    Runs until cancelled.
    """
    late: list[str] = []
    unready = dict.fromkeys(SERVICES, time.monotonic())  # when each was last seen not ready
    client = connection.client(live.server.url)
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(0.5)
            for name in SERVICES:
                if not await live.is_ready(http, name):
                    unready[name] = time.monotonic()
            for stream, service in READERS.items():
                if time.monotonic() - unready[service] > GRACE_S:
                    late += await overdue(live, client, stream)
    await client.aclose()
    return late


async def overdue(live: Live, client: Client, stream: Stream) -> list[str]:
    """What a killed worker still holds after the claim idle time + 5 s."""
    try:
        rows = await client.xpending_range(
            PARTITION.stream(stream), stream.groups[0], "-", "+", 10,
            idle=(CLAIM_IDLE_S + GRACE_S) * 1000,
        )  # fmt: skip
    except Exception as error:
        if not connection.is_away(error):
            raise
        return []
    return [f"{stream.name} {row}" for row in rows if is_dead(live, row)]


def is_dead(live: Live, row: dict[str, Any]) -> bool:
    """Whether the consumer that holds the entry was killed: a live one may take its time."""
    pid = int(row["consumer"].decode().rsplit("-", 2)[1])
    return pid not in {process.pid for process in live.processes.values()}


async def drained(live: Live) -> bool:
    client = connection.client(live.server.url)
    try:
        for stream in (ARTICLES, ENRICHED, EVENTS):
            for group in await client.xinfo_groups(PARTITION.stream(stream)):
                if group["pending"] or group["lag"]:
                    return False
    except Exception as error:
        if not connection.is_away(error):
            raise
        return False
    else:
        return True
    finally:
        await client.aclose()


async def published(live: Live) -> Counter[tuple[str, str, str, str]]:
    """How often each (id, version, type, duplicate of) stands on the events stream.

    Without those that tell of links and stories: they come again, by their own number, and when
    depends on how long the test takes.
    """
    client = connection.client(live.server.url)
    rows = await client.xrange(PARTITION.stream(EVENTS))
    await client.aclose()
    return Counter(
        tuple(
            fields.get(name, b"").decode() for name in (b"id", b"version", b"type", b"duplicate_of")
        )
        for _, fields in rows
        if b"links" not in fields and fields[b"type"] != b"story.updated"
    )


def told_of(receiver: Receiver) -> set[str]:
    """The articles whose publication was delivered; they are each other's duplicates, too."""
    return {
        event["data"]["article"]["uri"]
        for event in receiver.events.values()
        if event["type"] == "article.published"
    }


@pytest.mark.faults
async def test_kill_9_of_everything_loses_nothing_and_doubles_nothing(
    live: Live, http: aiohttp.ClientSession, receiver: Receiver, long: bool
) -> None:
    """The promise that stands above all others."""
    total, each, server, seconds = (20_000, 7, 2, 120.0) if long else (1_000, 2, 1, 14.0)
    live.start_server()
    for name in SERVICES:
        live.start(name)
    await live.ready(http)
    await subscribe(live, http, receiver, await receiver.start())

    watching = asyncio.create_task(watch_pending(live, http))
    killing = asyncio.create_task(kill_all(live, each, server, seconds))
    accepted = await flow(live, http, total, seconds)
    await killing
    try:
        await until(lambda: drained(live), timeout_s=120)
        await until(lambda: asyncio.sleep(0, len(told_of(receiver)) >= total), timeout_s=120)
    except TimeoutError:
        pytest.fail(f"{len(told_of(receiver))} of {total} delivered\n{live.logs()}")
    await live.ready(http)
    watching.cancel()

    events = await published(live)
    assert len(accepted) == total
    assert {f"urn:newswire:{identity}" for identity, *_ in events} == accepted
    assert set(events.values()) == {1}
    assert {kind for _, _, kind, _ in events} == {
        "article.published", "article.duplicate_linked", "reaction.added",
    }  # fmt: skip
    assert receiver.wrong == []
    assert told_of(receiver) == accepted
    doubled = sum(count - 1 for count in receiver.got.values())
    ends = live.kills["publish"] + live.kills["server"]
    assert doubled <= IN_FLIGHT * ends, f"{doubled} repeated over {ends} kills"
    assert await watching == []
    assert set(live.stop().values()) == {0}
