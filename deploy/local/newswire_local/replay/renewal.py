"""What the enricher of now makes of a stored article, and what of it differs. Pure.

Related links and the story are not made anew: they depend on all other articles and are kept up
beside the document; what it was stored with stays. Nor does the provenance count as a change: a
new version of a list that finds the same is no news.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b, sha1
from importlib.metadata import version
from typing import Any, NamedTuple, Protocol

import orjson

from newswire_common.article import Article, EnrichedArticle, Enrichment, Provenance
from newswire_common.links import Links
from newswire_enrich.enrichment import Enricher

OURS = "newswire"  # the origin of links that we found; others are the page's own
_SETTLED = {"related", "story"}  # kept as they are
_PROVENANCE = ("method", "version")  # of a reaction's evidence
# Has something for every part to find, so that all of them tell their versions.
_PROBE = Article(
    id="0" * 32, uri="", source="", guid="", headline="Japan and Norway sign fisheries pact",
    body_text="Japan expressed “grave concerns” over the quotas. Norway has not yet commented.",
)  # fmt: skip


class Extending(Protocol):
    """Adds what enrichers of other packages find, article by article."""

    def extend(self, articles: Sequence[EnrichedArticle]) -> Sequence[EnrichedArticle]:
        """In the order of the articles."""


class Change(NamedTuple):
    """A field of the enrichment, and its values as JSON has them; None where it has none."""

    field: str
    before: Any
    after: Any


class Kept(NamedTuple):
    """An article as it is stored: the document of a version that was accepted at ``at_ms``."""

    article_id: str
    version: int
    at_ms: int
    body: bytes
    article: EnrichedArticle


class Renewal(NamedTuple):
    """What came of one article; ``trouble`` says why it is left as it is.

    With ``changes`` there is a ``body``, which may take the place of the document whose SHA-1 is
    ``replaces``. ``created_ms`` is when the article's first version was accepted.
    """

    kept: Kept
    changes: tuple[Change, ...] = ()
    body: bytes = b""
    replaces: str = ""
    created_ms: int = 0
    trouble: str | None = None


class Renewer:
    """The enricher of now, on articles that were enriched before.

    ``version`` is that of the parts, their data, and the enrichers beside them, as one short word.
    """

    def __init__(self, enricher: Enricher, enrichers: Extending) -> None:
        self._enricher = enricher
        self._enrichers = enrichers
        self.version = self._version()

    def _version(self) -> str:
        [enriched] = self._enrichers.extend([self._enricher.enrich(_PROBE, lambda _: Links())[0]])
        told = [version("newswire-enrich"), *map(repr, enriched.enrichment.provenance)]
        return blake2b("\n".join(told).encode(), digest_size=8).hexdigest()

    def renew(self, batch: Sequence[Kept]) -> list[Renewal]:
        """What came of each article, in order. Takes milliseconds an article."""
        fresh = self._enrichers.extend([self._enrich(kept.article) for kept in batch])
        return [_renewal(kept, one.enrichment) for kept, one in zip(batch, fresh, strict=True)]

    def _enrich(self, stored: EnrichedArticle) -> EnrichedArticle:
        bare = {name: value for name, value in stored if name != "enrichment"}
        ours = tuple(link for link in stored.enrichment.related if link.origin == OURS)
        links = Links(related=ours, story=stored.enrichment.story)
        return self._enricher.enrich(Article.model_construct(**bare), lambda _: links)[0]


def _renewal(kept: Kept, fresh: Enrichment) -> Renewal:
    """Where a part fails now and did not before, the article is left as it is."""
    stored, first = kept.article.enrichment, kept.article.first_created
    failed = _errors(fresh).keys() - _errors(stored).keys()
    if failed:
        told = "; ".join(f"{field}: {_errors(fresh)[field]}" for field in sorted(failed))
        return Renewal(kept, trouble=f"can not be enriched: {told}"[:300])
    changes = tuple(changes_between(stored, fresh))
    if not changes:
        return Renewal(kept)
    renewed = fresh.model_copy(update={"provenance": _provenance(stored, fresh)})
    enrichment = renewed.model_dump(mode="json", exclude_none=True)
    return Renewal(
        kept=kept,
        changes=changes,
        # All else of the document stays, also what only a later version of this code could read.
        body=orjson.dumps(orjson.loads(kept.body) | {"enrichment": enrichment}),
        replaces=sha1(kept.body, usedforsecurity=False).hexdigest(),
        created_ms=round(first.timestamp() * 1000) if first else kept.at_ms,
    )


def changes_between(before: Enrichment, after: Enrichment) -> Iterator[Change]:
    """What differs but for how it was found, in the order of the fields."""
    old, new = _told(before), _told(after)
    for field in dict.fromkeys((*new, *old)):
        if _compared(field, old.get(field)) != _compared(field, new.get(field)):
            yield Change(field, old.get(field), new.get(field))


def _told(enrichment: Enrichment) -> dict[str, Any]:
    """The fields that may be replayed; those of tags, and those of other packages, one by one."""
    told = enrichment.model_dump(mode="json", exclude_none=True, exclude=_SETTLED | {"provenance"})
    for group in ("tags", "extra"):
        told |= {f"{group}.{name}": value for name, value in told.pop(group, {}).items()}
    offered = [link for link in enrichment.related if link.origin != OURS]
    told["related"] = [link.model_dump(mode="json", exclude_none=True) for link in offered]
    return told


def _compared(field: str, value: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    if field != "reactions":
        return value
    return [
        reaction
        | {"evidence": {k: v for k, v in reaction["evidence"].items() if k not in _PROVENANCE}}
        for reaction in value or ()
    ]


def _provenance(stored: Enrichment, fresh: Enrichment) -> tuple[Provenance, ...]:
    """That of what was made anew, and of the links and the story that of then."""
    made = [one for one in fresh.provenance if one.field not in _SETTLED]
    settled = [one for one in stored.provenance if one.field in _SETTLED]
    return (*made, *settled)


def _errors(enrichment: Enrichment) -> dict[str, str]:
    return {one.field: one.error for one in enrichment.provenance if one.error}
