"""The enrich service.

{pN}:articles | Enricher.enrich, in one thread | {pN}:enriched and {pN}:signatures
{pN}:revisits | Revisiting, in that thread too | {pN}:links, where what came later changes them
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import NamedTuple

import orjson
from fastapi import FastAPI

from newswire_common.article import Article, EnrichedArticle
from newswire_common.codec import Fields, decode_article
from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import ARTICLES, Partition
from newswire_enrich.enrichment import Enricher, at_ms
from newswire_enrich.replica import GONE, WINDOW, Replica
from newswire_enrich.revisits import Revisiting, RevisitQueue, links_of, links_to, links_with

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


class Enriched(NamedTuple):
    """The enriched article, and what other workers are to know of it.

    That is its signature, those whom an earlier version touched, and the links it goes on with.
    """

    article: EnrichedArticle
    signature: str = ""
    touched: Sequence[str] = ()
    sent: bytes = b""


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
        now = datetime.now(UTC)
        enriched, signature, touched, sent = self._enrich(article, now)
        return [
            article.id,
            article.version,
            fields[b"at"],
            fields.get(b"created", fields[b"at"]),
            fields.get(b"trace", b""),
            enriched.model_dump_json(exclude_none=True),
            signature,
            int((now - self._replica.window).timestamp() * 1000),
            orjson.dumps(touched) if touched else b"",
            sent,
        ]

    def _enrich(self, article: Article, now: datetime) -> Enriched:
        """Enrich it, and have the index know of it what others may."""
        index = self._replica.index
        touched = index.touched_by(article.id)
        if article.pub_status == "canceled":
            index.remove(article.id, article.version, at_ms(article))
            return Enriched(EnrichedArticle.model_construct(**dict(article)), GONE, touched)
        if is_embargoed(article, now):  # nobody links to what may not be seen yet
            enriched, _ = self._enricher.enrich(article, partial(links_to, index))
            return Enriched(enriched)
        enriched, signature = self._enricher.enrich(article, partial(links_with, index))
        sent = links_of(index, article.id)
        return Enriched(enriched, signature.model_dump_json(), touched, sent)


def is_embargoed(article: Article, now: datetime) -> bool:
    return article.embargoed_until is not None and article.embargoed_until.as_datetime() > now


def build(settings: Settings) -> FastAPI:
    """The application. Raises ConfigurationError, ArtefactError where an artefact is missing."""
    runtime = Runtime.of(settings)
    window = min(WINDOW, timedelta(days=settings.retention_days))  # no links to what is gone
    replica = Replica(runtime.client, runtime.partitions, window, lambda: runtime.epoch)
    enrich = Enrich(Enricher.load(settings.topics_model), replica)
    stage = Stage(
        "enrich", ARTICLES, decode, enrich, EFFECT_LUA, batch_size=BATCH_SIZE, reads_ahead=False
    )
    queue = RevisitQueue(runtime.client, runtime.partitions)
    revisiting = Revisiting(queue, replica, runtime.mine)
    service = Service(
        "enrich",
        runtime,
        stages=[stage],
        opening=replica.catch_up,
        background=[replica.follow, revisiting.run],
        closing=replica.close,
    )
    return service.app()
