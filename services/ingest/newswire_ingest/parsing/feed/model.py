"""What a feed says, in one shape for every format."""

from typing import Any, NamedTuple

from newswire_common.errors import NewswireError

Fields = dict[str, Any]  # of an ArticleDraft, by name; plain values, as in JSON


class FeedError(NewswireError):
    """What was fetched is no feed, or one that no honest publisher writes; the text says why."""


class Entry(NamedTuple):
    """One article of a feed.

    ``fields`` are valid input of `newswire_common.article.ArticleDraft` but for ``source``, with
    the guid. ``full_text`` says that the feed carries the article and not only a summary of it.
    ``comments_feed`` is the URL of a feed of its comments, ``in_reply_to`` the guid of what it
    answers (RFC 4685).
    """

    guid: str
    fields: Fields
    full_text: bool
    comments_feed: str | None = None
    in_reply_to: str | None = None


class Deleted(NamedTuple):
    """A tombstone: the publisher took this article back (RFC 6721). ``at`` is RFC 3339."""

    guid: str
    at: str | None
    reason: str


class Feed(NamedTuple):
    """A feed as it was at one moment.

    ``kind`` is ``rss20``, ``rss10``, ``atom10``, … as feedparser names them, ``json10``, ``json11``
    or ``ninjs``. ``interval_s`` is how often it says that it changes, in seconds. ``skipped``
    counts items that are no entries here: over the limit, cut off, or without any words.
    """

    kind: str
    title: str
    home_url: str | None
    self_url: str | None
    hub_urls: tuple[str, ...]
    language: str | None
    interval_s: int | None
    entries: tuple[Entry, ...]
    deleted: tuple[Deleted, ...]
    skipped: int
