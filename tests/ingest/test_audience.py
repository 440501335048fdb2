"""Counts of readers' reactions, as clients, feeds and the web tell them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import httpx
import orjson
import pytest
from aiohttp import web

from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import AUDIENCE
from tests.ingest.newsroom import Newsroom, a_draft, running

PUBLIC = "https://news.example"


@pytest.fixture
async def newsroom(settings: Settings, client: Client) -> AsyncIterator[Newsroom]:
    """A service that may fetch from the loopback."""
    opened = settings.model_copy(
        update={"allow_private_networks": (ip_network("127.0.0.0/8"),), "public_url": PUBLIC}
    )
    async with running(opened, client) as newsroom:
        yield newsroom


async def taken(newsroom: Newsroom, **changes: Any) -> str:
    """The id of an article that was taken in."""
    answer = await newsroom.post(a_draft(**changes))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["results"][0]["id"])


async def observed(newsroom: Newsroom) -> list[dict[str, Any]]:
    """The bodies of the audience stream, each with the id of its article."""
    return [
        orjson.loads(fields[b"body"]) | {"id": fields[b"id"].decode()}
        for partition in newsroom.partitions
        for _, fields in await newsroom.redis.xrange(partition.stream(AUDIENCE))
    ]


async def test_posted_counts_are_on_the_stream_before_the_answer(newsroom: Newsroom) -> None:
    """202 means written: kinds that were sent, null as null, with platform and moment."""
    identity = await taken(newsroom)
    answer = await newsroom.http.post(
        f"/v1/articles/{identity}/audience",
        json={"platform": "forum", "counts": {"reply": 12, "like": None},
              "observed_at": "2026-11-23T12:00:00+01:00"},
    )  # fmt: skip
    assert answer.status_code == 202
    assert await observed(newsroom) == [
        {"id": identity, "platform": "forum", "observed_at": "2026-11-23T11:00:00Z",
         "counts": {"reply": 12, "like": None}, "comments_open": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"platform": "forum", "counts": {}}, 422),
        ({"platform": "forum", "counts": {"reply": -1}}, 422),
        ({"platform": "forum", "counts": {"reply": 2**53}}, 422),
        ({"platform": "forum", "counts": {"reply": True}}, 422),
        ({"platform": "forum", "counts": {"reply": "3"}}, 422),
        ({"platform": "forum", "counts": {"claps": 3}}, 422),
        ({"counts": {"reply": 3}}, 422),
        ({"platform": "forum", "counts": {"reply": 3}, "observed_at": "2999-01-01T00:00:00Z"}, 422),
        ({"platform": "forum", "counts": {"reply": 3}, "observed_at": "2026-01-01T00:00:00"}, 422),
    ],
)
async def test_wrong_counts_are_refused(
    newsroom: Newsroom, body: dict[str, Any], status: int
) -> None:
    """Nothing of it is written; a moment to come would hide every later count."""
    identity = await taken(newsroom)
    answer = await newsroom.http.post(f"/v1/articles/{identity}/audience", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await observed(newsroom) == []


async def test_counts_of_what_was_never_taken_in_are_not_found(newsroom: Newsroom) -> None:
    """404, also for what is no id at all."""
    for identity in ("0" * 32, "x"):
        answer = await newsroom.http.post(
            f"/v1/articles/{identity}/audience", json={"platform": "f", "counts": {"reply": 1}}
        )
        assert answer.status_code == 404


async def test_an_article_s_own_counts_go_the_same_way(newsroom: Newsroom) -> None:
    """Comments told by a feed with an unchanged article reach its readers all the same."""
    for replies in (3, 4):
        audience = {"counts": {"reply": {"value": replies, "platform": "blog"}}}
        await taken(newsroom, audience=audience)
    assert len(await newsroom.entries()) == 1
    assert [one["counts"] for one in await observed(newsroom)] == [{"reply": 3}, {"reply": 4}]


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


@pytest.mark.parametrize(
    ("classes", "kind"),
    [("u-in-reply-to", "reply"), ("x u-like-of", "like"), ("u-repost-of", "share"), ("", "share")],
)
async def test_a_page_that_links_is_counted_by_how_it_links(
    newsroom: Newsroom, classes: str, kind: str
) -> None:
    """The class of the link says what it is; a bare link shares."""
    identity = await taken(newsroom)
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": f'<p>See <a class="{classes}" href="{target}">it</a>'}) as source:
        for _ in range(2):
            assert (await mention(newsroom, source, target)).status_code == 200
    *_, newest = await observed(newsroom)
    assert newest["platform"] == "webmention"
    assert newest["counts"] == {"reply": 0, "like": 0, "share": 0} | {kind: 1}


async def test_a_page_that_links_no_more_is_not_counted_any_more(newsroom: Newsroom) -> None:
    """An update or a deletion of the source is told by the same request (Webmention 3.2.4)."""
    identity = await taken(newsroom)
    target = f"{PUBLIC}/articles/{identity}"
    html = {"page": f'<a href="{target}">it</a>'}
    async with page_of(html) as source:
        assert (await mention(newsroom, source, target)).status_code == 200
        html["page"] = "nothing here"
        assert (await mention(newsroom, source, target)).status_code == 400
        html["page"] = f'<a href="{target}">it</a>'
        assert (await mention(newsroom, source, target)).status_code == 200
        del html["page"]
        assert (await mention(newsroom, source, target)).status_code == 400
    assert [one["counts"]["share"] for one in await observed(newsroom)] == [1, 0, 1, 0]


async def test_a_url_in_a_page_s_text_is_no_link(newsroom: Newsroom) -> None:
    """In HTML an attribute has to be the target; in plain text it has to stand there."""
    identity = await taken(newsroom)
    target = f"{PUBLIC}/articles/{identity}"
    async with page_of({"page": f"<p>{target}"}) as source:
        assert (await mention(newsroom, source, target)).status_code == 400
    async with page_of({"page": f"I read {target}."}, "text/plain") as source:
        assert (await mention(newsroom, source, target)).status_code == 200


async def test_mentions_of_others_or_from_nowhere_are_refused(newsroom: Newsroom) -> None:
    """400 for a target that is not ours, and for a source that may not be fetched."""
    identity = await taken(newsroom)
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
    identity = await taken(newsroom)
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
