"""The enrich service.

{pN}:articles | Enricher.enrich, in one thread | Enrichers | {pN}:enriched and {pN}:signatures
{pN}:revisits | Revisiting, in that thread too | {pN}:links, where what came later changes them
"""

import asyncio
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
from newswire_enrich.enrichers.loading import load
from newswire_enrich.enrichers.running import Enrichers
from newswire_enrich.enrichment import Enricher, at_ms
from newswire_enrich.measures import Measures
from newswire_enrich.related.signature import Signature
from newswire_enrich.replica import GONE, WINDOW, Replica
from newswire_enrich.revisits import Revisiting, RevisitQueue, first_told, links_to, links_with

# Milliseconds an article: a large batch would only hold up its first, and what the keeper claims.
BATCH_SIZE = 32
# Of the time after which others take a batch over: what enrichers of other packages may need of it.
ENRICHERS_SHARE = 1 / 3
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

    That is its signature, those whom an earlier version touched, and what it tells of its links;
    ``until_ms`` is when its embargo ends, None where it is under none.
    """

    fields: Fields
    article: EnrichedArticle
    signature: str = ""
    touched: Sequence[str] = ()
    told: bytes = b""
    until_ms: int | None = None


class Enrich:
    """The work of the stage: our own parts in the index's thread, other enrichers beside it."""

    def __init__(
        self, enricher: Enricher, replica: Replica, others: Enrichers, measures: Measures
    ) -> None:
        self._enricher = enricher
        self._replica = replica
        self._others = others
        self._measures = measures

    async def __call__(
        self, _partition: Partition, batch: Sequence[Incoming]
    ) -> Sequence[Effect | BaseException]:
        found = await self._replica.work(lambda: gather_effects(self._enrich, batch))
        return await asyncio.to_thread(self._effects, found)

    def _effects(
        self, found: Sequence[Enriched | BaseException]
    ) -> Sequence[Effect | BaseException]:
        """Of each, or the exception that it is already."""
        whole = [one for one in found if isinstance(one, Enriched)]
        extended = self._others.extend([one.article for one in whole])
        self._measures.lost(extended)
        pairs = zip(whole, extended, strict=True)
        effects = iter(
            gather_effects(self._effect, [one._replace(article=article) for one, article in pairs])
        )
        return [one if isinstance(one, BaseException) else next(effects) for one in found]

    def _effect(self, enriched: Enriched) -> Effect:
        fields, article, signature, touched, told, until_ms = enriched
        return [
            article.id,
            article.version,
            fields[b"at"],
            fields.get(b"created", fields[b"at"]),
            fields.get(b"trace", b""),
            article.model_dump_json(exclude_none=True),
            signature,
            self._replica.window // timedelta(milliseconds=1),
            orjson.dumps(touched) if touched else b"",
            told,
            "" if until_ms is None else until_ms,
        ]

    def _enrich(self, incoming: Incoming) -> Enriched:
        """Enrich it, and have the index know of it what others may."""
        article, fields = incoming
        index = self._replica.index
        touched = index.touched_by(article.id)
        if article.pub_status == "canceled":
            index.remove(article.id, article.version, at_ms(article))
            withdrawn = EnrichedArticle.model_construct(**dict(article))
            return Enriched(fields, withdrawn, GONE, touched)
        embargo_ms = _embargo_ms(article)
        if embargo_ms > datetime.now(UTC).timestamp() * 1000:  # nobody links to it until then
            enriched, found = self._enricher.enrich(article, partial(links_to, index))
            signature = as_seen_from(embargo_ms, found).model_dump_json()
            return Enriched(fields, enriched, signature, touched, until_ms=embargo_ms)
        enriched, found = self._enricher.enrich(
            article, lambda one: links_with(index, as_seen_from(embargo_ms, one))
        )
        signature = self._replica.announced(as_seen_from(embargo_ms, found))
        told = first_told(index, article.id, enriched.enrichment.story)
        return Enriched(fields, enriched, signature, touched, told)


def as_seen_from(embargo_ms: int, signature: Signature) -> Signature:
    """An article that was under embargo came in, for its readers, when that ended."""
    if embargo_ms <= signature.begun_ms:
        return signature
    at_ms = max(embargo_ms, signature.at_ms)
    return signature.model_copy(update={"at_ms": at_ms, "first_ms": embargo_ms})


def _embargo_ms(article: Article) -> int:
    """When its embargo ends or ended, milliseconds since the epoch; 0 where there is none."""
    until = article.embargoed_until
    return 0 if until is None else round(until.as_datetime().timestamp() * 1000)


def build(settings: Settings) -> FastAPI:
    """The application. Raises ConfigurationError, ArtefactError where an artefact is missing."""
    runtime = Runtime.of(settings)
    window = min(WINDOW, timedelta(days=settings.retention_days))  # no links to what is gone
    replica = Replica(runtime.client, runtime.partitions, window, lambda: runtime.epoch)
    measures = Measures(runtime.registry)
    allowed_s = settings.claim_idle_s * ENRICHERS_SHARE
    others = Enrichers(load(settings.enrichers), allowed_s, measures.enricher)
    enrich = Enrich(Enricher.load(settings.topics_model), replica, others, measures)
    stage = Stage(
        "enrich", ARTICLES, decode, enrich, EFFECT_LUA, batch_size=BATCH_SIZE, reads_ahead=False
    )
    queue = RevisitQueue(runtime.client, runtime.partitions, window)
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
