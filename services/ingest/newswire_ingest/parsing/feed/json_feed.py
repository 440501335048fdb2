"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), our own ``_newswire`` included.

Whatever is not of the type that it should be is not there.
"""

from collections.abc import Mapping
from typing import Any

from newswire_ingest.parsing.feed.bounds import MAX_ITEMS, MAX_TOMBSTONES
from newswire_ingest.parsing.feed.dates import moment
from newswire_ingest.parsing.feed.fields import Texts, entry_of, with_texts
from newswire_ingest.parsing.feed.model import Deleted, Entry, Feed, Fields
from newswire_ingest.parsing.feed.prose import absolute, language, line, with_absolute_links
from newswire_ingest.parsing.feed.said import count, mapping, mappings, text

_VERSION = "https://jsonfeed.org/version/"
MAX_HUBS = 5


def is_json_feed(said: object) -> bool:
    version = text(mapping(said).get("version"))
    return version.replace("http:", "https:", 1).startswith(_VERSION)


def feed_of_json_feed(said: Mapping[str, Any], url: str) -> Feed:
    """The feed, its links absolute; ``said`` is its JSON."""
    items = mappings(said.get("items"))
    tombstones = [(item, gone) for item in items if (gone := _withdrawn(item)) is not None]
    news = [item for item in items if _withdrawn(item) is None]
    entries = [_entry(item, said, url) for item in news[:MAX_ITEMS]]
    kept = tuple(entry for entry in entries if entry)
    hubs = [
        absolute(hub.get("url"), url)
        for hub in mappings(said.get("hubs"))
        if text(hub.get("type")).lower() == "websub"
    ]
    return Feed(
        kind="json10" if text(said["version"]).rstrip("/").endswith("/1") else "json11",
        title=line(said.get("title")),
        home_url=absolute(said.get("home_page_url"), url),
        self_url=absolute(said.get("feed_url"), url),
        hub_urls=tuple(dict.fromkeys(hub for hub in hubs if hub))[:MAX_HUBS],
        language=language(said.get("language")),
        interval_s=None,
        entries=kept,
        deleted=tuple(_deleted(*one) for one in tombstones[:MAX_TOMBSTONES] if _id(one[0])),
        skipped=len(news) - len(kept),
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], url: str) -> Entry | None:
    link = absolute(item.get("url"), url)
    fields: Fields = {"url": link}
    html = text(item.get("content_html"))
    if html:
        html = with_absolute_links(html, link or url) or ""
    full_text = with_texts(
        fields,
        Texts(
            title=line(item.get("title")),
            summary=text(item.get("summary")),
            summary_is_html=False,
            html=html or None,
            text=text(item.get("content_text")) or None,
        ),
    )
    fields |= {
        "by": _by(item) or _by(feed),
        "language": language(item.get("language")) or language(feed.get("language")),
        "subjects": [{"name": line(tag)} for tag in _list(item.get("tags"))],
        "renditions": _renditions(item, url),
        "published_at": moment(item.get("date_published")),
        "updated_at": moment(item.get("date_modified")),
    }
    if external := absolute(item.get("external_url"), url):
        fields["associations"] = [{"uri": external, "rel": "related"}]
    return entry_of(_id(item), fields, full_text=full_text)


def _id(item: Mapping[str, Any]) -> str:
    """The id; a number, which 1.0 tolerated, as its text."""
    said = item.get("id")
    if isinstance(said, int | float) and not isinstance(said, bool):
        return str(said)
    return text(said)


def _by(said: Mapping[str, Any]) -> str:
    """``authors`` of 1.1, ``author`` of 1.0."""
    people = mappings(said.get("authors")) or [mapping(said.get("author"))]
    return ", ".join(dict.fromkeys(name for one in people if (name := line(one.get("name")))))


def _renditions(item: Mapping[str, Any], url: str) -> list[Fields]:
    found: dict[str, Fields] = {}
    for one in mappings(item.get("attachments")):
        if href := absolute(one.get("url"), url):
            size = count(one.get("size_in_bytes"))
            found.setdefault(href, {
                "href": href, "content_type": text(one.get("mime_type")), "size_bytes": size,
            })  # fmt: skip
    for name in ("image", "banner_image"):
        if href := absolute(item.get(name), url):
            found.setdefault(href, {"href": href})
    return list(found.values())


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _withdrawn(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What our own feeds say of an article that was taken back; None of any other."""
    gone = mapping(item.get("_newswire")).get("withdrawn")
    return gone if isinstance(gone, dict) else None


def _deleted(item: Mapping[str, Any], gone: Mapping[str, Any]) -> Deleted:
    return Deleted(_id(item), moment(gone.get("at")), line(gone.get("reason")))
