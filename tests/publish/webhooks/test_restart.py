"""Ends, stops and slow servers: what is leased is neither forgotten nor sent twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_local.embedded import EmbeddedServer
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks import Webhooks
from newswire_publish.webhooks.queue import shard_of
from newswire_publish.webhooks.schedule import Schedule
from tests.publish.webhooks.proxy import Proxy, proxying
from tests.publish.webhooks.publisher import Library, Publisher, publishing
from tests.publish.webhooks.receiver import Received, Receiver, answering
from tests.support.live import until


@pytest.fixture
async def proxy(server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[Proxy]:
    async with proxying(server.url, tmp_path) as started:
        yield started


@pytest.fixture
def quiet() -> Iterator[None]:
    """No tracebacks on the console: to draw one takes a second."""
    with capture_logs():
        yield


async def leased(publisher: Publisher) -> int:
    """How many deliveries of the first shard are under lease."""
    count: int = await publisher.runtime.client.zcard(publisher.webhooks.shards[0].key("lease"))
    return count


async def test_a_slow_shard_holds_up_no_other(
    settings: Settings, proxy: Proxy, receiver: Receiver
) -> None:
    """On a cluster one node may hang; retries of the others go on."""
    receiver.answer = answering(500, 500)
    two = settings.model_copy(update={"redis_url": proxy.url, "partitions": 2})
    async with publishing(two) as publisher:
        slow = publisher.webhooks.shards[1]
        while True:
            made = await publisher.register(receiver.url + "/")
            if shard_of(made["id"], publisher.webhooks.shards) != slow:
                break
        proxy.hold(b"EVALSHA", slow.key("endpoints").encode())
        await asyncio.wait_for(proxy.met.wait(), 5)
        await publisher.call("POST", f"/{made['id']}/test")
        async with asyncio.timeout(5):
            await receiver.wait_for(3)
        proxy.release()


async def test_a_stop_in_the_middle_of_a_claim_loses_no_lease(
    settings: Settings, proxy: Proxy, receiver: Receiver
) -> None:
    """What the server has leased while we were told to stop is sent before we end."""
    behind = settings.model_copy(update={"redis_url": proxy.url})
    async with publishing(settings, run=False) as other:
        await other.register(receiver.url + "/")
        await other.publish(5)
        proxy.hold(b"EVALSHA", b"{w0}", answers=True)
        async with publishing(behind):
            await asyncio.wait_for(proxy.met.wait(), 5)
            await until(lambda: leased(other))
            asyncio.get_running_loop().call_later(0.3, proxy.release)
        assert len({one.id for one in receiver.received}) == 5
        assert await leased(other) == 0


async def test_a_stop_waits_as_long_as_an_attempt_may_take(
    settings: Settings, receiver: Receiver
) -> None:
    """A restart sends nothing again to a receiver that is slow."""

    async def slow(_received: Received) -> web.StreamResponse:
        await asyncio.sleep(5.2)
        return web.Response(status=204)

    receiver.answer = slow
    async with publishing(settings, run=False) as other:
        async with publishing(settings, attempt_s=7) as publisher:
            await publisher.register(receiver.url + "/")
            await publisher.publish()
            await receiver.wait_for(1)
        assert await leased(other) == 0


async def test_what_could_not_be_read_is_claimed_again_at_once(
    settings: Settings, receiver: Receiver
) -> None:
    """A server that fails between the claim and the attempt costs a second, not a lease."""
    async with publishing(settings, run=False) as other:
        await other.register(receiver.url + "/")
        await other.publish(3)
    async with publishing(settings) as publisher:
        publisher.library.failures.append(ConnectionError("away"))
        async with asyncio.timeout(5):
            received = await receiver.wait_for(3)
    assert len({one.id for one in received}) == len(received) == 3


async def test_a_worker_that_was_cancelled_from_elsewhere_goes_on(
    settings: Settings, receiver: Receiver
) -> None:
    """No loop ends silently."""
    receiver.answer = answering(500)
    async with publishing(settings) as publisher:
        await publisher.register(receiver.url + "/")
        await publisher.publish()
        await receiver.wait_for(2)
        for task in asyncio.all_tasks():
            if getattr(task.get_coro(), "__qualname__", "") == "Lane.run":
                task.cancel()
        receiver.answer = answering(500)
        await publisher.publish()
        await receiver.wait_for(4)


@pytest.mark.usefixtures("quiet")
async def test_readiness_tells_that_deliveries_are_not_made(
    settings: Settings, receiver: Receiver
) -> None:
    """A shard that nothing is heard of is a reason; once it works again, all goes on."""
    runtime = Runtime.of(settings)
    webhooks = Webhooks(runtime, PublishMetrics(runtime.registry), Library())
    app: FastAPI = Service(
        "publish", runtime, stages=[webhooks.stage], background=webhooks.background,
        closing=webhooks.close,
    ).app()  # fmt: skip
    async with publishing(settings, run=False) as other:
        await other.register(receiver.url + "/")
        due = webhooks.shards[0].key("due")
        await other.runtime.client.set(due, "no sorted set")
        async with (
            app.router.lifespan_context(app),
            AsyncClient(transport=ASGITransport(app), base_url="http://publish") as http,
        ):

            async def trouble() -> str:
                answer = await http.get("/readyz")
                return "" if answer.status_code == 200 else answer.json()["detail"]

            async def silent() -> bool:
                return "webhooks: nothing heard of {w0}" in await trouble()

            await until(silent)
            await other.runtime.client.delete(due)

            async def ready() -> bool:
                return not await trouble()

            await until(ready)
            await other.emit()
            await receiver.wait_for(1)


async def calls(publisher: Publisher) -> int:
    """How many scripts the server has run."""
    stats = await publisher.runtime.client.info("commandstats")
    count: int = stats["cmdstat_evalsha"]["calls"]
    return count


async def delivered(publisher: Publisher, receiver: Receiver, number: int = 1) -> None:
    """Publish an event and see it received, with which there are ``number``, and noted."""

    async def noted() -> bool:
        return await leased(publisher) == 0

    await publisher.publish()
    await receiver.wait_for(number)
    await until(noted, pause_s=0.001)


async def test_an_idle_worker_hardly_asks(publisher: Publisher, receiver: Receiver) -> None:
    """Nothing to do costs a call a second, not ten."""
    await publisher.register(receiver.url + "/")
    await delivered(publisher, receiver)
    before = await calls(publisher)
    await asyncio.sleep(1.2)
    assert await calls(publisher) - before <= 3


async def test_an_event_takes_three_calls(publisher: Publisher, receiver: Receiver) -> None:
    """Enqueue and claim, acknowledge, note: one each."""
    await publisher.register(receiver.url + "/")
    await delivered(publisher, receiver)
    before = await calls(publisher)
    for number in range(2, 22):
        await delivered(publisher, receiver, number)
    assert 60 <= await calls(publisher) - before <= 66


LATER = Schedule((timedelta(), *[timedelta(milliseconds=200)] * 9))


async def test_an_endpoint_that_this_process_can_not_read_is_tried_again(
    settings: Settings, receiver: Receiver
) -> None:
    """A process of another version may read it: nothing is given up for that."""
    async with publishing(settings, run=False) as other:
        made = await other.register(receiver.url + "/")
        await other.publish()
        client, key = other.runtime.client, other.webhooks.shards[0].key("endpoints")
        row = await client.hget(key, made["id"])
        await client.hset(key, made["id"], '{"id":"of a later version"}')
        await client.incr(f"{key}:rev")
        async with publishing(settings, schedule=LATER):

            async def tried() -> bool:
                log = await other.webhooks.worker.queue.attempts(
                    other.webhooks.shards[0], made["id"], 10
                )
                return bool(log) and log[0].error == "unreadable" and bool(log[0].next_attempt)

            await until(tried)
            await client.hset(key, made["id"], row)
            await client.incr(f"{key}:rev")
            (received,) = await receiver.wait_for(1)
            received.verify(made["secret"])
