"""Duplicates are linked, never deleted: each pair is told of once."""

import asyncio
from typing import Any

import orjson
import pytest

from newswire_common.article import Related, Story
from newswire_common.events import StoryChange
from newswire_common.links import Links
from newswire_common.streams import LINKS, partition_of
from newswire_publish.library.upkeep import release_due
from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.fanout import task
from newswire_publish.webhooks.payload import payload
from tests.publish.desk import Desk, Newsroom, enriched, killed, moment_in
from tests.publish.test_links import FIRST, LATER, OTHER, link


def duplicating(*ids: str) -> Links:
    return Links(related=tuple(Related(id=each, rel="duplicate", score=0.9) for each in ids))


async def pairs(desk: Desk) -> list[tuple[str, str | None]]:
    """Each article that was said to duplicate another one, and which."""
    found = [event for event in await desk.events() if event.type == "article.duplicate_linked"]
    return [(event.id, event.duplicate_of) for event in found]


def copy_of(identity: str, **fields: Any) -> dict[str, Any]:
    link = {"id": identity, "rel": "duplicate", "score": 0.9} | fields
    return {"enrichment": {"related": [link]}}


async def test_a_duplicate_is_told_of_when_the_article_is_published(desk: Desk) -> None:
    """After the article itself; it is linked, and both stay."""
    await desk.publish(enriched("g-2"), enriched(**copy_of(LATER)))
    assert await pairs(desk) == [(FIRST, LATER)]
    kinds = [event.type for event in await desk.events() if event.id == FIRST]
    assert kinds == ["article.published", "article.duplicate_linked"]
    assert set(await desk.feed("all")) == {FIRST, LATER}


async def test_a_duplicate_that_comes_later_is_told_of_at_once(desk: Desk) -> None:
    """No spacing holds it up, and each pair is told once whatever its links become."""
    await desk.publish(enriched())
    for order, links in enumerate(
        [duplicating(LATER), Links(), duplicating(OTHER, LATER), duplicating(LATER)], start=1
    ):
        await link(desk, links, spacing_ms=60_000, order=order)
    assert await pairs(desk) == [(FIRST, LATER), (FIRST, OTHER)]


async def test_no_pair_is_told_twice_over_revisions_and_withdrawals(desk: Desk) -> None:
    """Nor where the links and the article itself both name it."""
    await desk.publish(enriched(**copy_of(LATER)))
    await link(desk, duplicating(LATER))
    await desk.publish(enriched(version=2, **copy_of(LATER)), killed(version=3))
    await desk.publish(enriched(version=4, **copy_of(LATER)))
    assert await pairs(desk) == [(FIRST, LATER)]


async def test_nothing_is_told_of_a_duplicate_as_long_as_the_embargo_lasts(desk: Desk) -> None:
    """When it ends, what the newest look found is told, not what was true before."""
    await desk.publish(enriched(**copy_of(OTHER), embargoed_until=moment_in(0.3)))
    assert await link(desk, duplicating(OTHER), order=1) == "stored"
    assert await link(desk, duplicating(LATER), order=2) == "stored"
    assert await pairs(desk) == []
    partition = partition_of(FIRST, desk.partitions)
    async with asyncio.timeout(10):
        while await release_due(desk.client, partition) is not None:
            await asyncio.sleep(0.05)  # the server's clock decides, and tells nobody
    assert await pairs(desk) == [(FIRST, LATER)]


async def test_a_duplicate_found_before_the_article_is_there_is_told_when_it_is(desk: Desk) -> None:
    """Two streams: whichever is first, the pair is told once."""
    await link(desk, duplicating(LATER))
    await desk.publish(enriched(**copy_of(LATER)))
    assert await pairs(desk) == [(FIRST, LATER)]


async def test_no_duplicate_is_told_of_what_was_withdrawn_before(desk: Desk) -> None:
    """A kill takes what was still to be told with it."""
    await desk.publish(enriched(embargoed_until=moment_in(60)))
    await link(desk, duplicating(LATER))
    await desk.publish(killed(), enriched(version=3))
    assert await pairs(desk) == []


@pytest.mark.parametrize("fields", [{"origin": "source-widget"}, {"id": "no id"}, {"id": None}])
async def test_only_our_own_finding_of_an_article_here_is_told(
    desk: Desk, fields: dict[str, Any]
) -> None:
    """What a page says of others is its own."""
    await desk.publish(enriched(**copy_of(LATER, **fields)))
    assert await pairs(desk) == []


async def test_changes_and_webhooks_say_what_is_duplicated_and_which_story(
    newsroom: Newsroom,
) -> None:
    """One sequence, many projections: each says the same of an event."""
    desk = newsroom.desk
    await newsroom.publish(enriched(**copy_of(LATER)))
    links = Links(story=Story(id=FIRST, size=2), members=(FIRST, LATER))
    stream = partition_of(FIRST, desk.partitions).stream(LINKS)
    await desk.client.xadd(stream, {"schema": 1, "id": FIRST, "body": links.model_dump_json()})
    (event,) = [one for one in await desk.events() if one.type == "article.duplicate_linked"]
    events = (await newsroom.get("/v1/changes")).json()["events"]
    (told,) = [one for one in events if one["type"] == "article.duplicate_linked"]
    assert told["duplicate_of"] == event.duplicate_of == LATER
    kept = Task.decode(task(event, "thin").encode())
    assert orjson.loads(payload(kept))["data"]["duplicate_of"] == LATER
    story = StoryChange(id=FIRST, version=3, size=2, split_from=LATER)
    changed = event.model_copy(update={"type": "story.updated", "story": story})
    kept = Task.decode(task(changed, "thin").encode())
    assert orjson.loads(payload(kept))["data"]["story"] == story.model_dump(exclude_none=True)
