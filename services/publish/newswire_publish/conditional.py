"""Conditional requests and content coding (RFC 9110 sections 8.8, 12.5.3, 13), decided purely.

A client that only knows the date of its copy can not tell two changes within one second apart. So
a change is dated one second back until its second is over: whoever asks by date in that second
asks once more than needed, and nobody misses the second change for good.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b

from fastapi import Response

_ETAGS = re.compile(r'(?:W/)?("[^"]*")')
_GZIP = re.compile(r"(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=([0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
MAX_HEADER = 4_096  # characters of a header that are looked at


def etag_of(body: bytes) -> str:
    """The strong validator of these very bytes."""
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def last_modified(changed_ms: int, now_s: float) -> int:
    """The date, in s since the Unix epoch, to give a change at ``changed_ms``."""
    second = changed_ms // 1000
    return second if now_s >= second + 1 else second - 1


def not_modified(headers: Mapping[str, str], etag: str, modified_s: int | None) -> bool:
    """Whether the client has what we would send; an entity tag outweighs a date."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in _ETAGS.findall(tags[:MAX_HEADER])
    since = _http_date(headers.get("if-modified-since"))
    return since is not None and modified_s is not None and since.timestamp() >= modified_s


def _http_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text[:MAX_HEADER]) if text else None
    except (ValueError, OverflowError):
        return None


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip was asked for by name, and not with a weight of 0."""
    found = _GZIP.search(accept_encoding[:MAX_HEADER])
    return found is not None and (found[1] or "1").strip("0.") != ""


def answer(
    request_headers: Mapping[str, str],
    body: bytes,
    *,
    etag: str,
    modified_s: int | None,
    headers: Mapping[str, str],
) -> Response:
    """200 with the body, or 304 where the client has it. The server leaves out the body of HEAD."""
    validators = {"ETag": etag, **headers}
    if modified_s is not None:
        validators["Last-Modified"] = formatdate(modified_s, usegmt=True)
    if not_modified(request_headers, etag, modified_s):
        validators.pop("Content-Type", None)
        validators.pop("Content-Encoding", None)
        return Response(status_code=304, headers=validators)
    return Response(body, headers=validators)
