"""Limits by address, by key, by wrong keys; whose address it is; our own deliveries."""

import contextlib
from typing import Any

import pytest

from newswire_common.auth import Keyring
from newswire_common.errors import ConfigurationError
from newswire_common.problems import Problem
from newswire_common.settings import Settings
from newswire_ingest.app import build
from newswire_ingest.clients import client_of, networks
from newswire_ingest.limits import Buckets, Limits, Quota
from tests.ingest.newsroom import NDJSON, Newsroom, a_draft, http_of

KEY = {"Authorization": "Bearer admin-key"}
PROXIES = networks("10.0.0.0/8, 2001:db8:1::/48")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def limited(newsroom: Newsroom, name: str, per_s: float) -> Clock:
    """Put a small quota, of one second's window, in the place of a large one."""
    clock, limits = Clock(), newsroom.app.state.limits
    quota = Quota(getattr(limits, name).quota.name, per_s, 1)
    setattr(limits, name, Buckets(quota, clock))
    return clock


def taken(buckets: Buckets, who: str) -> bool:
    with contextlib.suppress(Problem):
        buckets.draw(who)
        return True
    return False


def test_a_bucket_holds_a_window_and_refills_with_time() -> None:
    """A burst is let through, then just the rate; and one client's use is no other's."""
    clock = Clock()
    buckets = Buckets(Quota("requests", 10, 2), clock)
    assert [taken(buckets, "a") for _ in range(23)].count(True) == 20
    assert taken(buckets, "b")
    clock.now += 1
    assert [taken(buckets, "a") for _ in range(20)].count(True) == 10
    clock.now += 3_600
    assert [taken(buckets, "a") for _ in range(30)].count(True) == 20


def test_a_large_request_leaves_a_debt_and_is_never_impossible() -> None:
    """A batch larger than the bucket goes through once, and is paid off before the next."""
    clock = Clock()
    buckets = Buckets(Quota("articles", 10, 1), clock)
    buckets.check("a")
    buckets.take("a", 1_000)
    with pytest.raises(Problem) as refused:
        buckets.check("a")
    assert refused.value.headers["Retry-After"] == "100"
    clock.now += 98
    assert not taken(buckets, "a")
    clock.now += 1.1
    assert taken(buckets, "a")


def test_buckets_are_bounded_whoever_comes() -> None:
    """A million addresses are not a million buckets; who is in debt outlasts who is not."""
    clock = Clock()
    buckets = Buckets(Quota("requests", 1, 1), clock, size=100)
    buckets.take("debtor", 2_000)
    for number in range(10_000):
        clock.now += 0.1
        buckets.take(f"address-{number}", 1)
        assert len(buckets) <= 100
    assert not taken(buckets, "debtor")


def test_buckets_in_debt_are_bounded_too() -> None:
    """Memory is kept before fairness is."""
    buckets = Buckets(Quota("requests", 0.001, 1), Clock(), size=100)
    for number in range(1_000):
        buckets.take(str(number), 1)
        assert len(buckets) <= 100


async def test_too_many_requests_are_429_with_the_time_to_wait(newsroom: Newsroom) -> None:
    """A client learns how long to wait, in the standard header and in the drafted ones."""
    clock = limited(newsroom, "keys", 2)
    answers = [await newsroom.post(a_draft(guid=str(n))) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"].endswith("/rate-limited")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == '"requests";q=2;w=1'
    assert refused.headers["ratelimit"] == '"requests";r=0;t=1'
    clock.now += 1
    assert (await newsroom.post(a_draft(guid="2"))).status_code == 202
    assert len(await newsroom.entries()) == 3


async def test_articles_are_counted_by_the_line(newsroom: Newsroom) -> None:
    """A thousand articles in one request are a thousand articles; other keys are not held up."""
    limited(newsroom, "articles", 10)
    lines = b"\n".join(b'{"source":"a","headline":"x","guid":"%d"}' % n for n in range(30))
    statuses = [
        (await newsroom.http.post("/v1/articles", content=lines, headers=NDJSON)).status_code
        for _ in range(2)
    ]
    assert statuses == [202, 429]
    assert len(await newsroom.entries()) == 30
    keyring: Keyring = newsroom.app.state.runtime.keyring
    key, _ = await keyring.create("other", frozenset({"ingest"}))
    assert (await newsroom.post(a_draft(), Authorization=f"Bearer {key}")).status_code == 202


async def test_every_route_is_limited_by_key_and_by_address(newsroom: Newsroom) -> None:
    """What is not hot is limited all the same; a probe is not, or a crowd would end the service."""
    clock = limited(newsroom, "addresses", 2)
    seen = [(await newsroom.http.get(path)).status_code for path in ("/docs", "/docs", "/docs")]
    assert seen == [200, 200, 429]
    assert (await newsroom.http.get("/readyz")).status_code == 200
    clock.now += 60
    limited(newsroom, "keys", 1)
    path = f"/v1/articles/{'0' * 32}/withdraw"
    seen = [(await newsroom.http.post(path, json={"kind": "kill"})).status_code for _ in range(3)]
    assert 429 in seen


async def test_guessing_keys_ends_in_429(newsroom: Newsroom) -> None:
    """After so many wrong keys not even the right one is told; who had it before goes on."""
    limited(newsroom, "failures", 3)
    wrong = {"Authorization": "Bearer wrong"}
    assert (await newsroom.post(a_draft(), **wrong)).status_code == 401
    assert (await newsroom.post(a_draft())).status_code == 202
    seen = [(await newsroom.post(a_draft(), **wrong)).status_code for _ in range(5)]
    assert seen == [401, 401, 429, 429, 429]
    keyring: Keyring = newsroom.app.state.runtime.keyring
    key, _ = await keyring.create("new", frozenset({"ingest"}))
    guessed = {"Authorization": f"Bearer {key}"}
    assert (await newsroom.post(a_draft(), **guessed)).status_code == 429
    assert (await newsroom.post(a_draft(), **KEY)).status_code == 202
    async with http_of(newsroom.app) as elsewhere:
        elsewhere._transport.client = ("192.0.2.9", 1)  # type: ignore[attr-defined]  # httpx's ASGI transport
        answer = await elsewhere.post("/v1/articles", json=a_draft(), headers=guessed)
        assert answer.status_code == 202


async def test_a_delivery_of_our_own_is_refused(newsroom: Newsroom) -> None:
    """An endpoint that leads back to ingest makes no circle."""
    for path in ("/v1/articles", "/v1/pages?source=a", "/webmention"):
        answer = await newsroom.http.post(path, json=a_draft(), headers={"newswire-loop": "1"})
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/loop")
    assert await newsroom.entries() == []


def test_the_proxies_are_networks_or_the_service_does_not_start(settings: Settings) -> None:
    """A mistyped proxy would give every client one address: it is told at the start."""
    wrong = settings.model_copy(update={"trusted_proxies": "10.0.0.0/8,proxy.example"})
    with pytest.raises(ConfigurationError, match="NEWSWIRE_TRUSTED_PROXIES"):
        build(wrong)


@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("192.0.2.1", {}, "192.0.2.1"),
        ("192.0.2.1", {"x-forwarded-for": "198.51.100.7"}, "192.0.2.1"),
        ("10.0.0.1", {}, "10.0.0.1"),
        ("10.0.0.1", {"x-forwarded-for": "198.51.100.7"}, "198.51.100.7"),
        ("10.0.0.1", {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}, "198.51.100.7"),
        ("10.0.0.1", {"x-forwarded-for": "198.51.100.7, 10.0.0.2"}, "198.51.100.7"),
        ("10.0.0.1", {"x-forwarded-for": "198.51.100.7:4711"}, "198.51.100.7"),
        ("10.0.0.1", {"x-forwarded-for": "198.51.100.7, unknown"}, "10.0.0.1"),
        ("10.0.0.1", {"x-forwarded-for": "unknown, 10.0.0.2"}, "10.0.0.2"),
        ("10.0.0.1", {"x-forwarded-for": ""}, "10.0.0.1"),
        ("10.0.0.1", {"x-forwarded-for": "10.0.0.3, 10.0.0.2"}, "10.0.0.3"),
        ("10.0.0.1", {"x-forwarded-for": "x," * 5_000 + "198.51.100.7"}, "198.51.100.7"),
        ("10.0.0.1", {"forwarded": "for=198.51.100.7;proto=https"}, "198.51.100.7"),
        ("10.0.0.1", {"forwarded": 'proto=http;For="[2001:db8:2::1]:80"'}, "2001:db8:2::/64"),
        ("10.0.0.1", {"forwarded": 'for=203.0.113.9, for="198.51.100.7:80"'}, "198.51.100.7"),
        ("10.0.0.1", {"forwarded": "for=_hidden"}, "10.0.0.1"),
        ("10.0.0.1", {"forwarded": 'for=", for="[2001:db8:2::1]"'}, "2001:db8:2::/64"),
        (
            "10.0.0.1",
            {"x-forwarded-for": "198.51.100.7", "forwarded": "for=198.51.100.7"},
            "198.51.100.7",
        ),
        (
            "10.0.0.1",
            {"x-forwarded-for": "198.51.100.7", "forwarded": "for=203.0.113.9"},
            "10.0.0.1",
        ),
        ("2001:db8:1::9", {"x-forwarded-for": "2001:db8:2:3:4::5"}, "2001:db8:2:3::/64"),
        ("::ffff:192.0.2.1", {}, "192.0.2.1"),
        ("2001:db8:9::1", {}, "2001:db8:9::/64"),
    ],
)
def test_a_client_is_the_last_address_that_no_trusted_proxy_has(
    peer: str, headers: dict[str, str], client: str
) -> None:
    """What anybody can write into a header neither frees from a limit nor puts one on another."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"client": (peer, 1), "headers": raw}
    assert client_of(scope, PROXIES) == client


def test_without_a_peer_there_is_still_a_client() -> None:
    """A Unix socket has no address; it is one client."""
    assert client_of({"client": None, "headers": []}, PROXIES) == ""
    Limits(5_000, 20_000, 2).addresses.draw("")
