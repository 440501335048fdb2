"""A feed of any format, whatever is wrong with it, within bounds.

    bytes > text > JSON? JSON Feed or ninjs
                 | XML > repaired > bounded > feedparser's strict parser > entries
                                      `-- not well-formed > its tolerant parser

Pure but not quick where the input is hostile: it belongs into a `newswire_ingest.parsing.sandbox`.
Nothing is ever fetched. The order of precautions: docs/decisions/0010-feed-parser.md.
"""

import io
from collections.abc import Mapping
from typing import Any

import feedparser
import orjson

from newswire_ingest.parsing.feed.bounds import MAX_ITEMS, Bounded, bounded
from newswire_ingest.parsing.feed.encoding import decoded
from newswire_ingest.parsing.feed.json_feed import feed_of_json_feed, is_json_feed
from newswire_ingest.parsing.feed.model import Feed, FeedError
from newswire_ingest.parsing.feed.ninjs import feed_of_ninjs
from newswire_ingest.parsing.feed.prose import absolute, language, line
from newswire_ingest.parsing.feed.repair import repaired
from newswire_ingest.parsing.feed.syndicated import Syndicated, entry_of_xml, number, plain_mapping

MAX_BYTES = 16 * 2**20
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000,
            "yearly": 31_536_000}  # fmt: skip
MAX_INTERVAL_S = 31_536_000
MAX_HUBS = 5


def parse_feed(body: bytes, content_type: str | None, url: str) -> Feed:
    """The feed that ``body`` is, fetched from ``url`` with this Content-Type.

    Raises FeedError for what is no feed, and for what goes beyond the bounds of any feed.
    """
    if len(body) > MAX_BYTES:
        raise FeedError(f"the document is over {MAX_BYTES} bytes")
    text = decoded(body, content_type).lstrip("\ufeff \t\r\n\x00")
    if not text:
        raise FeedError("the document is empty")
    if text[0] in "{[":
        return _feed_of_json(text, url)
    return _feed_of_xml(bounded(repaired(text)), url)


def _feed_of_json(text: str, url: str) -> Feed:
    try:
        said = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise FeedError(f"this is no JSON: {error}"[:200]) from error
    return feed_of_json_feed(said, url) if is_json_feed(said) else feed_of_ninjs(said, url)


def _feed_of_xml(document: Bounded, url: str) -> Feed:
    parsed = _parsed(document.xml)
    feed = plain_mapping(parsed.feed)
    around = Syndicated(feed, parsed.version, parsed.namespaces, url)
    entries = [entry_of_xml(item, around) for item in parsed.entries[:MAX_ITEMS]]
    kept = tuple(entry for entry in entries if entry)
    links = [link for link in feed.get("links", ()) if link.get("href")]
    hubs = [absolute(link["href"], url) for link in links if link.get("rel") == "hub"]
    return Feed(
        kind=parsed.version,
        title=line(
            feed.get("title"), html=(feed.get("title_detail") or {}).get("type") != "text/plain"
        ),
        home_url=absolute(feed.get("link"), url),
        self_url=next(
            (absolute(link["href"], url) for link in links if link.get("rel") == "self"), None
        ),
        hub_urls=tuple(dict.fromkeys(hub for hub in hubs if hub))[:MAX_HUBS],
        language=language(feed.get("language")),
        interval_s=_interval(feed),
        entries=kept,
        deleted=document.deleted,
        skipped=document.skipped + len(parsed.entries) - len(kept),
    )


def _parsed(xml: bytes) -> Any:  # noqa: ANN401 - feedparser has no types
    """What feedparser reads, of a stream: bytes it would open as the name of a file."""
    try:
        parsed = feedparser.parse(
            io.BytesIO(xml), response_headers=_HEADERS,
            sanitize_html=False, resolve_relative_uris=False,
        )  # fmt: skip
    except MemoryError:
        raise
    except Exception as error:  # what trips it up is no list of types: it is the input's doing
        raise FeedError(f"the feed can not be read: {error!r}"[:200]) from error
    if not parsed.get("version") and not parsed.entries:
        raise FeedError("this is no feed of a known format")
    return parsed


def _interval(feed: Mapping[str, Any]) -> int | None:
    """How often the feed says that it changes, in seconds: RSS's ttl, else the sy module."""
    if minutes := number(feed.get("ttl")):
        return min(minutes * 60, MAX_INTERVAL_S)
    period = _PERIODS.get(line(feed.get("sy_updateperiod")).lower())
    if not period:
        return None
    return max(1, period // (number(feed.get("sy_updatefrequency")) or 1))
