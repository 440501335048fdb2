"""The queue of articles to look at again, on a real server, with real leases."""

import asyncio

import pytest

from newswire_common.connection import Client
from newswire_common.streams import LINKS, article_id, partition_of, partitions
from newswire_enrich.replica import WINDOW
from newswire_enrich.revisits.queue import Result, RevisitQueue

PARTITIONS = partitions(2)
ONE, TWO = article_id("desk", "1"), article_id("desk", "2")


@pytest.fixture
def queue(client: Client) -> RevisitQueue:
    """A queue that lets nobody wait."""
    return RevisitQueue(client, PARTITIONS, WINDOW, settle_ms=0)


async def links(client: Client, identity: str) -> list[bytes]:
    """What was handed on of an article."""
    stream = partition_of(identity, PARTITIONS).stream(LINKS)
    rows = await client.xrange(stream)
    return [row[b"body"] for _, row in rows if row[b"id"] == identity.encode()]


async def test_an_article_asked_for_many_times_is_looked_at_once(
    client: Client, queue: RevisitQueue
) -> None:
    """In its own partition; and after that no more."""
    for _ in range(3):
        await queue.ask([ONE, TWO])
    claims = [claim for part in PARTITIONS for claim in await queue.claim(part)]
    assert sorted(claim.article_id for claim in claims) == sorted([ONE, TWO])
    for claim in claims:
        part = partition_of(claim.article_id, PARTITIONS)
        await queue.finish(part, [Result(claim, b"{}")])
    assert not [claim for part in PARTITIONS for claim in await queue.claim(part)]
    assert await links(client, ONE) == await links(client, TWO) == [b"{}"]


async def test_what_is_asked_for_while_it_is_looked_at_is_looked_at_again(
    client: Client, queue: RevisitQueue
) -> None:
    """The look that is under way may have been too early; its result counts all the same."""
    part = partition_of(ONE, PARTITIONS)
    await queue.ask([ONE])
    (early,) = await queue.claim(part)
    await queue.ask([ONE])
    await queue.finish(part, [Result(early, b'{"n":1}')])
    (late,) = await queue.claim(part)
    await queue.finish(part, [Result(late, b'{"n":2}')])
    assert await links(client, ONE) == [b'{"n":1}', b'{"n":2}']
    assert not await queue.claim(part)


async def test_of_two_that_look_the_one_that_began_later_has_its_say(
    client: Client, queue: RevisitQueue
) -> None:
    """A worker that was suspended for longer than its lease knows less than who took over."""
    part = partition_of(ONE, PARTITIONS)
    await queue.ask([ONE])
    (slow,) = await queue.claim(part)
    await queue.ask([ONE])
    (quick,) = await queue.claim(part)
    await queue.finish(part, [Result(quick, b'{"by":"quick"}')])
    await queue.finish(part, [Result(slow, b'{"by":"slow"}')])
    assert await links(client, ONE) == [b'{"by":"quick"}']


async def test_a_killed_worker_leaves_a_lease_that_ends(
    client: Client,
) -> None:
    """What it had claimed is looked at by somebody else."""
    queue = RevisitQueue(client, PARTITIONS, WINDOW, lease_ms=50, settle_ms=0)
    part = partition_of(ONE, PARTITIONS)
    await queue.ask([ONE])
    (lost,) = await queue.claim(part)
    assert not await queue.claim(part)
    async with asyncio.timeout(5):
        while not (again := await queue.claim(part)):
            await asyncio.sleep(0.01)
    assert again[0].article_id == ONE
    await queue.finish(part, [Result(lost, b"{}")])
    assert await links(client, ONE) == []
