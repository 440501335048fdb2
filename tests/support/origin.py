"""A web server on loopback that does what the worst of the web does, one path each, beside healthy
feeds.

    async with serving() as origin:
        origin.publish("/feed", rss(3))        # with ETag and Last-Modified, answers 304
        await fetch(origin.url("/drip"))       # any path of misbehaviour.PATHS
        origin.times("/feed")                  # when it was asked for, by time.monotonic

It speaks raw bytes, since a server library would not lie.
"""

import asyncio
import gzip
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate

from tests.support.misbehaviour import RSS, STREAMS, fixed_replies, not_found, reply


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # without the query
    headers: dict[str, str]
    body: bytes
    at: float  # time.monotonic


@dataclass
class Page:
    """A resource in good order."""

    body: bytes
    content_type: str
    headers: dict[str, str]
    modified: float = field(default_factory=time.time)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def answer(self, request: Request) -> bytes:
        fields = {
            "ETag": self.etag,
            "Last-Modified": formatdate(self.modified, usegmt=True),
            **self.headers,
        }
        if request.headers.get("if-none-match") == self.etag:
            return reply(b"", "304 Not Modified", self.content_type, **fields)
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = gzip.compress(self.body, compresslevel=1)
            return reply(packed, "200 OK", self.content_type, Content_Encoding="gzip", **fields)
        return reply(self.body, "200 OK", self.content_type, **fields)


@dataclass(eq=False)
class Origin:
    """The server; ``replies`` holds whole answers by path, for a test to change."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    replies: dict[str, bytes] = field(default_factory=dict)
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def publish(self, path: str, body: bytes, content_type: str = RSS, **headers: str) -> str:
        """Serve a healthy resource, or change it; its URL."""
        self.pages[path] = Page(body, content_type, headers)
        return self.url(path)

    def at(self, path: str) -> list[Request]:
        """The requests of a path so far."""
        return [request for request in self.requests if request.path == path]

    def times(self, path: str) -> list[float]:
        """When a path was asked for, so that a double fetch shows."""
        return [request.at for request in self.at(path)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open only by healthy resources."""
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(await _read(reader), writer):
                    pass
        except asyncio.CancelledError:
            writer.transport.abort()  # what it has still to send is for nobody
        finally:
            self._open.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in self._open.copy():
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)  # in which the transports see that they are closed

    async def _exchange(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer; whether the connection may go on."""
        self.requests.append(request)
        if page := self.pages.get(request.path):
            writer.write(page.answer(request))
            await writer.drain()
            return True
        if request.path in self.replies:
            writer.write(self.replies[request.path])
            await writer.drain()
        else:
            await STREAMS.get(request.path, not_found)(writer)
        return False


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target.partition("?")[0], headers, body, time.monotonic())


@asynccontextmanager
async def serving() -> AsyncIterator[Origin]:
    """An origin on a free port of the loopback."""
    origin = Origin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    origin.port = server.sockets[0].getsockname()[1]
    origin.replies.update(fixed_replies(origin.url("")))
    try:
        yield origin
    finally:
        server.close()
        await origin.close()
