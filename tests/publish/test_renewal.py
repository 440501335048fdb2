"""A newer enrichment of a version that is there: documents, feeds and one event, but no version."""

from hashlib import sha1
from typing import Any

import orjson
import pytest

from newswire_common.article import EnrichedArticle, Related
from newswire_common.links import Links
from newswire_common.stage import Entry
from newswire_common.streams import ENRICHED, article_id, partition_of
from newswire_publish.library.links import links_stage
from newswire_publish.library.upkeep import release_due
from tests.publish.desk import Desk, Newsroom, enriched, killed, message, moment_in

OURS = article_id("agency", "g-1")


def tagged(*places: str, version: int = 1, **fields: Any) -> EnrichedArticle:
    tags = {"places": [{"name": iso3, "iso3": iso3} for iso3 in places]}
    return enriched(version=version, enrichment={"language": "en", "tags": tags}, **fields)


def renewal(was: EnrichedArticle, now: EnrichedArticle) -> dict[str, str | int]:
    """The entry of a replay: ``now`` in place of the document that ``was`` was published as."""
    replaced = message(was)["body"]
    assert isinstance(replaced, str)
    return message(now) | {"replaces": sha1(replaced.encode(), usedforsecurity=False).hexdigest()}


async def renew(desk: Desk, fields: dict[str, Any]) -> str:
    """Have the stage take an entry; answers the outcome."""
    partition = partition_of(OURS, desk.partitions)
    await desk.client.xadd(partition.stream(ENRICHED), fields)
    read = await desk.client.xreadgroup("publish", "one", {partition.stream(ENRICHED): ">"})
    entries = [Entry(entry_id.decode(), raw) for entry_id, raw in read[0][1]]
    desk.outcomes.clear()
    await desk.stage.handle(desk.client, partition, entries)
    return desk.outcomes[0] if desk.outcomes else "none"


async def places(desk: Desk) -> list[str]:
    [document] = await desk.library.read([(OURS, None)])
    assert document
    return [one["iso3"] for one in orjson.loads(document)["enrichment"]["tags"]["places"]]


async def renewed(desk: Desk) -> list[tuple[str, int, int | None]]:
    return [(event.type, event.version, event.enrichment) for event in await desk.events()]


async def test_a_newer_enrichment_is_told_once_and_makes_no_version(desk: Desk) -> None:
    """The event says that the text is as it was; the same again changes nothing."""
    await desk.publish(tagged("JPN"))
    entry = renewal(tagged("JPN"), tagged("JPN", "NOR"))
    assert [await renew(desk, entry), await renew(desk, entry)] == ["renewed", "superseded"]
    assert await places(desk) == ["JPN", "NOR"]
    assert await renewed(desk) == [("article.published", 1, None), ("article.updated", 1, 1)]
    assert [step.version for step in await desk.library.history(OURS)] == [1]


async def test_each_renewal_has_a_number_over_all_versions(desk: Desk) -> None:
    """So that version and number together tell any two of them apart."""
    await desk.publish(tagged("JPN"))
    await renew(desk, renewal(tagged("JPN"), tagged("NOR")))
    await renew(desk, renewal(tagged("NOR"), tagged("ISL")))
    await desk.publish(tagged("JPN", version=2))
    await renew(desk, renewal(tagged("JPN", version=2), tagged("NOR", version=2)))
    told = [event.enrichment for event in await desk.events() if event.enrichment]
    assert told == [1, 2, 3]


async def test_the_feeds_follow_the_tags_and_the_article_keeps_its_place(desk: Desk) -> None:
    """It is in the feed of a new tag by its own time, not as the newest: it is no news again."""
    await desk.publish(tagged("JPN"), enriched("g-2", enrichment=tagged("NOR").enrichment))
    order = await desk.feed("all")
    await renew(desk, renewal(tagged("JPN"), tagged("NOR")))
    assert await desk.feed("all") == order
    assert await desk.feed("place/NOR") == [article_id("agency", "g-2"), OURS]
    assert "place/JPN" not in await desk.library.catalogue()
    state = await desk.library.state(OURS)
    assert state
    assert (await desk.library.top("place/NOR", 2))[1].at_ms == state.at_ms


async def test_a_later_version_wins_whatever_the_order(desk: Desk) -> None:
    """What was made of an older text does not come over a newer one."""
    await desk.publish(tagged("JPN"), tagged("ISL", version=2))
    assert await renew(desk, renewal(tagged("JPN"), tagged("NOR"))) == "superseded"
    assert await places(desk) == ["ISL"]


async def test_one_batch_may_hold_a_renewal_and_the_next_version(desk: Desk) -> None:
    """The next version tells what it changed of the text, which the renewal left alone."""
    await desk.publish(tagged("JPN"))
    partition = partition_of(OURS, desk.partitions)
    await desk.client.xadd(partition.stream(ENRICHED), message(tagged("ISL", version=2)))
    assert await renew(desk, renewal(tagged("JPN"), tagged("NOR"))) == "updated"
    assert desk.outcomes == ["updated", "superseded"]
    (_, updated) = await desk.events()
    assert updated.revision is not None
    assert updated.enrichment is None


async def test_another_document_of_the_same_version_is_left_alone(desk: Desk) -> None:
    """After the server was emptied, or another replay was first, it is made of something else."""
    await desk.publish(tagged("JPN"))
    assert await renew(desk, renewal(tagged("ISL"), tagged("NOR"))) == "superseded"
    assert await places(desk) == ["JPN"]


async def test_nothing_of_what_was_withdrawn_comes_back(desk: Desk) -> None:
    """A replay that read the text before the kill writes none of it."""
    await desk.publish(tagged("JPN"), killed())
    assert await renew(desk, renewal(tagged("JPN"), tagged("NOR"))) == "superseded"
    kept = await desk.client.hgetall(partition_of(OURS, desk.partitions).article(OURS))
    assert not [value for value in kept.values() if b"The text of" in value]


async def test_what_is_under_embargo_is_renewed_in_silence(desk: Desk) -> None:
    """It has its new tags, and is in their feeds, when it is shown."""
    ends = moment_in(0.3)
    held, better = (tagged(place, embargoed_until=ends) for place in ("JPN", "NOR"))
    assert await desk.publish(held) == ["withheld"]
    assert await renew(desk, renewal(held, better)) == "stored"
    assert await desk.events() == []
    partition = partition_of(OURS, desk.partitions)
    while await release_due(desk.client, partition):
        pass
    assert await desk.feed("place/NOR") == [OURS]
    assert [event.enrichment for event in await desk.events()] == [None, None]


async def test_live_links_are_not_undone(desk: Desk) -> None:
    """Links have moved on beside the document; a renewal of the document leaves them."""
    await desk.publish(tagged("JPN"))
    partition = partition_of(OURS, desk.partitions)
    stage = links_stage(60_000, 0)
    later = Links(related=(Related(id="f" * 32, rel="later-coverage"),))
    fields = {b"schema": b"1", b"id": OURS.encode(), b"body": later.model_dump_json().encode()}
    stream = partition.key("links")
    await desk.client.xgroup_create(stream, "links", id="0", mkstream=True)
    entry_id = await desk.client.xadd(stream, fields)
    await desk.client.xreadgroup("links", "one", {stream: ">"})
    await stage.handle(desk.client, partition, [Entry(entry_id.decode(), fields)])
    await renew(desk, renewal(tagged("JPN"), tagged("NOR")))
    [document] = await desk.library.read([(OURS, None)])
    assert document
    assert [one["id"] for one in orjson.loads(document)["enrichment"]["related"]] == ["f" * 32]


@pytest.mark.parametrize("replaces", ["x", "A" * 40, "0" * 41])
async def test_what_is_no_digest_is_a_dead_letter(desk: Desk, replaces: str) -> None:
    """A renewal of nobody knows what is not taken for a version."""
    await desk.publish(tagged("JPN"))
    assert await renew(desk, message(tagged("NOR")) | {"replaces": replaces}) == "none"
    assert await desk.client.xlen(partition_of(OURS, desk.partitions).dead("publish")) == 1


async def test_readers_see_the_new_tags_under_a_new_etag(newsroom: Newsroom) -> None:
    """Article and feeds, also those that were rendered and kept before."""
    await newsroom.publish(tagged("JPN"))
    paths = (f"/v1/articles/{OURS}", "/feeds/all.json")
    before = [await newsroom.get(path) for path in paths]
    stream = partition_of(OURS, newsroom.desk.partitions).stream(ENRICHED)
    await newsroom.desk.client.xadd(stream, renewal(tagged("JPN"), tagged("NOR")))
    await newsroom.desk.settled()
    for path, old in zip(paths, before, strict=True):
        new = await newsroom.get(path, If_None_Match=old.headers["ETag"])
        assert new.status == 200
        assert b"NOR" in new.body
        assert b"JPN" not in new.body
    assert (await newsroom.get("/feeds/place/JPN.json")).status == 404
