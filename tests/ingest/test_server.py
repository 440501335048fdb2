"""What only a real HTTP server shows: bodies that are refused while they are still being sent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.types import Message

from newswire_common.errors import Unavailable
from newswire_common.problems import Problem
from newswire_ingest.bodies import HELD_BYTES, Bodies
from tests.ingest.newsroom import Newsroom

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def served(newsroom: Newsroom) -> AsyncIterator[int]:
    """The port of the service on loopback."""
    config = uvicorn.Config(
        newsroom.app, host="127.0.0.1", port=0, http="httptools", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]  # the tests' own signals stay
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


def head(length: int, key: str = "admin-key") -> bytes:
    return (
        f"POST /v1/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def status_of(connection: Connection, request: bytes) -> int:
    reader, writer = connection
    writer.write(request)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    await reader.readexactly(int(length))
    return int(answer.split(b" ", 2)[1])


async def test_a_client_that_sends_20_mb_reads_its_413_and_goes_on(served: int) -> None:
    """The answer comes through, and the connection stays good for the next request."""
    connection = await asyncio.open_connection("127.0.0.1", served)
    body = b" " * 20_000_000
    assert await status_of(connection, head(len(body)) + body) == 413
    assert await status_of(connection, head(2) + b"{}") == 422
    connection[1].close()


async def test_a_stranger_is_answered_before_the_body_is_sent(served: int) -> None:
    """401 needs no byte of the body; neither does 413 where the length is declared."""
    for key, status in (("wrong", 401), ("admin-key", 413)):
        connection = await asyncio.open_connection("127.0.0.1", served)
        assert await status_of(connection, head(20_000_000, key)) == status
        connection[1].close()


async def test_a_client_that_hangs_up_half_way_leaves_nothing(
    newsroom: Newsroom, served: int
) -> None:
    """Half an article is none."""
    _, writer = await asyncio.open_connection("127.0.0.1", served)
    writer.write(head(1_000) + b'{"source": "agency"')
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await newsroom.http.get("/healthz")).status_code == 200
    assert await newsroom.entries() == []


async def test_a_body_that_stops_coming_is_given_up() -> None:
    """A stalled client does not hold a connection and its memory for ever."""

    async def stalled() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    pieces = [{"type": "http.request", "body": b"{" * 100_000, "more_body": True}]

    async def receive() -> Message:
        return pieces.pop() if pieces else await stalled()

    bodies = Bodies(patience_s=0.01)
    with pytest.raises(Problem) as refused:
        await bodies.read({"type": "http", "headers": []}, receive, 1_000_000)
    assert refused.value.status == 408
    assert bodies.held == 0


async def test_all_large_bodies_together_are_bounded() -> None:
    """Many large requests at a time do not eat the machine's memory: beyond a bound they wait."""
    bodies, piece = Bodies(), b"x" * 50_000_000

    async def receive() -> Message:
        return {"type": "http.request", "body": piece, "more_body": False}

    scope = {"type": "http", "headers": []}
    for _ in range(HELD_BYTES // len(piece)):
        await bodies.read(scope, receive, len(piece))
    with pytest.raises(Unavailable):
        await bodies.read(scope, receive, len(piece))
    bodies.release(piece)
    assert await bodies.read(scope, receive, len(piece)) == piece
