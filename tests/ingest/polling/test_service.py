"""Sources in the whole service: a server on loopback, real requests, child processes, the desk."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web

from newswire_common import operations
from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_ingest.polling.scripts import TAG
from tests.ingest.newsroom import Newsroom, running
from tests.ingest.polling.newsbeat import rss
from tests.support.live import until

LONG = "The ministers agreed on Thursday after eleven hours of talks in the capital. " * 5
PAGE = f"<html><body><article><h1>Story</h1><p>{LONG}</p></article></body></html>"


@dataclass(eq=False)
class Publisher:
    """A publisher's server; ``feed`` is what it has now."""

    url: str = ""
    feed: bytes = b""
    asked: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        if request.path == "/old":
            raise web.HTTPMovedPermanently("/feed")
        if request.path == "/feed":
            response = web.Response(body=self.feed, content_type="application/rss+xml")
            response.etag = str(hash(self.feed))
            if any(tag.value == response.etag.value for tag in request.if_none_match or ()):
                return web.Response(status=304)
            return response
        return web.Response(text=PAGE, content_type="text/html")


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    server = Publisher()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def newsroom(settings: Settings, client: Client) -> AsyncIterator[Newsroom]:
    """The service, which may ask loopback, and as often as it likes."""
    loopback = {
        "allow_private_networks": (ip_network("127.0.0.0/8"),), "host_requests_per_s": 1_000.0,
    }  # fmt: skip
    async with running(settings.model_copy(update=loopback), client) as started:
        yield started


async def source(newsroom: Newsroom, **fields: Any) -> dict[str, Any]:
    answer = await newsroom.http.post("/v1/sources", json={"id": "kestrel", **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shown(newsroom: Newsroom) -> dict[str, Any]:
    found: dict[str, Any] = (await newsroom.http.get("/v1/sources/kestrel")).json()
    return found


async def articles(newsroom: Newsroom, count: int) -> list[Article]:
    """What is on the streams, once there is so much."""

    async def there() -> Any:
        entries = await newsroom.entries()
        return entries if len(entries) >= count else None

    return [decode_article(Article, fields) for fields in await until(there, 20)]


async def test_a_feed_becomes_articles(newsroom: Newsroom, publisher: Publisher) -> None:
    """Polled as soon as it is added, and again when somebody asks; told by its health."""
    publisher.feed = rss("1", "2")
    await source(newsroom, feed_url=f"{publisher.url}/feed", section="World")
    found = await articles(newsroom, 2)
    assert {(one.source, one.guid, one.section) for one in found} == {
        ("kestrel", "1", "World"), ("kestrel", "2", "World"),
    }  # fmt: skip

    async def noted() -> bool:
        return (await shown(newsroom))["health"]["last_status"] == 200

    await until(noted)
    publisher.feed = rss("3", "1", "2")
    await newsroom.http.post("/v1/sources/kestrel/poll")
    assert [one.guid for one in (await articles(newsroom, 3))[2:]] == ["3"]

    async def counted() -> bool:
        return (await shown(newsroom))["health"]["articles_24h"] == 3

    await until(counted)
    metrics = (await newsroom.http.get("/metrics")).text
    assert 'newswire_fetches_total{outcome="new"} 2.0' in metrics
    assert 'newswire_articles_total{outcome="created"} 3.0' in metrics


async def test_a_feed_that_moved_for_good_is_asked_at_its_new_place(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    """A real 301, followed once and then no more."""
    publisher.feed = rss("1")
    await source(newsroom, feed_url=f"{publisher.url}/old")

    async def moved() -> bool:
        return bool((await shown(newsroom))["feed_url"] == f"{publisher.url}/feed")

    await until(moved)
    await newsroom.http.post("/v1/sources/kestrel/poll")

    async def again() -> bool:
        return publisher.asked["/feed"] == 2

    await until(again)
    assert publisher.asked["/old"] == 1
    (told,) = await operations.read(newsroom.redis, TAG)
    assert told.type == "source.moved"


async def test_full_text_is_got_from_the_page(newsroom: Newsroom, publisher: Publisher) -> None:
    """Where the feed has a summary only."""
    feed = rss("1").replace(b"https://kestrel.example", publisher.url.encode())
    publisher.feed = feed
    await source(newsroom, feed_url=f"{publisher.url}/feed", full_text=True)
    (article,) = await articles(newsroom, 1)
    assert "eleven hours" in article.body_text
    assert article.summary == "What happened."


async def test_what_is_no_feed_fails_its_source_and_nothing_else(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    """Also where nobody listens, and where a private network is all that there is."""
    publisher.feed = rss("1")
    await source(newsroom, feed_url=f"{publisher.url}/page")
    for name, url in (("deaf", "http://127.0.0.1:1/"), ("fine", f"{publisher.url}/feed")):
        await newsroom.http.post("/v1/sources", json={"id": name, "feed_url": url})

    async def settled() -> list[dict[str, Any]] | None:
        listed = (await newsroom.http.get("/v1/sources")).json()["sources"]
        return listed if all(one["health"]["last_fetch_at"] for one in listed) else None

    deaf, fine, kestrel = [one["health"] for one in await until(settled)]
    assert (kestrel["state"], kestrel["last_status"]) == ("failing", 200)
    assert (deaf["state"], deaf["consecutive_failures"]) == ("ok", 1)
    assert deaf["error"]
    assert (fine["state"], fine["articles_24h"]) == ("ok", 1)


async def test_many_sources_are_polled_side_by_side(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    """One host's turns are its own; here it may be asked by two at a time."""
    publisher.feed = rss("1")
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            url = f"{publisher.url}/feed?{number}"
            body = {"id": f"source-{number}", "feed_url": url}
            group.create_task(newsroom.http.post("/v1/sources", json=body))
    assert len({one.source for one in await articles(newsroom, 20)}) == 20
