"""What a request is answered with, what it may cost, and how it fails."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from newswire_common.errors import NewswireError

DECODED_BYTES = 16 * 2**20

FetchErrorKind = Literal[
    "blocked", "dns", "connect", "tls", "timeout", "protocol", "too-large", "redirects"
]


class Fetched(NamedTuple):
    """An answer, whatever its status.

    ``url`` answered in the end; ``moved_to`` is the same where every redirect on the way there was
    permanent (301, 308), else None. ``headers`` are case-insensitive, several lines of one name
    joined by a comma (RFC 9110 5.3), without Set-Cookie. ``body`` has its Content-Encoding undone;
    it is empty for 304 and from 400 on, where it is not read.
    """

    url: str
    moved_to: str | None
    status: int
    headers: Mapping[str, str]
    body: bytes


class FetchError(NewswireError):
    """There is no answer, or none that may be used. The text is one line fit for anybody."""

    def __init__(self, kind: FetchErrorKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Limits(NamedTuple):
    """What one request may cost; the default is what the service uses."""

    total_s: float = 8.0  # redirects and the whole body included
    connect_s: float = 5.0  # TCP and TLS
    dns_s: float = 2.0
    redirects: int = 5
    raw_bytes: int = 8 * 2**20  # of the body as it is transferred
    ratio: int = 100  # feeds shrink to a twentieth, a bomb to a thousandth
    # Of all requests of a process, so many at a time may hold a body of more than `large_bytes`.
    large_bytes: int = 2**20
    large_at_once: int = 2
    # A host's connections at a time, redirects from elsewhere included.
    per_host: int = 8
    header_lines: int = 128
    header_line_bytes: int = 8190
