"""The durable queue, on real servers: once in, under leases, once out."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newswire_common.connection import Client
from newswire_common.streams import Partition
from newswire_publish.webhooks.delivery import Claim, Result, Task, delivery_id
from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.queue import CAP, DeliveryQueue, Page
from newswire_publish.webhooks.subscriptions import Subscriptions
from tests.publish.webhooks.test_endpoint import endpoint

BODY = b'{"type":"article.published"}'


@pytest.fixture
async def subscriptions(client: Client, shard: Partition) -> Subscriptions:
    return Subscriptions(client, [shard])


@pytest.fixture
async def subscriber(subscriptions: Subscriptions) -> str:
    """The id of an endpoint that is registered."""
    made = endpoint()
    await subscriptions.add(made)
    return made.id


def page(*endpoints: str, count: int = 1, first: int = 1) -> Page:
    """Events ``first`` to ``first + count`` for each endpoint."""
    made = Page()
    for number in range(first, first + count):
        task = Task(f"p0-1000-{number}", "article.published", "full", accepted_ms=1000)
        for name in endpoints:
            made.add(name, task, task.encode(), BODY)
    return made


def delivered(claim: Claim) -> Result:
    return Result(claim, "delivered", replace(claim.task, attempts=1), Answer(status=204))


def failed(claim: Claim, **fields: Any) -> Result:
    answer = Answer(status=500, error="status", body=b"no\xff\0")
    return replace(Result(claim, "retry", replace(claim.task, attempts=1), answer), **fields)


async def test_a_delivery_is_enqueued_once_however_often(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A fan-out that is repeated after a crash sends nothing twice."""
    assert await queue.enqueue(shard, page(subscriber, count=3)) == 3
    assert await queue.enqueue(shard, page(subscriber, count=3)) == 0
    assert len((await queue.claim(shard, 10)).taken) == 3
    assert await queue.enqueue(shard, page(subscriber, count=3)) == 0


async def test_a_finished_delivery_is_not_enqueued_again(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """Nor when it was delivered before the crash was noticed."""
    await queue.enqueue(shard, page(subscriber))
    (claim,) = (await queue.claim(shard, 10)).taken
    assert await queue.done(shard, [delivered(claim)]) == ([True], False)
    assert await queue.enqueue(shard, page(subscriber)) == 0
    assert (await queue.claim(shard, 10)).taken == []


async def test_the_body_is_there_until_nobody_needs_it(
    queue: DeliveryQueue, client: Client, shard: Partition, subscriptions: Subscriptions
) -> None:
    """A body is kept once for all its deliveries, and no longer than for the last of them."""
    one, two = endpoint(), endpoint()
    for made in (one, two):
        await subscriptions.add(made)
    await queue.enqueue(shard, page(one.id, two.id))
    first, second = (await queue.claim(shard, 10)).taken
    key = shard.key("body", first.task.body)
    await queue.done(shard, [delivered(first)])
    assert await queue.bodies([second]) == {second.task.body: BODY}
    assert await client.pttl(key) > 0
    await queue.done(shard, [delivered(second)])
    assert await client.exists(key) == 0


async def test_no_endpoint_has_more_in_flight_than_its_cap(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A slow endpoint holds no more of our slots, also when many workers claim."""
    await queue.enqueue(shard, page(subscriber, count=20))
    first = (await queue.claim(shard, 5)).taken
    second = (await queue.claim(shard, 50)).taken
    assert len(first) + len(second) == CAP
    assert (await queue.claim(shard, 50)).taken == []
    _, more = await queue.done(shard, [delivered(claim) for claim in first])
    assert more
    assert len((await queue.claim(shard, 50)).taken) == len(first)


async def test_a_slow_endpoint_leaves_room_for_others(
    queue: DeliveryQueue, shard: Partition, subscriptions: Subscriptions
) -> None:
    """A long queue ahead does not delay another endpoint's delivery."""
    slow, fast = endpoint(), endpoint()
    for made in (slow, fast):
        await subscriptions.add(made)
    await queue.enqueue(shard, page(slow.id, count=400))
    await queue.enqueue(shard, page(fast.id))
    taken = (await queue.claim(shard, 50)).taken
    assert [claim.endpoint for claim in taken].count(slow.id) == CAP
    assert fast.id in {claim.endpoint for claim in taken}


async def test_what_was_claimed_and_never_done_comes_back(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A worker that is killed loses no delivery."""
    killed = replace_lease(queue, timedelta())
    await queue.enqueue(shard, page(subscriber, count=3))
    lost = (await killed.claim(shard, 10)).taken
    again = (await queue.claim(shard, 10)).taken
    assert {claim.delivery for claim in again} == {claim.delivery for claim in lost}
    assert {claim.token for claim in again}.isdisjoint({claim.token for claim in lost})


async def test_a_lost_lease_changes_nothing(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A worker that comes back from the dead cannot finish what another one now does."""
    await queue.enqueue(shard, page(subscriber))
    (zombie,) = (await replace_lease(queue, timedelta()).claim(shard, 1)).taken
    (claim,) = (await queue.claim(shard, 1)).taken
    assert await queue.done(shard, [delivered(zombie)]) == ([False], False)
    assert await queue.attempts(shard, subscriber, 10) == []
    assert await queue.done(shard, [failed(claim)]) == ([True], True)
    assert await queue.done(shard, [failed(claim)]) == ([False], True)
    assert len(await queue.attempts(shard, subscriber, 10)) == 1


async def test_a_retry_waits_for_its_time(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """What is due later is not claimed sooner, and the worker knows how long to wait."""
    await queue.enqueue(shard, page(subscriber))
    (claim,) = (await queue.claim(shard, 1)).taken
    await queue.done(shard, [failed(claim, delay=timedelta(hours=2))])
    claims = await queue.claim(shard, 10)
    assert claims.taken == []
    assert 7_100 < claims.wait_s <= 7_200
    (attempt,) = await queue.attempts(shard, subscriber, 10)
    assert attempt.next_attempt
    assert attempt.next_attempt - attempt.at == timedelta(hours=2)
    assert (attempt.attempt, attempt.status, attempt.error) == (1, 500, "status")
    assert attempt.response == "no\\xff\0"


async def test_a_hold_delays_the_whole_endpoint_and_resuming_ends_it(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """Who says when to come back is not asked before, with no other delivery either."""
    await queue.enqueue(shard, page(subscriber))
    (claim,) = (await queue.claim(shard, 1)).taken
    await queue.done(shard, [failed(claim, hold=timedelta(hours=1))])
    await queue.enqueue(shard, page(subscriber, first=2))
    claims = await queue.claim(shard, 10)
    assert claims.taken == []
    assert 3_500 < claims.wait_s <= 3_600
    await subscriptions.set_state(subscriber, "active")
    assert len((await queue.claim(shard, 10)).taken) == 2


async def test_a_pause_keeps_the_backlog(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """Nothing is sent to a paused endpoint and nothing is lost."""
    await queue.enqueue(shard, page(subscriber))
    assert await subscriptions.set_state(subscriber, "paused") == "paused"
    await queue.enqueue(shard, page(subscriber, first=2))
    assert (await queue.claim(shard, 10)).taken == []
    assert await subscriptions.set_state(subscriber, "active") == "active"
    assert len((await queue.claim(shard, 10)).taken) == 2


async def test_what_is_given_up_is_in_the_dead_letters_of_its_endpoint(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A subscriber can see what it missed."""
    await queue.enqueue(shard, page(subscriber))
    (claim,) = (await queue.claim(shard, 1)).taken
    await queue.done(shard, [failed(claim, outcome="failed")])
    (dead,) = await queue.dead(shard, subscriber, 10)
    assert (dead.delivery, dead.event_id) == (claim.delivery, "p0-1000-1")
    assert await queue.enqueue(shard, page(subscriber)) == 0


async def test_gone_disables_the_endpoint_and_keeps_what_waits(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """After a 410 nothing is sent until the owner says so."""
    await queue.enqueue(shard, page(subscriber, count=2))
    claim, other = (await queue.claim(shard, 10)).taken
    await queue.done(shard, [failed(claim, outcome="gone"), failed(other)])
    await subscriptions.refresh()
    assert subscriptions.state(subscriber) == "disabled"
    assert subscriptions.matching("article.published") == {}
    assert (await queue.claim(shard, 10)).taken == []
    assert await subscriptions.set_state(subscriber, "paused") == "disabled"
    assert await subscriptions.set_state(subscriber, "active") == "active"
    assert len((await queue.claim(shard, 10)).taken) == 1


async def test_what_does_not_fit_into_the_backlog_is_noted_as_lost(
    client: Client, shard: Partition, subscriber: str
) -> None:
    """A queue that nobody reads does not fill the server, and its owner is told."""
    small = DeliveryQueue(client, timedelta(minutes=1), timedelta(days=1), backlog=2)
    assert await small.enqueue(shard, page(subscriber, count=3)) == 2
    (dead,) = await small.dead(shard, subscriber, 10)
    assert (dead.error, dead.event_id) == ("backlog", "p0-1000-3")


async def test_what_waited_longer_than_any_retry_is_given_up(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """An endpoint that is paused for ever does not keep its backlog for ever."""
    await queue.enqueue(shard, page(subscriber, count=2))
    assert await queue.survey(shard, [subscriber]) == (2, 0)
    over = DeliveryQueue(client, timedelta(minutes=1), window=timedelta())
    assert await over.survey(shard, [subscriber]) == (0, 2)
    assert {dead.error for dead in await queue.dead(shard, subscriber, 10)} == {"expired"}
    assert (await queue.claim(shard, 10)).taken == []


async def test_a_removed_endpoint_leaves_nothing_behind(
    queue: DeliveryQueue, client: Client, shard: Partition, subscriber: str,
    subscriptions: Subscriptions,
) -> None:  # fmt: skip
    """Neither its queue, nor what was in flight, nor a way to enqueue for it."""
    await queue.enqueue(shard, page(subscriber, count=2))
    claims = (await queue.claim(shard, 1)).taken
    await subscriptions.remove(subscriber)
    assert await queue.done(shard, [failed(claim) for claim in claims]) == ([False], False)
    assert await queue.enqueue(shard, page(subscriber, first=5)) == 0
    assert (await queue.claim(shard, 10)).taken == []
    assert await client.keys(shard.key("ep", "*")) == []


async def test_the_log_of_attempts_is_bounded(
    queue: DeliveryQueue, client: Client, shard: Partition, subscriber: str
) -> None:
    """An endpoint that fails for ever does not fill the server with its failures."""
    await client.rpush(shard.key("ep", subscriber, "log"), *(["1 0 {}"] * 500))
    await queue.enqueue(shard, page(subscriber))
    (claim,) = (await queue.claim(shard, 1)).taken
    await queue.done(shard, [delivered(claim)])
    assert await client.llen(shard.key("ep", subscriber, "log")) == 500


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_with_workers_that_abandon_a_third_everything_is_done_once(
    queue: DeliveryQueue, shard: Partition, subscriptions: Subscriptions, seed: int
) -> None:
    """Whatever dies between a claim and its result, every delivery ends and ends once."""
    chance = random.Random(seed)
    endpoints = [endpoint().model_copy(update={"id": f"ep_{n:024x}"}) for n in range(5)]
    for made in endpoints:
        await subscriptions.add(made)
    ids = [made.id for made in endpoints]
    await queue.enqueue(shard, page(*ids, count=40))
    dying = replace_lease(queue, timedelta())
    finished: list[str] = []
    zombies: list[Claim] = []
    while len(finished) < 200:
        abandon = chance.random() < 0.3
        claims = (await (dying if abandon else queue).claim(shard, 20)).taken
        if abandon:
            zombies += claims
            continue
        results = [choice(chance, claim) for claim in claims] + [delivered(z) for z in zombies]
        held, _ = await queue.done(shard, results)
        finished += [
            result.claim.delivery
            for result, mine in zip(results, held, strict=True)
            if mine and result.outcome == "delivered"
        ]
        zombies.clear()
    expected = {delivery_id(f"p0-1000-{n}", one) for n in range(1, 41) for one in ids}
    assert sorted(finished) == sorted(expected)
    assert await queue.enqueue(shard, page(*ids, count=40)) == 0


def choice(chance: random.Random, claim: Claim) -> Result:
    outcomes: list[Callable[[Claim], Result]] = [delivered, delivered, failed]
    return chance.choice(outcomes)(claim)


def replace_lease(queue: DeliveryQueue, lease: timedelta) -> DeliveryQueue:
    """The same queue as a worker has it whose leases end so soon."""
    return DeliveryQueue(queue.client, lease, queue.window)
