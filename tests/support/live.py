"""The whole system as real processes, for the tests that kill them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from standardwebhooks import Webhook

from newswire_local.embedded import EmbeddedServer

SERVICES = ("ingest", "enrich", "publish")
ADMIN = "live-admin-key"
HEADERS = {"authorization": f"Bearer {ADMIN}"}


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(
    condition: Callable[[], Awaitable[Any]], timeout_s: float = 30, pause_s: float = 0.05
) -> Any:
    """What the condition answers once that is true; other processes offer no event to await."""
    async with asyncio.timeout(timeout_s):
        while not (answer := await condition()):
            await asyncio.sleep(pause_s)
        return answer


@dataclass(eq=False)
class Live:
    """The embedded server and the three services; each may be killed and started again."""

    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.server = EmbeddedServer(self.folder / "valkey")
        self.ports = {name: free_port() for name in SERVICES}

    def start_server(self) -> None:
        self.server.start()

    def start(self, name: str) -> None:
        """Start a service; its log grows in the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", f"newswire_{name}"], env=self.environment(),
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
            )  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "NEWSWIRE_REDIS_URL": self.server.url,
            "NEWSWIRE_ADMIN_KEY": ADMIN,
            "NEWSWIRE_CLAIM_IDLE_S": "2",
            "NEWSWIRE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
            "NEWSWIRE_PUBLIC_URL": self.url("publish"),
            **{f"NEWSWIRE_{name.upper()}_PORT": str(port) for name, port in self.ports.items()},
            **self.extra,
        }

    def url(self, name: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def kill(self, name: str) -> None:
        """kill -9, and start again at once."""
        self.kills[name] += 1
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def kill_server(self) -> None:
        self.kills["server"] += 1
        self.server.kill()
        self.server.start()

    def stop(self) -> dict[str, int]:
        """SIGTERM to each; the exit codes."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        codes = {}
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        self.server.stop()
        return codes

    async def ready(self, http: aiohttp.ClientSession, timeout_s: float = 30) -> None:
        """All services ready."""

        async def all_ready() -> bool:
            return all([await self.is_ready(http, name) for name in self.processes])

        try:
            await until(all_ready, timeout_s)
        except TimeoutError:
            message = f"not ready within {timeout_s} s\n{self.logs()}"
            raise AssertionError(message) from None

    async def is_ready(self, http: aiohttp.ClientSession, name: str) -> bool:
        try:
            async with http.get(self.url(name, "/readyz")) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def logs(self) -> str:
        """The last lines of every log, for a failure's message."""
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:])
            for path in sorted(self.folder.glob("*.log"))
        )


@dataclass(eq=False)
class Receiver:
    """A subscriber's server: verifies each delivery with the library, and counts what it got."""

    secret: str = ""
    got: Counter[str] = field(default_factory=Counter)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    arrived: dict[str, float] = field(default_factory=dict)  # by time.perf_counter
    _runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen; answers the URL."""
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_post("/hook", self._receive)
        self._runner = runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}/hook"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
        except Exception as error:  # noqa: BLE001 - whatever it is, the delivery is wrong
            self.wrong.append(repr(error))
            return web.Response(status=400)
        identity = request.headers["webhook-id"]
        self.got[identity] += 1
        self.arrived.setdefault(identity, time.perf_counter())
        self.events[identity] = orjson.loads(body)
        return web.Response(status=204)


async def subscribe(
    live: Live,
    http: aiohttp.ClientSession,
    receiver: Receiver,
    url: str,
    events: Sequence[str] = ("article.*",),
) -> dict[str, Any]:
    """Register the receiver, for all events of articles or those that are named."""
    async with http.post(
        live.url("publish", "/v1/webhooks"), json={"url": url, "events": [*events]},
        headers=HEADERS,
    ) as answer:  # fmt: skip
        assert answer.status == 201, await answer.text()
        endpoint: dict[str, Any] = await answer.json()
    receiver.secret = endpoint["secret"]
    return endpoint


async def newswire(live: Live, *arguments: str) -> str:
    """Run the command as an operator would; what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "newswire_local", *arguments,
        env=live.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    return output.decode()
