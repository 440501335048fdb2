"""``X-Hub-Signature`` (WebSub 7.1): whether a body is from somebody who knows the secret. Pure."""

import hmac
from typing import Literal

# SHA-1 too: most hubs sign with it, and as an HMAC it still holds (RFC 6194 3.3).
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})

Signed = Literal["signed", "unsigned", "forged"]


def signed(header: str | None, secret: str, body: bytes) -> Signed:
    """How a body is signed, by its header ``method=hex``. Takes the same time for any wrong one."""
    if not header:
        return "unsigned"
    method, _, told = header.strip().partition("=")
    if method.lower() not in METHODS or not told.isascii():
        return "forged"
    expected = hmac.digest(secret.encode(), body, method.lower()).hex()
    return "signed" if hmac.compare_digest(expected, told.lower()) else "forged"
