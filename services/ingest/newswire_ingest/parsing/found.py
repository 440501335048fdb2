"""What a parser found on a page, made a draft; what a page says wrongly of itself is left out."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pydantic import ValidationError

from newswire_common.article import ArticleDraft, Association, Block, Moment

Page = tuple[ArticleDraft, tuple[Block, ...]]
# A pair of quotation marks around a whole headline is the page's ornament.
QUOTES = {"“": "”", "„": "“", "‘": "’", "«": "»", "「": "」", '"': '"', "'": "'"}
NEEDED = frozenset({"headline", "body_text", "body_html"})
MAX_BLOCK = 10_000  # characters
MAX_LINKS = 200  # of a draft
MAX_TITLE = 200  # characters, of a link
MAX_DATE = 64  # characters
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? (\d{4})")


class Origin(NamedTuple):
    """What the sender of a page says of it."""

    source: str
    url: str | None = None
    guid: str | None = None


def draft_of_page(origin: Origin, found: Mapping[str, object]) -> ArticleDraft:
    """A draft of what was found. Raises ValidationError where what it needs is missing or wrong.

    The guid is the sender's, else the page's canonical url, else where it was fetched.
    """
    fields = {name: value for name, value in found.items() if value}
    said = {"source": origin.source, "guid": origin.guid} | (
        {"url": origin.url} if origin.url else {}
    )
    if origin.guid is None:
        canonical = fields.pop("canonical", None)
        said["guid"] = str(canonical or origin.url) if canonical or origin.url else None
    fields.pop("canonical", None)
    try:
        return ArticleDraft.model_validate(fields | said)
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]} & fields.keys()
        if not wrong or wrong & NEEDED:
            raise
        right = {name: value for name, value in fields.items() if name not in wrong}
        return ArticleDraft.model_validate(right | said)


def link(title: str, uri: str | None = None) -> Association:
    """What a page offers beside its article, which is not the article's own choice."""
    return Association(uri=uri, title=title[:MAX_TITLE], rel="related", origin="source-widget")


def block(kind: str, text: str) -> Block:
    return Block.model_validate({"kind": kind, "text": text[:MAX_BLOCK]})


def unquoted(headline: str) -> str:
    """The headline without one pair of quotation marks around all of it."""
    headline = headline.strip()
    closing = QUOTES.get(headline[:1])
    inner = headline[1:-1]
    if closing and headline.endswith(closing) and len(headline) > 2:  # noqa: PLR2004 - the pair itself
        opening = headline[0]
        # “A” and “B” are two quotations, not one in a pair.
        if closing not in inner and opening not in inner:
            return inner.strip()
    return headline


def day(text: str) -> str | None:
    """``June 20, 2024``, ``20 June 2024`` or ``2024-06-20`` as an ISO date; None if it is none."""
    text = text.strip()
    for pattern, order in ((_MONTH_FIRST, (3, 1, 2)), (_DAY_FIRST, (3, 2, 1))):
        if match := pattern.fullmatch(text):
            year, month, number = (match[group] for group in order)
            return _iso(int(year), month.lower(), int(number))
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def moment(text: str) -> str | None:
    """A date of a page as a draft takes it, or None; only its day where it has no UTC offset.

    Pages write ISO 8601 in every form that Python reads, dates of RFC 5322, and days for people.
    """
    text = text.strip()[:MAX_DATE]
    for candidate in (text, _offset_spelt_out(text), text[:10].replace("/", "-")):
        try:
            Moment.parse(candidate)
        except (ValueError, OverflowError):
            continue
        return candidate
    return day(text) if text[:1].isalnum() and not text.isdecimal() else None


def _offset_spelt_out(text: str) -> str:
    """RFC 3339 from what is not quite: ``+0100``, no seconds, or RFC 5322; empty if neither."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
        return found.isoformat() if found.tzinfo else found.date().isoformat()
    return ""


def _iso(year: int, month: str, number: int) -> str | None:
    named = [index for index, name in enumerate(_MONTHS, 1) if name.startswith(month)]
    try:
        return date(year, named[0], number).isoformat() if len(named) == 1 else None
    except ValueError:
        return None
