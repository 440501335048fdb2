"""One HTTP request to an address that a stranger chose: guarded, bounded, never following.

Every address of a name must be public, and the one connected to is checked once more at connect
time, which covers literals too. What is read of a response is little and raw, and once its status
is known nothing in its body changes the outcome.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from newswire_common.net import AddressRefused, SafeSockets, is_public
from newswire_common.settings import Network
from newswire_publish.webhooks.exchange import Answer, ErrorClass, Request

CONNECT_S = 5.0  # name look-up and TLS included
TOTAL_S = 15.0
READ_BYTES = 16_384
# Below the 5 s after which common servers close an idle connection, just as we would write to it.
KEEP_ALIVE_S = 4.0


class PublicNames(AbstractResolver):
    """Refuses a name as soon as one of its addresses is not public: mixed answers are an attack."""

    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused, or OSError where the name is not known."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            if not is_public(result["host"], self._allowed):
                raise AddressRefused(f"{host} has an address that is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()


@dataclass(eq=False)
class HttpSender:
    """Posts over HTTP/1.1. ``allowed`` are networks that are fine though they are not public."""

    allowed: Sequence[Network] = ()
    connect_s: float = CONNECT_S
    total_s: float = TOTAL_S
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    async def send(self, request: Request) -> Answer:
        """Post once, within ``total_s`` seconds; any failure is an answer too."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            answer = await self._post(request, started + self.total_s)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome of the attempt
            answer = Answer(error=classify(error))
        return replace(answer, took_ms=round((loop.time() - started) * 1000))

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def _post(self, request: Request, deadline: float) -> Answer:
        connection = SimpleNamespace(reused=False)
        try:
            return await self._once(request, deadline, connection)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            # A kept connection that ended just as we wrote says nothing of the receiver, and the
            # delivery's id makes it safe to send again (RFC 9110 9.2.2).
            if not connection.reused:
                raise
        return await self._once(request, deadline, SimpleNamespace())

    async def _once(self, request: Request, deadline: float, connection: SimpleNamespace) -> Answer:
        async with asyncio.timeout_at(deadline):
            response = await self._opened().post(
                request.url, data=request.body, headers=request.headers,
                allow_redirects=False, trace_request_ctx=connection,
            )  # fmt: skip
        try:
            return Answer(
                status=response.status,
                error=None if 200 <= response.status < 300 else "status",  # noqa: PLR2004 - success
                retry_after=response.headers.get("retry-after"),
                body=await _beginning(response, deadline),
            )
        finally:
            response.close()  # what was read to its end is already back in the pool

    def _opened(self) -> aiohttp.ClientSession:
        """The session; made at first use, since it belongs to the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    socket_factory=SafeSockets(self.allowed),
                    resolver=PublicNames(self.allowed),
                    limit=0,  # the worker's slots are the limit
                    keepalive_timeout=KEEP_ALIVE_S,
                ),
                timeout=aiohttp.ClientTimeout(total=None, connect=self.connect_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                trace_configs=[_noting_reuse()],
            )
        return self._session


def _noting_reuse() -> aiohttp.TraceConfig:
    """Sets ``reused`` on the ``trace_request_ctx`` of a request that got a kept connection."""

    async def note(_session: object, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.reused = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(note)
    return trace


async def _beginning(response: aiohttp.ClientResponse, deadline: float) -> bytes:
    """At most READ_BYTES of the body, as they came; the deadline or an error ends it."""
    if response.content.at_eof():
        return b""
    read = bytearray()
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout_at(deadline):
            while len(read) < READ_BYTES and (chunk := await response.content.readany()):
                read += chunk
    return bytes(read[:READ_BYTES])


def classify(error: Exception) -> ErrorClass:
    """The class of what ended an attempt before there was a status."""
    if isinstance(getattr(error, "os_error", error), AddressRefused):
        return "refused_address"
    kinds: tuple[tuple[type[Exception], ErrorClass], ...] = (
        (TimeoutError, "timeout"),
        (aiohttp.ClientConnectorDNSError, "dns"),
        (aiohttp.ClientSSLError, "tls"),
        (aiohttp.ClientConnectorError, "connect"),
        (aiohttp.ClientError, "protocol"),  # a malformed reply is a ClientResponseError 400
        (OSError, "protocol"),
        (ValueError, "protocol"),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), "internal")
