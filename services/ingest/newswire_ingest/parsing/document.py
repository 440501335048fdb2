"""A page as a tree, bounded so that libraries which work on trees end in good time.

    html > libxml2's events > what is worth keeping, up to the limits > lxml's TreeBuilder > tree

The extractor's time grows with the product of elements and depth, and here and there with the
square of the elements beside each other or of an attribute's length. No article comes near these
limits; where a page does, what is over them is left out, and the rest is read as if it were all.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from lxml import etree
from lxml.etree import _Attrib, _Element
from lxml.html import HTMLParser

from newswire_ingest.parsing.markup import BLOCKS, Attributes, read

Element = _Element  # the type has no public name
MAX_ELEMENTS = 10_000  # pages of news have one or two thousand
MAX_DEPTH = 60  # what is deeper keeps its text and loses its tag
MAX_TEXT = 500_000  # characters: a long novel
MAX_RUN = 20_000  # characters of one element's own text, before a line break is put in
MAX_INLINE = 1_000  # elements in the running text of one; further ones lose their tag
MAX_SCRIPTS = 2_000_000  # characters of JSON-LD, all scripts of it together
MAX_ATTRIBUTE = 1_000  # characters; of content and href more, since they are data
MAX_DATA_ATTRIBUTE = 4_000
# Neither text nor data. Of scripts, those of JSON-LD are data.
_IGNORED = frozenset({
    "canvas", "embed", "object", "script", "source", "style", "svg", "template", "track", "wbr",
})  # fmt: skip
_COUNTLESS = frozenset({"br", "link", "meta", "script", "td", "th"})  # no part of running text
_PARTING = frozenset({"br", "img", "td", "th"})
_KEPT_ATTRIBUTES = frozenset({
    "action", "alt", "aria-hidden", "aria-label", "class", "content", "data-component",
    "data-testid", "datetime", "display", "encoding", "href", "hreflang", "id", "itemid",
    "itemprop", "itemscope", "itemtype", "lang", "name", "property", "rel", "role", "src", "style",
    "title", "type",
})  # fmt: skip
_DATA_ATTRIBUTES = frozenset({"content", "href", "datetime"})
# XML 1.0, production 2 (Char): lxml's trees hold no other characters.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = HTMLParser(encoding="utf-8")  # makes elements of lxml.html; parses nothing


def tree_of(html: str) -> Element:
    """The page's ``html`` element, its scripts of JSON-LD included. Raises NestedTooDeep.

    All its elements are `lxml.html.HtmlElement`, which is what libraries expect.
    """
    builder = _Builder()
    read(html, builder)
    return builder.close()


def text_in(element: Element) -> str:
    """All the element's text, as it stands."""
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    return cast("Iterator[str]", element.itertext())


def one_line(element: Element) -> str:
    """The element's text with single spaces, also between blocks that stand close."""
    parted = any(
        inner.tag in BLOCKS or inner.tag in _PARTING for inner in element.iterdescendants()
    )
    return " ".join((" " if parted else "").join(_texts(element)).split())


def drop(element: Element) -> None:
    """Take the element out of its tree, if it is still in one; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    element.tail = None
    parent.remove(element)


def is_json_ld(attributes: Attributes | _Attrib) -> bool:
    kind = attributes.get("type") or ""
    return kind.partition(";")[0].strip().lower() == "application/ld+json"


class _Builder:
    """Events that build the tree; what is over a limit is not built."""

    def __init__(self) -> None:
        # lxml makes elements of lxml.html here; the stubs know only those of lxml.etree.
        factory: Any = _ELEMENTS.makeelement
        self._tree: Any = etree.TreeBuilder(element_factory=factory)
        self._open: list[bool] = []  # of every open element: was it built
        self._runs: list[int] = []  # of every one that was built: characters of its own text
        self._inline: list[int] = []  # and elements in that text
        self._elements = self._text = self._json = 0
        self._ignored = 0  # open elements within an ignored one, itself included
        self._in_json = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if not self._runs:
            self._begin(tag, attributes)
        elif self._ignored or _is_ignored(tag, attributes):
            self._ignored += 1
        elif self._has_room(tag):
            self._build(tag, attributes)
        else:
            self._open.append(False)
            if tag in BLOCKS:
                self.data("\n")  # or its text would run into what stands before it

    def end(self, tag: str) -> None:
        if self._ignored:
            self._ignored -= 1
        elif self._open and self._open.pop():
            self._tree.end(tag)
            self._runs.pop()
            self._inline.pop()
            self._in_json = False

    def data(self, text: str) -> None:
        if self._ignored or not self._runs or self._elements >= MAX_ELEMENTS:
            return
        if self._in_json:
            self._json += len(text)
            if self._json <= MAX_SCRIPTS:
                self._tree.data(_NOT_XML.sub(" ", text))
            return
        if self._text >= MAX_TEXT:
            return
        text = _NOT_XML.sub("", text[: MAX_TEXT - self._text])
        self._text += len(text)
        self._runs[-1] += len(text)
        self._tree.data(text)
        if self._runs[-1] > MAX_RUN:
            self._break_line()

    def close(self) -> Element:
        if not self._runs:
            self._begin("html", {})
        self._tree.end("html")
        root: Element = self._tree.close()
        return root

    def _begin(self, tag: str, attributes: Attributes) -> None:
        """The root, which libxml2 gives to every document that is not empty."""
        self._tree.start("html", _kept(attributes) if tag == "html" else {})
        self._runs.append(0)
        self._inline.append(0)
        self._open.append(False)  # it is ended by `close`
        if tag != "html":
            self.start(tag, attributes)

    def _has_room(self, tag: str) -> bool:
        if self._elements >= MAX_ELEMENTS or len(self._runs) >= MAX_DEPTH:
            return False
        if tag in BLOCKS or tag in _COUNTLESS:
            return True
        self._inline[-1] += 1
        return self._inline[-1] <= MAX_INLINE

    def _build(self, tag: str, attributes: Attributes) -> None:
        self._elements += 1
        self._tree.start(tag, _kept(attributes))
        self._open.append(True)
        self._runs.append(0)
        self._inline.append(0)
        self._in_json = tag == "script"

    def _break_line(self) -> None:
        """Whoever deletes an element copies all the text that stands before it."""
        self._runs[-1] = 0
        self._elements += 1
        self._tree.start("br", {})
        self._tree.end("br")


def _is_ignored(tag: str, attributes: Attributes) -> bool:
    return tag in _IGNORED and not (tag == "script" and is_json_ld(attributes))


def _kept(attributes: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value if value and value.isprintable() else _NOT_XML.sub("", value or "")
        for name, value in attributes.items()
        if name in _KEPT_ATTRIBUTES and len(value or "") <= _longest(name)
    }


def _longest(name: str) -> int:
    return MAX_DATA_ATTRIBUTE if name in _DATA_ATTRIBUTES else MAX_ATTRIBUTE
