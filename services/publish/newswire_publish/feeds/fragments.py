"""Fragments: each version of an article rendered once a format, kept for every feed it is in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from cachetools import LRUCache

from newswire_common.article import PublishedArticle
from newswire_publish.feeds.render import FORMATS, Format, item_of
from newswire_publish.library.library import Library, State

CACHE_BYTES = 64 * 2**20
LARGEST_KEPT_BYTES = CACHE_BYTES // 16  # one giant must not push out all others

log = structlog.get_logger()

# Format, article id, version, changes of its links and of its enrichment, and when it was first
# shown: after the server was emptied, another article may come by the same id and version.
Key = tuple[str, str, int, int, int, int | None]


@dataclass(eq=False)
class Fragments:
    """The rendered items of one process. ``public_url`` begins every URL of our own."""

    library: Library
    public_url: str
    _kept: LRUCache[Key, bytes] = field(
        default_factory=lambda: LRUCache(CACHE_BYTES, getsizeof=len)
    )

    async def of(self, form: str, article_ids: Sequence[str]) -> list[bytes]:
        """The newest version of each article in a format; without those that just went."""
        states = await self.library.states(article_ids)
        shown: dict[Key, tuple[str, State]] = {
            (form, *_looks(article_id, state)): (article_id, state)
            for article_id, state in zip(article_ids, states, strict=True)
            if state and state.status != "withheld"
        }
        found = {key: kept for key in shown if (kept := self._kept.get(key))}
        missing = [key for key in shown if key not in found]
        if missing:
            documents = await self.library.documents([shown[key] for key in missing])
            fresh = await asyncio.to_thread(_rendered, FORMATS[form], documents, self.public_url)
            for key, fragment in zip(missing, fresh, strict=True):
                if fragment:
                    found[key] = fragment
                    self._keep(key, fragment)
        return [found[key] for key in shown if key in found]

    def _keep(self, key: Key, fragment: bytes) -> None:
        if len(fragment) <= LARGEST_KEPT_BYTES:
            self._kept[key] = fragment


def _looks(article_id: str, state: State) -> tuple[str, int, int, int, int | None]:
    return article_id, state.version, state.links, state.enrichment, state.first_ms


def _rendered(
    form: Format, documents: Sequence[bytes | None], public_url: str
) -> list[bytes | None]:
    return [_fragment(form, document, public_url) if document else None for document in documents]


def _fragment(form: Format, document: bytes, public_url: str) -> bytes | None:
    """The item of a document; None, and a line in the log, where it is beyond reading."""
    try:
        article = PublishedArticle.model_validate_json(document)
        return form.fragment(item_of(article, public_url))
    except ValueError as error:  # of pydantic and of lxml; one article spoils no feed
        log.warning("not rendered", document=document[:80], reason=str(error)[:300])
        return None
