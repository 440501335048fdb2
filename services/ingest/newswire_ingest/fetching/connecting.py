"""How a connection begins: a name looked up in time, public addresses only, a bounded socket."""

import asyncio
import socket
from collections.abc import Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from newswire_common.net import AddressRefused, AddrInfo, SafeSockets, is_public
from newswire_common.settings import Network

RECEIVE_BYTES = 128 * 2**10


class BoundedSockets(SafeSockets):
    """Public addresses only, and little taken in at a time.

    Unset, the kernel grows the buffer to megabytes, and whatever lies in it is parsed before
    anything else in the process has its turn: a flood of `100 Continue` held up the loop for 3.5 s
    and took 144 MiB; so it is 0.1 s and 5 MiB. A connection of 200 ms still brings 0.6 MB/s.
    """

    def __call__(self, info: AddrInfo) -> socket.socket:
        opened = super().__call__(info)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        return opened


class PublicNames(AbstractResolver):
    """Refuses a name as soon as one of its addresses is not public: mixed answers are an attack.

    c-ares by default, not the threads of getaddrinfo: a few names whose servers never answer
    would hold all of them.
    """

    def __init__(
        self, allowed: Sequence[Network], timeout_s: float, inner: AbstractResolver | None = None
    ) -> None:
        self._allowed = allowed
        self._timeout_s = timeout_s
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused, or OSError where the name is not known or the time is over."""
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await self._opened().resolve(host, port, family)
        except TimeoutError as error:
            # Not a TimeoutError, which aiohttp would take for that of the connection.
            raise OSError(None, "look-up of the name took too long") from error
        if not all(is_public(result["host"], self._allowed) for result in found):
            raise AddressRefused(f"{host} has an address that is not public")
        return found

    async def close(self) -> None:
        """May be used again after."""
        if self._inner:
            await self._inner.close()
            self._inner = None

    def _opened(self) -> AbstractResolver:
        """The resolver; made at first use, since it belongs to the running loop."""
        if self._inner is None:
            # A packet may be lost: two tries within the time.
            self._inner = aiohttp.AsyncResolver(timeout=self._timeout_s / 2, tries=2)
        return self._inner
