"""Links of an article change after it was published: beside it, never in a new version."""

import asyncio
from typing import Any

import orjson

from newswire_common.article import Related, Story
from newswire_common.events import StoryChange
from newswire_common.links import Links
from newswire_common.stage import Entry
from newswire_common.streams import LINKS, article_id, partition_of
from newswire_publish.library.links import links_stage, tell_due
from tests.publish.desk import Desk, Newsroom, enriched, killed

DAY_MS = 86_400_000
FIRST, LATER = article_id("agency", "g-1"), article_id("agency", "g-2")
OTHER = article_id("agency", "g-3")


def later_coverage(identity: str = LATER) -> Related:
    return Related(id=identity, headline="More of it", rel="later-coverage", score=0.5)


async def link(
    desk: Desk, links: Links, guid: str = "g-1", spacing_ms: int = 0, order: int = 1
) -> str:
    """Have the stage take the links of an article; answers the outcome."""
    identity = article_id("agency", guid)
    partition = partition_of(identity, desk.partitions)
    stream = partition.stream(LINKS)
    if not await desk.client.exists(stream):
        await desk.client.xgroup_create(stream, "links", id="0", mkstream=True)
    await desk.client.xadd(
        stream,
        {"schema": 1, "id": identity, "order": order, "body": links.model_dump_json()},
    )
    [[_, entries]] = await desk.client.xreadgroup("links", "one", {stream: ">"})
    outcomes: list[str] = []
    stage = links_stage(DAY_MS, spacing_ms)
    stage.committed = lambda _, told: outcomes.extend(told)
    await stage.handle(desk.client, partition, [Entry(i.decode(), raw) for i, raw in entries])
    for each in desk.partitions:
        await tell_due(desk.client, each)
    (outcome,) = outcomes
    return outcome


async def enrichment(desk: Desk, guid: str = "g-1") -> dict[str, Any]:
    (document,) = await desk.library.read([(article_id("agency", guid), None)])
    assert document
    found: dict[str, Any] = orjson.loads(document).get("enrichment", {})
    return found


async def told(desk: Desk) -> list[tuple[str, int, int | None]]:
    return [(event.type, event.version, event.links) for event in await desk.events()]


async def test_later_coverage_is_linked_back_and_told_once(desk: Desk) -> None:
    """The document has the links of now, its version stays, and the same again is no news."""
    await desk.publish(enriched())
    links = Links(related=(later_coverage(),), story=Story(id=FIRST, size=2))
    assert await link(desk, links) == "linked"
    assert await link(desk, links) == "unchanged"
    found = await enrichment(desk)
    assert [one["rel"] for one in found["related"]] == ["later-coverage"]
    assert found["story"] == {"id": FIRST, "size": 2}
    assert await told(desk) == [("article.published", 1, None), ("article.updated", 1, 1)]


async def test_links_of_the_page_itself_stay(desk: Desk) -> None:
    """Ours are replaced; what the source offered is told as long as the article is."""
    offered = {"url": "https://a.example/", "origin": "source-widget", "rel": "background"}
    await desk.publish(enriched(enrichment={"related": [{"id": "0" * 32}, offered]}))
    await link(desk, Links(related=(later_coverage(),)))
    found = await enrichment(desk)
    assert [one["origin"] for one in found["related"]] == ["newswire", "source-widget"]


async def test_events_of_links_keep_their_distance(desk: Desk) -> None:
    """The document is right at once; subscribers hear of it once a spacing, and not of growth."""
    await desk.publish(enriched())
    for number in range(3):
        links = Links(related=(later_coverage(article_id("agency", f"x-{number}")),))
        assert await link(desk, links, spacing_ms=60_000) == "linked"
    assert (await enrichment(desk))["related"][0]["id"] == article_id("agency", "x-2")
    assert await told(desk) == [("article.published", 1, None)]
    grown = links.model_copy(update={"story": Story(id=FIRST, size=9)})
    await link(desk, grown, spacing_ms=60_000)
    assert await link(desk, grown.model_copy(update={"story": Story(id=FIRST, size=10)})) == (
        "stored"
    )


async def stories(desk: Desk) -> list[StoryChange | None]:
    """What the events about stories say, in their order."""
    return [event.story for event in await desk.events() if event.type == "story.updated"]


async def test_a_story_tells_of_its_members_and_of_its_end(desk: Desk) -> None:
    """The article that began it carries it; where an earlier one turns up it is merged."""
    await desk.publish(enriched())
    await link(desk, Links(story=Story(id=FIRST, size=2), members=(FIRST, LATER)))
    key = partition_of(FIRST, desk.partitions).key("story", FIRST)
    assert orjson.loads(await desk.client.hget(key, "members")) == [FIRST, LATER]
    earlier = article_id("agency", "g-0")
    await link(desk, Links(story=Story(id=earlier, size=3)))
    assert await desk.client.hget(key, "merged_into") == earlier.encode()
    assert await stories(desk) == [
        StoryChange(id=FIRST, version=1, size=2),
        StoryChange(id=FIRST, version=2, size=2, merged_into=earlier),
    ]


async def test_a_story_that_parts_from_another_and_grows_says_both(desk: Desk) -> None:
    """Where it came from stays with it; a size that changes beyond the members listed is told."""
    await desk.publish(enriched())
    earlier = article_id("agency", "g-0")
    begun = Links(story=Story(id=FIRST, size=2), members=(FIRST, LATER), split_from=earlier)
    await link(desk, begun)
    await link(desk, Links(story=Story(id=FIRST, size=7), members=(FIRST, LATER)))
    assert await stories(desk) == [
        StoryChange(id=FIRST, version=1, size=2, split_from=earlier),
        StoryChange(id=FIRST, version=2, size=7, split_from=earlier),
    ]


async def test_an_article_alone_has_no_story_but_tells_that_it_lost_the_others(desk: Desk) -> None:
    """One article is no story; one that was a story of more says what is left."""
    await desk.publish(enriched())
    await link(desk, Links(story=Story(id=FIRST, size=1)))
    assert await stories(desk) == []
    await link(desk, Links(story=Story(id=FIRST, size=2), members=(FIRST, LATER)))
    await link(desk, Links(story=Story(id=FIRST, size=1)))
    assert [story and story.size for story in await stories(desk)] == [2, 1]


async def test_a_story_whose_first_article_left_the_window_says_where_it_went_on(
    desk: Desk,
) -> None:
    """Its own links stay what they were."""
    await desk.publish(enriched())
    links = Links(
        related=(later_coverage(),), story=Story(id=FIRST, size=3), members=(FIRST, LATER, OTHER)
    )
    await link(desk, links)
    await link(desk, Links(story=Story(id=LATER, size=2), left=True))
    assert [one["id"] for one in (await enrichment(desk))["related"]] == [LATER]
    assert (await stories(desk))[-1] == StoryChange(id=FIRST, version=2, size=3, merged_into=LATER)


async def test_events_of_a_story_keep_their_distance(desk: Desk) -> None:
    """A story that grows by the second is told once a spacing, as it is then."""
    await desk.publish(enriched())
    await link(desk, Links(story=Story(id=FIRST, size=2), members=(FIRST, LATER)))
    for size in range(3, 9):
        grown = Links(story=Story(id=FIRST, size=size), members=(FIRST, LATER))
        assert await link(desk, grown, spacing_ms=60_000) == "linked"
    assert [story and story.size for story in await stories(desk)] == [2]


async def test_links_that_come_in_another_order_end_the_same(desk: Desk) -> None:
    """Two processes work on one stream: the newest look at an article has the last word."""
    await desk.publish(enriched())
    assert await link(desk, Links(related=(later_coverage(),)), order=7) == "linked"
    assert await link(desk, Links(), order=5) == "superseded"
    assert [one["id"] for one in (await enrichment(desk))["related"]] == [LATER]


async def test_an_article_says_the_size_of_its_story_as_it_is_now(newsroom: Newsroom) -> None:
    """Also one whose own links have not changed since others joined."""
    desk = newsroom.desk
    await newsroom.publish(enriched("g-2", enrichment={"story": {"id": FIRST, "size": 2}}))
    stream = partition_of(FIRST, desk.partitions).stream(LINKS)
    grown = Links(story=Story(id=FIRST, size=9), members=(FIRST, LATER))
    await desk.client.xadd(stream, {"schema": 1, "id": FIRST, "body": grown.model_dump_json()})
    async with asyncio.timeout(10):
        while not await desk.client.exists(
            partition_of(FIRST, desk.partitions).key("story", FIRST)
        ):
            await asyncio.sleep(0.01)  # what is stored without an event is told nobody
    article = (await newsroom.get(f"/v1/articles/{LATER}")).json()
    assert article["enrichment"]["story"] == {"id": FIRST, "size": 9}


async def test_nothing_is_told_of_what_was_withdrawn(desk: Desk) -> None:
    """A tombstone has no links, and no event is about it."""
    await desk.publish(enriched())
    await link(desk, Links(related=(later_coverage(),)), spacing_ms=60_000)
    await desk.publish(killed())
    assert await link(desk, Links(story=Story(id=FIRST, size=1))) == "stored"
    assert "related" not in await enrichment(desk)
    assert [kind for kind, *_ in await told(desk)] == ["article.published", "article.withdrawn"]


async def test_links_that_came_before_the_article_are_in_it(desk: Desk) -> None:
    """Two streams: whichever is first, the document ends the same."""
    assert await link(desk, Links(related=(later_coverage(),))) == "stored"
    await desk.publish(enriched())
    assert [one["id"] for one in (await enrichment(desk))["related"]] == [LATER]
