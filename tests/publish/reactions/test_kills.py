"""Publish is killed with -9 while stories grow: a silence is broken once, no reaction is lost."""

import asyncio
from collections import Counter

import aiohttp
import pytest

from newswire_common import connection
from newswire_common.codec import decode_event
from newswire_common.streams import ENRICHED, EVENTS, article_id, partition_of, partitions
from tests.publish.desk import message
from tests.publish.reactions.reacting import reacting, silent, states
from tests.support.live import Live, until

PARTITIONS = partitions(4)
STORIES, KILLS = 60, 4


@pytest.fixture
def live(live: Live) -> Live:
    """With partitions, so that articles and their stories are apart."""
    live.extra = {"NEWSWIRE_PARTITIONS": str(len(PARTITIONS)), "NEWSWIRE_CLAIM_IDLE_S": "0.5"}
    return live


async def drained(client: connection.Client) -> bool:
    for partition in PARTITIONS:
        for stream in (ENRICHED, EVENTS):
            for group in await client.xinfo_groups(partition.stream(stream)):
                if group["pending"] or group["lag"]:
                    return False
    return True


async def grow(client: connection.Client, guid: str, *says: object, story: str) -> None:
    article = reacting(guid, *says, story=story)  # type: ignore[arg-type]  # Says, each
    stream = partition_of(article.id, PARTITIONS).stream(ENRICHED)
    await client.xadd(stream, message(article))


@pytest.mark.faults
async def test_kill_9_of_publish_neither_loses_nor_doubles_what_became_of_reactions(
    live: Live, http: aiohttp.ClientSession
) -> None:
    """Wherever it dies between the ledger and the acknowledgement."""
    live.start_server()
    live.start("publish")
    await live.ready(http)
    client = connection.client(live.server.url)
    for number in range(STORIES):
        await grow(client, f"a-{number}", silent(sentence=f"Not {number}."), story=f"a-{number}")
    await until(lambda: drained(client))
    for number in range(STORIES):
        if number % (STORIES // KILLS) == STORIES // KILLS // 2:
            live.kill("publish")
        said = [states(stance, sentence=f"{stance} {number}.") for stance in ("concern", "oppose")]
        for place, one in enumerate(said):
            await grow(client, f"b-{number}-{place}", one, story=f"a-{number}")
        await asyncio.sleep(0.05)  # the flow of news; the kills fall anywhere in it
    await live.ready(http)
    await until(lambda: drained(client))
    events = [
        decode_event(partition.number, entry_id.decode(), fields)
        for partition in PARTITIONS
        for entry_id, fields in await client.xrange(partition.stream(EVENTS))
    ]
    added = Counter(event.id for event in events if event.type == "reaction.added")
    broken = Counter(
        event.reactions.story
        for event in events if event.type == "reaction.changed" and event.reactions
    )  # fmt: skip
    assert (len(added), set(added.values())) == (3 * STORIES, {1})
    assert (len(broken), set(broken.values())) == (STORIES, {1})
    for number in range(STORIES):
        story = article_id("agency", f"a-{number}")
        async with http.get(live.url("publish", f"/v1/stories/{story}")) as answer:
            summary = (await answer.json())["reaction_summary"]
        assert summary["by_act"] == {"no_comment_yet": 1, "statement": 2}
        assert summary["awaiting"] == []
    await client.aclose()
