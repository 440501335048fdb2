"""Who can not be reached keeps nobody else waiting."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import Partition
from newswire_publish.webhooks.delivery import Claim, Result
from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.queue import CAP, DeliveryQueue
from newswire_publish.webhooks.subscriptions import Subscriptions
from tests.publish.webhooks.publisher import publishing
from tests.publish.webhooks.receiver import Received, Receiver
from tests.publish.webhooks.test_endpoint import endpoint
from tests.publish.webhooks.test_queue import delivered, page

WEEK = timedelta(days=7)


@pytest.fixture
async def subscribers(client: Client, shard: Partition) -> list[str]:
    """The ids of thirty endpoints."""
    subscriptions = Subscriptions(client, [shard])
    made = [endpoint() for _ in range(30)]
    for one in made:
        await subscriptions.add(one)
    return [one.id for one in made]


def timed_out(claim: Claim, **fields: object) -> Result:
    answer = Answer(error="timeout")
    result = Result(claim, "retry", claim.task, answer, failing=claim.failing + 1)
    return replace(result, **fields)  # type: ignore[arg-type]  # whatever fields the test sets


async def test_a_slot_that_is_freed_goes_to_who_has_waited_longest(
    queue: DeliveryQueue, shard: Partition, subscribers: list[str]
) -> None:
    """Endpoints with a long backlog do not come before one that has just got its first event."""
    *greedy, modest = subscribers[:3]
    await queue.turn(shard, page=page(*greedy, count=50))
    await queue.turn(shard, page=page(modest))
    claims = (await queue.turn(shard, limit=2 * CAP)).claims
    assert {claim.endpoint for claim in claims} == set(greedy)
    done = [delivered(claim) for claim in claims if claim.endpoint == greedy[0]]
    turn = await queue.turn(shard, results=done, limit=CAP)
    assert turn.claims[0].endpoint == modest


async def test_endpoints_are_served_in_turn(
    queue: DeliveryQueue, shard: Partition, subscribers: list[str]
) -> None:
    """With more endpoints than there are slots each gets its share, however long its queue is."""
    for number, name in enumerate(subscribers):
        await queue.turn(shard, page=page(name, count=40 + number % 3 * 20))
    claims = (await queue.turn(shard, limit=2 * CAP)).claims
    served: Counter[str] = Counter()
    for _ in range(60):
        served.update(claim.endpoint for claim in claims)
        await asyncio.sleep(0.001)  # a millisecond is the clock's step
        done = [delivered(claim) for claim in claims]
        claims = (await queue.turn(shard, results=done, limit=2 * CAP)).claims
    assert set(served) == set(subscribers)
    assert max(served.values()) - min(served.values()) <= CAP


async def test_an_endpoint_that_can_not_be_reached_is_only_probed(
    queue: DeliveryQueue, shard: Partition, subscribers: list[str]
) -> None:
    """It holds one slot instead of eight, after a pause, until it has answered again."""
    name = subscribers[0]
    await queue.turn(shard, page=page(name, count=20))
    claims = (await queue.turn(shard, limit=50)).claims
    results = [timed_out(claim, delay=WEEK, hold=timedelta(milliseconds=50)) for claim in claims]
    turn = await queue.turn(shard, results=results, limit=50)
    assert turn.claims == []
    assert 0 < turn.wait_s <= 0.05
    await asyncio.sleep(0.06)
    (probe,) = (await queue.turn(shard, limit=50)).claims
    assert probe.failing == 1
    again = timed_out(probe, delay=WEEK)
    (probe,) = (await queue.turn(shard, results=[again], limit=50)).claims
    assert probe.failing == 2
    turn = await queue.turn(shard, results=[delivered(probe)], limit=50)
    assert [claim.failing for claim in turn.claims] == [0] * CAP


async def test_a_claim_that_is_given_back_was_no_attempt(
    queue: DeliveryQueue, shard: Partition, subscribers: list[str]
) -> None:
    """What could not be attempted is claimed again, and nowhere noted as a failure."""
    name = subscribers[0]
    await queue.turn(shard, page=page(name))
    (claim,) = (await queue.turn(shard, limit=1)).claims
    released = Result(claim, "released", claim.task, Answer())
    turn = await queue.turn(shard, results=[released], limit=1)
    assert turn.held == [True]
    assert [(again.delivery, again.task) for again in turn.claims] == [(claim.delivery, claim.task)]
    assert await queue.attempts(shard, name, 10) == []


async def test_many_dead_endpoints_do_not_starve_a_healthy_one(
    settings: Settings, receiver: Receiver
) -> None:
    """Fifty that hang could take all slots twice, and have the backlogs to keep them."""
    never = asyncio.Event()

    async def hang(received: Received) -> web.StreamResponse:
        if received.path != "/":
            await never.wait()
        return web.Response(status=204)

    receiver.answer = hang
    async with publishing(settings, attempt_s=1) as publisher:
        for number in range(50):
            await publisher.register(receiver.url + f"/{number}", events=["article.updated"])
        await publisher.publish(80, event="article.updated")
        async with asyncio.timeout(10):
            while len(receiver.received) < 100:
                await asyncio.sleep(0.005)  # until they are at it
        await publisher.register(receiver.url + "/", events=["article.published"])
        await publisher.publish()
        await receiver.wait_for(1)
        never.set()
