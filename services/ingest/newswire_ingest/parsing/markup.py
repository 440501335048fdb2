"""HTML of any author in; safe HTML and plain paragraphs out, in time linear in its length.

    html > libxml2's events | Outline: well nested, bounded in depth > nh3 > text_of

Neither a tree of libxml2 nor nh3 is given the author's markup as it is: attributes by the thousand
cost the one, and nesting by the thousand costs the other, time that grows with their square (2 MB
of ``<div>`` kept nh3 busy for minutes). The events are linear, and what `Outline` writes is tame.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Protocol

import nh3
from lxml import etree

VOID = frozenset({"br", "hr", "img"})
# Void elements of HTML that libxml2 takes for open ones, which hold the rest of their parent.
NEVER_CLOSED = frozenset({"embed", "source", "track", "wbr"})
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl",
    "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "img", "ins", "mark", "q", "s",
    "small", "strong", "sub", "sup", "td", "th", "time", "u",
})  # fmt: skip
# Their content is no prose.
OPAQUE = frozenset({
    "applet", "audio", "button", "canvas", "embed", "form", "head", "iframe", "input", "math",
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title",
    "video",
})  # fmt: skip
KEPT = (BLOCKS | INLINE) - OPAQUE
ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
MAX_DEPTH = 64  # of kept elements; what is deeper keeps its text and loses its tag
MAX_ELEMENTS = 50_000  # a book's worth; beyond it only text is kept
MAX_NESTING = 1_000  # of any elements; browsers stop at 512
TEXT_NODE = 2_000  # characters
CHUNK = 65_536  # characters that are read before a limit is noticed
MAX_ATTRIBUTE = 4_000  # characters; longer ones are inline images and trackers

Attributes = Mapping[str, str]


class Events(Protocol):
    """What libxml2 tells of a document, element by element."""

    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


class NestedTooDeep(ValueError):
    """The document is no text of a person; to read on would cost the square of its length."""


class _Target:
    """The form in which lxml wants its `Events`, and the guard of their depth."""

    def __init__(self, events: Events) -> None:
        self._events, self._depth = events, 0
        self.data = events.data

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in NEVER_CLOSED:
            self._events.start(tag, attributes)
            self._events.end(tag)
            return
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise NestedTooDeep(f"the HTML is nested deeper than {MAX_NESTING} elements")
        self._events.start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag not in NEVER_CLOSED:
            self._depth -= 1
            self._events.end(tag)

    def comment(self, text: str) -> None:
        """Comments are no content."""

    def close(self) -> None:
        """Nothing is built here."""


def read(html: str, events: Events) -> None:
    """Tell ``events`` of every element and text. Raises NestedTooDeep; no other HTML is wrong."""
    if not html.strip():
        return
    # The stubs let a target expect bytes as well; lxml gives it str.
    target: Any = _Target(events)
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    for start in range(0, len(html), CHUNK):
        parser.feed(html[start : start + CHUNK].encode())
    parser.close()


class Outline:
    """Events that write the document again: balanced, bounded, only elements of text."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []  # the kept elements that are open, outermost first
        self._all: list[bool] = []  # of every open element: is it kept
        self._opaque = 0
        self._elements = 0

    @property
    def html(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._opaque or tag in OPAQUE:
            self._opaque += tag not in VOID
            self._all.append(False)
            return
        if tag in BLOCKS:
            self._end_paragraph()
        kept = self._keeps(tag)
        self._all.append(kept)
        if not kept:
            return
        self._elements += 1
        self._out.append(f"<{tag}{self._attributes(tag, attributes)}>")
        if tag not in VOID:
            self._open.append(tag)

    def end(self, tag: str) -> None:
        kept = self._all.pop() if self._all else False
        if self._opaque:
            self._opaque -= tag not in VOID
        elif kept and tag not in VOID and tag in self._open:
            self._close_through(tag)

    def data(self, text: str) -> None:
        if self._opaque:
            return
        if "&" not in text:
            self._out.append(escape(text, quote=False))
            return
        # nh3's time grows with the square of the ampersands in one text node; a comment ends a
        # node, and nh3 drops it.
        for start in range(0, len(text), TEXT_NODE):
            self._out += (escape(text[start : start + TEXT_NODE], quote=False), "<!---->")

    def _keeps(self, tag: str) -> bool:
        return (
            tag in KEPT
            and len(self._open) < MAX_DEPTH
            and self._elements < MAX_ELEMENTS
            and not (tag == "a" and "a" in self._open)
        )

    def _end_paragraph(self) -> None:
        """A block ends an open paragraph, as in HTML; else its inline elements would multiply."""
        if "p" in self._open:
            self._close_through("p")

    def _close_through(self, tag: str) -> None:
        while True:
            closed = self._open.pop()
            self._out.append(f"</{closed}>")
            if closed == tag:
                return

    def _attributes(self, tag: str, attributes: Attributes) -> str:
        allowed = ATTRIBUTES.get(tag, ())
        return "".join(
            f' {name}="{escape(attributes[name])}"'
            for name in allowed
            if len(attributes.get(name) or "") in range(1, MAX_ATTRIBUTE)
        )


def sanitised(html: str, base_url: str | None = None) -> str:
    """The fragment without anything that acts: only elements of text, and links that leave.

    Relative links are resolved against ``base_url``; without one they lose their target.
    """
    outline = Outline()
    read(html, outline)
    return cleaned(outline, base_url)


def cleaned(outline: Outline, base_url: str | None = None) -> str:
    """What an `Outline` wrote, made safe by nh3."""
    return nh3.clean(
        outline.html,
        tags=KEPT,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base_url) if base_url else "deny",
    ).strip()


class _Prose:
    """Events that gather the plain text: a list of paragraphs, each a list of pieces."""

    def __init__(self) -> None:
        self.paragraphs: list[list[str]] = [[]]
        self._opaque = 0

    def start(self, tag: str, attributes: Attributes) -> None:  # noqa: ARG002 - the protocol's shape
        if self._opaque or tag in OPAQUE:
            self._opaque += tag not in VOID
        elif tag == "br":
            self.paragraphs[-1].append("\n")
        elif tag in BLOCKS:
            self._break()
        elif tag in {"td", "th"}:
            self.paragraphs[-1].append(" ")

    def end(self, tag: str) -> None:
        if self._opaque:
            self._opaque -= tag not in VOID
        elif tag in BLOCKS:
            self._break()

    def data(self, text: str) -> None:
        if not self._opaque:
            # A line break in the source of a page is a space; one in its text is a <br>.
            self.paragraphs[-1].append(text.replace("\n", " "))

    def _break(self) -> None:
        if self.paragraphs[-1]:
            self.paragraphs.append([])


def text_of(html: str) -> str:
    """The fragment's text: a paragraph a block, an empty line between, a line for a ``<br>``."""
    prose = _Prose()
    read(html, prose)
    return "\n\n".join(_paragraphs(prose))


def _paragraphs(prose: _Prose) -> Iterator[str]:
    for pieces in prose.paragraphs:
        lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
        if paragraph := "\n".join(line for line in lines if line):
            yield paragraph
