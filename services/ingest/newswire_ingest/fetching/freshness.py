"""What an answer says of the next request: how long it holds, when to come back, what to ask. Pure.

Dates are read by `email.utils`, lists of directives by `urllib.request`. Nothing that a server says
is taken as it is: times are clamped to `LONGEST_S`, and a validator that could not be sent back, or
would be a burden to keep, is none.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.request import parse_http_list

LONGEST_S = 366 * 24 * 3600

_SECONDS = re.compile(r"[0-9]{1,12}")
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,1024}")
_DATE_CHARS = 64
_CACHE_CONTROL_CHARS = 1_000


class Validators(NamedTuple):
    """What tells one state of a resource from the next, as the server sent it."""

    etag: str | None = None
    last_modified: str | None = None


def validators(headers: Mapping[str, str]) -> Validators:
    """The validators of an answer (RFC 9110 8.8). ``headers`` are case-insensitive, as always here.

    An ETag without its quotes is kept, since the servers that send it so compare it so.
    """
    etag = headers.get("ETag", "").strip()
    modified = headers.get("Last-Modified", "").strip()
    return Validators(
        etag if _VALIDATOR.fullmatch(etag) else None,
        modified if http_date(modified) and _VALIDATOR.fullmatch(modified) else None,
    )


def conditional(known: Validators) -> dict[str, str]:
    """The request headers that ask for what is new since then (RFC 9110 13.1, RFC 3229).

    ``A-IM: feed`` lets a server that knows it leave out old entries and answer 226; it has to tell
    by the ETag what we have seen.
    """
    headers: dict[str, str] = {}
    if known.etag:
        headers |= {"If-None-Match": known.etag, "A-IM": "feed"}
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def lifetime_s(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds for which the answer stays fresh (RFC 9111 4.2), or None where it does not say.

    Cache-Control max-age goes before Expires; the Age that it had already is taken off. None, too,
    for no-store and no-cache: the server does not want to be guided by an age.
    """
    directives = _directives(headers.get("Cache-Control", ""))
    if not directives.keys().isdisjoint({"no-store", "no-cache"}):
        return None
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    else:
        expires = http_date(headers.get("Expires", ""))
        sent = http_date(headers.get("Date", "")) or now
        lifetime = _clamped((expires - sent).total_seconds()) if expires else None
    if lifetime is None:
        return None
    return max(0, lifetime - (_seconds(headers.get("Age", "")) or 0))


def retry_after_s(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds to stay away, by Retry-After (RFC 9110 10.2.3); None where it says nothing usable."""
    text = headers.get("Retry-After", "")
    moment = http_date(text)
    return _clamped((moment - now).total_seconds()) if moment else _seconds(text)


def http_date(text: str) -> datetime | None:
    """A date in any of the three forms of RFC 9110 5.6.7, with its zone; None where it is none."""
    if not 0 < len(text) <= _DATE_CHARS:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _seconds(text: str) -> int | None:
    """A number of seconds, digits only as the RFCs have it."""
    text = text.strip()
    return _clamped(int(text)) if _SECONDS.fullmatch(text) else None


def _clamped(seconds: float) -> int:
    return round(min(max(seconds, 0), LONGEST_S))


def _directives(header: str) -> dict[str, str]:
    """The directives of a Cache-Control; the first of a name counts (RFC 9111 4.2.1)."""
    directives: dict[str, str] = {}
    for item in parse_http_list(header[:_CACHE_CONTROL_CHARS]):
        name, _, value = item.partition("=")
        directives.setdefault(name.strip().lower(), value.strip().strip('"'))
    return directives
