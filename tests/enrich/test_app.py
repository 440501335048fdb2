"""The enrich service on a real server: articles go on enriched, and its replica stays in step."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from newswire_common.article import Article, EnrichedArticle
from newswire_common.codec import Fields, decode_article
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import (
    ARTICLES,
    ENRICHED,
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


async def send(client: Client, guid: str, body: str = PACT, **more: Any) -> str:
    """Put an article on the stream as ingest does; its id."""
    identity = article_id("desk", guid)
    article = Article(
        id=identity, uri=article_uri(identity), source="desk", guid=guid, body_text=body,
        headline=more.pop("headline", "Norway and Iceland sign fisheries pact"), **more,
    )  # fmt: skip
    await client.xadd(
        PARTITION.stream(ARTICLES),
        {
            "schema": 1, "id": identity, "version": 1, "at": 1_763_899_200_000,
            "created": 1_763_899_100_000, "trace": "00-aa-bb-01",
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
