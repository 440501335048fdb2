"""Dates of feeds as drafts take them, exactly as exact as they were written."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime, parsedate_tz
from time import struct_time

from newswire_common.article import Moment

MAX_DATE = 64  # characters
_CLOCK = re.compile(r"\d[T :]\s*\d{1,2}:\d\d", re.IGNORECASE)
_OFFSET = re.compile(r"[+-]\d\d:?\d\d$")
_NAME = re.compile(r"(?<![A-Z])([A-Z]{1,5})$", re.IGNORECASE)
# The zones of RFC 822, 5.1, and what their neighbours are called.
_KNOWN = frozenset({
    "Z", "UT", "UTC", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT",
})  # fmt: skip
# Feedparser takes them for UTC. Names that mean several zones (IST, BST) are not here.
_OFFSETS = {
    "WET": "+0000", "WEST": "+0100", "CET": "+0100", "CEST": "+0200", "MEZ": "+0100",
    "MESZ": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "JST": "+0900",
    "KST": "+0900", "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300",
}  # fmt: skip
_ISO_DAY = re.compile(r"(\d{4})([-/.]?)(\d\d)\2(\d\d)(?!\d)")
_NAMED_MONTH = re.compile(r"\d{1,2}\D{1,3}[A-Z]{3,}|[A-Z]{3,}\D{1,3}\d{1,2}\b", re.IGNORECASE)


def moment(written: object, parsed: struct_time | None = None) -> str | None:
    """RFC 3339, a day alone, or None where it is neither.

    ``parsed`` is what the feed's parser made of it, in UTC. A time without an offset is only a day,
    since nobody can tell which moment was meant; a month alone is no date of an article.
    """
    text = written.strip() if isinstance(written, str) else ""
    if not text or len(text) > MAX_DATE:
        return None
    exact = text.replace(" ", "T", 1) if _ISO_DAY.match(text) else text
    if _is_moment(exact):
        return exact
    zone = _NAME.search(text)
    if zone and (offset := _OFFSETS.get(zone[1].upper())):
        text, parsed = text[: zone.start()] + offset, None
    is_exact = _CLOCK.search(text) and (
        _OFFSET.search(text) or (zone and zone[1].upper() in _KNOWN)
    )
    found = _instant(text, parsed) if is_exact else _day(text, parsed)
    return found if found and _is_moment(found) else None


def _instant(text: str, parsed: struct_time | None) -> str | None:
    if parsed is not None:
        return datetime(*parsed[:6], tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        instant = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _day(text: str, parsed: struct_time | None) -> str | None:
    """The day as it is written."""
    if iso := _ISO_DAY.match(text):
        return f"{iso[1]}-{iso[3]}-{iso[4]}"
    if not _NAMED_MONTH.search(text):
        return None
    parts = parsed or parsedate_tz(text)
    return f"{parts[0]:04}-{parts[1]:02}-{parts[2]:02}" if parts else None


def _is_moment(text: str) -> bool:
    try:
        Moment.parse(text)
    except (ValueError, OverflowError):
        return False
    return True
