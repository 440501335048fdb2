"""The parts of a page around its article: found in the tree, named, and taken out of it.

    tree > breadcrumb, comment form, boxes of links > blocks, associations | tree without them

Sites name these parts in class and id, for their style sheets; what has no such name but a heading
("Related articles") is known by that. Nothing is taken that could be the article itself.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from newswire_common.article import Association, Block
from newswire_ingest.parsing.document import Element, drop, one_line, text_in
from newswire_ingest.parsing.found import MAX_LINKS, block, link, unquoted
from newswire_ingest.parsing.furniture import (
    Credits,
    WidgetKind,
    comments_open,
    credits_of,
    widget_kind,
)
from newswire_ingest.parsing.structured import absolute

MAX_CRUMBS = 500  # characters; what is longer is no breadcrumb
MAX_TITLES = 20
MAX_NEAR = 40  # elements after a headline among which its credits stand
MAX_LEAD = 160  # characters; an element with more is the article's first paragraph
MAX_FORM = 3_000
MAX_SHARE = 0.4  # of a page's text that a box of links may have
MAX_BOX = 800  # characters that it may have on any page
MIN_TITLE = 12  # characters; shorter links say "more" or "next"
MAX_LABEL = 60  # characters of a heading
_NAMES = ("class", "id", "aria-label")
_FORM_NAMES = frozenset({
    "comment-form", "comment-respond", "commentform", "comments-form", "disqus_thread", "respond",
})  # fmt: skip
_NO_FORM_NAMES = frozenset({"comments-closed", "no-comments", "nocomments"})
_BOX_NAMES = re.compile(
    r"(?:^|[\s_-])(?:related|recirc(?:ulation)?|recommended|check-also|checkalso|read-?also|also-?read"
    r"|may-?like|jp-relatedposts|yarpp(?:-related)?|crp_related|outbrain|taboola|more-stories"
    r"|read-?next|relatedposts|relatedarticles|related-?(?:articles?|posts?|news|stories|content))"
    r"(?=[\s_-]|$)",
    re.IGNORECASE,
)
_CREDITED = ("address", "div", "li", "p", "span", "time")
_CHECK_ALSO = re.compile(r"check-?also|also-?read|read-?also", re.IGNORECASE)
_BOXES = frozenset({"aside", "div", "nav", "ol", "section", "table", "ul"})
_HEADINGS = frozenset({"b", "div", "h2", "h3", "h4", "h5", "h6", "p", "span", "strong"})


class Around(NamedTuple):
    """What stood around the article."""

    blocks: tuple[Block, ...]
    links: tuple[Association, ...]
    crumbs: tuple[str, ...]  # from the site's first page to this one
    credits: Credits
    comments_open: bool | None  # None where the page does not show it


def take_around(tree: Element, headline: str, base_url: str | None) -> Around:
    """Name the parts around the article, and take them out of the tree."""
    crumbs, said = _take_breadcrumb(tree)
    is_open, form = _take_comment_form(tree)
    blocks = [block("breadcrumb", said)] if said else []
    credits_ = _take_credits(tree, headline, blocks)
    if form:
        blocks.append(block("comment-form", form))
    links: dict[str, Association] = {}
    for kind, heading, box in list(_boxes(tree)):
        text = " ".join(one_line(part) for part in (heading, box) if part is not None)
        blocks.append(block(kind, text))
        links |= {found.uri or found.title or "": found for found in links_in(box, base_url)}
        for part in (heading, box):
            if part is not None:
                drop(part)
    return Around(tuple(blocks), tuple(links.values())[:MAX_LINKS], crumbs, credits_, is_open)


def links_in(box: Element, base_url: str | None) -> Iterator[Association]:
    """The links of a box that have a title."""
    for anchor in box.iter("a"):
        title = one_line(anchor) or anchor.get("title") or ""
        uri = absolute(anchor.get("href") or "", base_url)
        if len(title) >= MIN_TITLE and uri:
            yield link(title, uri)


def _take_breadcrumb(tree: Element) -> tuple[tuple[str, ...], str]:
    for element in list(tree.iter("div", "nav", "ol", "p", "section", "span", "ul")):
        named = any("breadcrumb" in (element.get(name) or "").lower() for name in _NAMES)
        text = one_line(element) if named else ""
        if text and len(text) <= MAX_CRUMBS and element.find(".//h1") is None:
            parts = [one_line(part) for part in element.iter("li")] or [
                one_line(part) for part in element.iter("a")
            ]
            drop(element)
            return tuple(part.strip("/>»› ") for part in parts if part.strip("/>»› ")), text
    return (), ""


def _take_credits(tree: Element, headline: str, blocks: list[Block]) -> Credits:
    """The lines of byline, section and date between a headline and the first paragraph."""
    found = Credits()
    titles = list(tree.iter("h1"))[:MAX_TITLES]
    above = next((title for title in titles if unquoted(one_line(title)) == headline), None)
    following = above.itersiblings() if above is not None else iter(())
    near = (inner for element in following for inner in element.iter(*_CREDITED))
    for element in list(islice(near, MAX_NEAR)):
        if len(element.text or "") > MAX_LEAD:
            break
        line = _label(element)
        if element.getparent() is not None and line and (said := credits_of(line)):
            found = found.or_else(said)
            blocks.append(block("byline" if said.by else "section-date", line))
            drop(element)
    return found


def _take_comment_form(tree: Element) -> tuple[bool | None, str]:
    """Whether there is one, and its text; a page may also say that it has none."""
    is_open: bool | None = None
    text = ""
    for element in list(tree.iter("div", "form", "section", "p", "h2", "h3")):
        names = {element.get("id"), *(element.get("class") or "").split()}
        said = comments_open(_label(element)) if element.tag in {"p", "h2", "h3"} else None
        if names & _FORM_NAMES:
            is_open = True
            text = text or _form_text(element)
        elif is_open is None and (said is not None or names & _NO_FORM_NAMES):
            is_open = bool(said)
    return is_open, text


def _form_text(form: Element) -> str:
    """What the form says, its fields and buttons left out; the form goes, if it is no wrapper."""
    skipped = {"textarea", "button", "select", "option", "script"}
    words = [e.text or "" for e in form.iter() if e.tag not in skipped]
    words += [e.tail or "" for e in form.iter() if e is not form]
    text = " ".join(" ".join(words).split())
    if len(text) > MAX_FORM:
        return ""
    drop(form)
    return text


def _boxes(tree: Element) -> Iterator[tuple[WidgetKind, Element | None, Element]]:
    """Outermost boxes of links, each with the heading that stands before it, if one does."""
    body = tree.find("body")
    if body is None:
        return
    most = max(MAX_BOX, int(len(text_in(body)) * MAX_SHARE))
    taken: set[Element] = set()
    for element in body.iterdescendants(*_BOXES, *_HEADINGS):
        kind = _kind(element)
        if kind is None or any(above in taken for above in element.iterancestors()):
            continue
        for heading, box in _candidates(element):
            if box is not None and box not in taken and _is_box(box, most):
                taken.add(box)
                yield kind, heading, box
                break


def _candidates(named: Element) -> Iterator[tuple[Element | None, Element | None]]:
    """What the name or heading may be of: itself, its parent, what follows it."""
    yield None, named if named.tag in _BOXES else None
    yield None, named.getparent() if named.tag in _HEADINGS else None
    yield named, named.getnext() if named.tag in _HEADINGS else None


def _kind(element: Element) -> WidgetKind | None:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag in _BOXES and _BOX_NAMES.search(names):
        return "check-also" if _CHECK_ALSO.search(names) else "related"
    return widget_kind(_label(element)) if element.tag in _HEADINGS else None


def _label(element: Element) -> str:
    """What a heading says; empty for what is longer than a heading, or begins with no words."""
    if len(element) > 2:  # noqa: PLR2004 - an icon, a link
        return ""
    start = (element.text or "").strip() or (element[0].text or "" if len(element) else "").strip()
    return one_line(element) if 0 < len(start) <= MAX_LABEL else ""


def _is_box(box: Element, most: int) -> bool:
    """Whether it holds links, and not so much else that it could be the article."""
    if box.tag not in _BOXES:
        return False
    text = len(text_in(box))
    linked = sum(len(text_in(anchor)) for anchor in box.iter("a"))
    is_article = next(box.iter("h1", "article"), None) is not None and text > MAX_BOX
    return 0 < text <= most and linked > 0 and linked * 4 >= text and not is_article
