"""A worker's replica of the related index: whole, in step, and of this life of the data."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from newswire_common.connection import Client
from newswire_common.streams import SIGNATURES, partitions
from newswire_common.tasks import end
from newswire_enrich.related.signature import Signature
from newswire_enrich.replica import GONE, WINDOW, Replica

PARTITIONS = partitions(2)
SIGNED = Signature(
    id="a", version=1, headline="Fisheries pact signed", at_ms=1, terms=(("mackerel", 1.0),)
)


class OneReaderFails:
    """A client for which one partition cannot be read; the others wait for news."""

    def __init__(self, error: Exception) -> None:
        self.waiting = 0
        self._error = error

    async def xread(self, streams: dict[str, bytes], **_: Any) -> list[Any]:
        if PARTITIONS[0].stream(SIGNATURES) in streams:
            while not self.waiting:
                await asyncio.sleep(0)
            raise self._error
        self.waiting += 1
        try:
            return await asyncio.Future()
        finally:
            self.waiting -= 1


async def tell(client: Client, body: str, version: int, identity: str = "a") -> None:
    await client.xadd(
        PARTITIONS[identity == "b"].stream(SIGNATURES),
        {"schema": 1, "id": identity, "version": version, "body": body},
    )


async def until(client: Client, reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not reached():
            await client.ping()


@asynccontextmanager
async def following(replica: Replica) -> AsyncIterator[None]:
    task = asyncio.create_task(replica.follow())
    yield
    await end([task])
    await replica.close()


@pytest.mark.parametrize("error", [ConnectionError("away"), ValueError("odd")])
async def test_no_reader_goes_on_when_another_fails(error: Exception) -> None:
    """The service begins to follow again: two readers of one stream would each time be more."""
    client: Any = OneReaderFails(error)
    replica = Replica(client, PARTITIONS, WINDOW, lambda: "life")
    with pytest.raises(type(error)) as raised:
        await replica.follow()
    assert raised.value is error
    assert client.waiting == 0
    await replica.close()


async def test_the_past_of_all_partitions_is_read_before_the_first_article(client: Client) -> None:
    """A worker that links to nothing would pass for one that found nothing."""
    await tell(client, SIGNED.model_dump_json(), 1)
    other = SIGNED.model_copy(update={"id": "b"})
    await tell(client, other.model_dump_json(), 1, identity="b")
    replica = Replica(client, PARTITIONS, WINDOW, lambda: "life")
    await replica.catch_up()
    assert len(replica.index) == 2
    await replica.close()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_a_kill_holds_whatever_the_order_in_the_stream(
    client: Client, order: tuple[int, int]
) -> None:
    """Two workers commit the versions of one article in any order; nobody links to it after."""
    for version in order:
        await tell(client, SIGNED.model_dump_json() if version == 1 else GONE, version)
    replica = Replica(client, PARTITIONS, WINDOW, lambda: "life")
    await replica.catch_up()
    assert len(replica.index) == 0
    await replica.close()


async def test_an_emptied_server_empties_the_replica(client: Client) -> None:
    """After FLUSHALL the articles are gone: a link to one would lead nowhere."""
    life = ["one"]
    await tell(client, SIGNED.model_dump_json(), 1)
    replica = Replica(client, PARTITIONS, WINDOW, lambda: life[0])
    await replica.catch_up()
    async with following(replica):
        assert len(replica.index) == 1
        await client.flushall()
        life[0] = "two"
        await until(client, lambda: len(replica.index) == 0)


async def test_what_was_read_before_is_not_read_again(client: Client) -> None:
    """To follow is to go on from where catching up ended."""
    await tell(client, SIGNED.model_dump_json(), 1)
    replica = Replica(client, PARTITIONS, timedelta(days=1), lambda: "life")
    await replica.catch_up()
    index = replica.index
    async with following(replica):
        await tell(client, GONE, 2)
        await until(client, lambda: len(index) == 0)
    assert replica.index is index


def signed(headline: str, identity: str = "a", version: int = 1) -> Signature:
    return SIGNED.model_copy(update={"headline": headline, "id": identity, "version": version})


async def headline_of(replica: Replica) -> str | None:
    """What a link to the article says."""
    await replica.catch_up()
    (link,) = replica.index.related(signed("Asking", "asking"))
    return link.headline


async def test_of_one_version_enriched_twice_all_replicas_end_with_what_came_last(
    client: Client,
) -> None:
    """Also the one that had found the first or the last itself, before the stream told of it."""
    first, last = Replica(client, PARTITIONS, WINDOW, str), Replica(client, PARTITIONS, WINDOW, str)
    other = Replica(client, PARTITIONS, WINDOW, str)
    for replica, signature in ((first, signed("Before")), (last, signed("After"))):
        replica.index.add(signature)
        await tell(client, replica.announced(signature), 1)
    for replica in (first, last, other):
        assert await headline_of(replica) == "After"
        await replica.close()


async def test_what_was_never_committed_gives_way_to_what_was(client: Client) -> None:
    """A worker that was suspended finds its article enriched by another one, with other rules."""
    replica = Replica(client, PARTITIONS, WINDOW, str)
    replica.index.add(signed("Suspended"))
    replica.announced(signed("Suspended"))
    await tell(client, signed("Committed").model_dump_json(), 1)
    assert await headline_of(replica) == "Committed"
    await replica.close()


async def test_an_older_version_that_comes_late_changes_nothing(client: Client) -> None:
    """Neither where the newer one is our own nor where it is another worker's."""
    replica = Replica(client, PARTITIONS, WINDOW, str)
    replica.index.add(signed("Newer", version=2))
    own = replica.announced(signed("Newer", version=2))
    await tell(client, signed("Older").model_dump_json(), 1)
    await tell(client, own, 2)
    await tell(client, signed("Older").model_dump_json(), 1)
    assert await headline_of(replica) == "Newer"
    await replica.close()
