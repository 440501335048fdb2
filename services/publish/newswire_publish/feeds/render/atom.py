"""Atom 1.0 (RFC 4287); a withdrawn article is an ``at:deleted-entry`` (RFC 6721)."""

import re
from collections.abc import Sequence

from lxml import etree

from newswire_publish.feeds.render.item import EPOCH, Channel, Format, Item, Tombstone
from newswire_publish.feeds.render.xml import ATOM, DC, XML_LANG, around, child, inside, rfc3339

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
NAMESPACES = {None: ATOM, "at": TOMBSTONES, "dc": DC}
CONTENT_TYPE = "application/atom+xml"
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # as the schema of RFC 4287 has it
_DELETED = b"<at:deleted-entry"


def _root() -> etree._Element:
    return etree.Element(f"{{{ATOM}}}feed", nsmap=NAMESPACES)  # type: ignore[arg-type]  # None is the default namespace: lxml's way


def _child(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> None:
    child(parent, f"{{{ATOM}}}{tag}", text, **attributes)


def _feed(channel: Channel, fragments: Sequence[bytes]) -> bytes:
    root = _root()
    _child(root, "title", channel.title)
    _child(root, "id", channel.self_url)
    _child(root, "link", rel="self", type=CONTENT_TYPE, href=channel.self_url)
    _child(root, "link", rel="alternate", type="text/html", href=channel.home_url)
    _child(root, "updated", rfc3339(channel.updated or EPOCH))
    _child(root, "generator", "Newswire")
    # The schema wants all that is not an entry before the first entry; their order says nothing.
    return around(root, 1, sorted(fragments, key=lambda one: not one.startswith(_DELETED)))


def _item(item: Item) -> bytes:
    root = _root()
    entry = child(root, f"{{{ATOM}}}entry")
    if item.language and _LANGUAGE.fullmatch(item.language):
        entry.set(XML_LANG, item.language)
    _child(entry, "title", item.title)
    _child(entry, "id", item.uri)
    _child(entry, "link", rel="alternate", href=item.link)
    for url, title in item.related:
        _child(entry, "link", rel="related", href=url, **({"title": title} if title else {}))
    _child(entry, "published", rfc3339(item.published))
    _child(entry, "updated", rfc3339(item.updated))
    child(child(entry, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", item.author)
    for tag in item.tags:
        _child(entry, "category", term=tag.term, scheme=tag.scheme, label=tag.label)
    if item.rights:
        _child(entry, "rights", item.rights)
    if item.summary:
        _child(entry, "summary", item.summary)
    _child(entry, "content", item.html, type="html")
    if item.published_as and item.published_as.precision != "second":
        # `published` only knows instants; this says how exactly the date is known (W3C-DTF).
        child(entry, f"{{{DC}}}date", item.published_as.value)
    return inside(root)


def _tombstone(tombstone: Tombstone) -> bytes:
    root = _root()
    deleted = child(root, f"{{{TOMBSTONES}}}deleted-entry")
    deleted.set("ref", tombstone.uri)
    deleted.set("when", rfc3339(tombstone.at))
    if tombstone.reason:
        child(deleted, f"{{{TOMBSTONES}}}comment", tombstone.reason)
    return inside(root)


FORMAT = Format(CONTENT_TYPE + "; charset=utf-8", _item, _tombstone, _feed)
