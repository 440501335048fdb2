"""What publishing an article means: the pure decision, before any state is looked at.

The script that applies it (publish.lua) knows what was there before and what time it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from newswire_common.article import EnrichedArticle, Related
from newswire_common.naming import slug_of
from newswire_common.streams import is_article_id

Kind = Literal["updated", "corrected", "withdrawn"]

MAX_FEEDS = 50  # of one article; each costs two writes a version
MAX_REACTING = 20  # feeds of reactions among them; a text full of countries keeps its places
MAX_DUPLICATES = 20  # told of one version
OURS = "newswire"  # the origin of links that we found; others are the page's own
ISO3 = re.compile(r"[A-Z]{3}")
# What a tombstone keeps: how to find the article and why it went, none of its words.
KEPT_OF_WITHDRAWN = {
    "id", "uri", "source", "guid", "version", "first_created", "version_created", "alt_ids",
    "canonical_url", "content_hash", "source_version", "pub_status", "revision_kind",
    "correction_note", "ed_note", "published_at", "updated_at", "language", "section",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Publication:
    """One version of an article on its way into the library.

    ``kind`` is what it is to those who have seen the article before; whoever sees it first gets
    ``article.published``. ``embargo_ms`` and ``accepted_ms`` count from the Unix epoch; ``body`` is
    the document to store, ``duplicates`` the ids of the articles that it duplicates. With
    ``replaces``, the SHA-1 of a document of this version, it is that text with a newer enrichment.
    """

    article_id: str
    version: int
    kind: Kind
    feeds: tuple[str, ...]
    embargo_ms: int | None
    accepted_ms: int
    trace: bytes
    body: bytes
    replaces: bytes = b""
    duplicates: tuple[str, ...] = ()


def publication(
    article: EnrichedArticle,
    *,
    accepted_ms: int,
    trace: bytes,
    body: bytes,
    replaces: bytes = b"",
) -> Publication:
    """Decide on an article that came as ``body``. Raises ValueError where its embargo is no date.

    An article withheld without a date is as good as withdrawn: only a later version shows it.
    """
    embargo = article.embargoed_until
    undated = article.pub_status == "withheld" and embargo is None
    withdrawn = (
        undated or article.pub_status == "canceled" or article.revision_kind in {"kill", "takedown"}
    )
    return Publication(
        article_id=article.id,
        version=article.version,
        kind="withdrawn" if withdrawn else _change(article),
        feeds=feeds_of(article),
        embargo_ms=int(embargo.as_datetime().timestamp() * 1000) if embargo else None,
        accepted_ms=accepted_ms,
        trace=trace,
        body=tombstone(article) if withdrawn else body,
        replaces=replaces,
        duplicates=() if withdrawn else duplicates_among(article.enrichment.related),
    )


def _change(article: EnrichedArticle) -> Kind:
    return "corrected" if article.revision_kind == "correction" else "updated"


def duplicates_among(related: Iterable[Related]) -> tuple[str, ...]:
    """The ids of the articles that one with these links duplicates, by our own finding."""
    ids = (link.id for link in related if link.rel == "duplicate" and link.origin == OURS)
    return tuple(each for each in ids if each and is_article_id(each))[:MAX_DUPLICATES]


def tombstone(article: EnrichedArticle) -> bytes:
    """The document of a withdrawn article: still an EnrichedArticle, without a word of its text."""
    bare = article.model_copy(update={"headline": "", "pub_status": "canceled"})
    return bare.model_dump_json(
        exclude_none=True, include=KEPT_OF_WITHDRAWN | {"headline"}
    ).encode()


def feeds_of(article: EnrichedArticle) -> tuple[str, ...]:
    """The names of the feeds that an article belongs in: ``all`` first, each once."""
    places = (place.iso3 for place in article.enrichment.tags.places)
    reactors = (reaction.actor.iso3 for reaction in article.enrichment.reactions)
    reacting = dict.fromkeys(iso3 for iso3 in reactors if iso3 and ISO3.fullmatch(iso3))
    names = [
        "all",
        _named("section", article.section),
        _named("source", article.source),
        *(f"reactions/{iso3}" for iso3 in list(reacting)[:MAX_REACTING]),
        *(f"place/{iso3}" for iso3 in places if iso3 and ISO3.fullmatch(iso3)),
    ]
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_FEEDS]


def _named(kind: str, name: str | None) -> str | None:
    slug = slug_of(name or "")
    return f"{kind}/{slug}" if slug else None
