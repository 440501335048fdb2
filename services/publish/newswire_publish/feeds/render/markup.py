"""Text from anywhere, made fit for feeds: sanitised HTML, plain titles, legal characters.

Everything an article says is untrusted, and a feed ends up in somebody's browser.
"""

import html
import re
from urllib.parse import urlsplit

import nh3

# What XML 1.0 has no way to write, not even escaped (https://www.w3.org/TR/xml/#charsets).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANK_LINE = re.compile(r"\n\s*\n")
_NOT_IN_A_URL = re.compile('[\x00-\x20\x7f<>"\\\\^`{|}]')
_SCHEMES = {"http", "https", "mailto"}
_ROUNDS = 3  # of unwrapping a title that hides a tag in entities that hide a tag …
EXCERPT = 300  # characters


def legal(text: str) -> str:
    """The text without the characters that are illegal in XML 1.0."""
    return _ILLEGAL.sub("", text)


def web_url(text: str | None) -> str | None:
    """The text if it is an absolute http or https URL, else None."""
    if not text or _NOT_IN_A_URL.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def sanitised(markup: str, base_url: str | None) -> str:
    """Safe HTML: no script, style, form or frame; links absolute against ``base_url`` or gone."""
    try:
        return _clean(markup, base_url)
    except ValueError:  # a base that a browser would not take either
        return _clean(markup, None)


def _clean(markup: str, base_url: str | None) -> str:
    return legal(
        nh3.clean(
            markup,
            url_schemes=_SCHEMES,
            url_relative=("rewrite_with_base", base_url) if base_url else "deny",
        )
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML: a blank line ends a paragraph, a line break stays one."""
    blocks = (block.strip() for block in _BLANK_LINE.split(legal(text)))
    return "".join(
        f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>"
        for block in blocks
        if block
    )


def plain(text: str) -> str:
    """One line of plain text, inert too in a reader that takes it for HTML."""
    for _ in range(_ROUNDS):
        if "<" not in text:
            break
        text = html.unescape(nh3.clean(text, tags=set()))
    else:
        text = re.sub("<(?=[a-zA-Z/!?])", "", text)
    return " ".join(legal(text).split())


def excerpt(text: str) -> str:
    """The first words of a text, on one line, at most ``EXCERPT`` characters."""
    line = " ".join(text[: 2 * EXCERPT].split())
    if len(line) <= EXCERPT:
        return line
    return line[:EXCERPT].rsplit(" ", 1)[0] + "…"
