"""A proxy before the server that holds back what a test says, on the connection it came by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Proxy:
    """``held`` are bytes: a request with all of them waits, or its answer, until `release`."""

    url: str
    held: tuple[bytes, ...] = ()
    answers: bool = False
    met: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self, *held: bytes, answers: bool = False) -> None:
        """Hold back requests, or when they have been worked on their answers."""
        self.held, self.answers = held, answers
        self.met.clear()
        self._released.clear()

    def release(self) -> None:
        """Let go of what is held, and hold nothing from now on."""
        self.held = ()
        self._released.set()

    async def pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: asyncio.Event
    ) -> None:
        """Requests, from a client to the server; shut the gate for an answer that is held."""
        with suppress(ConnectionError):
            while chunk := await source.read(1 << 20):
                if self.held and all(part in chunk for part in self.held):
                    self.met.set()
                    if self.answers:
                        gate.clear()
                    else:
                        await self._released.wait()
                sink.write(chunk)
        sink.close()

    async def answer(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: asyncio.Event
    ) -> None:
        """Answers, from the server to a client."""
        with suppress(ConnectionError):
            while chunk := await source.read(1 << 20):
                if not gate.is_set():
                    await self._released.wait()
                    gate.set()
                sink.write(chunk)
        sink.close()


@asynccontextmanager
async def proxying(url: str, folder: Path) -> AsyncIterator[Proxy]:
    """A proxy before the server of a ``unix://`` URL."""
    path = str(folder / "proxy.sock")
    proxy = Proxy(f"unix://{path}")
    ways: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(url.removeprefix("unix://"))
        gate = asyncio.Event()
        gate.set()
        for way in (proxy.pass_on(reader, back, gate), proxy.answer(there, writer, gate)):
            ways.add(asyncio.ensure_future(way))

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield proxy
    finally:
        proxy.release()
        server.close()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
