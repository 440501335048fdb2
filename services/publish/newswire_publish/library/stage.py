"""The stage `publish`: from ``{pN}:enriched`` into the library, exactly once in effect.

entry > decode: validate, decide (publication.py) > publish.lua behind the acknowledgement
"""

import time
from collections.abc import Sequence
from importlib.resources import files

import orjson

from newswire_common.article import EnrichedArticle
from newswire_common.codec import decode_article
from newswire_common.errors import DecodeError
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import ENRICHED, Partition, is_article_id
from newswire_publish.library.publication import Publication, publication
from newswire_publish.metrics import PublishMetrics

SHOW_LUA = files(__package__).joinpath("show.lua").read_text()
PUBLISH_LUA = SHOW_LUA + files(__package__).joinpath("publish.lua").read_text()
# What an article's readers can see of it; the time until then is what subscribers wait for.
VISIBLE = frozenset({"published", "updated", "corrected", "withdrawn"})
MAX_VERSION = 2**53  # beyond it Lua's numbers, and JavaScript's, no longer tell two versions apart


def publish_stage(metrics: PublishMetrics) -> Stage[Publication]:
    """The stage that publishes what enrich hands on."""

    def committed(publications: Sequence[Publication], outcomes: Sequence[str]) -> None:
        now, seconds = time.time(), metrics.delivery_seconds.labels("feed")
        for one, outcome in zip(publications, outcomes, strict=True):
            if outcome in VISIBLE:
                seconds.observe(max(0.0, now - one.accepted_ms / 1000))

    return Stage(
        name="publish",
        source=ENRICHED,
        decode=_decode,
        work=_work,
        effect_lua=PUBLISH_LUA,
        committed=committed,
    )


def _decode(_partition: Partition, entry: Entry) -> Publication:
    """The decision on one entry. Raises DecodeError."""
    fields = entry.fields
    article = decode_article(EnrichedArticle, fields)
    if not is_article_id(article.id) or fields.get(b"id") != article.id.encode():
        raise DecodeError(f"not the id of the article: {article.id!r}"[:200])
    if not 0 < article.version < MAX_VERSION or int(fields[b"version"]) != article.version:
        raise DecodeError(f"{article.id}: {article.version} is no version, or not the envelope's")
    try:
        return publication(
            article,
            accepted_ms=int(fields[b"at"]),
            trace=fields.get(b"trace", b""),
            body=fields[b"body"],
        )
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"{article.id}: no readable embargo: {error}") from error


async def _work(
    _partition: Partition, publications: Sequence[Publication]
) -> list[Effect | BaseException]:
    return gather_effects(_effect, publications)


def _effect(one: Publication) -> Effect:
    return (
        one.article_id,
        one.version,
        one.kind,
        orjson.dumps(one.feeds),
        "" if one.embargo_ms is None else one.embargo_ms,
        one.accepted_ms,
        one.trace,
        one.body,
    )
