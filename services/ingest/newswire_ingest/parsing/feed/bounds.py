"""The bounds of a document, kept before its parser sees it: one quick pass of expat.

    XML > depth, attributes, elements within bounds? > cut out: texts too long for their element,
    tombstones (noted), what feedparser mistakes > cut off behind the last item that is whole, or
    that is within the limit

feedparser takes the square of the number of attributes and of the length of an author's name, knows
one tombstone a feed, and takes the caption of a picture for the article's text. What it should not
see is not there when it reads. It also takes a call for every reference: long texts, as escaped
HTML is one, go in as CDATA.
"""

import html
import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.parsers import expat

from newswire_ingest.parsing.feed.dates import moment
from newswire_ingest.parsing.feed.model import Deleted, FeedError
from newswire_ingest.parsing.feed.namespaces import MEDIA, TOMBSTONES, Names

MAX_ITEMS = 1_000
MAX_DEPTH = 256
MAX_ATTRIBUTES = 256
MAX_ELEMENTS = 200_000  # seconds of feedparser's time
MAX_MALFORMED = 2_000_000  # bytes for the tolerant parser, which is the slowest
MAX_MALFORMED_TAGS = 20_000
MAX_PARTS = 400  # of an item, each an element
MAX_LINE = 4_000  # bytes of an element that is no prose
MAX_NAME = 400  # bytes of an author
MANY_REFERENCES = 8  # in one text: below that, calls are cheap
MAX_TOMBSTONES = 1_000
_ITEMS = frozenset({"item", "entry"})
_ITEM_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_TEXTS = frozenset({"body", "content", "description", "encoded", "fullitem", "summary"})
_PROSE = _TEXTS | {"abstract", "info", "subtitle", "tagline"}
_AUTHORS = frozenset({"author", "creator", "managingeditor", "publisher", "webmaster"})
_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*+>")
# A second text of an item: feedparser takes it for the content.
_CAPTIONS = frozenset({"description", "summary"})
# No draft carries what they hold, and feedparser stumbles where it is wrong or out of place.
_UNREAD_NAMES = frozenset({"cloud", "height", "textinput", "where", "width"})
_UNREAD = frozenset({"http://www.opengis.net/gml", "http://podlove.org/simple-chapters"})
_ERROR_NO_MEMORY, _ERROR_JUNK = 1, 9
# No element, token, character or CDATA section is whole: the document is cut off.
_ERRORS_OF_AN_END = frozenset({3, 5, 6, 20})


class Bounded(NamedTuple):
    """A document that may be parsed, and what was taken out of it."""

    xml: bytes
    deleted: tuple[Deleted, ...]
    skipped: int


class _Open(NamedTuple):
    """An element that has begun: its name as written, its parts, and its first byte."""

    name: str
    prefix: str
    local: str
    began: int


class _Cut(NamedTuple):
    """Bytes that go, and what comes instead."""

    start: int
    end: int
    instead: bytes = b""


def bounded(text: str) -> Bounded:
    """The document within its bounds. Raises FeedError where it goes beyond those of any feed."""
    data = text.encode()
    census = _Census(data)
    try:
        census.take()
    except _EnoughError:
        return census.bounded(census.whole())
    except expat.ExpatError as error:
        return _malformed(census, error)
    return census.bounded(data)


def _malformed(census: "_Census", error: expat.ExpatError) -> Bounded:
    if error.code == _ERROR_NO_MEMORY:
        raise MemoryError from error
    if error.code == _ERROR_JUNK:
        return census.bounded(census.data[: census.last_end])
    if error.code in _ERRORS_OF_AN_END and census.open:
        return census.bounded(census.whole())
    _check_lexically(census.data)
    return Bounded(census.data, tuple(census.deleted), 0)


def _check_lexically(data: bytes) -> None:
    """The same bounds for what is no XML, as well as they can be seen in it."""
    first, *rest = data.split(b"<![CDATA[")
    tags = b"".join([first, *(piece.partition(b"]]>")[2] for piece in rest)]).split(b"<")
    if len(data) > MAX_MALFORMED or len(tags) > MAX_MALFORMED_TAGS:
        raise FeedError("the document is not well-formed XML, and too long to guess at it")
    for piece in tags:
        if piece.partition(b">")[0].count(b"=") > MAX_ATTRIBUTES:
            raise FeedError(f"an element has more than {MAX_ATTRIBUTES} attributes")


class _EnoughError(Exception):
    """There are as many items as are taken; the rest is only counted."""


class _Census:
    """Sees every element begin and end; notes what has to go, by its bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.open: list[_Open] = []
        self.deleted: list[Deleted] = []
        self.last_end = 0
        self._root: _Open | None = None
        self._newest: _Open | None = None
        self._names = Names()
        self._cuts: list[_Cut] = []
        self._items = self._parts = self._elements = self._skipped = 0
        self._item = self._prose = self._tombstone = -1  # the depth of the one that is open
        self._captions: list[_Cut] = []
        self._has_text = False
        self._ref: Mapping[str, str] = {}
        self._reason: list[str] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def take(self) -> None:
        """Raises ExpatError where the document is not well-formed, and FeedError."""
        self._parser.Parse(self.data, True)  # noqa: FBT003 - expat's own signature: this is all

    def bounded(self, data: bytes) -> Bounded:
        """``data`` without what was cut out, every prefix of a name declared."""
        kept, at = [], 0
        if self._root:
            at = self._root.began + 1 + len(self._root.name.encode())
            kept = [data[:at], self._names.missing()]
        for start, end, instead in sorted(self._cuts):
            if at <= start < len(data):
                kept += (data[at:start], instead)
                at = end
        kept.append(data[at:])
        return Bounded(b"".join(kept), tuple(self.deleted), self._skipped)

    def whole(self) -> bytes:
        """The document as far as it was read and is whole, its open elements ended."""
        cut = self.last_end
        if self._item >= 0:
            cut = self.open[self._item].began
            self._skipped += len(_ITEM_TAG.findall(self.data, cut))
        ends = (f"</{one.name}>" for one in reversed(self.open) if one.began < cut)
        return self.data[:cut] + "".join(ends).encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self.open)
        self._check(depth, len(attributes))
        prefix, _, local = name.rpartition(":")
        element = _Open(name, prefix, local.lower(), self._parser.CurrentByteIndex)
        self._names.note(prefix, attributes)
        self.open.append(element)
        self._newest = element
        self._root = self._root or element
        namespace = self._names.namespace(prefix) or attributes.get("xmlns", "")
        if namespace == TOMBSTONES:
            self._start_tombstone(element, depth, attributes)
        elif self._item < 0 and element.local in _ITEMS:
            self._start_item(depth)
        elif self._prose < 0 and element.local in _PROSE and namespace != MEDIA:
            self._prose = depth

    def _end(self, _: str) -> None:
        element = self.open.pop()
        depth = len(self.open)
        here = self._parser.CurrentByteIndex
        is_empty = element is self._newest and self._is_tag(element.began, here)
        # An empty element ends where this event is; of others the end tag begins here.
        self.last_end = end = here if is_empty else self.data.index(b">", here) + 1
        if depth == self._item:
            self._end_item()
        elif self._tombstone >= 0:
            self._end_tombstone(element, depth, end)
        elif self._is_excess(element, depth, here - element.began):
            self._cuts.append(_Cut(element.began, end))
        elif self._item >= 0 and self._prose in {-1, depth}:
            self._note_text(element, depth, end)
        if depth == self._prose:
            self._prose = -1
            if element is self._newest and not is_empty:
                self._unescape(element, here)

    def _is_tag(self, start: int, end: int) -> bool:
        if not self.data.startswith(b"/>", end - 2):
            return False
        tag = _TAG.match(self.data, start)
        return tag is not None and tag.end() == end

    def _check(self, depth: int, attributes: int) -> None:
        self._elements += 1
        if depth > MAX_DEPTH:
            raise FeedError(f"the document is nested deeper than {MAX_DEPTH} elements")
        if attributes > MAX_ATTRIBUTES:
            raise FeedError(f"an element has more than {MAX_ATTRIBUTES} attributes")
        if self._elements > MAX_ELEMENTS:
            raise FeedError(f"the document has more than {MAX_ELEMENTS} elements")

    def _unescape(self, element: _Open, end: int) -> None:
        """Have a text of many references be CDATA; it may hold some already."""
        tag = _TAG.match(self.data, element.began)
        if tag is None or self.data.count(b"&", tag.end(), end) < MANY_REFERENCES:
            return
        text = self.data[tag.end() : end]
        if b"<" not in text:
            whole = html.unescape(text.decode()).replace("]]>", "]]]]><![CDATA[>")
            self._cuts.append(_Cut(tag.end(), end, f"<![CDATA[{whole}]]>".encode()))

    def _start_item(self, depth: int) -> None:
        self._item, self._items = depth, self._items + 1
        self._captions, self._has_text, self._parts = [], False, 0
        if self._items > MAX_ITEMS:
            raise _EnoughError

    def _end_item(self) -> None:
        if self._has_text:
            self._cuts += self._captions
        self._item = -1

    def _start_tombstone(self, element: _Open, depth: int, attributes: Mapping[str, str]) -> None:
        if element.local == "deleted-entry" and self._tombstone < 0:
            self._tombstone, self._ref, self._reason = depth, attributes, []
        elif element.local == "comment":
            self._parser.CharacterDataHandler = self._reason.append

    def _end_tombstone(self, element: _Open, depth: int, end: int) -> None:
        self._parser.CharacterDataHandler = None
        if depth > self._tombstone:
            return
        self._tombstone = -1
        self._cuts.append(_Cut(element.began, end))
        ref = self._ref.get("ref", "").strip()
        if ref and len(self.deleted) < MAX_TOMBSTONES:
            reason = " ".join("".join(self._reason).split())[:MAX_LINE]
            self.deleted.append(Deleted(ref, moment(self._ref.get("when")), reason))

    def _is_excess(self, element: _Open, depth: int, length: int) -> bool:
        """Whether it is of no use, one too many, or too long for what it should hold."""
        self._parts += self._item >= 0 and depth == self._item + 1
        if self._parts > MAX_PARTS and depth == self._item + 1:
            return True
        if self._prose >= 0:
            return False
        if element.local in _UNREAD_NAMES or self._names.namespace(element.prefix) in _UNREAD:
            return True
        if length <= MAX_NAME:
            return False
        is_author, is_leaf = element.local in _AUTHORS, element is self._newest
        return (is_author and is_leaf) or (length > MAX_LINE and (is_author or is_leaf))

    def _note_text(self, element: _Open, depth: int, end: int) -> None:
        """Which texts the item has: its own, and captions of what is around it."""
        item = self.open[self._item]
        is_own = element.prefix == item.prefix and depth == self._item + 1
        if element.local in _TEXTS and (is_own or element.local == "encoded"):
            self._has_text = True
        elif element.local in _CAPTIONS:
            self._captions.append(_Cut(element.began, end))
