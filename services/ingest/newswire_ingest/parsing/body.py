"""The article's text, found by trafilatura and freed of what it leaves of the page's furniture.

    tree > trafilatura > blocks | headline, credits, dateline, invitations taken off > HTML, text

Trafilatura's default mode: its fast mode finds a tenth less of what the others miss, its precise
mode loses text. Of pictures it is not asked: its test of their names takes the square of a name's
length, and the page says its own pictures as data. Nor of dates, which it guesses from anything.
"""

import logging
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import structlog
from lxml import etree
from lxml.html import tostring
from trafilatura import extract
from trafilatura.meta import reset_caches
from trafilatura.utils import line_processing, trim

from newswire_common.article import Association, Block
from newswire_ingest.parsing.around import links_in
from newswire_ingest.parsing.document import Element, drop, one_line, text_in, tree_of
from newswire_ingest.parsing.found import block, link, unquoted
from newswire_ingest.parsing.furniture import (
    Credits,
    comments_open,
    credits_of,
    dateline_of,
    invitation_of,
    is_ornament,
    widget_kind,
)
from newswire_ingest.parsing.markup import sanitised, text_of

LEAD = 6  # blocks among which the headline is repeated and credits stand
MIN_TEXT = 80  # characters; a page with less has its text elsewhere
MAX_COMPARED = 4_000  # elements; justext compares each paragraph with all, and takes the square
MAX_HTML = 2_000_000  # characters: what a draft takes
RESET_AFTER = 1_000_000  # characters that trafilatura's caches may have seen
_AROUND = ("aside", "footer", "form", "nav", "noscript", "script")
_ZONES = (".//article", ".//main", ".//body")  # the more particular first
_LINES = frozenset({"div", "h1", "h2", "h3", "h4", "h5", "h6", "p"})
# It writes a line for every page without an article; that is told with the page's own error.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)  # at each clearing of caches it has not
log = structlog.get_logger()


class Body(NamedTuple):
    """An article's text in both forms, and what stood in it that is not text."""

    html: str = ""  # empty where it is too long, once escaped
    text: str = ""
    credits: Credits = Credits()
    dateline: str = ""
    blocks: tuple[Block, ...] = ()
    links: tuple[Association, ...] = ()


class _Caches:
    """Trafilatura's, which hold thousands of texts of any length: emptied by what they saw."""

    def __init__(self) -> None:
        self._seen = 0  # characters

    def clear(self, seen: int) -> None:
        trim.cache_clear()
        line_processing.cache_clear()
        self._seen += seen
        if self._seen > RESET_AFTER:
            self._seen = 0
            reset_caches()


_caches = _Caches()


def body_of(tree: Element, headline: str, said: str, base_url: str | None) -> Body:
    """The body of the page's article; ``said`` is the text that its own data has, or empty.

    A page's data has the whole text where the page shows only its start.
    """
    if said:  # trafilatura would take it too, as one paragraph
        for script in list(tree.iter("script")):
            drop(script)
    found = _article(tree_of(_extracted(tree)), headline, base_url)
    if len(found.text) < MIN_TEXT:
        whole = next((_article(tree_of(html), headline, base_url) for html in _zones(tree)), Body())
        # The last resort of trafilatura is all the page's text as one line, headline and all.
        if len(whole.text) > len(found.text) or found.text == f"{headline} {whole.text}":
            found = whole
    if len(said) > 2 * len(found.text):
        html = "".join(f"<p>{escape(line)}</p>" for line in said.split("\n\n"))
        return _article(tree_of(html), headline, base_url)
    return found


def _extracted(tree: Element) -> str:
    elements = sum(1 for _ in tree.iter())
    try:
        found: str | None = extract(
            tree, fast=elements > MAX_COMPARED, output_format="html", include_formatting=True,
            include_links=True, include_comments=False, include_tables=True,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over, the page still has text
        log.warning("page.extraction_failed", error=repr(error)[:200])
        found = None
    finally:
        _caches.clear(len(text_in(tree)))
    return found or ""


def _zones(tree: Element) -> Iterable[str]:
    """The most particular part with an article's worth of text, for what trafilatura overlooks."""
    copy = tree_of(tostring(tree, encoding="unicode"))
    for element in list(copy.iter(*_AROUND)):
        drop(element)
    for zone in _ZONES:
        found = copy.find(zone)
        if found is not None and (zone == _ZONES[-1] or len(text_in(found)) >= MIN_TEXT):
            yield tostring(found, encoding="unicode", with_tail=False)


def _article(tree: Element, headline: str, base_url: str | None) -> Body:
    """The body of a tree that holds an article and little else."""
    body = tree.find("body")
    if body is None:
        return Body()
    while len(body) == 1 and body[0].tag in {"article", "body", "div", "main", "section"}:
        body = body[0]
    credits_, blocks = _take_lead(body, headline)
    links: list[Association] = []
    for element in list(body):
        _take_invitation(element, base_url, blocks, links)
    dateline = _take_dateline(body)
    if dateline:
        blocks.append(block("dateline", dateline))
    html = sanitised(tostring(body, encoding="unicode", with_tail=False), base_url)
    if unquoted(text := text_of(html)) == headline:
        html = text = ""
    return Body(
        html if len(html) <= MAX_HTML else "", text, credits_, dateline,
        tuple(blocks), tuple(links),
    )  # fmt: skip


def _take_lead(body: Element, headline: str) -> tuple[Credits, list[Block]]:
    """Take off the headline, where it is repeated, and the lines of byline, section and date."""
    credits_ = Credits()
    blocks: list[Block] = []
    for element in list(body)[:LEAD]:
        line = one_line(element)
        if element.tag not in _LINES:
            continue
        if found := credits_of(line):
            credits_ = credits_.or_else(found)
            blocks.append(block("byline" if found.by else "section-date", line))
        elif unquoted(line) != headline and not is_ornament(line):
            continue
        drop(element)
    return credits_, blocks


def _take_invitation(
    element: Element, base_url: str | None, blocks: list[Block], links: list[Association]
) -> None:
    """Take off a line that leads elsewhere: "Also read: …", or a heading with a list of links."""
    if element.tag not in _LINES or element.getparent() is None:
        return
    line = one_line(element)
    if comments_open(line) is not None:
        drop(element)
    elif (title := invitation_of(line)) and element.find(".//a") is not None:
        blocks.append(block("check-also", line))
        links.extend(list(links_in(element, base_url)) or [link(title)])
        drop(element)
    elif kind := widget_kind(line):
        box = element.getnext()
        if box is not None and _is_of_links(box):
            blocks.append(block(kind, f"{line} {one_line(box)}"))
            links.extend(links_in(box, base_url))
            drop(box)
            drop(element)


def _is_of_links(element: Element) -> bool:
    linked = sum(len(one_line(anchor)) for anchor in element.iter("a"))
    return linked > 0 and linked * 2 >= len(one_line(element))


def _take_dateline(body: Element) -> str:
    """Cut the place off the start of the first paragraph."""
    first = next(body.iter("p"), None)
    if first is None:
        return ""
    dateline, length = dateline_of(text_in(first))
    for event, node in etree.iterwalk(first, events=("start", "end")) if dateline else ():
        if event == "start":
            node.text, length = _cut(node.text, length)
        elif node is not first:
            node.tail, length = _cut(node.tail, length)
    return dateline


def _cut(text: str | None, length: int) -> tuple[str, int]:
    """The text without that many characters at its start, and how many are still to be cut."""
    text = text or ""
    return text[length:], max(0, length - len(text))
