"""The enrich service.

{pN}:articles | Enricher.enrich, in one thread | {pN}:enriched and {pN}:signatures
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import NamedTuple

from fastapi import FastAPI

from newswire_common.article import Article, EnrichedArticle
from newswire_common.codec import Fields, decode_article
from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import ARTICLES, Partition
from newswire_enrich.enrichment import Enricher, at_ms
from newswire_enrich.replica import GONE, WINDOW, Replica

# Milliseconds an article: a large batch would only hold up its first, and what the keeper claims.
BATCH_SIZE = 32
EFFECT_LUA = files(__package__).joinpath("enrich.lua").read_text()


class Incoming(NamedTuple):
    """An article and the envelope it came in, which goes on unchanged."""

    article: Article
    fields: Fields


def decode(_partition: Partition, entry: Entry) -> Incoming:
    """Raises DecodeError."""
    return Incoming(decode_article(Article, entry.fields), entry.fields)


class Enrich:
    """The work of the stage."""

    def __init__(self, enricher: Enricher, replica: Replica) -> None:
        self._enricher = enricher
        self._replica = replica

    async def __call__(
        self, _partition: Partition, batch: Sequence[Incoming]
    ) -> Sequence[Effect | BaseException]:
        return await self._replica.work(lambda: gather_effects(self._effect, batch))

    def _effect(self, incoming: Incoming) -> Effect:
        article, fields = incoming
        enriched, signature = self._enrich(article)
        now = datetime.now(UTC)
        return [
            article.id,
            article.version,
            fields[b"at"],
            fields.get(b"created", fields[b"at"]),
            fields.get(b"trace", b""),
            enriched.model_dump_json(exclude_none=True),
            signature,
            int((now - self._replica.window).timestamp() * 1000),
        ]

    def _enrich(self, article: Article) -> tuple[EnrichedArticle, str]:
        """The enriched article, and what the other workers' indexes are told of it."""
        index = self._replica.index
        if article.pub_status == "canceled":
            index.remove(article.id, article.version, at_ms(article))
            return EnrichedArticle.model_construct(**dict(article)), GONE
        enriched, signature = self._enricher.enrich(article, index)
        if is_embargoed(article, datetime.now(UTC)):
            return enriched, ""  # nobody links to what may not be seen yet
        index.add(signature)
        return enriched, signature.model_dump_json()


def is_embargoed(article: Article, now: datetime) -> bool:
    return article.embargoed_until is not None and article.embargoed_until.as_datetime() > now


def build(settings: Settings) -> FastAPI:
    """The application. Raises ConfigurationError, ArtefactError where an artefact is missing."""
    runtime = Runtime.of(settings)
    window = min(WINDOW, timedelta(days=settings.retention_days))  # no links to what is gone
    replica = Replica(runtime.client, runtime.partitions, window, lambda: runtime.epoch)
    stage = Stage(
        "enrich", ARTICLES, decode, Enrich(Enricher.load(), replica), effect_lua=EFFECT_LUA,
        batch_size=BATCH_SIZE,
    )  # fmt: skip
    service = Service(
        "enrich",
        runtime,
        stages=[stage],
        opening=replica.catch_up,
        background=[replica.follow],
        closing=replica.close,
    )
    return service.app()
