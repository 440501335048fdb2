"""Request bodies, read within bounds: of size, of memory, of patience."""

import asyncio

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


class Bodies:
    """Reads the bodies of one service. What was read is held until it is released."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.held = 0
        self._patience_s = patience_s

    async def read(self, scope: Scope, receive: Receive, limit: int) -> bytes:
        """The whole body; give it back with `release`.

        Raises Problem 413 over ``limit`` bytes (before reading where the length is declared), 415
        for an encoded body, 408 for a stalled one, and Unavailable when too much is held already.
        """
        _check_headers(scope, limit)
        body, more = _piece(await receive())
        if more:
            return await self._rest(body, receive, limit)
        _check_size(len(body), limit)
        self._hold(len(body) if len(body) > SMALL_BYTES else 0)
        return body

    def release(self, body: bytes) -> None:
        self.held -= len(body) if len(body) > SMALL_BYTES else 0

    async def _rest(self, body: bytes, receive: Receive, limit: int) -> bytes:
        pieces, size, held, more = [body], len(body), 0, True
        try:
            while more:
                piece, more = await self._next(receive)
                pieces.append(piece)
                size += len(piece)
                _check_size(size, limit)
                if size > SMALL_BYTES:
                    self._hold(size - held)
                    held = size
        except BaseException:
            self.held -= held
            raise
        return b"".join(pieces)

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


def _check_headers(scope: Scope, limit: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            _check_size(int(value[:18]), limit)  # more digits are too many anyway
        if name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            raise Problem(415, "bodies are taken as they are, without a Content-Encoding",
                          headers={"Accept-Encoding": "identity"})  # fmt: skip


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
