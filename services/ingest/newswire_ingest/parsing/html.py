"""A simple page of HTML: what it says of itself, and its text.

    libxml2's events > title, h1, meta, canonical, JSON-LD | an Outline of article, main and body
    > the innermost of these that holds text > body_html, body_text

For pages that are written as articles; extraction from cluttered ones is another module's work.
"""

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from newswire_common.article import Block
from newswire_ingest.parsing.found import MAX_BLOCK, Origin, Page, block, draft_of_page, unquoted
from newswire_ingest.parsing.markup import Attributes, Outline, cleaned, read, text_of
from newswire_ingest.parsing.structured import of_json_ld, of_meta

# Parts of a page that are not its article, wherever they stand.
_AROUND = frozenset({"aside", "footer", "nav"})
_COMMENT_FORMS = frozenset({"respond", "commentform", "comment-form", "comments-form"})
MAX_META = 200
MAX_SCRIPTS = 20
MIN_TEXT = 80  # characters; an <article> with less is a teaser
ZONES = ("article", "main", "body")  # the more particular first


class _Gathered:
    """The text of an element that is read as a whole: title, h1, a script."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


class _PageEvents:
    """Events that sort a document into its parts."""

    def __init__(self) -> None:
        self.meta: dict[str, str] = {}
        self.canonical = ""
        self.language = ""
        self.scripts: list[str] = []
        self.titles: dict[str, str] = {}
        self.breadcrumb = ""
        self.comments_open = False
        self.zones = {zone: Outline() for zone in ZONES}
        self._inside = dict.fromkeys(ZONES, 0)
        self._done: set[str] = set()
        self._skipped = 0  # open elements within a part around the article, itself included
        self._crumbs = False
        self._gathering: tuple[str, _Gathered] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        self._note(tag, attributes)
        if self._skipped:
            self._skipped += 1
            return
        if tag in _AROUND or _is_breadcrumb(attributes):
            self._skipped = 1
            self._crumbs = _is_breadcrumb(attributes)
            return
        if tag in ZONES and tag not in self._done:
            self._inside[tag] += 1
        for outline in self._open_zones():
            outline.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._finish(tag)
        if self._skipped:
            self._skipped -= 1
            self._crumbs = self._crumbs and self._skipped > 0
            return
        for outline in self._open_zones():
            outline.end(tag)
        if tag in ZONES and self._inside[tag]:
            self._inside[tag] -= 1
            if not self._inside[tag]:
                self._done.add(tag)

    def data(self, text: str) -> None:
        if self._gathering:
            self._gathering[1].pieces.append(text)
        if self._crumbs and len(self.breadcrumb) < MAX_BLOCK:
            self.breadcrumb += " " + text
        if not self._skipped:
            for outline in self._open_zones():
                outline.data(text)

    def _open_zones(self) -> list[Outline]:
        return [self.zones[zone] for zone in ZONES if self._inside[zone]]

    def _note(self, tag: str, attributes: Attributes) -> None:
        if tag == "meta" and len(self.meta) < MAX_META:
            name = attributes.get("property") or attributes.get("name") or ""
            self.meta.setdefault(name.lower(), attributes.get("content") or "")
        elif tag == "link" and "canonical" in (attributes.get("rel") or "").lower().split():
            self.canonical = self.canonical or attributes.get("href") or ""
        elif tag == "html":
            self.language = attributes.get("lang") or ""
        elif tag in {"form", "div", "section"}:
            names = {attributes.get("id"), *(attributes.get("class") or "").split()}
            self.comments_open = self.comments_open or bool(names & _COMMENT_FORMS)
        if _gathers(tag, attributes) and self._gathering is None:
            self._gathering = (tag, _Gathered())

    def _finish(self, tag: str) -> None:
        if self._gathering is None or self._gathering[0] != tag:
            return
        gathered = self._gathering[1]
        self._gathering = None
        if tag != "script":
            self.titles.setdefault(tag, gathered.text)
        elif len(self.scripts) < MAX_SCRIPTS:
            self.scripts.append("".join(gathered.pieces))


def _gathers(tag: str, attributes: Attributes) -> bool:
    json_ld = (attributes.get("type") or "").strip().lower() == "application/ld+json"
    return tag in {"title", "h1"} or (tag == "script" and json_ld)


def _is_breadcrumb(attributes: Attributes) -> bool:
    names = f"{attributes.get('class') or ''} {attributes.get('aria-label') or ''}".lower()
    return "breadcrumb" in names


def page_of_html(html: str, origin: Origin) -> Page:
    """The draft that a page holds, and its other parts.

    Raises ValidationError where it has no headline or the sender's words are wrong, NestedTooDeep
    where it is no page for people.
    """
    events = _PageEvents()
    read(html, events)
    meta, json_ld = of_meta(events.meta), of_json_ld(events.scripts)
    found: dict[str, object] = meta | {name: value for name, value in json_ld.items() if value}
    found["headline"] = _headline(events, found)
    found["language"] = events.language or found.get("language")
    found["canonical"] = _canonical(events.canonical or str(found.get("canonical", "")), origin)
    if events.comments_open:
        found["audience"] = {"comments_open": True}
    body_html, body_text = _body(events, origin.url or str(found["canonical"]) or None)
    if body_text:
        found |= {"body_html": body_html, "body_text": body_text}
    return draft_of_page(origin, found), tuple(_blocks(events))


def _headline(events: _PageEvents, found: dict[str, object]) -> str:
    """JSON-LD and Open Graph say it without the site's name; then h1; then the title."""
    candidates = (found.get("headline"), events.titles.get("h1"), events.titles.get("title"))
    return unquoted(next((str(text) for text in candidates if text), ""))


def _canonical(url: str, origin: Origin) -> str:
    """The absolute canonical url, if it is one of the web and of the same host."""
    if not url:
        return ""
    try:
        absolute = urljoin(origin.url or "", url)
        parts = urlsplit(absolute)
        host = urlsplit(origin.url).hostname if origin.url else parts.hostname
    except ValueError:
        return ""
    return absolute if parts.scheme in {"http", "https"} and parts.hostname == host else ""


def _body(events: _PageEvents, base_url: str | None) -> tuple[str, str]:
    """HTML and text of the most particular part that holds an article's worth of text."""
    best = ("", "")
    headline = events.titles.get("h1", "")
    for zone in ZONES:
        html = cleaned(events.zones[zone], base_url)
        text = _without_headline(text_of(html).split("\n\n"), headline)
        if len(text) >= MIN_TEXT:
            return html, text
        best = max(best, (html, text), key=lambda found: len(found[1]))
    return best


def _without_headline(paragraphs: Sequence[str], headline: str) -> str:
    kept = [text for text in paragraphs if not headline or " ".join(text.split()) != headline]
    return "\n\n".join(kept)


def _blocks(events: _PageEvents) -> list[Block]:
    crumbs = " ".join(events.breadcrumb.split())
    return [block("breadcrumb", crumbs)] if crumbs else []
