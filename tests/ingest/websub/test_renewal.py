"""A lease from its first day to its last: renewed, replaced, lapsed, ended."""

from datetime import timedelta

import pytest

from newswire_common.connection import Client
from newswire_ingest.websub.ledger import DUE
from tests.ingest.polling.newsbeat import FEED, rss
from tests.ingest.websub.hub import Hub, Subscription
from tests.ingest.websub.station import Station

DAYS_8, DAYS_10 = timedelta(days=9, hours=1), timedelta(days=10, seconds=1)
DAY_S = 86_400
MINUTE = timedelta(minutes=1)
NEW_TOPIC = "https://kestrel.example/new-feed"


async def test_a_verified_hub_is_trusted_until_its_lease_ends(subscribed: Station) -> None:
    """And no longer, whoever is killed: the time is beside the source."""
    assert 10 * DAY_S - 60 < await subscribed.trusted_s() <= 10 * DAY_S


async def test_a_lease_is_renewed_before_it_ends(subscribed: Station, hub: Hub) -> None:
    """In the last third, each at another moment."""
    following = await subscribed.following()
    at = (following.renew_ms - following.verified_ms) / 864_000_000
    assert 0.7 <= at <= 0.9
    await subscribed.pass_time(timedelta(days=6))
    await subscribed.attend()
    assert len(hub.asked()) == 1
    await subscribed.pass_time(timedelta(days=3, hours=1))
    await subscribed.attend()
    assert len(hub.asked()) == 2


async def test_a_renewal_is_another_callback_without_a_gap(subscribed: Station, hub: Hub) -> None:
    """The old one brings content until the hub has let go of it, and the same article once."""
    old = await subscribed.current()
    await subscribed.pass_time(DAYS_8)
    await subscribed.attend()
    assert (await subscribed.current()).token == old.token
    await hub.verify()
    new = await subscribed.current()
    assert new.token != old.token
    assert new.secret != old.secret
    assert await hub.distribute(FEED, rss("1")) == [202, 202]
    assert [len(versions) for versions in subscribed.desk.articles.values()] == [1]
    await subscribed.attend()
    await hub.verify()
    assert set(hub.subscriptions) == {new.callback}
    assert 10 * DAY_S - 60 < await subscribed.trusted_s() <= 10 * DAY_S


async def test_the_old_lease_stays_until_the_new_one_has_proved_itself(
    subscribed: Station, hub: Hub
) -> None:
    """The hub may never have had our confirmation: then only the old one brings anything."""
    old = hub.subscriptions.copy()
    await subscribed.pass_time(DAYS_8)
    await subscribed.attend()
    await hub.verify()
    hub.subscriptions = old
    await subscribed.attend()
    assert await hub.distribute(FEED, rss("1")) == [202]
    await subscribed.attend()
    assert hub.asked("unsubscribe") == []
    await subscribed.pass_time(timedelta(days=1))
    await subscribed.attend()
    assert (await subscribed.following()).leaving == ()


async def test_a_hub_that_has_forgotten_us_is_asked_anew(subscribed: Station, hub: Hub) -> None:
    """Once polls have found again and again what it should have brought; once a day at the most."""
    hub.subscriptions.clear()
    await subscribed.client.hset("{sources}:websub:of:kestrel", "missed", 3)
    await subscribed.client.zadd(DUE, {"kestrel": 0})
    await subscribed.attend()
    assert len(hub.asked()) == 1
    await subscribed.pass_time(timedelta(days=1))
    await subscribed.attend()
    await hub.verify()
    assert len(hub.asked()) == 2
    assert await hub.distribute(FEED, rss("1")) == [202]
    await subscribed.pass_time(timedelta(days=2))
    await subscribed.attend()
    assert len(hub.asked()) == 2


async def test_an_ended_callback_answers_gone_then_nothing(subscribed: Station, hub: Hub) -> None:
    """A hub that asks again is told again; a while later nobody has ever heard of it."""
    old = await subscribed.current()
    await subscribed.hear()
    await subscribed.attend()
    await hub.verify()
    to = Subscription(old.callback, FEED, old.secret)
    assert (await hub.send(to, rss("1"))).status_code == 410
    assert (await hub.ask(old.callback, "unsubscribe", FEED)).status_code == 200
    await subscribed.pass_time(timedelta(hours=2))
    await subscribed.attend()
    assert (await hub.send(to, rss("1"))).status_code == 404
    assert not await subscribed.is_due()
    left = [key async for key in subscribed.client.scan_iter("{sources}:websub:*")]
    assert left == []


async def test_a_hub_that_never_lets_go_is_given_up(subscribed: Station, hub: Hub) -> None:
    """After a few requests, or when the lease is over."""
    hub.status = 500
    await subscribed.hear()
    for _ in range(10):
        await subscribed.attend()
        await subscribed.pass_time(timedelta(hours=20))
    assert len(hub.asked("unsubscribe")) == 5
    assert (await subscribed.following()).leases == ()
    assert not await subscribed.is_due()


async def test_a_lapsed_lease_is_asked_for_anew(subscribed: Station, hub: Hub) -> None:
    """However long everything was down."""
    await subscribed.pass_time(timedelta(days=40))
    assert await subscribed.trusted_s() < 0
    await subscribed.attend()
    assert await subscribed.ledger.states() == {
        "pending": 0, "active": 0, "lapsed": 1, "denied": 0, "leaving": 0
    }  # fmt: skip
    await hub.verify()
    assert await subscribed.trusted_s() > 0
    assert (await subscribed.following()).leaving == ()


async def test_a_failing_hub_is_asked_ever_less_often(station: Station, hub: Hub) -> None:
    """But for ever: it may come back in a month."""
    hub.status = 503
    await station.hear(hub.url)
    for _ in range(30):
        await station.attend()
        await station.pass_time(timedelta(hours=1))
    assert 6 <= len(hub.asked()) <= 9
    assert "503" in (await station.following()).error
    hub.status = 202
    await station.pass_time(timedelta(days=2))
    await station.attend()
    await hub.verify()
    assert await station.trusted_s() > 0
    assert (await station.following()).failures == 0


async def test_requests_that_are_not_verified_use_one_callback(station: Station, hub: Hub) -> None:
    """A hub is asked again for the same: the answer may have been lost."""
    await station.hear(hub.url)
    for _ in range(3):
        await station.attend()
        await station.pass_time(timedelta(hours=1))
    assert len(hub.asked()) == 3
    assert len({form["hub.callback"] for form in hub.asked()}) == 1


async def test_retry_after_is_obeyed(station: Station, hub: Hub) -> None:
    """Up to a day."""
    hub.status, hub.headers = 429, {"Retry-After": "36000"}
    await station.hear(hub.url)
    await station.attend()
    await station.pass_time(timedelta(hours=9))
    await station.attend()
    assert len(hub.forms) == 1
    await station.pass_time(timedelta(hours=2))
    await station.attend()
    assert len(hub.forms) == 2


async def test_another_hub_steps_in_for_one_that_fails(station: Station, hub: Hub) -> None:
    """With a callback of its own: callbacks are not used for two hubs."""
    dead = "http://127.0.0.1:9/"
    await station.hear(dead, hub.url)
    await station.attend()
    assert hub.forms == []
    await station.pass_time(timedelta(minutes=10))
    await station.attend()
    assert (await station.following()).next
    await hub.verify()
    assert (await station.current()).hub == hub.url


async def test_a_hub_inside_our_network_is_never_asked(station: Station) -> None:
    """The guard against SSRF holds for what feeds name as their hub."""
    await station.hear("http://169.254.169.254/latest/")
    await station.attend()
    assert "public" in (await station.following()).error
    assert station.count("requests_total", mode="subscribe", outcome="failed") == 1


async def test_a_migrated_topic_is_followed_without_a_gap(subscribed: Station, hub: Hub) -> None:
    """The old topic is left when the new one is verified (WebSub 6.1)."""
    await subscribed.pass_time(timedelta(hours=1))
    await subscribed.hear(hub.url, topic=NEW_TOPIC)
    await subscribed.attend()
    assert await hub.distribute(FEED, rss("1")) == [202]
    await hub.verify()
    assert (await subscribed.current()).topic == NEW_TOPIC
    await subscribed.pass_time(2 * MINUTE)
    await subscribed.attend()
    await hub.verify()
    assert [one.topic for one in hub.subscriptions.values()] == [NEW_TOPIC]


async def test_a_feed_can_not_have_hubs_asked_at_will(station: Station, hub: Hub) -> None:
    """One that names another hub at each poll is no means to flood anybody."""
    for number in range(20):
        await station.hear(f"{hub.url}?{number}")
        await station.attend()
    assert len(hub.forms) == 1


@pytest.mark.parametrize(("told", "trusted_s"), [
    ("3600", 3_600), ("9999999999", 30 * DAY_S), ("", DAY_S), ("-5", DAY_S), ("ten", DAY_S),
    ("0", DAY_S),
])  # fmt: skip
async def test_the_hub_says_how_long_a_lease_is(
    station: Station, hub: Hub, told: str, trusted_s: float
) -> None:
    """Within reason; what is none is a day, so that it is renewed soon."""
    hub.lease_s = told
    await station.hear(hub.url)
    await station.attend()
    await hub.verify()
    assert trusted_s - 60 < await station.trusted_s() <= trusted_s


async def test_a_lease_of_a_second_is_no_reason_to_hurry(station: Station, hub: Hub) -> None:
    """A hub can not have itself asked without end."""
    hub.lease_s = "1"
    await station.hear(hub.url)
    await station.attend()
    await hub.verify()
    await station.pass_time(timedelta(minutes=4))
    await station.attend()
    assert len(hub.forms) == 1
    await station.pass_time(timedelta(minutes=2))
    await station.attend()
    assert len(hub.forms) == 2


async def test_a_hub_may_confirm_again_and_prolong(subscribed: Station, hub: Hub) -> None:
    """As when its first confirmation was lost on the way."""
    lease = await subscribed.current()
    await subscribed.pass_time(timedelta(days=1))
    answer = await hub.ask(lease.callback, "subscribe", FEED, lease_s="864000")
    assert answer.status_code == 200
    assert await subscribed.trusted_s() > 9.9 * DAY_S


async def test_nothing_is_asked_while_a_turn_at_the_hub_is_far_off(
    station: Station, hub: Hub
) -> None:
    """A hub of thousands of our feeds is asked in turn; who has none leaves the claim to end."""

    async def never(_host: str, _patience_s: float) -> None:
        return None

    station.subscriber.turn = never
    await station.hear(hub.url)
    await station.attend()
    assert hub.forms == []
    assert (await station.following()).failures == 0
    assert await station.is_due()


async def test_a_record_of_another_version_holds_nobody_up(
    station: Station, hub: Hub, client: Client
) -> None:
    """It is left to who can read it."""
    await station.add("heron")
    await station.hear(hub.url)
    await station.hear(hub.url, identity="heron")
    await client.hset("{sources}:websub:of:kestrel", "following", '{"hubs": 1}')
    await station.attend()
    assert len(hub.forms) == 1
