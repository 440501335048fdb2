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
            made.add(name, task)
    return made


async def enqueue(queue: DeliveryQueue, shard: Partition, page: Page) -> int:
    """How many of a page are new."""
    return (await queue.turn(shard, page=page)).added


async def take(queue: DeliveryQueue, shard: Partition, limit: int) -> list[Claim]:
    return (await queue.turn(shard, limit=limit)).claims


async def note(queue: DeliveryQueue, shard: Partition, *results: Result) -> list[bool]:
    """Whether the lease of each result held."""
    return (await queue.turn(shard, results=results)).held


def delivered(claim: Claim) -> Result:
    return Result(claim, "delivered", replace(claim.task, attempts=1), Answer(status=204))


def failed(claim: Claim, **fields: Any) -> Result:
    answer = Answer(status=500, error="status", body=b"no\xff\0")
    return replace(Result(claim, "retry", replace(claim.task, attempts=1), answer), **fields)


async def test_a_delivery_is_enqueued_once_however_often(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A fan-out that is repeated after a crash sends nothing twice."""
    assert await enqueue(queue, shard, page(subscriber, count=3)) == 3
    assert await enqueue(queue, shard, page(subscriber, count=3)) == 0
    assert len(await take(queue, shard, 10)) == 3
    assert await enqueue(queue, shard, page(subscriber, count=3)) == 0


async def test_a_finished_delivery_is_not_enqueued_again(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """Nor when it was delivered before the crash was noticed."""
    await enqueue(queue, shard, page(subscriber))
    (claim,) = await take(queue, shard, 10)
    assert await note(queue, shard, delivered(claim)) == [True]
    assert await enqueue(queue, shard, page(subscriber)) == 0
    assert await take(queue, shard, 10) == []


async def test_no_endpoint_has_more_in_flight_than_its_cap(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A slow endpoint holds no more of our slots, also when many workers claim."""
    await enqueue(queue, shard, page(subscriber, count=20))
    first = await take(queue, shard, 5)
    second = await take(queue, shard, 50)
    assert len(first) + len(second) == CAP
    assert await take(queue, shard, 50) == []
    turn = await queue.turn(shard, results=[delivered(claim) for claim in first], limit=50)
    assert len(turn.claims) == len(first)


async def test_a_slow_endpoint_leaves_room_for_others(
    queue: DeliveryQueue, shard: Partition, subscriptions: Subscriptions
) -> None:
    """A long queue ahead does not delay another endpoint's delivery."""
    slow, fast = endpoint(), endpoint()
    for made in (slow, fast):
        await subscriptions.add(made)
    await enqueue(queue, shard, page(slow.id, count=400))
    await enqueue(queue, shard, page(fast.id))
    taken = await take(queue, shard, 50)
    assert [claim.endpoint for claim in taken].count(slow.id) == CAP
    assert fast.id in {claim.endpoint for claim in taken}


async def test_what_was_claimed_and_never_done_comes_back(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A worker that is killed loses no delivery."""
    killed = replace_lease(queue, timedelta())
    await enqueue(queue, shard, page(subscriber, count=3))
    lost = await take(killed, shard, 10)
    again = await take(queue, shard, 10)
    assert {claim.delivery for claim in again} == {claim.delivery for claim in lost}
    assert {claim.token for claim in again}.isdisjoint({claim.token for claim in lost})


async def test_a_lost_lease_changes_nothing(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A worker that comes back from the dead cannot finish what another one now does."""
    await enqueue(queue, shard, page(subscriber))
    (zombie,) = await take(replace_lease(queue, timedelta()), shard, 1)
    (claim,) = await take(queue, shard, 1)
    assert await note(queue, shard, delivered(zombie)) == [False]
    assert await queue.attempts(shard, subscriber, 10) == []
    assert await note(queue, shard, failed(claim)) == [True]
    assert await note(queue, shard, failed(claim)) == [False]
    assert len(await queue.attempts(shard, subscriber, 10)) == 1


async def test_a_retry_waits_for_its_time(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """What is due later is not claimed sooner, and the worker knows how long to wait."""
    await enqueue(queue, shard, page(subscriber))
    (claim,) = await take(queue, shard, 1)
    await note(queue, shard, failed(claim, delay=timedelta(hours=2)))
    turn = await queue.turn(shard, limit=10)
    assert turn.claims == []
    assert 7_100 < turn.wait_s <= 7_200
    (attempt,) = await queue.attempts(shard, subscriber, 10)
    assert attempt.next_attempt
    assert attempt.next_attempt - attempt.at == timedelta(hours=2)
    assert (attempt.attempt, attempt.status, attempt.error) == (1, 500, "status")
    assert attempt.response == "no\\xff\0"


async def test_a_hold_delays_the_whole_endpoint_and_resuming_ends_it(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """Who says when to come back is not asked before, with no other delivery either."""
    await enqueue(queue, shard, page(subscriber))
    (claim,) = await take(queue, shard, 1)
    await note(queue, shard, failed(claim, hold=timedelta(hours=1)))
    await enqueue(queue, shard, page(subscriber, first=2))
    turn = await queue.turn(shard, limit=10)
    assert turn.claims == []
    assert 3_500 < turn.wait_s <= 3_600
    await subscriptions.set_state(subscriber, "active")
    assert len(await take(queue, shard, 10)) == 2


async def test_a_pause_keeps_the_backlog(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """Nothing is sent to a paused endpoint and nothing is lost."""
    await enqueue(queue, shard, page(subscriber))
    assert await subscriptions.set_state(subscriber, "paused") == "paused"
    await enqueue(queue, shard, page(subscriber, first=2))
    assert await take(queue, shard, 10) == []
    assert await subscriptions.set_state(subscriber, "active") == "active"
    assert len(await take(queue, shard, 10)) == 2


async def test_what_is_given_up_is_in_the_dead_letters_of_its_endpoint(
    queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A subscriber can see what it missed."""
    await enqueue(queue, shard, page(subscriber))
    (claim,) = await take(queue, shard, 1)
    await note(queue, shard, failed(claim, outcome="failed"))
    (dead,) = await queue.dead(shard, subscriber, 10)
    assert (dead.delivery, dead.event_id) == (claim.delivery, "p0-1000-1")
    assert await enqueue(queue, shard, page(subscriber)) == 0


async def test_gone_disables_the_endpoint_and_keeps_what_waits(
    queue: DeliveryQueue, shard: Partition, subscriber: str, subscriptions: Subscriptions
) -> None:
    """After a 410 nothing is sent until the owner says so."""
    await enqueue(queue, shard, page(subscriber, count=2))
    claim, other = await take(queue, shard, 10)
    await note(queue, shard, failed(claim, outcome="gone"), failed(other))
    await subscriptions.refresh()
    assert subscriptions.state(subscriber) == "disabled"
    assert subscriptions.matching("article.published") == {}
    assert await take(queue, shard, 10) == []
    assert await subscriptions.set_state(subscriber, "paused") == "disabled"
    assert await subscriptions.set_state(subscriber, "active") == "active"
    assert len(await take(queue, shard, 10)) == 1


async def test_what_does_not_fit_into_the_backlog_is_noted_as_lost(
    client: Client, shard: Partition, subscriber: str
) -> None:
    """A queue that nobody reads does not fill the server, and its owner is told."""
    small = DeliveryQueue(client, timedelta(minutes=1), timedelta(days=1), backlog=2)
    assert await enqueue(small, shard, page(subscriber, count=3)) == 2
    (dead,) = await small.dead(shard, subscriber, 10)
    assert (dead.error, dead.event_id) == ("backlog", "p0-1000-3")


async def test_what_waited_longer_than_any_retry_is_given_up(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """An endpoint that is paused for ever does not keep its backlog for ever."""
    await enqueue(queue, shard, page(subscriber, count=2))
    assert await queue.survey(shard, [subscriber]) == (2, 0)
    over = DeliveryQueue(client, timedelta(minutes=1), window=timedelta())
    assert await over.survey(shard, [subscriber]) == (0, 2)
    assert {dead.error for dead in await queue.dead(shard, subscriber, 10)} == {"expired"}
    assert await take(queue, shard, 10) == []


async def test_what_was_given_up_unsent_is_not_enqueued_again(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A repeated fan-out brings nothing back, and notes nothing twice."""
    await enqueue(queue, shard, page(subscriber, count=2))
    over = DeliveryQueue(client, timedelta(minutes=1), window=timedelta())
    assert await over.survey(shard, [subscriber]) == (0, 2)
    small = DeliveryQueue(client, timedelta(minutes=1), timedelta(days=1), backlog=0)
    assert await enqueue(small, shard, page(subscriber, first=3)) == 0
    assert await enqueue(queue, shard, page(subscriber, count=3)) == 0
    assert len(await queue.dead(shard, subscriber, 10)) == 3


async def test_one_that_can_not_be_read_is_given_up_beside_the_others(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """What a process of another version has left holds up nothing, and is seen."""
    raws = [b"{", b"[]", b"\xff", b'{"event":"p0-1-1","form":"full"}', b'{"event":7}']
    raws.append(b'{"event":"p0-999999999999999-1","type":"article.published","form":"full"}')
    await enqueue(queue, shard, page(subscriber, count=len(raws) + 2))
    tasks = shard.key("ep", subscriber, "t")
    for raw, name in zip(raws, await client.hkeys(tasks), strict=False):
        await client.hset(tasks, name, raw)
    turn = await queue.turn(shard, limit=10)
    assert (len(turn.claims), len(turn.unreadable)) == (2, len(raws))
    assert await note(queue, shard, *turn.unreadable) == [True] * len(raws)
    dead = await queue.dead(shard, subscriber, 10)
    assert {one.error for one in dead} == {"unreadable"}
    assert {one.response for one in dead} >= {"{", "[]", "\\xff"}


async def test_a_token_is_given_out_once_though_the_server_lost_its_data(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A worker from before cannot finish what one of now does."""
    await enqueue(queue, shard, page(subscriber))
    (before,) = await take(queue, shard, 1)
    for name in ("claims", "lease"):
        await client.delete(shard.key(name))
    for name in ("t", "inflight"):
        await client.delete(shard.key("ep", subscriber, name))
    await enqueue(queue, shard, page(subscriber))
    (now,) = await take(queue, shard, 1)
    assert now.delivery == before.delivery
    assert await note(queue, shard, delivered(before)) == [False]
    assert await note(queue, shard, delivered(now)) == [True]


async def test_no_text_is_kept_in_the_queue(
    client: Client, queue: DeliveryQueue, shard: Partition, subscriber: str
) -> None:
    """A task names the article; all that waits for an endpoint is small."""
    await enqueue(queue, shard, page(subscriber, count=1_000))
    size = 0
    for key in await client.keys(shard.key("*")):
        size += await client.memory_usage(key, samples=0)
    assert size < 700 * 1_000


async def test_a_removed_endpoint_leaves_nothing_behind(
    queue: DeliveryQueue, client: Client, shard: Partition, subscriber: str,
    subscriptions: Subscriptions,
) -> None:  # fmt: skip
    """Neither its queue, nor what was in flight, nor a way to enqueue for it."""
    await enqueue(queue, shard, page(subscriber, count=2))
    claims = await take(queue, shard, 1)
    await subscriptions.remove(subscriber)
    assert await note(queue, shard, *[failed(claim) for claim in claims]) == [False]
    assert await enqueue(queue, shard, page(subscriber, first=5)) == 0
    assert await take(queue, shard, 10) == []
    assert await client.keys(shard.key("ep", "*")) == []


async def test_the_log_of_attempts_is_bounded(
    queue: DeliveryQueue, client: Client, shard: Partition, subscriber: str
) -> None:
    """An endpoint that fails for ever does not fill the server with its failures."""
    await client.rpush(shard.key("ep", subscriber, "log"), *(["1 0 {}"] * 500))
    await enqueue(queue, shard, page(subscriber))
    (claim,) = await take(queue, shard, 1)
    await note(queue, shard, delivered(claim))
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
    await enqueue(queue, shard, page(*ids, count=40))
    dying = replace_lease(queue, timedelta())
    finished: list[str] = []
    zombies: list[Claim] = []
    while len(finished) < 200:
        abandon = chance.random() < 0.3
        claims = await take(dying if abandon else queue, shard, 20)
        if abandon:
            zombies += claims
            continue
        results = [choice(chance, claim) for claim in claims] + [delivered(z) for z in zombies]
        held = await note(queue, shard, *results)
        finished += [
            result.claim.delivery
            for result, mine in zip(results, held, strict=True)
            if mine and result.outcome == "delivered"
        ]
        zombies.clear()
    expected = {delivery_id(f"p0-1000-{n}", one) for n in range(1, 41) for one in ids}
    assert sorted(finished) == sorted(expected)
    assert await enqueue(queue, shard, page(*ids, count=40)) == 0


def choice(chance: random.Random, claim: Claim) -> Result:
    outcomes: list[Callable[[Claim], Result]] = [delivered, delivered, failed]
    return chance.choice(outcomes)(claim)


def replace_lease(queue: DeliveryQueue, lease: timedelta) -> DeliveryQueue:
    """The same queue as a worker has it whose leases end so soon."""
    return DeliveryQueue(queue.client, lease, queue.window)
