"""From the text of a document to XML that a strict parser takes, as far as its author meant XML.

    text > from the root element on: no prolog, no DTD > every reference one that XML knows
    > no character that XML forbids

These are the mistakes that feeds make most. Without them feedparser's strict parser does the work,
and not the tolerant one, which is slower and guesses. No entity of a DTD survives: short ones are
put in here, and who declares others means harm.
"""

import re
import sys
from html import escape
from html.entities import html5, name2codepoint

from newswire_ingest.parsing.feed.model import FeedError

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
MAX_JUNK = 10_000  # characters before the document: warnings of a broken server program
MAX_PROLOG = 200_000  # characters of comments, instructions and DTD
MAX_ENTITIES = 100
MAX_ENTITY = 200  # characters
MAX_GROWTH = 1_000_000  # characters, by all references to entities of the DTD
_ROOT = re.compile(r"<[A-Za-z_]")
_START = re.compile(r"<\?xml|<!DOCTYPE|<(?:\w{1,20}:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+)?html\b", re.IGNORECASE)
# XML 1.0, production 2 (Char).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.:-]{1,64})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_NESTED = re.compile(r"[%<]|&(?!#\w{1,8};)")
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][\w.:-]{0,63});)?"
)
_LOOSE_LESS_THAN = re.compile(r"<(?=[\s\d<=&.,;-])")
_GAP = re.compile(r"\s{256,}")  # each of its lines would be a call of the parser's
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def repaired(text: str) -> str:
    """The document from its root element on, behind a declaration of UTF-8.

    Raises FeedError for what is no XML, for HTML, and for a DTD with entities of entities, of other
    files, or too many.
    """
    start = _START.search(text, 0, MAX_JUNK)
    root, entities = _prolog(text, start.start() if start else 0)
    text = _FORBIDDEN.sub("", text[root:])
    if _HTML.match(text):
        raise FeedError("this is a page of HTML and no feed")
    put_in = _References(entities)
    first, *rest = text.split(_CDATA)
    pieces = [DECLARATION, put_in.all_of(first)]
    for piece in rest:
        inside, end, outside = piece.partition(_CDATA_END)
        pieces += (_CDATA, inside, end, put_in.all_of(outside).replace(_CDATA_END, "]]&gt;"))
    return "".join(pieces)


def _prolog(text: str, at: int) -> tuple[int, dict[str, str]]:
    """Where the root element begins, and the entities that the DTD declares."""
    entities: dict[str, str] = {}
    end = at + MAX_PROLOG
    while at < end:
        at = _next_markup(text, at)
        if _ROOT.match(text, at):
            return at, entities
        if text.startswith("<!--", at):
            at = _after(text, "-->", at)
        elif text.startswith("<?", at):
            at = _after(text, "?>", at)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            at, declared = _doctype(text, at)
            entities |= declared
        else:
            break
    raise FeedError("this is no XML document")


def _next_markup(text: str, at: int) -> int:
    found = text.find("<", at, at + MAX_JUNK)
    if found < 0:
        raise FeedError("this is neither XML nor JSON")
    return found


def _after(text: str, end: str, at: int) -> int:
    found = text.find(end, at, at + MAX_PROLOG)
    if found < 0:
        raise FeedError("what stands before the feed does not end")
    return found + len(end)


def _doctype(text: str, at: int) -> tuple[int, dict[str, str]]:
    if _HTML.match(text, at):
        raise FeedError("this is a page of HTML and no feed")
    closed, opened = text.find(">", at), text.find("[", at)
    if closed < 0 or not 0 <= opened < closed:
        return _after(text, ">", at), {}
    end = re.compile(r"\]\s{0,100}>").search(text, opened, opened + MAX_PROLOG)
    if end is None:
        raise FeedError("the DTD does not end")
    return end.end(), _entities(text[opened : end.start()])


def _entities(subset: str) -> dict[str, str]:
    """The entities of a DTD's internal subset (XML 1.0, 4.2), all of them short."""
    found = _ENTITY.findall(subset)
    if len(found) != subset.count("<!ENTITY") or len(found) > MAX_ENTITIES:
        raise FeedError("the DTD declares entities of other files, or too many")
    entities = {name: double or single for name, double, single in found}
    if any(len(value) > MAX_ENTITY or _NESTED.search(value) for value in entities.values()):
        raise FeedError("the DTD declares entities that are long or made of entities")
    return entities


class _References:
    """Replaces what stands for a character or a text by one that XML knows without a DTD."""

    def __init__(self, entities: dict[str, str]) -> None:
        self._entities = entities
        self._growth = 0

    def all_of(self, text: str) -> str:
        text = _REFERENCE.sub(self._one, _GAP.sub("\n", text))
        return _LOOSE_LESS_THAN.sub("&lt;", text)

    def _one(self, found: re.Match[str]) -> str:
        number, name = found.groups()
        if number:
            return _numbered(number)
        if name in self._entities:
            return self._declared(self._entities[name])
        code = name2codepoint.get(name)  # HTML 4's first: HTML 5 changed the angle brackets
        character = chr(code) if code else html5.get(f"{name};")
        return escape(character) if character else "&amp;" + found[0][1:]

    def _declared(self, value: str) -> str:
        self._growth += len(value)
        if self._growth > MAX_GROWTH:
            raise FeedError("the entities of the DTD blow the document up")
        return value


def _numbered(number: str) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    forbidden = code > sys.maxunicode or _FORBIDDEN.fullmatch(chr(code))
    return "" if forbidden else f"&#{code};"
