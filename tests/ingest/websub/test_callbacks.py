"""The callbacks as hubs and strangers find them."""

from datetime import timedelta

import pytest

from newswire_common import operations
from newswire_ingest.parsing.feed import Feed
from newswire_ingest.polling.memory import Memory, fingerprint
from newswire_ingest.polling.scripts import TAG, key_of
from newswire_ingest.websub.callbacks import CONTENT_BYTES
from tests.ingest.polling.newsbeat import FEED, rss, rss_item
from tests.ingest.websub.hub import Hub, Subscription
from tests.ingest.websub.station import PUBLIC_URL, Station

STRANGE = ["A" * 43, "x", "..%2f..", "é" * 43, "A" * 5_000, "%00" * 43]
HOUR_MS = 3_600_000


def only(hub: Hub) -> Subscription:
    (subscription,) = hub.subscriptions.values()
    return subscription


@pytest.mark.parametrize("token", STRANGE)
async def test_there_is_nothing_for_strangers(subscribed: Station, hub: Hub, token: str) -> None:
    """Whatever is asked of a callback that was given to nobody."""
    url = f"{PUBLIC_URL}/websub/{token}"
    to = Subscription(url, FEED)
    assert (await hub.ask(url, "subscribe", FEED, lease_s="9")).status_code == 404
    assert (await hub.ask(url, "unsubscribe", FEED)).status_code == 404
    assert (await hub.deny(url, FEED)).status_code == 404
    assert (await hub.send(to, rss("1"))).status_code == 404
    assert subscribed.desk.filed == 0


@pytest.mark.parametrize("mode", ["unsubscribe", "publish", "", "Subscribe"])
async def test_what_was_not_asked_for_is_not_confirmed(
    subscribed: Station, hub: Hub, mode: str
) -> None:
    """Nobody unsubscribes us from what we want."""
    answer = await hub.ask(only(hub).callback, mode, FEED, lease_s="864000")
    assert answer.status_code == 404
    assert (await subscribed.following()).current


@pytest.mark.parametrize("challenge", ["", "x" * 1_025, "<b>\n", "\x00\x01", "naïve", "a b"])
async def test_a_challenge_is_text_and_short(station: Station, hub: Hub, challenge: str) -> None:
    """We do not serve anybody's bytes under our name (WebSub 8.2)."""
    await station.hear(hub.url)
    await station.attend()
    (form,) = hub.forms
    answer = await hub.ask(
        form["hub.callback"], "subscribe", FEED, lease_s="9", challenge=challenge
    )
    assert answer.status_code == 404
    assert (await station.following()).current is None


async def test_a_hub_may_ask_before_it_answers(station: Station, hub: Hub) -> None:
    """The lease is known by then."""
    hub.at_once = True
    await station.hear(hub.url)
    await station.attend()
    assert (await station.current()).callback in hub.subscriptions


async def test_a_denial_is_recorded_and_told(subscribed: Station, hub: Hub) -> None:
    """The source is polled as without a hub, and the hub left alone for a week."""
    answer = await hub.deny(only(hub).callback, FEED, "no such topic")
    assert answer.status_code == 200
    following = await subscribed.following()
    assert following.current is None
    assert [(one.hub, one.reason) for one in following.denied] == [(hub.url, "no such topic")]
    assert await subscribed.trusted_s() == 0
    assert await subscribed.is_hastened()
    (told,) = await operations.read(subscribed.client, TAG)
    assert (told.type, told.source) == ("source.denied", "kestrel")
    assert told.detail == {"hub": hub.url, "topic": FEED, "reason": "no such topic"}
    assert (await subscribed.ledger.states())["denied"] == 1
    await subscribed.pass_time(timedelta(days=6))
    await subscribed.attend()
    assert len(hub.forms) == 1
    await subscribed.pass_time(timedelta(days=1, hours=1))
    await subscribed.attend()
    assert len(hub.forms) == 2


async def test_a_denial_before_verification_sends_us_to_the_next_hub(
    station: Station, hub: Hub
) -> None:
    """Where the feed names one."""
    other = f"{hub.url}?other"
    await station.hear(hub.url, other)
    await station.attend()
    await hub.deny(hub.forms[0]["hub.callback"], FEED)
    hub.pending.clear()
    await station.pass_time(timedelta(minutes=10))
    await station.attend()
    await hub.verify()
    assert (await station.current()).hub == other


async def test_a_denial_of_another_topic_is_nothing(subscribed: Station, hub: Hub) -> None:
    """It is not about what we asked for."""
    assert (await hub.deny(only(hub).callback, "https://other.example/")).status_code == 404
    assert (await subscribed.following()).current


async def test_repeated_content_changes_nothing(subscribed: Station, hub: Hub) -> None:
    """A hub that has not seen our answer sends it again."""
    for _ in range(3):
        assert await hub.distribute(FEED, rss("1")) == [202]
    assert [len(versions) for versions in subscribed.desk.articles.values()] == [1]


async def test_what_a_hub_brought_is_not_filed_again(subscribed: Station, hub: Hub) -> None:
    """What was corrected by another way since stays corrected."""
    memory = Memory(read_as=fingerprint(await subscribed.registry.get("kestrel")))
    await subscribed.client.hset(key_of("kestrel"), "poll", memory.encode())
    await hub.distribute(FEED, rss("1"))
    await hub.distribute(FEED, rss("1", "2"))
    assert subscribed.desk.filed == 2


async def test_a_change_and_a_deletion_come_as_in_a_poll(subscribed: Station, hub: Hub) -> None:
    """A new version, and the version that takes it back."""
    await hub.distribute(FEED, rss("1"))
    await hub.distribute(FEED, rss(rss_item("1", title="Another headline")))
    gone = (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="1" '
        'when="2026-11-20T10:00:00Z"/>'
    )
    await hub.distribute(FEED, rss(more=gone))
    assert [len(versions) for versions in subscribed.desk.articles.values()] == [3]
    assert subscribed.desk.newest("1")["pub_status"] == "canceled"


async def test_a_source_lives_by_what_its_hub_brings(subscribed: Station, hub: Hub) -> None:
    """It is not called quiet because its polls find nothing, and its articles are counted."""
    seconds, _ = await subscribed.client.time()
    day_ago_ms = seconds * 1_000 - 24 * HOUR_MS
    memory = Memory(
        first_at_ms=day_ago_ms, rate_at_ms=day_ago_ms, new_at_ms=day_ago_ms, rate_per_s=1e-5,
        etag='"kept"',
    )  # fmt: skip
    await subscribed.client.hset(key_of("kestrel"), "poll", memory.encode())
    await hub.distribute(FEED, rss("1", "2"))
    after = Memory.model_validate_json(await subscribed.client.hget(key_of("kestrel"), "poll"))
    assert after.new_at_ms > day_ago_ms
    assert after.arrivals == 1
    assert after.longest_gap_s == pytest.approx(86_400, abs=60)
    assert after.etag == '"kept"'
    assert (await subscribed.registry.get("kestrel")).health.articles_24h == 2


@pytest.mark.parametrize("body", [b"", b"<html><body>Something is new</body></html>", b"\x00\xff"])
async def test_what_is_no_feed_has_the_source_polled(
    subscribed: Station, hub: Hub, body: bytes
) -> None:
    """Some hubs only tell that there is something new."""
    assert await hub.distribute(FEED, body, "text/html") == [202]
    assert await subscribed.is_hastened()
    assert subscribed.count("deliveries_total", outcome="unreadable") == 1


async def test_texts_on_pages_are_left_to_a_poll(station: Station, hub: Hub) -> None:
    """It gets them in their hosts' turns; the hub would not wait."""
    await station.add("heron", full_text=True)
    await station.hear(hub.url, identity="heron")
    await station.attend()
    await hub.verify()
    assert await hub.distribute(FEED, rss("1")) == [202]
    assert await station.is_hastened("heron")
    assert station.desk.filed == 0
    assert station.count("deliveries_total", outcome="partly") == 1


async def test_without_room_the_hub_is_to_try_again(subscribed: Station, hub: Hub) -> None:
    """2xx is a promise; and should the hub not come again, a poll gets what is left."""
    subscribed.desk.room = 0
    answer = await hub.send(only(hub), rss("1"))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert await subscribed.is_hastened()
    subscribed.desk.room = 10
    assert await hub.distribute(FEED, rss("1")) == [202]
    assert subscribed.desk.guids() == {"1"}


async def test_one_entry_that_is_wrong_costs_no_other(subscribed: Station, hub: Hub) -> None:
    """As in a poll."""
    wrong = "<item><guid>w</guid><title>x</title><link>javascript:alert(1)</link></item>"
    assert await hub.distribute(FEED, rss("1", wrong, "2")) == [202]
    assert {"1", "2"} <= subscribed.desk.guids()


async def test_a_body_that_is_too_large_is_refused(subscribed: Station, hub: Hub) -> None:
    """Before it is all there."""
    answer = await hub.send(only(hub), b"x" * (CONTENT_BYTES + 1))
    assert answer.status_code == 413
    assert subscribed.desk.filed == 0


async def test_a_removed_source_takes_nothing_and_is_ended(subscribed: Station, hub: Hub) -> None:
    """The hub is told at its next content, if nothing told it before."""
    to = only(hub)
    await subscribed.registry.remove("kestrel")
    assert (await hub.send(to, rss("1"))).status_code == 410
    answer = await hub.ask(to.callback, "subscribe", FEED, lease_s="864000")
    assert answer.status_code == 404
    assert subscribed.desk.filed == 0


async def test_parsing_that_takes_too_long_is_broken_off(subscribed: Station, hub: Hub) -> None:
    """The hub gets an answer while it still waits, and a poll gets the content."""

    def out_of_time(*_: object) -> Feed:
        raise TimeoutError

    slow = Station(subscribed.client, subscribed.fetcher, parse=out_of_time)
    async with slow.http() as reach:
        hub.reach = reach
        answer = await hub.send(only(hub), rss("1"))
    assert answer.status_code == 503
    assert await subscribed.is_hastened()
