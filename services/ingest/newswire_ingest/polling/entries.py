"""From the entries of a feed to articles of its source. Pure.

    feed > what was not there at the last poll > (its page) > draft > submission
                                                  deleted   > withdrawal

An entry is told from its earlier self by a digest of what the feed says of it, never by a date. One
that has not changed is not filed again: what was corrected by another way stays corrected.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from newswire_common.article import Article, ArticleDraft, Block
from newswire_common.streams import article_id
from newswire_ingest.identity import Submission, submission_of, withdrawal_of
from newswire_ingest.parsing.feed import Deleted, Feed
from newswire_ingest.polling.memory import MAX_SEEN, Seen, digest
from newswire_ingest.sources.source import Source
from newswire_ingest.trace import traceparent

MAX_REASON = 1_000  # characters
# What a page tells better than nothing; what the feed says goes before it.
_FROM_PAGE = ("by", "dateline", "language", "copyright_holder", "renditions", "genres")
_DATES_FROM_PAGE = ("published_at", "updated_at")


class Item(NamedTuple):
    """An entry that is new, or has changed. ``page_url`` is set where its text has to be got."""

    guid: str
    digest: bytes
    fields: Mapping[str, Any]
    page_url: str | None = None


class Removal(NamedTuple):
    """An entry that the feed says is deleted (RFC 6721)."""

    article: str
    guid: str
    digest: bytes
    reason: str


class News(NamedTuple):
    """What a feed has that it did not have. ``still`` are the digests of what it goes on having."""

    items: list[Item]
    removals: list[Removal]
    still: Seen

    @property
    def new(self) -> Seen:
        """The digests of what is new."""
        items, removals = self.items, self.removals
        return frozenset([*(i.digest for i in items), *(r.digest for r in removals)])


def news(source: Source, feed: Feed, seen: Seen) -> News:
    """What is new in a feed, in its order; of more than MAX_SEEN entries the first."""
    items = list(_items(source, feed))
    there = {item.guid for item in items}
    removals = list(_removals(source, (d for d in feed.deleted if d.guid not in there)))
    digests = {item.digest for item in items} | {removal.digest for removal in removals}
    return News(
        [item for item in items if item.digest not in seen],
        [removal for removal in removals if removal.digest not in seen],
        seen & digests,
    )


def _items(source: Source, feed: Feed) -> Iterator[Item]:
    for entry in feed.entries[:MAX_SEEN]:
        page = entry.fields.get("url") if source.full_text and not entry.full_text else None
        content: Mapping[str, Any] = entry.fields
        if page:  # a comment more is no reason to get the page again
            content = {name: value for name, value in content.items() if name != "audience"}
        fields = _with_defaults(source, feed, {**entry.fields, "guid": entry.guid})
        yield Item(entry.guid, digest(entry.guid, content), fields, page)


def _with_defaults(source: Source, feed: Feed, fields: dict[str, Any]) -> dict[str, Any]:
    """What the source or its feed says of all entries, where an entry does not say it."""
    if source.section and not fields.get("section"):
        fields["section"] = source.section
    if feed.language and not fields.get("language"):
        fields["language"] = feed.language
    return fields | {"source": source.id}


def _removals(source: Source, deleted: Iterable[Deleted]) -> Iterator[Removal]:
    for one in deleted:
        yield Removal(
            article_id(source.id, one.guid), one.guid, digest(one.guid, ["deleted", one.at]),
            one.reason[:MAX_REASON],
        )  # fmt: skip


def submission(item: Item, page: Article | None = None) -> Submission:
    """The article of an entry, with the text of its page. Raises ValidationError."""
    blocks: tuple[Block, ...] = page.blocks if page else ()
    fields = _with_page(item.fields, page) if page else item.fields
    return submission_of(ArticleDraft.model_validate(fields), traceparent(None), blocks)


def _with_page(fields: Mapping[str, Any], page: Article) -> dict[str, Any]:
    told = {name: getattr(page, name) for name in _FROM_PAGE}
    told |= {name: moment.value for name in _DATES_FROM_PAGE if (moment := getattr(page, name))}
    body = {"body_html": page.body_html, "body_text": page.body_text}
    said = {name: value for name, value in fields.items() if value}
    return {name: value for name, value in (told | said | body).items() if value}


def withdrawal(source: Source, removal: Removal) -> Submission:
    """The version that takes an article back. Raises ValidationError."""
    return withdrawal_of(
        removal.article, source.id, removal.guid, "takedown", removal.reason, traceparent(None)
    )
