"""What the W3C asks of a subscriber: its implementation report, line by line.

https://github.com/w3c/websub/blob/master/implementation-reports/SUBSCRIBER-TEMPLATE.md

Discovery
  100  HTTP header discovery                                test_100_…
  101  HTML tag discovery                                   not applicable: sources are feeds
  102  Atom feed discovery                                  test_102_…
  103  RSS feed discovery                                   test_103_…
  104  Discovery priority: headers over the body            test_104_…
Subscription
  1xx  Successfully creates a subscription                  test_1xx_it_subscribes
  200  A URL that reports a different rel=self              test_200_…
  201  A topic URL with a 302                               test_201_202_…
  202  A topic URL with a 301                               test_201_202_…
  203  A hub with a temporary redirect (307)                test_203_…
  204  A hub with a permanent redirect (308)                as 203: the fetcher follows both alike
  205  Rejects a verification with an invalid topic         test_205_…
  1xx  Uses a secret                                        test_1xx_it_subscribes
  1xx  Asks for a lease_seconds                             test_1xx_it_subscribes
       Callback unique per subscription, unguessable        test_callbacks_…
  1xx  Sends an unsubscription request                      test_1xx_it_unsubscribes
Distribution
  300  Returns 2xx when the payload is delivered            test_300_…
  1xx  Verifies a valid signature                           test_1xx_every_recognized_signature
  301  Rejects an invalid signature                         test_301_302_…
  302  Rejects a missing signature                          test_301_302_…
And of the Recommendation's text
  5.1    form, urlencoded                                   test_1xx_it_subscribes
  5.1.1  another callback when renewed                      test_renewal.py
  5.2    a denial at any point                              test_callbacks.py
  5.3.1  the challenge as a safe media type, 404 for what
         was not asked for                                  test_205_…, test_callbacks.py
  7      Link headers do not identify the subscription      test_7_…
  7      410 for a subscription that was deleted            test_renewal.py
  8.2    hubs with https first; challenges limited          test_discovery.py, test_callbacks.py
"""

import re

import pytest
from multidict import CIMultiDict

from newswire_ingest.parsing.feed import parse_feed
from newswire_ingest.websub.discovery import Topic, topic_of
from tests.ingest.polling.newsbeat import FEED, rss
from tests.ingest.websub.hub import CHALLENGE, Hub
from tests.ingest.websub.station import PUBLIC_URL, Station

HUB, OTHER = "https://hub.example/", "https://other.example/hub"
LINKS = f'<{HUB}>; rel="hub", <{FEED}>; rel="self"'
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Kestrel</title><id>urn:k</id>
<link rel="hub" href="{HUB}"/><link rel="self" href="{FEED}"/></feed>""".encode()
RSS = rss(more=f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{FEED}"/>').replace(
    b"<rss ", b'<rss xmlns:atom="http://www.w3.org/2005/Atom" '
)


def found(body: bytes, link: str = "", url: str = FEED) -> Topic | None:
    return topic_of(CIMultiDict({"Link": link} if link else {}), url, parse_feed(body, None, url))


def test_100_header_discovery() -> None:
    """Hub and self of the Link headers."""
    assert found(rss("1"), LINKS) == Topic(FEED, (HUB,))


@pytest.mark.parametrize("body", [ATOM, RSS], ids=["102 Atom", "103 RSS"])
def test_102_103_feed_discovery(body: bytes) -> None:
    """Hub and self of the feed's own links."""
    assert found(body) == Topic(FEED, (HUB,))


def test_104_headers_go_before_the_body() -> None:
    """A publisher who moves to another hub changes headers first."""
    assert found(RSS, f"<{OTHER}>; rel=hub, </new>; rel=self") == Topic(
        "https://kestrel.example/new", (OTHER,)
    )


def test_200_another_self_is_what_is_subscribed_to() -> None:
    """The hub knows the topic by no other name."""
    assert found(RSS, url="https://mirror.example/feed") == Topic(FEED, (HUB,))


def test_201_202_a_redirected_topic_is_known_by_where_it_led() -> None:
    """Where the feed does not say its own URL, too."""
    led_to = "https://kestrel.example/moved"
    assert found(rss("1"), f"<{HUB}>; rel=hub", led_to) == Topic(led_to, (HUB,))


async def test_1xx_it_subscribes(station: Station, hub: Hub) -> None:
    """With all that the Recommendation asks for, and confirms when it is asked."""
    await station.hear(hub.url)
    await station.attend()
    (form,) = hub.forms
    assert hub.kinds == ["application/x-www-form-urlencoded"]
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == FEED
    assert form["hub.lease_seconds"] == "864000"
    assert len(form["hub.secret"].encode()) < 200
    assert len(bytes.fromhex(form["hub.secret"])) == 32
    (answer,) = await hub.verify()
    assert (answer.status_code, answer.text) == (200, CHALLENGE)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await station.following()).state(
        (await station.ledger.of("kestrel")).now_ms
    ) == "active"


async def test_203_a_redirected_hub_is_followed(station: Station, hub: Hub) -> None:
    """A hub may send its callers to another one."""
    await station.hear(hub.url + "moved")
    await station.attend()
    (form,) = hub.forms
    assert form["hub.topic"] == FEED
    assert (await hub.verify())[0].status_code == 200


async def test_205_another_topic_is_not_verified(station: Station, hub: Hub) -> None:
    """Nobody subscribes us to what we did not ask for."""
    await station.hear(hub.url)
    await station.attend()
    (form,) = hub.forms
    answer = await hub.ask(form["hub.callback"], "subscribe", "https://other.example/", lease_s="9")
    assert answer.status_code == 404
    assert (await station.following()).current is None


async def test_callbacks_are_unique_and_can_not_be_guessed(station: Station, hub: Hub) -> None:
    """One for each subscription, of 256 random bits."""
    await station.add("heron")
    await station.hear(hub.url)
    await station.hear(hub.url, identity="heron")
    await station.attend()
    callbacks = {form["hub.callback"] for form in hub.forms}
    assert len(callbacks) == 2
    assert all(re.fullmatch(f"{PUBLIC_URL}/websub/[A-Za-z0-9_-]{{43}}", one) for one in callbacks)


async def test_1xx_it_unsubscribes(subscribed: Station, hub: Hub) -> None:
    """From what it has no use for any more."""
    callback = (await subscribed.current()).callback
    await subscribed.hear()
    await subscribed.attend()
    (form,) = hub.asked("unsubscribe")
    assert (form["hub.callback"], form["hub.topic"]) == (callback, FEED)
    assert (await hub.verify())[0].status_code == 200
    assert hub.subscriptions == {}


async def test_300_content_is_acknowledged_and_filed(subscribed: Station, hub: Hub) -> None:
    """A 2xx, by which time its articles are at the desk."""
    assert await hub.distribute(FEED, rss("1", "2")) == [202]
    assert subscribed.desk.guids() == {"1", "2"}


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_1xx_every_recognized_signature(subscribed: Station, hub: Hub, method: str) -> None:
    """The hub chooses the method."""
    (subscription,) = hub.subscriptions.values()
    assert (await hub.send(subscription, rss("1"), method=method)).status_code == 202
    assert subscribed.desk.guids() == {"1"}


@pytest.mark.parametrize("signature", [
    "", "sha256=", "sha256=00", "sha256", "=", "md5=d41d8cd98f00b204e9800998ecf8427e",
    "sha256=" + "0" * 64, "sha256=" + "é" * 64, "crc32=00000000",
])  # fmt: skip
async def test_301_302_what_is_not_rightly_signed_has_no_effect(
    subscribed: Station, hub: Hub, signature: str
) -> None:
    """And its sender can not tell."""
    (subscription,) = hub.subscriptions.values()
    answer = await hub.send(subscription, rss("1"), signature=signature)
    assert answer.status_code == 202
    assert subscribed.desk.filed == 0
    assert not await subscribed.is_hastened()
    assert subscribed.count("deliveries_total", outcome="forged" if signature else "unsigned") == 1


async def test_301_another_secret_has_no_effect(subscribed: Station, hub: Hub) -> None:
    """To know the callback is not enough."""
    (subscription,) = hub.subscriptions.values()
    assert (await hub.send(subscription, rss("1"), secret="guessed")).status_code == 202
    assert subscribed.desk.filed == 0


async def test_7_link_headers_do_not_say_whose_content_it_is(subscribed: Station, hub: Hub) -> None:
    """The callback does; the topic may be called otherwise by now."""
    (subscription,) = hub.subscriptions.values()
    answer = await hub.send(subscription, rss("1"), topic="https://elsewhere.example/feed")
    assert answer.status_code == 202
    assert subscribed.desk.newest("1")["source"] == "kestrel"
