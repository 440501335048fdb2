"""Polls beside a hub: slow while it is trusted, as ever when it is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from newswire_common.connection import Client
from newswire_ingest.sources.source import SourcePatch, changed
from newswire_ingest.websub.discovery import Discovery
from tests.ingest.polling.newsbeat import FEED, Newsbeat, answer, rss
from tests.ingest.websub.hub import Hub
from tests.ingest.websub.station import Station

HOUR_S = 3_600
ATOM = b'<rss xmlns:atom="http://www.w3.org/2005/Atom" '


@pytest.fixture
async def beat(client: Client, station: Station) -> Newsbeat:
    """What polls the source of the station; both file at one desk."""
    beat = Newsbeat(client)
    beat.desk = station.desk
    beat.poller.visitor = replace(
        beat.poller.visitor,
        heard=Discovery(station.ledger).heard,
        filing=replace(beat.poller.visitor.filing, desk=station.desk),
    )
    return beat


def page(hub: Hub, *items: str) -> object:
    """The feed with these items, whose hub this is."""
    links = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{FEED}"/>'
    return answer(rss(*items, more=links).replace(b"<rss ", ATOM))


@pytest.fixture
async def trusting(beat: Newsbeat, station: Station, hub: Hub) -> Newsbeat:
    """Its hub has verified, and the feed has one item that is known."""
    await beat.poll(page(hub, "1"))
    await station.attend()
    await hub.verify()
    return beat


async def is_slow(beat: Newsbeat) -> bool:
    return 5 * HOUR_S < await beat.wait_s() <= 6 * HOUR_S


async def test_a_source_with_a_hub_is_polled_every_six_hours(trusting: Newsbeat, hub: Hub) -> None:
    """Before its hub was trusted, as ever."""
    assert not await is_slow(trusting)
    await trusting.poll(page(hub, "1"))
    assert await is_slow(trusting)


async def test_a_hub_that_has_not_verified_slows_nothing(
    beat: Newsbeat, station: Station, hub: Hub
) -> None:
    """Neither does a promise to."""
    await beat.poll(page(hub, "1"))
    await station.attend()
    await beat.poll(page(hub, "1"))
    assert await beat.wait_s() < HOUR_S


async def test_what_the_hub_brought_is_nothing_new_to_a_poll(
    trusting: Newsbeat, station: Station, hub: Hub
) -> None:
    """Filed once; and the hub stays trusted."""
    assert await hub.distribute(FEED, rss("2")) == [202]
    filed = station.desk.filed
    await trusting.poll(page(hub, "2", "1"))
    assert station.desk.filed == filed
    assert await is_slow(trusting)


async def test_a_hub_that_misses_something_is_not_trusted_until_it_brings_something(
    trusting: Newsbeat, hub: Hub
) -> None:
    """It may have forgotten us: nobody would tell us."""
    await trusting.poll(page(hub, "2", "1"))
    assert await trusting.wait_s() < HOUR_S
    await trusting.poll(page(hub, "2", "1"))
    assert await trusting.wait_s() < HOUR_S
    await hub.distribute(FEED, rss("3"))
    await trusting.poll(page(hub, "3", "2", "1"))
    assert await is_slow(trusting)


async def test_a_hub_that_misses_all_is_asked_anew(
    trusting: Newsbeat, station: Station, hub: Hub
) -> None:
    """As soon as three polls in a row were ahead of it, a day after it last verified."""
    hub.subscriptions.clear()
    for number in range(2, 5):
        await station.client.hset("{sources}:source:kestrel", "push", 2**52)
        await trusting.poll(page(hub, *map(str, range(1, number + 1))))
    await station.attend()
    assert len(hub.asked()) == 1
    await station.pass_time(timedelta(days=1))
    await station.attend()
    assert len(hub.asked()) == 2


async def test_an_interval_that_the_operator_set_stays(trusting: Newsbeat, hub: Hub) -> None:
    """Their word counts as it is."""
    patch = SourcePatch(interval_s=120)
    await trusting.registry.change("kestrel", lambda before: changed(before, patch))
    await trusting.poll(page(hub, "1"))
    assert await trusting.wait_s() < 150


async def test_it_is_polled_when_the_lease_ends(
    trusting: Newsbeat, station: Station, hub: Hub
) -> None:
    """Not hours after."""
    await station.pass_time(timedelta(days=9, hours=22))
    await trusting.poll(page(hub, "1"))
    assert 1.9 * HOUR_S < await trusting.wait_s() <= 2 * HOUR_S


async def test_a_failing_source_keeps_its_own_rhythm(trusting: Newsbeat, hub: Hub) -> None:
    """Whether it has recovered is not for the hub to say."""
    await trusting.poll(page(hub, "1"))
    await trusting.poll(answer(status=500))
    assert await trusting.wait_s() < 2 * HOUR_S


async def test_a_poll_of_the_hubs_own_making_is_no_miss(
    trusting: Newsbeat, station: Station, hub: Hub
) -> None:
    """What came with no content is found by a poll, and the hub did its part."""
    await hub.distribute(FEED, b"", "text/plain")
    await trusting.poll(page(hub, "2", "1"))
    assert await station.trusted_s() > 0
    await trusting.poll(page(hub, "2", "1"))
    assert await is_slow(trusting)


@pytest.mark.parametrize("way", ["removed", "moved", "gone"])
async def test_a_source_that_is_no_more_is_unsubscribed(
    trusting: Newsbeat, station: Station, hub: Hub, way: str
) -> None:
    """At once, and what the hub still brings is not taken."""
    await station.attend()
    if way == "removed":
        await trusting.registry.remove("kestrel")
    elif way == "moved":
        patch = SourcePatch(feed_url="https://other.example/feed")
        await trusting.registry.change("kestrel", lambda before: changed(before, patch))
        assert await station.trusted_s() == 0
    else:
        await trusting.poll(answer(status=410))
    filed = station.desk.filed
    (subscription,) = hub.subscriptions.values()
    assert (await hub.send(subscription, rss("9"))).status_code == 410
    assert station.desk.filed == filed
    await station.attend()
    assert len(hub.asked("unsubscribe")) == 1
    await hub.verify()
    assert hub.subscriptions == {}


async def test_a_source_that_comes_back_begins_anew(
    trusting: Newsbeat, station: Station, hub: Hub
) -> None:
    """Its old callback is not its new one."""
    old = (await station.current()).token
    await trusting.registry.remove("kestrel")
    await trusting.add()
    await trusting.poll(page(hub, "1"))
    await station.pass_time(timedelta(hours=1))
    await station.attend()
    await hub.verify()
    assert (await station.current()).token != old
    assert list(hub.subscriptions) == [(await station.current()).callback]


async def test_news_from_the_hub_ends_quiet(trusting: Newsbeat, station: Station, hub: Hub) -> None:
    """A quiet source whose hub brings something is polled, and so told to have recovered."""
    await station.client.hset("{sources}:source:kestrel", "state", "quiet")
    await hub.distribute(FEED, rss("2"))
    (claim,) = (await trusting.schedule.claim(1)).taken
    await trusting.poller.poll(claim)
    assert (await trusting.registry.get("kestrel")).health.state == "ok"
