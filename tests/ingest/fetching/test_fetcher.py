"""The fetcher: what it asks, what it follows, and where it does not go."""

import asyncio
import gzip
import socket
import zlib
from datetime import UTC, datetime

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from newswire_common.settings import Settings
from newswire_ingest.fetching import Fetcher, FetchError
from newswire_ingest.fetching.freshness import retry_after_s
from tests.ingest.fetching.conftest import Making
from tests.support.misbehaviour import reply, rss
from tests.support.origin import Origin


class Names(AbstractResolver):
    """A name server of the test's own; a name without addresses is never answered."""

    def __init__(self, **names: list[str]) -> None:
        self.names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if not self.names[host]:
            await asyncio.Event().wait()
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.names[host]
        ]

    async def close(self) -> None:
        """Holds nothing."""


async def failing(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as failed:
        await fetcher.get(url)
    return failed.value


async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks first, and no TLS."""
    writer.write(b"220 here is a mail server\r\n")
    writer.close()


async def test_a_feed_comes_decoded_with_its_headers(origin: Origin, fetcher: Fetcher) -> None:
    """What the parser gets is the document, whatever coding it travelled in."""
    url = origin.publish("/feed", rss(3), "application/rss+xml", Link='<a>; rel="hub"')
    fetched = await fetcher.get(url)
    assert fetched.url == url
    assert (fetched.status, fetched.body, fetched.moved_to) == (200, rss(3), None)
    assert fetched.headers["content-encoding"] == "gzip"
    assert fetched.headers["LINK"] == '<a>; rel="hub"'


async def test_a_request_says_who_asks_and_keeps_no_cookie(
    origin: Origin, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher can find out who polls him, is not tracked by, and no proxy is asked."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for _ in range(2):
        fetched = await fetcher.get(origin.url("/cookie"), {"Accept": "text/html"})
    assert "set-cookie" not in fetched.headers
    headers = origin.at("/cookie")[1].headers
    assert headers["user-agent"].startswith("Newswire/")
    assert headers["user-agent"].endswith("(+https://news.example.org)")
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["accept"] == "text/html"
    assert "cookie" not in headers


async def test_what_has_not_changed_is_answered_without_a_body(
    origin: Origin, fetcher: Fetcher
) -> None:
    """A poll of an unchanged feed costs one small answer."""
    url = origin.publish("/feed", rss(3))
    etag = (await fetcher.get(url)).headers["etag"]
    unchanged = await fetcher.get(url, {"If-None-Match": etag})
    assert (unchanged.status, unchanged.body) == (304, b"")
    origin.publish("/feed", rss(4))
    assert (await fetcher.get(url, {"If-None-Match": etag})).body == rss(4)
    assert len(origin.times("/feed")) == 3


async def test_several_lines_of_one_header_are_one_list(origin: Origin, fetcher: Fetcher) -> None:
    """A hub in the second Link header is found too (RFC 9110 5.3)."""
    origin.replies["/links"] = (
        b"HTTP/1.1 200 OK\r\nLink: <a>\r\nContent-Length: 0\r\nlink: <b>\r\n\r\n"
    )
    assert (await fetcher.get(origin.url("/links"))).headers["Link"] == "<a>, <b>"


@pytest.mark.parametrize(("path", "wait_s"), [("/429", 120), ("/stalled-429", 120), ("/503", 30)])
async def test_who_asks_us_to_stay_away_is_heard_even_where_the_body_stalls(
    path: str, wait_s: int, origin: Origin, fetcher: Fetcher
) -> None:
    """The head of an error says all that we want of it."""
    fetched = await fetcher.get(origin.url(path))
    assert retry_after_s(fetched.headers, datetime.now(UTC)) == wait_s
    assert fetched.body == b""


async def test_a_closed_fetcher_opens_again_when_asked(origin: Origin, fetcher: Fetcher) -> None:
    """Closing twice, or too early, breaks nothing."""
    url = origin.publish("/feed", rss(1))
    for _ in range(2):
        assert (await fetcher.get(url)).status == 200
        await fetcher.aclose()
    await fetcher.aclose()


@pytest.mark.parametrize(
    ("path", "moved"),
    [("/301", True), ("/308", True), ("/301-301", True), ("/302", False), ("/301-302", False),
     ("/moved", False)],
)  # fmt: skip
async def test_a_source_has_moved_where_every_redirect_is_permanent(
    path: str, moved: bool, origin: Origin, fetcher: Fetcher
) -> None:
    """A temporary redirect anywhere on the way must not rename a source for ever."""
    fetched = await fetcher.get(origin.url(path))
    assert (fetched.status, fetched.url) == (200, origin.url("/moved"))
    assert fetched.moved_to == (origin.url("/moved") if moved else None)


async def test_redirects_are_followed_to_the_limit_and_no_further(
    origin: Origin, making: Making
) -> None:
    """A loop costs six requests."""
    for hop in range(6):
        origin.replies[f"/hop{hop}"] = reply(status="302 Found", Location=f"/hop{hop + 1}")
    origin.publish("/hop6", b"there")
    fetcher = making()
    assert (await fetcher.get(origin.url("/hop1"))).body == b"there"
    assert (await failing(fetcher, origin.url("/hop0"))).kind == "redirects"
    assert (await failing(fetcher, origin.url("/redirect-loop"))).kind == "redirects"
    assert len(origin.at("/redirect-loop")) == 6


async def test_a_form_is_posted_and_goes_on_as_a_post_or_not_at_all(
    origin: Origin, fetcher: Fetcher
) -> None:
    """A hub that moved gets the subscription, not an empty GET."""
    origin.replies["/hub"] = reply(status="202 Accepted")
    origin.replies["/moved-hub"] = reply(status="307 Temporary Redirect", Location="/hub")
    origin.replies["/odd-hub"] = reply(status="302 Found", Location="/hub")
    form = {"hub.topic": "http://e.org/?a=b&c", "hub.mode": "subscribe"}
    assert (await fetcher.post(origin.url("/moved-hub"), form)).status == 202
    assert (await fetcher.post(origin.url("/odd-hub"), form)).status == 302
    (request,) = origin.at("/hub")
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body == b"hub.topic=http%3A%2F%2Fe.org%2F%3Fa%3Db%26c&hub.mode=subscribe"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://2130706433/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
     "http://169.254.169.254/", "http://１６９.254.169.254/", "http://[64:ff9b::a9fe:a9fe]/",
     "http://localhost/", "file:///etc/passwd", "ftp://example.org/", "http://u:p@example.org/",
     "gopher://127.0.0.1/", "//example.org/", "", "http://", "http://\udcff/",
     "http://example.org:99999/", "http://[::1/"],
)  # fmt: skip
async def test_no_url_leads_to_what_only_we_can_reach(
    url: str, settings_of_nobody: Settings
) -> None:
    """However it is written. And what is no URL is an error like any other."""
    fetcher = Fetcher(settings_of_nobody)
    error = await failing(fetcher, url)
    await fetcher.aclose()
    assert error.kind == "blocked"
    assert "10.0.0.1" not in str(error) or "10.0.0.1" in url


@pytest.fixture
def settings_of_nobody() -> Settings:
    """As a service has them: nothing private is open."""
    return Settings(redis_url="redis://unused", _env_file=None)


@pytest.mark.parametrize("addresses", [["169.254.169.254"], ["127.0.0.1", "10.0.0.7"]])
async def test_a_name_is_judged_by_every_address_that_it_has(
    addresses: list[str], making: Making
) -> None:
    """A name that anybody may point at us is refused, and tells nobody where it pointed."""
    error = await failing(making(Names(rebound=addresses)), "http://rebound/")
    assert error.kind == "blocked"
    assert not any(address in str(error) for address in addresses)


async def test_a_redirect_to_a_name_of_ours_is_refused_at_connect(
    origin: Origin, making: Making
) -> None:
    """Redirects are judged like the first URL, by address."""
    origin.replies["/in"] = reply(status="302 Found", Location="http://inside/")
    error = await failing(making(Names(inside=["192.168.0.1"])), origin.url("/in"))
    assert error.kind == "blocked"


async def test_a_name_server_that_never_answers_costs_little(making: Making) -> None:
    """Its own short clock, and nobody else waits for it."""
    fetcher = making(Names(silent=[]), dns_s=0.05)
    async with asyncio.timeout(2):
        assert (await failing(fetcher, "http://silent/")).kind == "dns"


async def test_what_keeps_a_connection_from_coming_about_is_told_apart(fetcher: Fetcher) -> None:
    """An operator sees from the source's health what is wrong there."""
    assert (await failing(fetcher, "http://no-such-name.invalid/")).kind == "dns"
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        plain = server.sockets[0].getsockname()[1]
        assert (await failing(fetcher, f"https://127.0.0.1:{plain}/")).kind == "tls"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert (await failing(fetcher, f"http://127.0.0.1:{port}/")).kind == "connect"


async def test_a_handshake_that_never_ends_is_a_timeout(making: Making) -> None:
    """TLS counts as connecting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fetcher = making(connect_s=0.1)
        error = await failing(fetcher, f"https://127.0.0.1:{silent.getsockname()[1]}/")
    assert (error.kind, str(error)) == ("timeout", "no connection came about in time")


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(rss(9))),
        ("x-gzip", gzip.compress(rss(9))),
        ("deflate", zlib.compress(rss(9))),
        ("deflate", zlib.compress(rss(9), wbits=-15)),
        ("utf-8", rss(9)),
        ("identity", rss(9)),
    ],
)
async def test_every_coding_that_servers_use_for_gzip_and_deflate_is_undone(
    coding: str, packed: bytes, origin: Origin, fetcher: Fetcher
) -> None:
    """Old servers send deflate without its wrapper, and some name as a coding what is none."""
    origin.replies["/packed"] = reply(packed, Content_Encoding=coding)
    assert (await fetcher.get(origin.url("/packed"))).body == rss(9)


async def test_a_kept_connection_that_the_server_closed_is_no_failure(
    origin: Origin, fetcher: Fetcher
) -> None:
    """A source is not marked for our own reuse of a connection."""
    url = origin.publish("/feed", rss(1))
    assert (await fetcher.get(url)).status == 200
    await origin.close()
    assert (await fetcher.get(url)).status == 200
