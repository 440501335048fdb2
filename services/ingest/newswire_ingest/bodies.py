"""Request bodies, read within bounds: of size, packed and unpacked, of memory, of patience."""

import asyncio
import zlib
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from newswire_common.errors import Unavailable
from newswire_common.problems import Problem

JSON_BYTES = 5 * 2**20
NDJSON_BYTES = 50 * 2**20
# Of all large bodies that are held at a time; a small one is hardly more than the socket's buffer.
HELD_BYTES = 256 * 2**20
SMALL_BYTES = 64 * 2**10
PATIENCE_S = 30.0  # between two pieces of a body
# News packs to a tenth, a thousand similar lines to a fortieth; a bomb to a thousandth.
MAX_RATIO = 100
HARMLESS_BYTES = 2**20  # up to which any ratio is taken
UNPACKED_BYTES = 256 * 2**10  # between two turns of the loop: some 2 ms
_PLAIN, _PACKED = frozenset({b"", b"identity"}), frozenset({b"gzip", b"x-gzip"})
_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952, with its checksum


class Bodies:
    """Reads the bodies of one service. What was read is held until it is released."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.held = 0
        self._patience_s = patience_s

    async def read(self, scope: Scope, receive: Receive, limit: int) -> bytes:
        """The whole body; give it back with `release`.

        Raises Problem 413 over ``limit`` bytes (before reading where the length is declared), also
        of what gzip (RFC 1952, one member) unpacks to; 400 for wrong gzip, 415 for any other
        encoding, 408 for a stalled body, and Unavailable when too much is held already.
        """
        packed = _check_headers(scope, limit)
        body, more = _piece(await receive())
        if more:
            body = await self._gathered(self._pieces(body, receive), limit)
        else:
            _check_size(len(body), limit)
            self._hold(_large(len(body)))
        if not packed:
            return body
        try:
            most = min(limit, max(MAX_RATIO * len(body), HARMLESS_BYTES))
            return await self._gathered(_unpacked(body), most)
        finally:
            self.release(body)

    def release(self, body: bytes) -> None:
        self.held -= _large(len(body))

    async def _gathered(self, pieces: AsyncIterator[bytes], limit: int) -> bytes:
        """All the pieces as one body that is held."""
        gathered, size, held = list[bytes](), 0, 0
        try:
            async for piece in pieces:
                gathered.append(piece)
                size += len(piece)
                _check_size(size, limit)
                self._hold(_large(size) - held)
                held = _large(size)
        except BaseException:
            self.held -= held
            raise
        return b"".join(gathered)

    async def _pieces(self, first: bytes, receive: Receive) -> AsyncIterator[bytes]:
        yield first
        more = True
        while more:
            piece, more = await self._next(receive)
            yield piece

    async def _next(self, receive: Receive) -> tuple[bytes, bool]:
        try:
            async with asyncio.timeout(self._patience_s):
                return _piece(await receive())
        except TimeoutError as error:
            detail = f"no more of the body came for {self._patience_s:.0f} s"
            raise Problem(408, detail, kind="stalled") from error

    def _hold(self, count: int) -> None:
        if self.held + count > HELD_BYTES:
            raise Unavailable("too many large bodies are under way")
        self.held += count


def _check_headers(scope: Scope, limit: int) -> bool:
    """Whether the body is packed. Raises Problem 413 or 415."""
    packed = False
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            _check_size(int(value[:18]), limit)  # more digits are too many anyway
        if name == b"content-encoding" and (coding := value.strip().lower()) not in _PLAIN:
            if packed or coding not in _PACKED:
                raise Problem(415, "bodies are taken as they are, or packed once, with gzip",
                              headers={"Accept-Encoding": "gzip, identity"})  # fmt: skip
            packed = True
    return packed


async def _unpacked(packed: bytes) -> AsyncIterator[bytes]:
    """What gzip packed, in pieces. Raises Problem 400."""
    unpacker, left, piece = zlib.decompressobj(_GZIP), packed, b"-"
    while not unpacker.eof and (left or piece):
        try:
            piece = unpacker.decompress(left, UNPACKED_BYTES)
        except zlib.error as error:
            raise Problem(400, f"the body is not gzip: {error}", kind="syntax") from error
        left = unpacker.unconsumed_tail
        yield piece
        await asyncio.sleep(0)
    if not unpacker.eof or unpacker.unused_data:
        raise Problem(400, "the body is not one whole gzip member", kind="syntax")


def _large(size: int) -> int:
    """What a body of this size counts among the large ones that are held."""
    return size if size > SMALL_BYTES else 0


def _piece(message: Message) -> tuple[bytes, bool]:
    """A piece of the body, and whether more come. Raises ClientDisconnect."""
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise too_large(limit)


def too_large(limit: int) -> Problem:
    return Problem(413, f"the body is over {limit} bytes", kind="too-large")
