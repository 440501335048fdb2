"""A lean HTTP/1.1 client on kept connections, so that the client is not what is measured."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

ACCEPTED = 202


class Refused(RuntimeError):
    """The service answered something else than 202."""


class Target(NamedTuple):
    """A service on the loopback: its port, and what it takes."""

    port: int
    content_type: str = "application/json"
    key: str = ""

    def request(self, body: bytes) -> bytes:
        """The bytes of a POST of an article or of lines of them."""
        head = (
            f"POST /v1/articles HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n"
            f"authorization: Bearer {self.key}\r\ncontent-type: {self.content_type}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Connection:
    """One kept connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> bytes:
        """The body of the answer. Raises Refused unless that is a 202."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length))
        if int(head[9:12]) != ACCEPTED:
            raise Refused(f"{head.decode()}{body.decode()}")
        return body

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def rate(port: int, requests: Sequence[bytes], connections: int) -> float:
    """Requests answered a second, over so many connections at once."""
    opened = [await Connection.open(port) for _ in range(connections)]
    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_all_of(waiting, connection) for connection in opened))
    took = time.perf_counter() - began
    for connection in opened:
        await connection.close()
    return len(requests) / took


async def _all_of(waiting: Iterator[bytes], connection: Connection) -> None:
    for request in waiting:
        await connection.send(request)


async def listens(port: int) -> bool:
    """Whether a service is there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
