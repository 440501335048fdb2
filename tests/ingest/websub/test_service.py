"""The whole service: from a source's address to an article that its hub brought."""

from ipaddress import ip_network

import httpx
import pytest

from newswire_common.connection import Client
from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings
from newswire_ingest.app import build
from tests.ingest.newsroom import Newsroom, running
from tests.ingest.polling.newsbeat import rss
from tests.ingest.websub.hub import serving
from tests.support.live import until
from tests.support.origin import serving as origin_serving


def reachable(settings: Settings, **changes: object) -> Settings:
    """The settings with loopback open and a URL that hubs know."""
    return settings.model_copy(update={
        "ingest_public_url": "https://ingest.example",
        "allow_private_networks": (ip_network("127.0.0.0/8"),),
        "host_requests_per_s": 1_000.0,
        **changes,
    })  # fmt: skip


async def subscribed(newsroom: Newsroom) -> bool:
    metrics = (await newsroom.http.get("/metrics")).text
    return 'newswire_websub_requests_total{mode="subscribe",outcome="accepted"} 1.0' in metrics


async def test_what_a_hub_brings_is_on_the_stream(settings: Settings, client: Client) -> None:
    """An operator adds a feed; from then on its hub brings its articles."""
    async with (
        running(reachable(settings), client) as newsroom,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=newsroom.app)) as reach,
        serving(reach) as hub, origin_serving() as origin,
    ):  # fmt: skip
        url = origin.publish("/feed", rss("1"), Link=f'<{hub.url}>; rel="hub"')
        await newsroom.http.post("/v1/sources", json={"id": "kestrel", "feed_url": url})
        await until(lambda: subscribed(newsroom))
        (answer,) = await hub.verify()
        assert answer.status_code == 200
        assert await hub.distribute(url, rss("2", "1")) == [202]
        assert len(await newsroom.entries()) == 2
        assert await hub.distribute(url, rss("2", "1")) == [202]
        assert len(await newsroom.entries()) == 2
        await newsroom.http.delete("/v1/sources/kestrel")

        async def ended() -> bool:
            return bool(hub.asked("unsubscribe"))

        await until(ended)
        await hub.verify()
        assert hub.subscriptions == {}


async def test_no_hub_is_asked_for_what_it_could_not_bring(
    settings: Settings, client: Client
) -> None:
    """While nobody has said under which URL hubs reach us."""
    async with (
        running(reachable(settings, ingest_public_url=None), client) as newsroom,
        serving(newsroom.http) as hub, origin_serving() as origin,
    ):  # fmt: skip
        url = origin.publish("/feed", rss("1"), Link=f'<{hub.url}>; rel="hub"')
        await newsroom.http.post("/v1/sources", json={"id": "kestrel", "feed_url": url})

        async def heard() -> bool:
            return await client.exists("{sources}:websub:of:kestrel") == 1

        await until(heard)
        assert hub.forms == []


@pytest.mark.parametrize(
    "url", ["ingest.example", "ftp://ingest.example", "https://", "http://x/?a"]
)
def test_a_public_url_that_is_none_stops_the_start(settings: Settings, url: str) -> None:
    """With one line that names the setting."""
    with pytest.raises(ConfigurationError, match="NEWSWIRE_INGEST_PUBLIC_URL"):
        build(reachable(settings, ingest_public_url=url))
