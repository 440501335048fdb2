"""What a poll finds of hubs, and what is made of it."""

from datetime import timedelta

import pytest
from multidict import CIMultiDict

from newswire_ingest.fetching import Fetched
from newswire_ingest.parsing.feed import Feed
from newswire_ingest.websub.discovery import MAX_HUBS, Discovery, Topic, topic_of
from tests.ingest.polling.newsbeat import FEED
from tests.ingest.websub.hub import Hub
from tests.ingest.websub.station import Station

SAFE, PLAIN = "https://hub.example/", "http://hub.example/"


def feed(*hubs: str, self_url: str | None = FEED) -> Feed:
    return Feed("rss20", "Kestrel", None, self_url, hubs, None, None, (), (), 0)


def found(*hubs: str, link: str = "", self_url: str | None = FEED) -> Topic | None:
    headers = CIMultiDict({"Link": link} if link else {})
    return topic_of(headers, "https://kestrel.example/fetched", feed(*hubs, self_url=self_url))


def test_a_hub_with_https_is_asked_first() -> None:
    """The secret travels to it (WebSub 8.2)."""
    assert found(PLAIN, SAFE) == Topic(FEED, (SAFE, PLAIN))


def test_each_relation_is_taken_from_the_headers_if_they_have_it() -> None:
    """Many servers say one by header and the other in the feed."""
    assert found(PLAIN, link=f"<{SAFE}>; rel=hub") == Topic(FEED, (SAFE,))
    assert found(SAFE, link="</a>; rel=self") == Topic("https://kestrel.example/a", (SAFE,))
    assert found(SAFE, link="</a>; rel=next") == Topic(FEED, (SAFE,))


def test_a_feed_that_does_not_say_its_url_is_known_by_where_it_was_found() -> None:
    """No feed of a hub is lost for it."""
    assert found(SAFE, self_url=None) == Topic("https://kestrel.example/fetched", (SAFE,))


@pytest.mark.parametrize("hub", [
    "", "ftp://hub.example/", "//", "http://", "mailto:x@hub.example", "http://[", "javascript:x",
    "https://hub.example/" + "x" * 2_000, "https://hub.example/\n", "https://hub.example/ x",
])  # fmt: skip
def test_what_can_be_no_hub_is_none(hub: str) -> None:
    """A feed may name anything."""
    assert found(hub) is None
    assert found(hub, SAFE) == Topic(FEED, (SAFE,))


def test_hubs_are_few() -> None:
    """Each is asked when the one before has failed."""
    topic = found(*(f"{SAFE}{number}" for number in range(50)))
    assert topic
    assert len(topic.hubs) == MAX_HUBS


async def test_a_hub_is_noted_once(station: Station, hub: Hub) -> None:
    """The same feed at every poll is no news."""
    for _ in range(3):
        await station.hear(hub.url)
        await station.attend()
    assert len(hub.forms) == 1


async def test_a_feed_without_a_hub_leaves_no_trace(station: Station) -> None:
    """Most have none."""
    await station.hear()
    assert not await station.is_due()
    assert [key async for key in station.client.scan_iter("{sources}:websub:*")] == []


async def test_a_hub_named_in_every_other_poll_is_asked_once(station: Station, hub: Hub) -> None:
    """A feed is no means to have somebody asked at every poll."""
    for _ in range(10):
        await station.hear(hub.url)
        await station.attend()
        await station.hear()
        await station.attend()
    assert len(hub.forms) == 1


async def test_a_link_header_goes_before_the_feed(station: Station, hub: Hub) -> None:
    """From the headers of the answer to the request to the hub."""
    link = f'<{hub.url}>; rel="hub", <https://kestrel.example/topic>; rel="self"'
    await station.hear("http://127.0.0.1:9/", link=link)
    await station.attend()
    assert [form["hub.topic"] for form in hub.forms] == ["https://kestrel.example/topic"]


async def test_a_source_that_is_gone_hears_of_nothing(station: Station, hub: Hub) -> None:
    """A poll that ends after its source was removed begins nothing."""
    source = await station.registry.get("kestrel")
    await station.registry.remove("kestrel")
    answer = Fetched(FEED, None, 200, CIMultiDict(), b"")
    await Discovery(station.ledger).heard(source, answer, feed(hub.url))
    assert not await station.is_due()


async def test_a_feed_that_drops_its_hub_is_left(subscribed: Station, hub: Hub) -> None:
    """And not trusted any more."""
    await subscribed.hear()
    assert await subscribed.trusted_s() == 0
    assert (await subscribed.ledger.states())["leaving"] == 1
    await subscribed.pass_time(timedelta(minutes=1))
    await subscribed.attend()
    assert len(hub.asked("unsubscribe")) == 1
