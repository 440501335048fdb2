"""A hub on loopback, written from the Recommendation, that also does what hubs should not.

async with serving(reach) as hub:
    hub.url                          # what feeds name as their hub
    await hub.verify()               # ask every callback that was told to it, as hubs do
    await hub.distribute(topic, body)
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from aiohttp import web

LEASE_S = 10 * 86_400
CHALLENGE = "a-random-challenge.0123456789"


@dataclass
class Subscription:
    """What the hub holds of one callback."""

    callback: str
    topic: str
    secret: str = ""


@dataclass(eq=False)
class Hub:
    """``reach`` is how callbacks are reached. ``status`` is what requests are answered with."""

    reach: httpx.AsyncClient
    url: str = ""
    status: int = 202
    lease_s: str = str(LEASE_S)
    headers: dict[str, str] = field(default_factory=dict)
    at_once: bool = False  # verifies before it has answered
    forms: list[dict[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    pending: list[dict[str, str]] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        """A request to subscribe or unsubscribe."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        self.kinds.append(request.headers["Content-Type"])
        if self.status == 202:
            self.pending.append(form)
            if self.at_once:
                await self.verify()
        return web.Response(status=self.status, headers=self.headers)

    async def verify(self) -> list[httpx.Response]:
        """Ask the callbacks whether they meant it (5.3); note those who did."""
        answers = []
        while self.pending:  # a form whose callback breaks off is tried again
            answers.append(await self._verify(self.pending[0]))
            del self.pending[0]
        return answers

    async def _verify(self, form: dict[str, str]) -> httpx.Response:
        callback, mode = form["hub.callback"], form["hub.mode"]
        answer = await self.ask(callback, mode, form["hub.topic"], lease_s=self.lease_s)
        if answer.is_success and answer.text == CHALLENGE:
            self.subscriptions.pop(callback, None)
            if mode == "subscribe":
                self.subscriptions[callback] = Subscription(
                    callback, form["hub.topic"], form.get("hub.secret", "")
                )
        return answer

    async def ask(
        self, callback: str, mode: str, topic: str, *, lease_s: str = "", challenge: str = CHALLENGE
    ) -> httpx.Response:
        """One request for verification."""
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        if lease_s:
            query["hub.lease_seconds"] = lease_s
        return await self.reach.get(callback, params=query)

    async def deny(self, callback: str, topic: str, reason: str = "no") -> httpx.Response:
        query = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason}
        self.subscriptions.pop(callback, None)
        return await self.reach.get(callback, params=query)

    async def distribute(
        self, topic: str, body: bytes, kind: str = "application/rss+xml"
    ) -> list[int]:
        """Send content to every subscriber of a topic; what they answer."""
        found = [one for one in self.subscriptions.values() if one.topic == topic]
        answers = [await self.send(one, body, kind=kind) for one in found]
        for one, answer in zip(found, answers, strict=True):
            if answer.status_code == 410:
                del self.subscriptions[one.callback]
        return [answer.status_code for answer in answers]

    async def send(
        self, to: Subscription, body: bytes, *, method: str = "sha256", secret: str | None = None,
        signature: str | None = None, topic: str = "", kind: str = "application/rss+xml",
    ) -> httpx.Response:  # fmt: skip
        """Send content to one subscriber, signed as told; an empty signature is none."""
        if signature is None:
            key = (to.secret if secret is None else secret).encode()
            signature = f"{method}={hmac.new(key, body, method).hexdigest()}"
        headers: dict[str, str | bytes] = {
            "Content-Type": kind,
            "Link": f'<{self.url}>; rel="hub", <{topic or to.topic}>; rel="self"',
        }
        if signature:
            headers["X-Hub-Signature"] = signature.encode("latin-1")
        return await self.reach.post(to.callback, content=body, headers=headers)  # type: ignore[arg-type]  # values may be bytes

    def asked(self, mode: str = "subscribe") -> list[dict[str, str]]:
        """The requests of a mode so far."""
        return [form for form in self.forms if form["hub.mode"] == mode]


@asynccontextmanager
async def serving(reach: httpx.AsyncClient) -> AsyncIterator[Hub]:
    """A hub on a free port of the loopback; ``/moved`` sends its callers there (5.1.2)."""
    hub = Hub(reach)

    async def moved(_request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": hub.url})

    app = web.Application()
    app.router.add_post("/", hub.take)
    app.router.add_post("/moved", moved)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server
    hub.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"  # type: ignore[attr-defined]  # of the server that runs
    try:
        yield hub
    finally:
        await runner.cleanup()
