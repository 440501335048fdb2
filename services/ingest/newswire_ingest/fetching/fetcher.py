"""One request to an address that a stranger chose: guarded, bounded, redirects under our own eyes.

Every URL of a chain is checked, every address of its name must be public, and the one connected to
is checked once more where the socket is opened (docs/decisions/0006-ssrf.md). Nothing is kept from
one request to the next but open connections: no cookies, no credentials, no proxies.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.metadata import version
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict, CIMultiDictProxy

from newswire_common.net import check_url
from newswire_common.settings import Network, Settings
from newswire_ingest.fetching.body import Body, too_large
from newswire_ingest.fetching.connecting import BoundedSockets, PublicNames
from newswire_ingest.fetching.exchange import DECODED_BYTES, Fetched, FetchError, Limits
from newswire_ingest.fetching.failures import EXPECTED, failure

# Below the 5 s after which common servers close an idle connection, just as we would write to it.
KEEP_ALIVE_S = 4.0
PERMANENT = frozenset({301, 308})
# A POST goes on as a POST or not at all (RFC 9110 15.4): as a GET it would say nothing.
FOLLOWED = {"GET": frozenset({301, 302, 303, 307, 308}), "POST": frozenset({307, 308})}
NOT_MODIFIED, FIRST_ERROR = 304, 400


class Fetcher:
    """Fetches over HTTP/1.1; made once a process, closed with `aclose`.

    How many requests are under way at a time is for the caller to say.
    """

    def __init__(
        self, settings: Settings, limits: Limits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:  # fmt: skip
        self._allowed = settings.allow_private_networks
        self._limits = limits or Limits()
        self._names = PublicNames(self._allowed, self._limits.dns_s, resolver)
        self._headers = {
            "User-Agent": f"Newswire/{version('newswire-ingest')} (+{settings.public_url})",
            "Accept-Encoding": "gzip, deflate",
        }
        self._large = asyncio.Semaphore(self._limits.large_at_once)
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, limit: int = DECODED_BYTES
    ) -> Fetched:
        """What the URL answers, with a body of at most ``limit`` bytes. Raises FetchError.

        ``headers`` go to every host that a redirect leads to: they must hold no secret.
        """
        return await self._within_time("GET", url, headers or {}, None, limit)

    async def post(self, url: str, form: Mapping[str, str]) -> Fetched:
        """What the URL answers to the form, sent urlencoded. Raises FetchError."""
        return await self._within_time("POST", url, {}, form, DECODED_BYTES)

    async def aclose(self) -> None:
        """Close all connections."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.close()
        await self._names.close()

    async def _within_time(
        self, method: str, url: str, headers: Mapping[str, str],
        form: Mapping[str, str] | None, limit: int,
    ) -> Fetched:  # fmt: skip
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._follow(method, url, headers, form, limit)
        except EXPECTED as error:
            raise failure(error) from error

    async def _follow(
        self, method: str, url: str, headers: Mapping[str, str],
        form: Mapping[str, str] | None, limit: int,
    ) -> Fetched:  # fmt: skip
        statuses: list[int] = []
        while len(statuses) <= self._limits.redirects:
            _check(url, self._allowed)
            async with self._session(method).request(
                method, url, headers=headers, data=form, allow_redirects=False
            ) as response:
                location = response.headers.get("Location")
                if response.status not in FOLLOWED[method] or not location:
                    return await self._answer(response, statuses, limit)
                url = urljoin(str(response.url), location.strip())
                statuses.append(response.status)
        raise FetchError("redirects", f"more than {self._limits.redirects} redirects")

    async def _answer(
        self, response: aiohttp.ClientResponse, redirects: list[int], limit: int
    ) -> Fetched:
        url = str(response.url)
        headers = _combined(response.headers)
        unread = response.status == NOT_MODIFIED or response.status >= FIRST_ERROR
        body = b"" if unread else await self._read(response, headers, limit)
        moved = bool(redirects) and PERMANENT.issuperset(redirects)
        return Fetched(url, url if moved else None, response.status, headers, body)

    async def _read(
        self, response: aiohttp.ClientResponse, headers: Mapping[str, str], limit: int
    ) -> bytes:
        """The body. More of it than `large_bytes` is held only while there is room for it."""
        limits = self._limits
        if (response.content_length or 0) > limits.raw_bytes:
            raise too_large(limits.raw_bytes, "transferred")
        body = Body(
            headers.get("Content-Encoding", ""),
            raw_bytes=limits.raw_bytes, decoded_bytes=limit, ratio=limits.ratio,
        )  # fmt: skip
        async with AsyncExitStack() as room:
            is_large = False
            async for piece in response.content.iter_any():
                body.feed(piece)
                if not is_large and body.size > limits.large_bytes:
                    is_large = True
                    await room.enter_async_context(self._large)
            return body.finish()

    def _session(self, method: str) -> aiohttp.ClientSession:
        """The method's session; made at first use, since it belongs to the running loop.

        Connections are kept for GET alone, which aiohttp asks once more where a kept one turns out
        to be closed. A POST would fail then, and so has a connection of its own.
        """
        if method not in self._sessions:
            limits = self._limits
            self._sessions[method] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    socket_factory=BoundedSockets(self._allowed),
                    resolver=self._names,
                    limit=0,
                    limit_per_host=limits.per_host,
                    force_close=method != "GET",
                    keepalive_timeout=KEEP_ALIVE_S if method == "GET" else None,
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_s),
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                max_line_size=limits.header_line_bytes,
                max_field_size=limits.header_line_bytes,
                max_headers=limits.header_lines,
            )
        return self._sessions[method]


def _check(url: str, allowed: Sequence[Network]) -> None:
    """Raises FetchError for a URL that can only be wrong."""
    try:
        check_url(url, allowed)
    except ValueError as error:
        raise FetchError("blocked", f"the URL is refused: {error}") from error


def _combined(headers: CIMultiDictProxy[str]) -> CIMultiDictProxy[str]:
    """One line a name (RFC 9110 5.3); cookies, which can not be joined, are dropped."""
    combined: CIMultiDict[str] = CIMultiDict()
    for name in headers:
        if name not in combined and name.lower() != "set-cookie":
            combined[name] = ", ".join(headers.getall(name))
    return CIMultiDictProxy(combined)
