"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) with all that we know in ``_newswire``.

``content_text`` is the article's ``body_text`` to the letter, so that the offsets of tags and
reactions cut their very words out of it.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from newswire_publish.feeds.render.item import Channel, Format, Item, Tombstone
from newswire_publish.feeds.render.xml import rfc3339

ABOUT = "https://newswire.example/json-feed"


def _feed(channel: Channel, fragments: Sequence[bytes]) -> bytes:
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home_url,
        "feed_url": channel.self_url,
        "_newswire": {"about": ABOUT},
    }
    if channel.updated:
        head["_newswire"]["updated"] = rfc3339(channel.updated)
    return b"".join((orjson.dumps(head)[:-1], b',"items":[', b",".join(fragments), b"]}"))


def _item(item: Item) -> bytes:
    entry: dict[str, Any] = {
        "id": item.uri,
        "url": item.link,
        "title": item.title,
        "content_html": item.html,
        "content_text": item.text,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": [{"name": item.author}],
        "tags": list(dict.fromkeys(tag.label for tag in item.tags)),
        "_newswire": item.extension,
    }
    if item.summary:
        entry["summary"] = item.summary
    if item.language:
        entry["language"] = item.language
    return orjson.dumps(entry)


def _tombstone(tombstone: Tombstone) -> bytes:
    withdrawn = {"at": rfc3339(tombstone.at), "kind": tombstone.kind}
    if tombstone.reason:
        withdrawn["reason"] = tombstone.reason
    return orjson.dumps(
        {
            "id": tombstone.uri,
            "url": tombstone.link,
            "content_text": "",
            "date_modified": rfc3339(tombstone.at),
            "_newswire": {"version": tombstone.version, "withdrawn": withdrawn},
        }
    )


FORMAT = Format("application/feed+json", _item, _tombstone, _feed)
