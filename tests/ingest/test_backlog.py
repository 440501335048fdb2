"""Back-pressure: ingest refuses before the stages behind it drown."""

import asyncio

import pytest

from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.settings import Settings
from newswire_common.streams import ARTICLES, ENRICHED, Partition, Stream, partitions
from newswire_ingest.backlog import Backlog
from tests.ingest.newsroom import a_draft, running

ALL = partitions(3)


async def acknowledge(
    client: Client, partition: Partition, stream: Stream, *, read: int, acknowledged: int
) -> None:
    """Be the stage behind the stream for some entries."""
    name, (group,) = partition.stream(stream), stream.groups
    await client.xreadgroup(group, "c", {name: ">"}, count=read)
    pending = await client.xpending_range(name, group, "-", "+", acknowledged)
    await client.xack(name, group, *(row["message_id"] for row in pending))


async def test_what_is_unread_and_unacknowledged_counts_on_all_partitions(client: Client) -> None:
    """Lag and pending of both stages, on partitions of whatever process."""
    for partition in ALL:
        for stream in (ARTICLES, ENRICHED):
            name, (group,) = partition.stream(stream), stream.groups
            await client.xgroup_create(name, group, id="0", mkstream=True)
            for _ in range(3):
                await client.xadd(name, {"x": "1"})
            await acknowledge(client, partition, stream, read=2, acknowledged=1)
    backlog = Backlog(client, ALL, 1_000)
    await backlog.read()
    assert backlog.behind == 3 * 2 * (1 + 1)


async def test_without_a_group_all_of_a_stream_is_unread(client: Client) -> None:
    """A stage that never ran is not a stage that has kept up."""
    await client.xadd(ALL[0].stream(ARTICLES), {"x": "1"})
    await client.xadd(ALL[1].stream(ENRICHED), {"x": "1"})
    await client.xgroup_create(ALL[2].stream(ARTICLES), "other", mkstream=True)
    backlog = Backlog(client, ALL, 1_000)
    await backlog.read()
    assert backlog.behind == 2


async def test_an_empty_server_has_no_backlog(client: Client) -> None:
    """Before the first article, and after FLUSHALL, there is room."""
    backlog = Backlog(client, ALL, 1)
    await backlog.read()
    backlog.admit(1)


async def test_what_was_admitted_since_the_reading_counts_until_the_next(client: Client) -> None:
    """A burst between two readings does not get past the limit."""
    backlog = Backlog(client, ALL, 10)
    await backlog.read()
    backlog.admit(6)
    backlog.admit(6)
    with pytest.raises(Unavailable) as refused:
        backlog.admit(1)
    assert refused.value.retry_after_s >= 1
    await backlog.read()
    backlog.admit(1)


async def test_over_the_limit_articles_are_503_until_the_backlog_is_worked_off(
    settings: Settings, client: Client
) -> None:
    """Publication behind means: try again later, nothing accepted. Caught up means: go on."""
    async with running(settings.model_copy(update={"max_backlog": 2}), client) as room:
        assert await room.taken(a_draft(guid="1")) == (1, "created")
        assert await room.taken(a_draft(guid="2")) == (1, "created")
        answer = await room.post(a_draft(guid="3"))
        assert (answer.status_code, int(answer.headers["retry-after"]) >= 1) == (503, True)
        assert len(await room.entries()) == 2
        await acknowledge(client, room.partitions[0], ARTICLES, read=2, acknowledged=2)
        async with asyncio.timeout(5):
            while (await room.post(a_draft(guid="3"))).status_code != 202:
                await asyncio.sleep(0.05)
