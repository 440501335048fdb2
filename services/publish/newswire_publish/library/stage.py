"""The stage `publish`: from ``{pN}:enriched`` into the library, exactly once in effect.

entry > decode: validate, decide (publication.py) > a later version: what did it change?
      > publish.lua behind the acknowledgement

An entry with ``replaces`` is no new version but a newer enrichment of the one that is there
(docs/decisions/0015-replay.md); the script takes it only where it finds what it was made of.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from functools import partial
from importlib.resources import files

import orjson

from newswire_common.article import EnrichedArticle
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import ENRICHED, Partition, is_article_id
from newswire_publish.library.publication import Publication, publication
from newswire_publish.library.revision import revision_of, text_of
from newswire_publish.metrics import PublishMetrics

SHOW_LUA = "".join(
    files(__package__).joinpath(name).read_text() for name in ("show.lua", "duplicates.lua")
)
PUBLISH_LUA = SHOW_LUA + files(__package__).joinpath("publish.lua").read_text()
# What an article's readers can see of it; the time until then is what subscribers wait for.
VISIBLE = frozenset({"published", "updated", "corrected", "withdrawn"})
Version = tuple[str, int]  # of an article: its id, and which
LONG_BYTES = 65_536
SHA1 = re.compile(rb"[0-9a-f]{40}")
MAX_VERSION = 2**53  # beyond it Lua's numbers, and JavaScript's, no longer tell two versions apart


def publish_stage(metrics: PublishMetrics, client: Client) -> Stage[Publication]:
    """The stage that publishes what enrich hands on."""

    def committed(publications: Sequence[Publication], outcomes: Sequence[str]) -> None:
        now, seconds = time.time(), metrics.delivery_seconds.labels("feed")
        for one, outcome in zip(publications, outcomes, strict=True):
            if outcome in VISIBLE:
                seconds.observe(max(0.0, now - one.accepted_ms / 1000))

    async def work(
        partition: Partition, publications: Sequence[Publication]
    ) -> list[Effect | BaseException]:
        before = await _before(client, partition, publications)
        effects = partial(
            gather_effects, lambda one: _effect(one, before.get(_before_it(one))), publications
        )
        # Without revisions there is hardly anything to do; comparing long texts takes its time.
        small = len(before) == len(publications) or sum(map(len, before.values())) < LONG_BYTES
        return effects() if small else await asyncio.to_thread(effects)

    return Stage(
        name="publish",
        source=ENRICHED,
        decode=_decode,
        work=work,
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
    replaces = fields.get(b"replaces", b"")
    if replaces and not SHA1.fullmatch(replaces):
        raise DecodeError(f"{article.id}: replaces {replaces[:60]!r}, which is no SHA-1")
    try:
        return publication(
            article,
            accepted_ms=int(fields[b"at"]),
            trace=fields.get(b"trace", b""),
            body=fields[b"body"],
            replaces=replaces,
        )
    except (ValueError, OverflowError) as error:
        raise DecodeError(f"{article.id}: no readable embargo: {error}") from error


async def _before(
    client: Client, partition: Partition, publications: Sequence[Publication]
) -> dict[Version, bytes]:
    """The documents that the revisions among these follow, as far as they are there."""
    known = {(one.article_id, one.version): one.body for one in publications}
    missing = [
        before
        for one in publications
        if _is_revision(one) and (before := _before_it(one)) not in known
    ]
    if missing:
        pipe = client.pipeline(transaction=False)
        for article_id, version in missing:
            pipe.hget(partition.article(article_id), f"v{version}")
        found = zip(missing, await pipe.execute(), strict=True)
        known.update((version, body) for version, body in found if body)
    return known


def _is_revision(one: Publication) -> bool:
    return one.version > 1 and one.kind != "withdrawn" and not one.replaces


def _before_it(one: Publication) -> Version:
    return one.article_id, one.version - 1


def _effect(one: Publication, before: bytes | None) -> Effect:
    return (
        one.article_id,
        one.version,
        one.kind,
        orjson.dumps(one.feeds),
        "" if one.embargo_ms is None else one.embargo_ms,
        one.accepted_ms,
        one.trace,
        _revision(one, before) if before and _is_revision(one) else b"",
        one.body,
        one.replaces,
        orjson.dumps(one.duplicates) if one.duplicates else b"",
    )


def _revision(one: Publication, before: bytes) -> str:
    old, new = text_of(orjson.loads(before)), text_of(orjson.loads(one.body))
    corrected = one.kind == "corrected"
    return revision_of(old, new, corrected=corrected).model_dump_json()
