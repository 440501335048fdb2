"""A subscriber's receiver on loopback: it verifies with the standardwebhooks library and answers
as the test tells it to."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from standardwebhooks import Webhook

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verify(self, secret: str) -> dict[str, Any]:
        """The body, if the signature is right. Raises WebhookVerificationError."""
        Webhook(secret).verify(self.body, self.headers, json_parse=False)
        content: dict[str, Any] = orjson.loads(self.body)
        return content


Answer = Callable[[Received], Awaitable[web.StreamResponse]]


async def ok(_received: Received) -> web.StreamResponse:
    return web.Response(status=204)


@dataclass(eq=False)
class Receiver:
    """``answer`` may be set at any time; it is asked for each request."""

    url: str = ""
    answer: Answer = ok
    received: list[Received] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for(self, count: int, path: str = "/") -> list[Received]:
        """The requests to a path, once there are so many."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: len(self.at(path)) >= count)
        return self.at(path)

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path == path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(request.path, headers, await request.read(), time.monotonic())
        async with self._changed:
            self.received.append(received)
            self._changed.notify_all()
        return await self.answer(received)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own; its URL ends without a slash."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()


def answering(*statuses: int, **headers: str) -> Answer:
    """Answers with these statuses in turn, then with 204."""
    left = list(statuses)

    async def answer(_received: Received) -> web.StreamResponse:
        if left:
            return web.Response(
                status=left.pop(0),
                headers={name.replace("_", "-"): value for name, value in headers.items()},
            )
        return web.Response(status=204)

    return answer


def answering_after(release: asyncio.Event, *paths: str) -> Answer:
    """Answers with 204: at once, or where it is one of these paths (of none: any) once released."""

    async def answer(received: Received) -> web.StreamResponse:
        if received.path in paths or not paths:
            await release.wait()
        return await ok(received)

    return answer
