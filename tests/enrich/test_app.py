"""The enrich service on a real server: articles go on enriched, and its replica stays in step."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newswire_common.article import Article, EnrichedArticle
from newswire_common.codec import Fields, decode_article
from newswire_common.connection import Client
from newswire_common.links import Links
from newswire_common.settings import Settings
from newswire_common.streams import (
    ARTICLES,
    ENRICHED,
    LINKS,
    SIGNATURES,
    article_id,
    article_uri,
    partitions,
)
from newswire_enrich.app import build

PARTITION = partitions(1)[0]
PACT = (
    "Norway and Iceland signed a fisheries pact in Reykjavik on Tuesday that sets mackerel quotas. "
    "Japan has expressed \u201cgrave concerns\u201d over the mackerel quotas. "
    "Chile has not yet commented on the fisheries pact."
)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Any]:
    app = build(settings)
    async with app.router.lifespan_context(app):
        yield app.state.runtime


async def send(
    client: Client,
    guid: str,
    body: str = PACT,
    version: int = 1,
    at: int = 1_763_899_200_000,
    **more: Any,
) -> str:
    """Put an article on the stream as ingest does; its id."""
    identity = article_id("desk", guid)
    article = Article(
        id=identity, uri=article_uri(identity), source="desk", guid=guid, body_text=body,
        headline=more.pop("headline", "Norway and Iceland sign fisheries pact"), **more,
    )  # fmt: skip
    await client.xadd(
        PARTITION.stream(ARTICLES),
        {
            "schema": 1, "id": identity, "version": version, "at": at,
            "created": at - 100_000, "trace": "00-aa-bb-01",
            "body": article.model_dump_json(exclude_none=True),
        },
    )  # fmt: skip
    return identity


async def entries(client: Client, count: int) -> list[Fields]:
    """The first entries of the enriched stream, once there are so many."""
    return await until(client, lambda: client.xrange(PARTITION.stream(ENRICHED)), count)


async def until(
    client: Client, read: Callable[[], Awaitable[list[tuple[bytes, Fields]]]], count: int
) -> list[Fields]:
    async with asyncio.timeout(15):
        while len(rows := await read()) < count:
            await client.ping()
    return [fields for _, fields in rows]


async def test_an_article_goes_on_with_its_envelope_and_its_enrichment(
    client: Client, settings: Settings
) -> None:
    """What came in goes on unchanged; what we found stands beside it, with its place."""
    identity = await send(client, "1")
    async with running(settings):
        (fields,) = await entries(client, 1)
    article = decode_article(EnrichedArticle, fields)
    assert (article.id, article.version, article.body_text) == (identity, 1, PACT)
    assert (fields[b"at"], fields[b"created"]) == (b"1763899200000", b"1763899100000")
    assert fields[b"trace"] == b"00-aa-bb-01"
    found = article.enrichment
    assert found.language == "en"
    assert {"NOR", "ISL"} <= {place.iso3 for place in found.tags.places}
    (quote,) = [reaction.quote for reaction in found.reactions if reaction.quote]
    assert PACT[quote.start : quote.end] == quote.exact == "grave concerns"
    assert [awaited.iso3 for awaited in found.reaction_summary.awaiting] == ["CHL"]


async def test_related_links_reach_back_also_over_a_restart(
    client: Client, settings: Settings
) -> None:
    """A new worker has read what the others found before it works."""
    first = await send(client, "1")
    async with running(settings):
        await entries(client, 1)
    await send(client, "2", PACT.replace("Tuesday", "Wednesday") + " The mackerel season opened.")
    async with running(settings):
        fields = (await entries(client, 2))[1]
    links = decode_article(EnrichedArticle, fields).enrichment.related
    assert [link.id for link in links] == [first]


@pytest.mark.parametrize(
    "hidden",
    [
        {"embargoed_until": {"value": "2099-01-01T00:00:00Z", "precision": "second"}},
        {"pub_status": "canceled", "revision_kind": "kill"},
    ],
    ids=["embargoed", "killed"],
)
async def test_nobody_links_to_what_may_not_be_seen(
    client: Client, settings: Settings, hidden: dict[str, Any]
) -> None:
    """Neither an embargoed nor a withdrawn article is anybody's related link."""
    await send(client, "1")
    await send(client, "1", **hidden)
    secret = await send(client, "3", PACT + " Embargoed.", **hidden)
    async with running(settings):
        await entries(client, 3)
        await send(client, "2", PACT + " It was late.")
        fields = (await entries(client, 4))[3]
        links = decode_article(EnrichedArticle, fields).enrichment.related
        assert secret not in [link.id for link in links]
    signatures = [f[b"body"] for _, f in await client.xrange(PARTITION.stream(SIGNATURES))]
    assert b"Embargoed" not in b"".join(signatures)


def embargo(seconds: float) -> dict[str, Any]:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"embargoed_until": {"value": until.isoformat(), "precision": "second"}}


async def linked(client: Client, identity: str, to: str, *, gone: bool = False) -> Links:
    """What was told of an article's links, once they lead to another one, or no longer do."""
    async with asyncio.timeout(15):
        while True:
            rows = await client.xrange(PARTITION.stream(LINKS))
            told = [row[b"body"] for _, row in rows if row[b"id"] == identity.encode()]
            links = Links.model_validate_json(told[-1]) if told else None
            if links and (to in {link.id for link in links.related}) is not gone:
                return links
            await asyncio.sleep(0.02)  # a stream without a group offers no event for its last entry


async def test_when_an_embargo_ends_the_article_is_linked_both_ways(
    client: Client, settings: Settings
) -> None:
    """Not before; and for its readers it came in then, so that it is nobody's earlier article."""
    now = round(datetime.now(UTC).timestamp() * 1_000)
    open_one = await send(client, "1", at=now)
    async with running(settings):
        await entries(client, 1)
        until_then = embargo(2)
        secret = await send(client, "2", PACT + " It was late.", at=now - 1_000, **until_then)
        await entries(client, 2)
        assert await client.xlen(PARTITION.stream(SIGNATURES)) == 1
        back = await linked(client, open_one, to=secret)
        assert until_then["embargoed_until"]["value"] <= datetime.now(UTC).isoformat()
        own = await linked(client, secret, to=open_one)
    assert own.story is not None
    assert own.story.id == open_one
    assert back.members == (open_one, secret)
    assert await client.zcard(PARTITION.key("revisits", "embargo")) == 0
    assert await client.hlen(PARTITION.key("revisits", "withheld")) == 0


@pytest.mark.parametrize("order", ["kill last", "kill first"])
async def test_what_is_killed_under_embargo_does_not_wait_for_its_end(
    client: Client, settings: Settings, order: str
) -> None:
    """Whichever of the two versions a worker gets done first."""
    versions = [
        (1, embargo(60)),
        (2, {"pub_status": "canceled", "revision_kind": "kill"}),
    ]
    async with running(settings):
        for version, more in versions if order == "kill last" else reversed(versions):
            await send(client, "1", version=version, **more)
        await entries(client, 2)
    assert await client.hvals(PARTITION.key("revisits", "withheld")) == [b"2"]
    bodies = [row[b"body"] for _, row in await client.xrange(PARTITION.stream(SIGNATURES))]
    assert bodies == [b"gone"]


async def test_a_withdrawn_article_leaves_the_links_of_all_others(
    client: Client, settings: Settings
) -> None:
    """Those that had it from the first and those that got it as later coverage."""
    async with running(settings):
        before = await send(client, "1")
        await entries(client, 1)
        gone = await send(client, "2", PACT + " It was late.")
        await entries(client, 2)
        after = await send(client, "3", PACT + " It was later.")
        await entries(client, 3)
        await linked(client, before, to=gone)
        await send(client, "2", version=2, pub_status="canceled", revision_kind="kill")
        assert [link.id for link in (await linked(client, before, to=gone, gone=True)).related] == [
            after
        ]
        assert [link.id for link in (await linked(client, after, to=gone, gone=True)).related] == [
            before
        ]
