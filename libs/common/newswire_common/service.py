"""The frame of every service: one ASGI app around its stages and routes.

    settings -> Redis reachable? -> partitions as at first start? -> groups -> broker, keepers
                                   (the app is up and answers /readyz with the reason meanwhile)

A service starts without Redis and works once it is there; SIGTERM drains and exits 0.
"""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from types import FrameType
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from faststream.redis.prometheus import RedisPrometheusMiddleware
from faststream.specification import AsyncAPI
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from newswire_common import connection, problems
from newswire_common.auth import Keyring
from newswire_common.connection import Client, is_away
from newswire_common.errors import ConfigurationError
from newswire_common.keeper import Keeper, ensure_fixed, ensure_groups
from newswire_common.logs import configure
from newswire_common.metrics import StageMetrics, build_info
from newswire_common.settings import Settings, load
from newswire_common.stage import Stage
from newswire_common.streams import TOPOLOGY, Partition, partitions
from newswire_common.subscription import subscribe
from newswire_common.tasks import end

log = structlog.get_logger()


@dataclass(eq=False)
class Runtime:
    """What the parts of one service share. ``epoch`` names this life of the data on the server."""

    settings: Settings
    client: Client
    registry: CollectorRegistry
    keyring: Keyring
    partitions: tuple[Partition, ...]
    mine: tuple[Partition, ...]
    epoch: str = ""
    waiting_for: str | None = "starting"
    keepers: list[Keeper] = field(default_factory=list)

    @classmethod
    def of(cls, settings: Settings) -> "Runtime":
        client = connection.client(settings.redis_url)
        every = partitions(settings.partitions)
        return cls(
            settings=settings,
            client=client,
            registry=CollectorRegistry(),
            keyring=Keyring(client, settings),
            partitions=every,
            mine=tuple(every[number] for number in settings.my_partitions),
        )

    def trouble(self) -> str | None:
        """Why the service is not ready, or None."""
        if self.waiting_for:
            return self.waiting_for
        return next((t for keeper in self.keepers if (t := keeper.trouble())), None)


Background = Callable[[], Awaitable[None]]


@dataclass(eq=False)
class Service:
    """One service: its name, its stages, its routes, and what else runs beside them.

    ``background`` tasks are started once Redis is there, restarted if they raise, and cancelled at
    the end; ``closing`` is awaited last.
    """

    name: str
    runtime: Runtime
    stages: Sequence[Stage[Any]] = ()
    routers: Sequence[APIRouter] = ()
    background: Sequence[Background] = ()
    closing: Callable[[], Awaitable[None]] | None = None
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False)

    def app(self) -> FastAPI:
        """The ASGI application."""
        app = FastAPI(
            title=f"Newswire {self.name}",
            version=version("newswire-common"),
            lifespan=self._lifespan,
        )
        app.state.runtime = self.runtime
        problems.install(app)
        build_info(self.runtime.registry, self.name, app.version)
        self._broker = connection.broker(
            self.runtime.settings.redis_url,
            middlewares=(RedisPrometheusMiddleware(registry=self.runtime.registry),),
        )
        self._bind()
        app.include_router(self._operations())
        for router in self.routers:
            app.include_router(router)
        return app

    def _bind(self) -> None:
        runtime, consumer = (
            self.runtime,
            f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}",
        )
        metrics = StageMetrics(runtime.registry)
        for stage in self.stages:
            stage.metrics = metrics
            subscribers = {
                partition: subscribe(
                    self._broker, runtime.client, stage, partition,
                    consumer=consumer, batch_size=runtime.settings.batch_size,
                )
                for partition in runtime.mine
            }  # fmt: skip
            runtime.keepers.append(
                Keeper(runtime.client, runtime.settings, stage, consumer, subscribers, metrics)
            )

    def _operations(self) -> APIRouter:
        router = APIRouter(tags=["operations"])
        runtime = self.runtime

        @router.get("/healthz")
        async def healthz() -> dict[str, str]:
            """The process is alive."""
            return {"status": "alive"}

        @router.get("/readyz")
        async def readyz() -> Response:
            """Consuming, Redis reachable, keepers' heartbeats fresh; else 503 with the reason."""
            trouble = runtime.trouble()
            if trouble is None:
                return JSONResponse({"status": "ready"})
            raise problems.Problem(503, trouble, kind="not-ready", headers={"Retry-After": "1"})

        @router.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(runtime.registry), media_type=CONTENT_TYPE_LATEST)

        @router.get("/asyncapi", include_in_schema=False)
        async def asyncapi(request: Request) -> Response:
            """What this service reads, as AsyncAPI."""
            document = AsyncAPI(self._broker, title=request.app.title, version=request.app.version)
            return Response(document.to_specification().to_json(), media_type="application/json")

        return router

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        self._start(self._run())
        try:
            yield
        finally:
            self.runtime.waiting_for = "stopping"
            await end(self._tasks)
            with contextlib.suppress(
                Exception
            ):  # what is unfinished stays pending for the next one
                await self._broker.stop()
            if self.closing:
                await self.closing()
            await self.runtime.client.aclose()

    async def _run(self) -> None:
        await self._wait_for_redis()
        if self.stages:
            await self._start_broker()
        self.runtime.waiting_for = None
        log.info("ready", service=self.name)
        self._start(_for_ever("meta", self._keep_fixed))
        for keeper in self.runtime.keepers:
            self._start(keeper.run())
        for work in self.background:
            self._start(_for_ever(self.name, work))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(_no_task_dies_silently)

    async def _wait_for_redis(self) -> None:
        while True:
            try:
                await self._ensure()
            except Exception as error:
                if not is_away(error):
                    raise
                self.runtime.waiting_for = f"Redis is away: {error}"
                log.warning("waiting", service=self.name, reason=str(error))
                await asyncio.sleep(0.25)
            else:
                return

    async def _ensure(self) -> None:
        runtime = self.runtime
        fresh = secrets.token_hex(4)
        count, runtime.epoch = await ensure_fixed(runtime.client, runtime.settings, fresh)
        if count != runtime.settings.partitions:
            _stop(
                ConfigurationError(
                    f"NEWSWIRE_PARTITIONS: is {runtime.settings.partitions}, but this data was "
                    f"first started with {count}"
                )
            )
        for partition in runtime.mine:
            for stream in TOPOLOGY:
                await ensure_groups(runtime.client, partition, stream)

    async def _keep_fixed(self) -> None:
        """After FLUSHALL a new life begins: new epoch, same partitions, groups from the start."""
        while True:
            await asyncio.sleep(1)
            await self._ensure()

    async def _start_broker(self) -> None:
        while True:
            try:
                await self._broker.start()
            except Exception as error:
                if not is_away(error):
                    raise
                self.runtime.waiting_for = f"Redis is away: {error}"
                await self._broker.stop()
                await asyncio.sleep(0.25)
            else:
                return


async def _for_ever(name: str, work: Background) -> None:
    """Run a background task again when it raises: nothing dies silently."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the task must go on
            level = log.warning if is_away(error) else log.exception
            level("background", task=name, reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(0.5)


def _no_task_dies_silently(task: "asyncio.Task[None]") -> None:
    """A start that fails for another reason than Redis ends the process; a supervisor sees it."""
    if not task.cancelled() and (error := task.exception()):
        log.error("start failed", exc_info=error)
        os._exit(1)


class _Server(uvicorn.Server):
    """uvicorn, which raises a caught signal again after its shutdown; a drained service exits 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, and tell so: what waits for news on an open connection ends."""
        app: Any = self.config.app
        app.state.runtime.waiting_for = "stopping"
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _stop(error: ConfigurationError) -> None:
    """End the process at once: a wrong setting does not get better by waiting."""
    print(f"newswire: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the one line for the operator
    os._exit(2)


def tune_gc() -> None:
    """Collect garbage less often: a batch holds thousands of live models without cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def serve(build: Callable[[Settings], FastAPI], port: Callable[[Settings], int]) -> None:
    """Run a service until SIGTERM or SIGINT. Exits 2 with one line where a setting is wrong."""
    try:
        settings = load()
        configure(settings.log_format)
        app = build(settings)
    except ConfigurationError as error:
        _stop(error)
    config = uvicorn.Config(
        app, host=settings.host, port=port(settings), loop="uvloop", http="httptools",
        access_log=False, log_config=None, timeout_graceful_shutdown=10, server_header=False,
    )  # fmt: skip
    tune_gc()
    server = _Server(config)
    server.run()
    if not server.started:
        sys.exit(1)
