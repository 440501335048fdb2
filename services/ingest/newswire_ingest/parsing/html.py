"""A page of HTML: what it says of itself, its text, and what stands around that.

    html > tree, bounded > data for machines (JSON-LD, microdata, meta)
                         > breadcrumb, comment form, boxes of links, taken out
                         > headline, byline, date as people see them, where the data lacks them
                         > trafilatura > body_html, body_text

`page_of_html` is pure and takes at most some seconds for any 5 MB (docs/decisions/0011-pages.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from newswire_common.article import Association
from newswire_ingest.parsing.around import Around, take_around
from newswire_ingest.parsing.body import Body, body_of
from newswire_ingest.parsing.document import Element, one_line, tree_of
from newswire_ingest.parsing.found import (
    MAX_LINKS,
    Origin,
    Page,
    draft_of_page,
    moment,
    unquoted,
)
from newswire_ingest.parsing.furniture import MAX_BYLINE, MAX_SECTION, byline_of, credits_of
from newswire_ingest.parsing.structured import (
    absolute,
    language_of,
    renditions_of,
    said_by,
    without_site,
)

MAX_HEADLINE = 1_000
_AUTHOR_NAMES = frozenset({
    "article-author", "article__author", "author", "author-name", "byline", "c-byline",
    "entry-author", "post-author", "posted-by",
})  # fmt: skip
_DATE_NAMES = ("publish", "posted", "entry-date", "article-date", "post-date", "byline-date")


def page_of_html(html: str, origin: Origin) -> Page:
    """The draft that a page holds, and its other parts.

    Raises ValidationError where it has no headline or the sender's words are wrong, NestedTooDeep
    where it is no page for people.
    """
    tree = tree_of(html)
    base_url = _base_url(tree, origin)
    found = said_by(tree)
    crumbs = found.pop("crumbs", ())
    found["headline"] = headline = _headline(tree, str(found.get("headline", "")))
    around = take_around(tree, headline, base_url)
    body = body_of(tree, headline, str(found.pop("body_text", "")), base_url)
    trail = crumbs if isinstance(crumbs, list) and crumbs else around.crumbs
    found = _seen(tree, around, body) | {"section": _section(trail, headline)} | found
    _finish(found, tree, origin, base_url)
    if around.comments_open is not None:
        found["audience"] = {"comments_open": around.comments_open}
    found["associations"] = _links(around.links, body.links)
    found |= {"body_html": body.html, "body_text": body.text}
    return draft_of_page(origin, found), (*around.blocks, *body.blocks)


def _base_url(tree: Element, origin: Origin) -> str | None:
    """What relative links are relative to (HTML Standard, 2.4.3)."""
    base = next(tree.iter("base"), None)
    href = base.get("href") if base is not None else None
    return absolute(href, origin.url) or origin.url if href else origin.url


def _headline(tree: Element, said: str) -> str:
    """The data has it without the site's name; then the h1 that the title repeats; the title."""
    title = next((one_line(element) for element in tree.iter("title")), "")
    shown = [text for element in tree.iter("h1") if (text := one_line(element))]
    if not said:
        # Of several the longest: the title has the site's name too, and so has many a page.
        said = max((text for text in shown if text in title), key=len, default="")
        said = said or next(iter(shown), "")
    return unquoted(said or without_site(title, ""))[:MAX_HEADLINE]


def _seen(tree: Element, around: Around, body: Body) -> dict[str, object]:
    """What a reader sees of the article's data; what the page does not show is missing."""
    seen = body.credits.fields() | around.credits.fields()
    if body.dateline:
        seen["dateline"] = body.dateline
    if "by" not in seen:
        seen["by"] = _byline(tree)
    if "published_at" not in seen:
        seen["published_at"] = _date(tree)
    return seen


def _byline(tree: Element) -> str:
    for element in tree.iter("a", "address", "div", "p", "span"):
        names = {*(element.get("rel") or "").split(), *(element.get("class") or "").split()}
        if names & _AUTHOR_NAMES:
            line = one_line(element)
            if len(line) <= MAX_BYLINE and (by := byline_of(line) or byline_of(f"By {line}")):
                return by
    return ""


def _date(tree: Element) -> str | None:
    """The first date that is marked as one of publication, or the only one of the article."""
    for element in tree.iter("time", "span", "div", "p"):
        names = (element.get("class") or "").lower()
        if element.tag == "time" or any(name in names for name in _DATE_NAMES):
            if date := moment(element.get("datetime") or ""):
                return date
            if (said := credits_of(one_line(element))) and said.published_at:
                return said.published_at
    return None


def _section(crumbs: Sequence[str], headline: object) -> str:
    """Home > World > Headline: what stands between the site and the page."""
    between = crumbs[1:-1] if len(crumbs) > 2 else crumbs[1:]  # noqa: PLR2004 - site, section, page
    section = between[0] if between else ""
    return section if len(section) <= MAX_SECTION and section != headline else ""


def _finish(found: dict[str, object], tree: Element, origin: Origin, base_url: str | None) -> None:
    """Bring what was said into the form of a draft's fields."""
    crumbs = found.pop("crumbs", ())
    if (
        "section" not in found
        and isinstance(crumbs, list)
        and (section := _section(crumbs, found["headline"]))
    ):
        found["section"] = section
    found["language"] = language_of(str(found.get("language", "")))
    images = found.pop("images", ())
    found["renditions"] = renditions_of(images if isinstance(images, list) else (), base_url)
    found["canonical"] = _canonical(
        _link_to_itself(tree) or str(found.get("canonical", "")), origin
    )


def _link_to_itself(tree: Element) -> str:
    links = (e for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split())
    return next((href for element in links if (href := element.get("href"))), "")


def _canonical(url: str, origin: Origin) -> str:
    """The absolute canonical url, if it is one of the web and of the same host."""
    if not (url := absolute(url, origin.url) if url else ""):
        return ""
    try:
        same = not origin.url or urlsplit(origin.url).hostname == urlsplit(url).hostname
    except ValueError:
        return ""
    return url if same else ""


def _links(*groups: Iterable[Association]) -> list[Association]:
    """The links of all groups, each once."""
    found = {link.uri or link.title: link for link in _chained(groups)}
    return list(found.values())[:MAX_LINKS]


def _chained(groups: Iterable[Iterable[Association]]) -> Iterator[Association]:
    for group in groups:
        yield from group
