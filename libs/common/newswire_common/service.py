"""The frame of every service: one ASGI app around its stages and routes.

    settings -> Redis reachable? -> partitions as at first start? -> groups -> broker, keepers
                                   (the app is up and answers /readyz with the reason meanwhile)

A service starts without Redis and works once it is there; SIGTERM drains and exits 0.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol

import structlog
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
from newswire_common.metrics import StageMetrics, build_info
from newswire_common.settings import Settings
from newswire_common.stage import Stage
from newswire_common.streams import TOPOLOGY, Partition, partitions
from newswire_common.subscription import subscribe
from newswire_common.tasks import end

log = structlog.get_logger()


class Watched(Protocol):
    """What runs beside the routes, and tells readiness how it is: the keeper of a stage is one."""

    async def run(self) -> None:
        """Ends when it is cancelled."""

    def trouble(self) -> str | None:
        """Why the service is not ready, or None."""


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
    on_fatal: Callable[[BaseException], None] | None = None
    keepers: list[Watched] = field(default_factory=list)

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

    def fail(self, error: BaseException) -> None:
        """Nothing will mend this but an operator: never ready again, and the process ends."""
        self.waiting_for = str(error)
        if self.on_fatal:
            self.on_fatal(error)

    def trouble(self) -> str | None:
        """Why the service is not ready, or None."""
        if self.waiting_for:
            return self.waiting_for
        return next((t for keeper in self.keepers if (t := keeper.trouble())), None)


Background = Callable[[], Awaitable[None]]


@dataclass(eq=False)
class Service:
    """One service: its name, its stages, its routes, and what else runs beside them.

    ``opening`` is awaited once Redis is there, before the service is ready; a ConfigurationError of
    it ends the process. Then the ``background`` tasks run, again if they raise, and are cancelled
    at the end; ``closing`` is awaited last.
    """

    name: str
    runtime: Runtime
    stages: Sequence[Stage[Any]] = ()
    routers: Sequence[APIRouter] = ()
    background: Sequence[Background] = ()
    opening: Callable[[], Awaitable[None]] | None = None
    closing: Callable[[], Awaitable[None]] | None = None
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False)
    _stopping: bool = field(default=False, init=False)

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
        metrics, size = StageMetrics(runtime.registry), runtime.settings.batch_size
        for stage in self.stages:
            stage.metrics = metrics
            subscribers = {
                partition: subscribe(
                    self._broker, runtime.client, stage, partition,
                    consumer=consumer, batch_size=min(size, stage.batch_size or size),
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
            self._stopping, self.runtime.waiting_for = True, "stopping"
            await end(self._tasks)
            with contextlib.suppress(
                Exception
            ):  # what is unfinished stays pending for the next one
                await self._broker.stop()
                for stage in self.stages:
                    await stage.settle()
            if self.closing:
                await self.closing()
            await self.runtime.client.aclose()

    async def _run(self) -> None:
        await self._patiently(self._ensure)
        if self.opening:
            await self._patiently(self.opening)
        if self.stages:
            await self._patiently(self._start_broker)
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
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """No task dies silently: what no retry will mend ends the process."""
        if task.cancelled():
            if not self._stopping:
                self.runtime.fail(RuntimeError(f"{task.get_name()} was cancelled from elsewhere"))
        elif error := task.exception():
            if not isinstance(error, ConfigurationError):
                log.error("failed", service=self.name, exc_info=error)
            self.runtime.fail(error)

    async def _patiently(self, work: Background) -> None:
        """Do it, again until Redis is there for it."""
        while True:
            try:
                return await work()
            except Exception as error:
                if not is_away(error):
                    raise
                self.runtime.waiting_for = f"Redis is away: {error}"
                log.warning("waiting", service=self.name, reason=str(error))
                await asyncio.sleep(0.25)

    async def _ensure(self) -> None:
        runtime = self.runtime
        fresh = secrets.token_hex(4)
        count, runtime.epoch = await ensure_fixed(runtime.client, runtime.settings, fresh)
        if count != runtime.settings.partitions:
            raise ConfigurationError(
                f"NEWSWIRE_PARTITIONS: is {runtime.settings.partitions}, but this data was "
                f"first started with {count}"
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
        try:
            await self._broker.start()
        except Exception:
            await self._broker.stop()
            raise


async def _for_ever(name: str, work: Background) -> None:
    """Run a background task again when it raises: nothing dies silently."""
    while True:
        try:
            await work()
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the task must go on
            level = log.warning if is_away(error) else log.exception
            level("background", task=name, reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(0.5)
