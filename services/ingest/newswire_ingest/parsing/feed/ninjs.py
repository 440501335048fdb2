"""ninjs 2.x and 3.x of the IPTC: one item, or a list of them.

3.0 writes in camel case what 2.x writes in lower case (``versionCreated``, ``versioncreated``), so
names are read in lower case. ``pubstatus`` canceled is a tombstone; withheld without a date of its
embargo is no entry, for nobody may show it.
"""

from collections.abc import Mapping
from typing import Any

from newswire_ingest.parsing.feed.bounds import MAX_ITEMS, MAX_TOMBSTONES
from newswire_ingest.parsing.feed.dates import moment
from newswire_ingest.parsing.feed.fields import Texts, entry_of, with_texts
from newswire_ingest.parsing.feed.model import Deleted, Entry, Feed, FeedError, Fields
from newswire_ingest.parsing.feed.prose import absolute, language, line, plain, with_absolute_links
from newswire_ingest.parsing.feed.said import count, mapping, mappings, text

Item = Mapping[str, Any]
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_LISTS = ("items", "news")  # names under which a list is wrapped
MAX_URGENCY = 9


def feed_of_ninjs(said: object, url: str) -> Feed:
    """The items as a feed without a title. Raises FeedError where there is no ninjs item."""
    items = [_lowered(item) for item in _items(said)]
    news = [item for item in items if text(item.get("uri"))]
    if not news:
        raise FeedError("this JSON is neither a JSON Feed nor ninjs")
    gone = [item for item in news if text(item.get("pubstatus")) == "canceled"]
    live = [item for item in news if text(item.get("pubstatus")) != "canceled"]
    entries = [_entry(item, url) for item in live[:MAX_ITEMS] if _may_be_taken(item)]
    kept = tuple(entry for entry in entries if entry)
    return Feed(
        kind="ninjs", title="", home_url=None, self_url=None, hub_urls=(), language=None,
        interval_s=None, entries=kept,
        deleted=tuple(_deleted(item) for item in gone[:MAX_TOMBSTONES]),
        skipped=len(items) - len(gone) - len(kept),
    )  # fmt: skip


def _items(said: object) -> list[Item]:
    if isinstance(said, list):
        return mappings(said)
    item = mapping(said)
    wrapped = next((item[name] for name in _LISTS if isinstance(item.get(name), list)), None)
    return mappings(wrapped) if wrapped is not None else [item]


def _lowered(item: Item) -> Item:
    """The item with names in lower case, two levels deep: as far as they are read."""
    return {name.lower(): _lowered_inside(value) for name, value in item.items()}


def _lowered_inside(value: object) -> object:
    if isinstance(value, list):
        return [_lowered(one) if isinstance(one, dict) else one for one in value]
    return _lowered(value) if isinstance(value, dict) else value


def _may_be_taken(item: Item) -> bool:
    return text(item.get("pubstatus")) != "withheld" or _embargo(item) is not None


def _embargo(item: Item) -> str | None:
    return moment(item.get("embargoeduntil") or item.get("embargoed"))


def _deleted(item: Item) -> Deleted:
    return Deleted(
        text(item["uri"]), moment(item.get("versioncreated")), line(item.get("ednote"))[:1_000]
    )


def _entry(item: Item, url: str) -> Entry | None:
    uri = text(item["uri"])
    link = absolute(uri, url) if uri.startswith("http") else None
    fields: Fields = {"url": link}
    summary, summary_is_html = _of_role(item.get("descriptions"), "summary", "main", "lede")
    body, is_html = _of_role(item.get("bodies"), "main", "body")
    full_text = with_texts(
        fields,
        Texts(
            title=_title(item),
            summary=plain(summary) if summary_is_html else summary,
            summary_is_html=False,
            html=with_absolute_links(body, link or url) if is_html else None,
            text=None if is_html else body or None,
        ),
    )
    fields |= _facts(item) | _lists(item, url)
    return entry_of(
        uri, fields, full_text=full_text and item.get("representationtype") != "partial"
    )


def _facts(item: Item) -> Fields:
    urgency = count(item.get("urgency"))
    version = text(item.get("version"))
    return {
        "by": line(item.get("by")),
        "located": line(item.get("located")),
        "language": language(item.get("language")),
        "published_at": moment(item.get("contentcreated")) or moment(item.get("firstcreated")),
        "updated_at": moment(item.get("versioncreated")),
        "embargoed_until": _embargo(item),
        "expires": moment(item.get("expires")),
        "urgency": urgency if urgency and urgency <= MAX_URGENCY else None,
        "source_version": int(version) if version.isascii() and version.isdigit() else None,
        "ed_note": text(item.get("ednote")),
        "copyright_holder": line(item.get("copyrightholder")),
        "copyright_notice": line(item.get("copyrightnotice")),
        "usage_terms": text(item.get("usageterms")),
    }


def _lists(item: Item, url: str) -> Fields:
    associated = mappings(item.get("associations"))
    pictures = [one for part in associated for one in mappings(part.get("renditions"))]
    return {
        "subjects": [
            {
                "name": line(one.get("name")) or text(one.get("literal")),
                "code": text(one.get("uri")),
            }
            for one in mappings(item.get("subjects"))
        ],
        "genres": _names(item, "genres"),
        "people": _names(item, "people"),
        "organisations": _names(item, "organisations"),
        "places": _names(item, "places"),
        "renditions": _renditions([*mappings(item.get("renditions")), *pictures], url),
        "associations": [
            {
                "uri": text(one.get("uri")),
                "title": _title(one),
                "rel": text(one.get("rel")) or "related",
            }
            for one in associated
        ],
    }  # fmt: skip


def _names(item: Item, name: str) -> list[str]:
    return [line(one.get("name")) for one in mappings(item.get(name))]


def _title(item: Item) -> str:
    headline, is_html = _of_role(item.get("headlines"), "main", "headline")
    return line(headline, html=is_html) or line(item.get("headline")) or line(item.get("title"))


def _renditions(said: list[Item], url: str) -> list[Fields]:
    found: dict[str, Fields] = {}
    for one in said:
        if href := absolute(one.get("href"), url):
            found.setdefault(href, {
                "href": href, "content_type": text(one.get("contenttype")),
                "size_bytes": count(one.get("sizeinbytes")),
            })  # fmt: skip
    return list(found.values())


def _of_role(said: object, *roles: str) -> tuple[str, bool]:
    """The text that has the first of these roles, else the first text; and whether it is HTML."""
    texts = [one for one in mappings(said) if text(one.get("value"))]
    if not texts:
        return "", False
    rank = {role: place for place, role in enumerate(roles)}
    best = min(texts, key=lambda one: rank.get(text(one.get("role")).lower(), len(rank)))
    return text(best["value"]), text(best.get("contenttype")).lower() in _HTML
