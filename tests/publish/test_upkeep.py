"""Embargoes and retention: what the library does by itself, by the server's clock."""

import asyncio

from newswire_common.streams import EVENTS
from newswire_publish.library.upkeep import STEP, lift_embargoes, release_due, retire_old
from tests.publish.desk import Desk, enriched, killed, moment_in

HOUR_MS = 3_600_000


async def released(desk: Desk) -> float | None:
    return await release_due(desk.client, desk.partitions[0])


async def end_embargo(desk: Desk, guid: str = "g-1") -> None:
    """As if the time had come."""
    await desk.client.zadd(desk.partitions[0].key("embargo"), {enriched(guid).id: 1})


async def test_an_embargoed_article_is_nowhere_to_be_seen(desk: Desk) -> None:
    """Before its time there is no event, no place in a feed, and no document to be read."""
    article = enriched(embargoed_until=moment_in(3600), section="World")
    assert await desk.publish(article) == ["withheld"]
    assert await desk.events() == []
    assert await desk.feed("all") == []
    assert await desk.library.read([(article.id, None), (article.id, 1)]) == [None, None]
    assert await desk.library.catalogue() == {}


async def test_an_ended_embargo_publishes_the_article(desk: Desk) -> None:
    """When its time has come, it is published like any other, and its embargo told as lifted."""
    article = enriched(embargoed_until=moment_in(3600), section="World", pub_status="withheld")
    await desk.publish(article)
    remaining = await released(desk)
    assert remaining
    assert 3590 < remaining <= 3600
    await end_embargo(desk)
    assert await released(desk) is None
    assert await desk.told() == [("published", 1), ("embargo_lifted", 1)]
    assert await desk.feed("section/world") == [article.id]
    [document] = await desk.library.read([(article.id, None)])
    assert b'"pub_status":"usable"' in (document or b"")
    assert [step.outcome for step in await desk.library.history(article.id)] == ["published"]


async def test_an_embargo_is_lifted_once(desk: Desk) -> None:
    """Two processes that look at the same time publish one event."""
    await desk.publish(enriched(embargoed_until=moment_in(3600)))
    await end_embargo(desk)
    await asyncio.gather(*(released(desk) for _ in range(4)))
    assert await desk.told() == [("published", 1), ("embargo_lifted", 1)]


async def test_more_than_a_step_of_embargoes_end_together(desk: Desk) -> None:
    """An embargo for a whole conference is lifted for every article of it."""
    guids = [f"g-{number}" for number in range(STEP + 5)]
    await desk.publish(*(enriched(guid, embargoed_until=moment_in(3600)) for guid in guids))
    for guid in guids:
        await end_embargo(desk, guid)
    assert await released(desk) is None
    assert len(await desk.events()) == 2 * len(guids)


async def test_an_embargo_of_the_past_holds_nothing_back(desk: Desk) -> None:
    """An article that arrives after its embargo is published at once."""
    assert await desk.publish(enriched(embargoed_until=moment_in(-60))) == ["published"]


async def test_a_new_version_replaces_the_embargo_of_the_last(desk: Desk) -> None:
    """A source may put an embargo off, or drop it."""
    await desk.publish(enriched(version=1, embargoed_until=moment_in(60)))
    await desk.publish(enriched(version=2, embargoed_until=moment_in(7200)))
    assert (await released(desk) or 0) > 3600
    assert await desk.publish(enriched(version=3)) == ["published"]
    await end_embargo(desk)
    await released(desk)
    assert await desk.told() == [("published", 3)]


async def test_an_embargo_does_not_hide_what_was_seen(desk: Desk) -> None:
    """What is out is out: a later version with an embargo is an update."""
    await desk.publish(enriched(version=1))
    assert await desk.publish(enriched(version=2, embargoed_until=moment_in(60))) == ["updated"]


async def test_a_killed_article_is_not_released(desk: Desk) -> None:
    """A kill under embargo is the end of it, in silence."""
    await desk.publish(enriched(version=1, embargoed_until=moment_in(60)), killed(version=2))
    await end_embargo(desk)
    await released(desk)
    assert await desk.events() == []


async def test_the_background_lifts_an_embargo_in_time(desk: Desk) -> None:
    """Nobody has to ask: the article is out when its embargo ends, not a second later."""
    await desk.publish(enriched(embargoed_until=moment_in(0.3)))
    background = asyncio.create_task(lift_embargoes(desk.client, desk.partitions))
    stream = desk.partitions[0].stream(EVENTS)
    assert await desk.client.xread({stream: "0"}, block=5_000)
    background.cancel()
    [published, _] = await desk.events()
    assert (await desk.told())[0] == ("published", 1)
    assert published.type == "article.published"


async def test_what_is_past_the_retention_is_dropped(desk: Desk) -> None:
    """Old articles leave every feed, and their documents leave the server."""
    await desk.publish(enriched("old", section="Sport"), enriched("new", section="World"))
    for name in ("all", "section/sport", "source/agency"):
        await desk.client.zadd(desk.partitions[0].feed(name), {enriched("old").id: 1})
    before = await desk.library.stamps("source/agency")
    assert await retire_old(desk.client, desk.partitions[0], HOUR_MS) == 1
    assert await desk.feed("all") == [enriched("new").id]
    assert await desk.library.read([(enriched("old").id, None)]) == [None]
    assert set(await desk.library.catalogue()) == {"all", "section/world", "source/agency"}
    assert await desk.library.stamps("source/agency") != before


async def test_the_retention_leaves_nothing_behind(desk: Desk) -> None:
    """Whatever an article was, shown, withdrawn or never seen, no key of it stays."""
    await desk.publish(
        enriched("seen", section="World"), enriched("killed"), killed("killed"), killed("unseen")
    )
    await asyncio.sleep(0.002)  # until the clock has moved past the retention of 1 ms
    assert await retire_old(desk.client, desk.partitions[0], 1) == 3
    keys = {key.decode() for key in await desk.client.keys("*")}
    assert keys == {"{p0}:enriched", "{p0}:events"}


async def test_the_retention_spares_an_embargo_that_is_still_on(desk: Desk) -> None:
    """An article sent long ahead of its time is there when its time comes."""
    await desk.publish(enriched(embargoed_until=moment_in(3600)))
    await asyncio.sleep(0.002)
    assert await retire_old(desk.client, desk.partitions[0], 1) == 0


async def test_the_retention_takes_more_than_a_step(desk: Desk) -> None:
    """A large library is brought within the retention at once, in bounded steps."""
    await desk.publish(*(enriched(f"g-{number}") for number in range(2 * STEP)))
    await asyncio.sleep(0.002)
    assert await retire_old(desk.client, desk.partitions[0], 1) == 2 * STEP
