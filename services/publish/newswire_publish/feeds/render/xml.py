"""A real XML writer for fragments: written whole in the feed's namespaces, then cut out.

Every text and attribute passes here, so none carries a character that XML can not.
"""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from newswire_publish.feeds.render.markup import legal

DC = "http://purl.org/dc/elements/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


def child(
    parent: etree._Element, tag: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """Add an element; ``tag`` may be in Clark notation ``{namespace}name``."""
    element = etree.SubElement(parent, tag)
    if text is not None:
        element.text = legal(text)
    for name, value in attributes.items():
        element.set(name, legal(value))
    return element


def written(element: etree._Element) -> bytes:
    """The element as UTF-8 with the namespaces that its tree declares."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=False)


def inside(root: etree._Element) -> bytes:
    """What the root holds, to be put inside a root with the same namespaces."""
    whole = written(root)
    return whole[whole.index(b">") + 1 : whole.rindex(b"</")]


def around(root: etree._Element, depth: int, fragments: Sequence[bytes]) -> bytes:
    """The document of a root with fragments put at the end of its element at ``depth``.

    That element and those above it are the last of their parents, and the root is at depth 1.
    """
    whole = written(root)
    end = len(whole)
    for _ in range(depth):
        end = whole.rindex(b"</", 0, end)
    return b"".join((DECLARATION, whole[:end], *fragments, whole[end:], b"\n"))


def rfc3339(moment: datetime) -> str:
    """An instant in UTC as RFC 3339, to the second or, where it has them, milliseconds."""
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def rfc822(moment: datetime) -> str:
    """An instant in UTC as RSS 2.0 wants it."""
    return format_datetime(moment, usegmt=True)
