"""Texts and links of feeds in the form that drafts want: lines, summaries, absolute URLs."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from newswire_ingest.parsing.markup import NestedTooDeep, sanitised, text_of

MAX_HEADLINE = 1_000  # characters, as of the draft's field
MAX_SUMMARY = 10_000
MAX_BODY = 2_000_000
MANY_TAGS = 1_000  # fewer can not be nested too deep
FIRST_WORDS = 120  # characters of a headline that had to be made up
_SPACE = re.compile(r"[ \t\r\n\f\v]+")  # a no-break space is the author's
# Possessive, or a quotation mark given back would stand where the scheme is looked for.
_RELATIVE = re.compile(
    r"<[^<>]{1,400}?\s(?:href|src|cite)\s*+=\s*+[\"']?+(?!\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def line(text: object, *, html: bool = False) -> str:
    """One line of plain text; ``html`` says that the text is markup."""
    if not isinstance(text, str):
        return ""
    if html:
        text = plain(text) if "<" in text else unescape(text)
    return _SPACE.sub(" ", text).strip()


def plain(html: str) -> str:
    """The text of a piece of HTML; of one that is nested beyond reason nothing."""
    if "<" not in html:
        return " ".join(unescape(html).split())
    try:
        return text_of(html[:MAX_BODY])
    except NestedTooDeep:
        return ""


def cut(text: str, length: int) -> str:
    """At most ``length`` characters of it, to the end of a word."""
    if len(text) <= length:
        return text
    words, space, _ = text[:length].rpartition(" ")
    return (words if space and len(words) > length // 2 else text[: length - 1]).rstrip() + "…"


def absolute(url: object, base: str) -> str | None:
    """The absolute URL of the web, or None."""
    if not isinstance(url, str) or not url.strip():
        return None
    try:
        url = url.strip()
        whole = url if _WEB.match(url) else urljoin(base, url)
        parts = urlsplit(whole)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return whole if is_web else None


def with_absolute_links(html: str, base: str) -> str | None:
    """The markup, its links absolute; None where it is nested beyond reason.

    Only markup with relative links is written anew (and sanitised on the way): the rest is left as
    it is, since everything is sanitised once it is an article.
    """
    try:
        if _RELATIVE.search(html):
            return sanitised(html, base)
        if html.count("<") > MANY_TAGS:
            text_of(html)
    except (NestedTooDeep, ValueError):
        return None
    return html


def language(tag: object) -> str | None:
    """A language tag as drafts take it (BCP 47), or None."""
    text = tag.strip().replace("_", "-") if isinstance(tag, str) else ""
    return text if _LANGUAGE.fullmatch(text) else None
