"""Enrichers in the running service: the article goes on, metrics and provenance say what failed."""

import asyncio
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from newswire_common.article import Article, EnrichedArticle
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import (
    ARTICLES,
    ENRICHED,
    article_id,
    article_uri,
    partitions,
)
from newswire_enrich.app import build

PARTITION = partitions(1)[0]
TWO = """
from newswire_enrich.enrichers import Derived


class Broken:
    version = "7"
    fields = ("tags.people", "extra")

    def enrich(self, articles):
        raise LookupError("no such model")


class Counted:
    version = "1"
    fields = ("extra",)

    def enrich(self, articles):
        return [{"extra": Derived(len(one.enrichment.tags.places), "counted")} for one in articles]
"""


async def send(client: Client, guid: str) -> None:
    """Put an article on the stream as ingest does."""
    identity = article_id("desk", guid)
    article = Article(
        id=identity, uri=article_uri(identity), source="desk", guid=guid,
        headline="Norway and Iceland sign pact",
        body_text="Norway and Iceland signed a pact, said Foreign Minister Anna Lindqvist.",
    )  # fmt: skip
    await client.xadd(
        PARTITION.stream(ARTICLES),
        {
            "schema": 1, "id": identity, "version": 1, "at": 1_763_899_200_000,
            "body": article.model_dump_json(exclude_none=True),
        },
    )  # fmt: skip


async def enriched(client: Client, count: int) -> list[EnrichedArticle]:
    """The first articles of the enriched stream, once there are so many."""
    async with asyncio.timeout(30):
        while len(rows := await client.xrange(PARTITION.stream(ENRICHED))) < count:
            await client.ping()
    return [decode_article(EnrichedArticle, fields) for _, fields in rows]


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0


async def test_one_that_raises_loses_its_fields_and_is_counted(
    client: Client, settings: Settings, install: Callable[..., None]
) -> None:
    """The stage fails on nothing; an operator sees by a metric what readers see in provenance."""
    install(TWO, "broken = two:Broken\ncounted = two:Counted", "two")
    for number in range(3):
        await send(client, str(number))
    app = build(settings.model_copy(update={"enrichers": ("broken", "counted")}))
    async with app.router.lifespan_context(app):
        articles = await enriched(client, 3)
    for article in articles:
        told = {one.field: one for one in article.enrichment.provenance if one.error}
        assert {one.error for one in told.values()} == {"LookupError: no such model"}
        assert {one.version for one in told.values()} == {"7"}
        assert set(told) == {"tags.people", "extra.broken"}
        assert [one.name for one in article.enrichment.tags.people] == ["Anna Lindqvist"]
        assert article.enrichment.extra == {"counted": 2}
    registry = app.state.runtime.registry
    for field in ("tags.people", "extra.broken"):
        assert counted(registry, "newswire_enrich_errors_total", field=field) == 3
    assert counted(registry, "newswire_enricher_seconds_count", enricher="broken", outcome="failed")
    assert counted(registry, "newswire_enricher_seconds_count", enricher="counted", outcome="done")
    assert not counted(registry, "newswire_stage_articles_total", stage="enrich", outcome="failed")


async def test_one_of_our_own_parts_that_fails_is_counted_too(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever part it is: the field is empty, and an operator sees it."""
    from newswire_enrich.tags.gazetteer import Gazetteer

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Gazetteer, "find", fails)
    await send(client, "1")
    app = build(settings)
    async with app.router.lifespan_context(app):
        (article,) = await enriched(client, 1)
    assert article.enrichment.tags.places == ()
    assert article.enrichment.language == "en"
    registry = app.state.runtime.registry
    assert counted(registry, "newswire_enrich_errors_total", field="tags.places") == 1
    assert counted(registry, "newswire_enrich_errors_total", field="reactions") == 1
    assert counted(registry, "newswire_enrich_errors_total", field="tags.keywords") == 0
