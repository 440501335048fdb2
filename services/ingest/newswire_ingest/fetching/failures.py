"""What aiohttp raises, told as a FetchError: one line, without addresses or anything of ours."""

import aiohttp

from newswire_common.net import AddressRefused
from newswire_ingest.fetching.exchange import FetchError, FetchErrorKind

# The first that matches; subclasses stand before their parents.
_KINDS: tuple[tuple[type[Exception], FetchErrorKind, str], ...] = (
    (AddressRefused, "blocked", "the host's address is not public"),
    (aiohttp.ServerTimeoutError, "timeout", "no connection came about in time"),
    (TimeoutError, "timeout", "no whole answer came in time"),
    (aiohttp.ClientConnectorDNSError, "dns", "the host's name could not be looked up"),
    (aiohttp.ClientConnectorCertificateError, "tls", "the host's certificate is not valid"),
    (aiohttp.ClientSSLError, "tls", "TLS with the host failed"),
    (aiohttp.ClientConnectorError, "connect", "nobody could be connected to at the host"),
    (aiohttp.InvalidURL, "blocked", "the URL is not valid"),
    # A malformed head is a ClientResponseError 400, which is no answer of 400.
    (
        aiohttp.ClientResponseError,
        "protocol",
        "the answer is not valid HTTP, or its head is too large",
    ),
    (aiohttp.ClientPayloadError, "protocol", "the body is malformed or broke off"),
    (aiohttp.ServerDisconnectedError, "protocol", "the connection was closed without an answer"),
    (OSError, "protocol", "the connection broke"),
)
EXPECTED = (aiohttp.ClientError, OSError, ValueError)


def failure(error: Exception) -> FetchError:
    """The FetchError that stands for one of EXPECTED."""
    inner = getattr(error, "os_error", error)
    for kind, name, text in _KINDS:
        if isinstance(error, kind) or (kind is AddressRefused and isinstance(inner, kind)):
            return FetchError(name, text)
    return FetchError("protocol", "the answer, or where it leads, is not valid")
