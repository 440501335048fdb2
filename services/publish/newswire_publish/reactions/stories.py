"""A story as its readers see it: its articles, and the summary of their reactions."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from newswire_common.article import Moment, Relation
from newswire_common.stored import Stored
from newswire_common.streams import article_uri, is_article_id, partition_of
from newswire_publish.library.library import Library
from newswire_publish.reactions.keeping import Ledgers
from newswire_publish.reactions.ledger import Entries, Entry, copies_of, in_order
from newswire_publish.reactions.summary import StorySummary, summarised

MAX_MERGES = 8  # one into the other that are followed
MANY_RECORDS = 200  # more take some ten milliseconds, in which others are to be answered


class StoryArticle(Stored):
    """``rel`` is what it is to the articles before it: a copy of one, or of the same story."""

    id: str
    uri: str
    headline: str
    published_at: Moment | None = None
    rel: Relation


class StoryPage(Stored):
    """A story; ``size`` counts all its articles, of which the latest 300 are in ``articles``.

    Those are in the order of their first publication, without what was withdrawn.
    """

    id: str
    size: int
    articles: tuple[StoryArticle, ...]
    reaction_summary: StorySummary


@dataclass(frozen=True, slots=True)
class StoryLibrary:
    """Reads stories, from every partition."""

    library: Library
    ledgers: Ledgers

    @classmethod
    def of(cls, library: Library, retention_ms: int) -> Self:
        return cls(library, Ledgers(library.client, library.partitions, retention_ms))

    async def surviving(self, story: str) -> str:
        """The id that a story goes on by: another one, where it was merged into that."""
        seen = [story]
        while len(seen) <= MAX_MERGES:
            merged = await self.library.client.hget(self._key(seen[-1]), "merged_into")
            into = merged.decode() if merged else ""
            if not is_article_id(into) or into in seen:
                break
            seen.append(into)
        return seen[-1]

    async def find(self, story: str) -> StoryPage | None:
        """The story of an id, or None where there is none, or nothing of it may be seen."""
        ledgers = await self.ledgers.read([story])
        shown = await self._shown(dict(in_order(ledgers[story].entries)))
        if not shown:
            return None
        size = int(await self.library.client.hget(self._key(story), "size") or 0)
        if sum(len(entry.records) for entry in shown.values()) > MANY_RECORDS:
            return await asyncio.to_thread(_page, story, size, shown)
        return _page(story, size, shown)

    async def _shown(self, entries: Mapping[str, Entry]) -> dict[str, Entry]:
        """Those that may be seen at this moment: the ledger hears of a withdrawal after readers."""
        states = await self.library.states(list(entries))
        return {
            article: entry
            for (article, entry), state in zip(entries.items(), states, strict=True)
            if state and state.status == "usable"
        }

    def _key(self, story: str) -> str:
        return partition_of(story, self.library.partitions).key("story", story)


def _page(story: str, size: int, shown: Entries) -> StoryPage:
    copies = copies_of(shown)
    return StoryPage(
        id=story,
        size=max(len(shown), size),
        articles=tuple(
            _article(one, entry, copy=copies[one] != one) for one, entry in in_order(shown)
        ),
        reaction_summary=summarised(shown),
    )


def _article(article: str, entry: Entry, *, copy: bool) -> StoryArticle:
    return StoryArticle(
        id=article,
        uri=article_uri(article),
        headline=entry.headline,
        published_at=entry.published_at,
        rel="duplicate" if copy else "same-story",
    )
