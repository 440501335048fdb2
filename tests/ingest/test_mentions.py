"""Webmentions: what the web says of an article, looked at, and counted once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import orjson
import pytest
from aiohttp import web

from newswire_common import connection
from newswire_common.audience import Observation
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import article_id
from newswire_ingest.audience.mentions import MAX_MENTIONS
from tests.ingest.newsroom import Newsroom, a_draft, running
from tests.support.cluster import cluster

PUBLIC = "https://news.example"


def loopback(settings: Settings) -> Settings:
    """The settings of a service that may fetch from the loopback."""
    return settings.model_copy(
        update={"allow_private_networks": (ip_network("127.0.0.0/8"),), "public_url": PUBLIC}
    )


@pytest.fixture
async def newsroom(settings: Settings, client: Client) -> AsyncIterator[Newsroom]:
    """A service that may fetch from the loopback."""
    async with running(loopback(settings), client) as newsroom:
        yield newsroom


@contextlib.asynccontextmanager
async def page_of(html: dict[str, str], content_type: str = "text/html") -> AsyncIterator[str]:
    """A site whose page says what ``html`` holds under "page"; gone without it."""

    async def answer(_request: web.Request) -> web.Response:
        if "page" not in html:
            return web.Response(status=410)
        return web.Response(text=html["page"], content_type=content_type)

    app = web.Application()
    app.router.add_get("/post", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}/post"
    await runner.cleanup()


async def mention(newsroom: Newsroom, source: str, target: str) -> httpx.Response:
    return await newsroom.http.post("/webmention", data={"source": source, "target": target})


def linking(target: str, classes: str = "") -> str:
    """A page that links to the target."""
    return f'<p>See <a class="{classes}" href="{target}">it</a>'


async def told(newsroom: Newsroom) -> list[dict[str, int]]:
    """The counts of every observation of mentions, in order; each can be read by publish."""
    seen = await newsroom.observed()
    assert {one["platform"] for one in seen} <= {"webmention"}
    moments = [Observation.model_validate(one).observed_at for one in seen]
    assert moments == sorted(moments)
    return [one["counts"] for one in seen]


@pytest.mark.parametrize(
    ("classes", "kind"),
    [("u-in-reply-to", "reply"), ("x u-like-of", "like"), ("u-repost-of", "share"), ("", "share")],
)
async def test_a_page_that_links_is_counted_by_how_it_links(
    newsroom: Newsroom, classes: str, kind: str
) -> None:
    """The class of the link says what it is; a bare link shares. Of other kinds nothing is said."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": linking(target, classes)}) as source:
        assert (await mention(newsroom, source, target)).status_code == 200
    assert await told(newsroom) == [{kind: 1}]


async def test_a_repeated_mention_tells_nothing(newsroom: Newsroom) -> None:
    """A page counts once, and what was told once stands; counts of other platforms stay."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": linking(target)}) as source:
        for _ in range(3):
            assert (await mention(newsroom, source, target)).status_code == 200
    assert await told(newsroom) == [{"share": 1}]


async def test_a_bogus_mention_tells_nothing(newsroom: Newsroom) -> None:
    """Of an article that nobody mentions nothing is known, and unknown is never 0."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": "nothing here"}) as source:
        assert (await mention(newsroom, source, target)).status_code == 400
    async with page_of({}) as source:
        assert (await mention(newsroom, source, target)).status_code == 400
    assert await told(newsroom) == []
    (partition,) = newsroom.partitions
    assert not await newsroom.redis.exists(partition.key("mentions", identity))


async def test_a_like_that_becomes_a_reply_tells_both(newsroom: Newsroom) -> None:
    """Of the kinds that changed each has its count, beside what other pages are."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    html = {"page": linking(target, "u-like-of")}
    async with page_of(html) as source, page_of(dict(html)) as other:
        for page in (source, other):
            assert (await mention(newsroom, page, target)).status_code == 200
        html["page"] = linking(target, "u-in-reply-to")
        assert (await mention(newsroom, source, target)).status_code == 200
    assert await told(newsroom) == [{"like": 1}, {"like": 2}, {"like": 1, "reply": 1}]


async def test_a_page_that_links_no_more_is_not_counted_any_more(newsroom: Newsroom) -> None:
    """An update or a deletion of the source is told by the same request (Webmention 3.2.4)."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    html = {"page": linking(target)}
    async with page_of(html) as source:
        assert (await mention(newsroom, source, target)).status_code == 200
        html["page"] = "nothing here"
        assert (await mention(newsroom, source, target)).status_code == 400
        html["page"] = linking(target)
        assert (await mention(newsroom, source, target)).status_code == 200
        del html["page"]
        for _ in range(2):
            assert (await mention(newsroom, source, target)).status_code == 400
    assert await told(newsroom) == [{"share": 1}, {"share": 0}, {"share": 1}, {"share": 0}]


async def test_an_article_has_only_so_many_mentions(newsroom: Newsroom) -> None:
    """Beyond them a new page is not counted; one that was may still change, or go."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    (partition,) = newsroom.partitions
    html = {"page": linking(target)}
    async with page_of(html) as source, page_of(dict(html)) as late:
        assert (await mention(newsroom, source, target)).status_code == 200
        others = {f"page-{number}": "like" for number in range(MAX_MENTIONS - 1)}
        await newsroom.redis.hset(partition.key("mentions", identity), mapping=others)
        assert (await mention(newsroom, late, target)).status_code == 200
        html["page"] = linking(target, "u-like-of")
        assert (await mention(newsroom, source, target)).status_code == 200
        del html["page"]
        assert (await mention(newsroom, source, target)).status_code == 400
        assert (await mention(newsroom, late, target)).status_code == 200
    assert await told(newsroom) == [
        {"share": 1}, {"share": 0, "like": MAX_MENTIONS}, {"like": MAX_MENTIONS - 1}, {"share": 1},
    ]  # fmt: skip


async def test_a_mention_that_replicas_did_not_confirm_is_unconfirmed_again_and_again(
    settings: Settings, client: Client
) -> None:
    """200 means as durable as configured, also for a repeat; and it is counted once."""
    strict = loopback(settings).model_copy(
        update={"durability": "replicated", "durability_timeout_ms": 50}
    )
    async with running(strict, client) as newsroom:
        assert (await newsroom.post(a_draft())).status_code == 503
        target = f"{PUBLIC}/articles/{article_id('agency', 'story-1')}"
        async with page_of({"page": linking(target)}) as source:
            for _ in range(2):
                answer = await mention(newsroom, source, target)
                assert answer.json()["type"].endswith("/unconfirmed")
        assert await told(newsroom) == [{"share": 1}]


async def test_counts_and_mentions_reach_every_partition_of_a_cluster(tmp_path: Path) -> None:
    """What one script writes is in its article's slot; what comes together is parted by slots."""
    with cluster(tmp_path) as url:
        client = connection.client(url)
        spread = Settings(redis_url=url, admin_key="admin-key", partitions=4, _env_file=None)
        async with running(loopback(spread), client) as newsroom:
            audience = {"counts": {"like": {"value": 3, "platform": "blog"}}}
            drafts = [a_draft(guid=str(number), audience=audience) for number in range(20)]
            answer = await newsroom.post_lines(*map(orjson.dumps, drafts))
            ids = [result["id"] for result in answer.json()["results"]]
            assert {one["id"] for one in await newsroom.observed()} == set(ids)
            target = f"{PUBLIC}/articles/{ids[0]}"
            async with page_of({"page": linking(target)}) as source:
                assert (await mention(newsroom, source, target)).status_code == 200
            mine = [one["counts"] for one in await newsroom.observed() if one["id"] == ids[0]]
            assert mine == [{"like": 3}, {"share": 1}]
        await client.aclose()


async def test_a_url_in_a_page_s_text_is_no_link(newsroom: Newsroom) -> None:
    """In HTML an attribute has to be the target; in plain text it has to stand there."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": f"<p>{target}"}) as source:
        assert (await mention(newsroom, source, target)).status_code == 400
    async with page_of({"page": f"I read {target}."}, "text/plain") as source:
        assert (await mention(newsroom, source, target)).status_code == 200


async def test_mentions_of_others_or_from_nowhere_are_refused(newsroom: Newsroom) -> None:
    """400 for a target that is not ours, and for a source that may not be fetched."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    for source, aim in (
        ("https://blog.example/post", "https://other.example/articles/" + identity),
        ("https://blog.example/post", f"{PUBLIC}/articles/nothing"),
        ("http://169.254.169.254/latest", target),
        ("ftp://blog.example/post", target),
        (target, target),
        ("", target),
    ):
        assert (await mention(newsroom, source, aim)).status_code == 400, (source, aim)
    unknown = await mention(newsroom, "https://blog.example/", f"{PUBLIC}/articles/{'0' * 32}")
    assert unknown.status_code == 404


async def test_too_many_mentions_at_a_time_are_asked_to_wait(newsroom: Newsroom) -> None:
    """Strangers can have only so many requests of ours under way."""
    identity = await newsroom.filed(a_draft())
    target = f"{PUBLIC}/articles/{identity}"
    held = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        await held.wait()
        return web.Response(text=target)

    app = web.Application()
    app.router.add_get("/{number}", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    asked = [
        asyncio.create_task(mention(newsroom, f"http://{host}:{port}/{number}", target))
        for number in range(12)
    ]
    refused, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert {task.result().status_code for task in refused} == {503}
    held.set()
    codes = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert codes.count(503) == 4
    assert codes.count(200) == 8
    await runner.cleanup()
