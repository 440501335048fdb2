"""A real receiver of webhooks on this machine: it checks every signature, and counts.

POST / ──▶ standardwebhooks: id, time and signature right? ──▶ 204, noted by (uri, version, type)
                                                 └ no ──▶ 400, counted as not verified
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from newswire_local.demo.expectation import OF_OTHERS, Told

TEST = "webhook.test"


class Receiver:
    """``received`` counts the requests but for tests, ``verified`` those signed as they must be."""

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.received = 0
        self.verified = 0
        self.told: Counter[Told] = Counter()
        self.tested = False
        self._arrival = asyncio.Condition()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Answers on ``url``, a free port of the loopback interface, within the context."""
        app = web.Application()
        app.router.add_post("/", self._receive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}/"
            yield
        finally:
            await runner.cleanup()

    async def has(self, due: Counter[Told], timeout_s: float) -> bool:
        """Wait until all that is due has arrived; whether it has, in time."""
        return await self._until(lambda: not due - self.told, timeout_s)

    async def has_test(self, timeout_s: float) -> bool:
        """Wait for the test event; whether it came in time."""
        return await self._until(lambda: self.tested, timeout_s)

    async def _until(self, condition: Any, timeout_s: float) -> bool:  # noqa: ANN401 - () -> bool
        try:
            async with asyncio.timeout(timeout_s), self._arrival:
                await self._arrival.wait_for(condition)
        except TimeoutError:
            return False
        return True

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            event = Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            event = None
        async with self._arrival:
            self._note(event)
            self._arrival.notify_all()
        return web.Response(status=204 if event else 400)

    def _note(self, event: dict[str, Any] | None) -> None:
        if event and event["type"] == TEST:
            self.tested = True
            return
        if event and event["type"].startswith(OF_OTHERS):
            return
        self.received += 1
        if event:
            self.verified += 1
            data = event["data"]
            self.told[Told(data["uri"], data["version"], event["type"])] += 1
