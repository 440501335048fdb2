"""OPML 2.0 (http://opml.org/spec2.opml), read and written without loss. Pure.

    bytes > libxml2's events > Outlines (attributes, nesting, order) > bytes

An outline keeps every attribute that it came with, also those of other programs' namespaces and the
outlines that are no feeds. What Newswire itself has to say of a feed is in a namespace of its own.
No DTD, no entity; bounds on bytes, depth, number and attributes.
"""

from collections.abc import Iterator, Mapping

from lxml import etree
from pydantic import Field

from newswire_common.errors import NewswireError
from newswire_common.stored import Stored

MAX_BYTES = 5 * 2**20
MAX_DEPTH = 20
MAX_OUTLINES = 20_000
MAX_ATTRIBUTES = 50
MAX_NAME, MAX_VALUE = 200, 10_000  # characters
MAX_NAMESPACES = 20
CHUNK_BYTES = 64 * 2**10
OURS = "https://newswire.example/opml"

Attributes = dict[str, str]  # names as `{namespace}name`


class OpmlError(NewswireError):
    """It is no OPML, or none that we take; the text says why."""


class Outline(Stored):
    """One outline. ``source`` is the id of the source that it is, where it is one of ours.

    ``named`` is what that source was called when the outline came in: only a new name shows.
    """

    attributes: Attributes = Field(default_factory=dict)
    source: str | None = None
    named: str | None = None
    outlines: tuple["Outline", ...] = ()

    @property
    def feed_url(self) -> str | None:
        """What it subscribes to; None for a folder, a link, a note."""
        return _attribute(self, "xmlurl")

    @property
    def title(self) -> str | None:
        return _attribute(self, "title") or _attribute(self, "text")


class Outlines(Stored):
    """The outlines of a document, and the prefixes of the namespaces in it."""

    outlines: tuple[Outline, ...] = ()
    namespaces: dict[str, str] = Field(default_factory=dict)


def parse(body: bytes) -> Outlines:
    """The outlines of a document. Raises OpmlError."""
    if len(body) > MAX_BYTES:
        raise OpmlError(f"is over {MAX_BYTES} bytes")
    events = _Events()
    parser = etree.XMLParser(
        target=events,  # type: ignore[arg-type]  # the stub asks for more than lxml calls
        # There are none; but with False, lxml gives &amp; in an attribute back as &#38;.
        resolve_entities="internal",  # type: ignore[arg-type]  # newer than the stub
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for start in range(0, len(body), CHUNK_BYTES):
            parser.feed(body[start : start + CHUNK_BYTES])
        parser.close()
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"is not well-formed XML: {error.msg}"[:300]) from error
    if not events.is_opml:
        raise OpmlError("is no OPML: it has no <opml> and <body>")
    return Outlines(outlines=events.outlines, namespaces=events.namespaces)


class _Events:
    """libxml2's events, of which only outlines within the body are kept; no tree is built."""

    def __init__(self) -> None:
        self.namespaces: dict[str, str] = {}
        self.outlines: tuple[Outline, ...] = ()
        self.is_opml = False
        self._path: list[str] = []
        self._open: list[tuple[Attributes, list[Outline]]] = []
        self._count = 0

    def doctype(self, *_names: str | None) -> None:
        raise OpmlError("has a document type declaration, which OPML has not")

    def start(
        self, tag: str, attributes: Mapping[str, str], namespaces: Mapping[str | None, str]
    ) -> None:
        self._path.append(tag.lower())
        if len(self._path) > MAX_DEPTH:
            raise OpmlError(f"is nested deeper than {MAX_DEPTH}")
        if self._path == ["opml", "body"]:
            self.is_opml = True
            self._open.append(({}, []))
        for prefix, uri in namespaces.items():
            if prefix and uri and prefix != "xml" and len(self.namespaces) < MAX_NAMESPACES:
                self.namespaces.setdefault(prefix[:MAX_NAME], uri[:MAX_VALUE])
        if self._path[-1] == "outline" and self._open:
            self._open.append((self._checked(attributes), []))

    def end(self, tag: str) -> None:
        self._path.pop()
        is_body = self._path == ["opml"] and tag.lower() == "body"
        if not self._open or not (is_body or tag.lower() == "outline"):
            return
        attributes, children = self._open.pop()
        if self._open:
            self._open[-1][1].append(Outline(attributes=attributes, outlines=tuple(children)))
        else:
            self.outlines += tuple(children)

    def data(self, _text: str) -> None:
        """OPML has no text within its body."""

    def close(self) -> None:
        """All is in the attributes."""

    def _checked(self, attributes: Mapping[str, str]) -> Attributes:
        self._count += 1
        if self._count > MAX_OUTLINES:
            raise OpmlError(f"has over {MAX_OUTLINES} outlines")
        if len(attributes) > MAX_ATTRIBUTES:
            raise OpmlError(f"has an outline of over {MAX_ATTRIBUTES} attributes")
        for name, value in attributes.items():
            if len(name) > MAX_NAME or len(value) > MAX_VALUE:
                raise OpmlError(f"has an attribute that is too long: {name[:50]}")
        return dict(attributes)


def render(outlines: Outlines, title: str) -> bytes:
    """The document."""
    namespaces = {p: uri for p, uri in outlines.namespaces.items() if uri != OURS}
    root = etree.Element("opml", version="2.0", nsmap={"newswire": OURS} | namespaces)
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    _fill(etree.SubElement(root, "body"), outlines.outlines)
    etree.indent(root)
    rendered: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return rendered + b"\n"


def _fill(parent: etree._Element, outlines: tuple[Outline, ...]) -> None:
    for outline in outlines:
        _fill(etree.SubElement(parent, "outline", outline.attributes), outline.outlines)


def walk(outlines: tuple[Outline, ...]) -> Iterator[Outline]:
    """Every outline, in the order of the document."""
    for outline in outlines:
        yield outline
        yield from walk(outline.outlines)


def _attribute(outline: Outline, name: str) -> str | None:
    """An attribute by its name in lower case: programs differ in how they write xmlUrl."""
    found = (value for key, value in outline.attributes.items() if key.lower() == name)
    return next((value.strip() for value in found if value.strip()), None)
