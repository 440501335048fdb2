"""RSS 2.0 (https://www.rssboard.org/rss-specification) with content:encoded and Dublin Core.

RSS has no word for a withdrawal. Its item says so under the same guid, so that a reader that kept
the text has it replaced.
"""

import html
from collections.abc import Sequence

from lxml import etree

from newswire_publish.feeds.render.item import Channel, Format, Item, Tombstone
from newswire_publish.feeds.render.xml import ATOM, DC, around, child, inside, rfc822

CONTENT = "http://purl.org/rss/1.0/modules/content/"
NAMESPACES = {"atom": ATOM, "content": CONTENT, "dc": DC}
CONTENT_TYPE = "application/rss+xml"


def _root() -> etree._Element:
    return etree.Element("rss", attrib={"version": "2.0"}, nsmap=NAMESPACES)


def _feed(channel: Channel, fragments: Sequence[bytes]) -> bytes:
    root = _root()
    element = child(root, "channel")
    child(element, "title", channel.title)
    child(element, "link", channel.home_url)
    child(element, "description", channel.title)
    child(element, f"{{{ATOM}}}link", rel="self", type=CONTENT_TYPE, href=channel.self_url)
    if channel.updated:
        child(element, "lastBuildDate", rfc822(channel.updated))
    child(element, "generator", "Newswire")
    return around(root, 2, fragments)


def _item(item: Item) -> bytes:
    root = _root()
    element = child(root, "item")
    child(element, "title", item.title)
    child(element, "link", item.link)
    child(element, "guid", item.uri, isPermaLink="false")
    child(element, "pubDate", rfc822(item.published))
    if item.published_as and item.published_as.precision != "second":
        # pubDate only knows instants; this one says how exactly the date is known (W3C-DTF).
        child(element, f"{{{DC}}}date", item.published_as.value)
    child(element, f"{{{DC}}}creator", item.author)
    if item.language:
        child(element, f"{{{DC}}}language", item.language)
    if item.rights:
        child(element, f"{{{DC}}}rights", item.rights)
    for tag in item.tags:
        child(element, "category", tag.label, domain=tag.scheme)
    # A description is HTML, so what is plain text is escaped for it, and once more for XML.
    child(element, "description", html.escape(item.teaser, quote=False))
    child(element, f"{{{CONTENT}}}encoded", item.html)
    return inside(root)


def _tombstone(tombstone: Tombstone) -> bytes:
    root = _root()
    element = child(root, "item")
    child(element, "title", "Withdrawn")
    child(element, "link", tombstone.link)
    child(element, "guid", tombstone.uri, isPermaLink="false")
    child(element, "pubDate", rfc822(tombstone.at))
    text = f"This article was withdrawn. {tombstone.reason or ''}".strip()
    child(element, "description", html.escape(text, quote=False))
    return inside(root)


FORMAT = Format(CONTENT_TYPE + "; charset=utf-8", _item, _tombstone, _feed)
