"""W3C Trace Context: the ``traceparent`` that an article carries from its acceptance on."""

import re
import secrets

# https://www.w3.org/TR/trace-context/#traceparent-header: of a later version the first four parts
# are read as version 00's; version ff and ids of zeros are invalid.
_VALID = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?"
)


def traceparent(header: bytes | None) -> str:
    """The client's, where it sent a valid one; else a new one, sampled."""
    found = _VALID.fullmatch(header) if header else None
    if found and header and (len(header) == len("00-") + 52 or not header.startswith(b"00")):
        trace, span, flags = (part.decode() for part in found.groups())
        return f"00-{trace}-{span}-{flags}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
