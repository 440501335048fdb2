"""Everything on one machine: the embedded server and the three services, kept running.

newswire ─┬─ guardian        ends the rest when newswire itself is killed
          ├─ valkey-server   on DIR/server.sock, unless NEWSWIRE_REDIS_URL names another server
          ├─ ingest  ┐
          ├─ enrich  ├─ started together; started again when they end; drained before the server
          └─ publish ┘
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager

import httpx

from newswire_common.errors import ConfigurationError, NewswireError
from newswire_local.child import LONGEST_PAUSE_S, Child, in_words
from newswire_local.embedded import POLL_S, EmbeddedServer
from newswire_local.group import ProcessGroup
from newswire_local.journal import Journal, Report
from newswire_local.plan import SERVICES, Plan

READY_TIMEOUT_S = 60.0  # a cold start on a slow disk; warm it is two seconds
READY_POLL_S = 0.1  # each question costs the machine that the services start on
WATCH_S = 0.1  # how soon a server that died is noticed
HOPELESS = 3  # deaths before a service was ever ready


class DoesNotStart(NewswireError):
    """A service is not ready in time, or dies again and again."""


class Supervisor:
    """Runs a plan. ``report`` gets a line for whatever an operator should know of."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self.plan = plan
        self.children: dict[str, Child] = {}
        self.server: EmbeddedServer | None = None
        self._report = report

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All ready within the context; drained and ended after it, in order.

        Raises ConfigurationError where a setting stops it, DoesNotStart.
        """
        with ExitStack() as stack:
            group = stack.enter_context(ProcessGroup())
            url = self.plan.redis_url
            if url is None:
                self.server = stack.enter_context(_stopped_at_the_end(self._embedded()))
                await _start(self.server, group)
                url = self.server.url
            environment = {**self.plan.environment, "NEWSWIRE_REDIS_URL": url}
            for name, module in SERVICES.items():
                journal = Journal(name, self.plan.folder.logs, self._report)
                stack.enter_context(closing(journal))
                self.children[name] = Child(
                    name, module, environment, self.plan.home, group, journal
                )
            with _first_of_a_group():
                async with self._kept(group):
                    yield

    def hurry(self) -> None:
        """End the services without waiting for them to drain; what is unfinished stays pending."""
        for child in self.children.values():
            child.kill()

    def _embedded(self) -> EmbeddedServer:
        return EmbeddedServer(self.plan.folder.path, appendfsync=self.plan.appendfsync)

    @asynccontextmanager
    async def _kept(self, group: ProcessGroup) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            services = [tasks.create_task(child.keep()) for child in self.children.values()]
            server = tasks.create_task(self._keep_server(group))
            try:
                await self._all_ready()
                yield
            finally:
                for task in services:
                    task.cancel()
                await asyncio.wait(services)
                server.cancel()

    async def _keep_server(self, group: ProcessGroup) -> None:
        server, pause_s = self.server, WATCH_S
        while server:
            await asyncio.sleep(pause_s)
            pause_s = WATCH_S
            if server.alive():
                continue
            code = server.process.returncode if server.process else 0
            self._report(f"server: ended ({in_words(code)}); starting it again")
            try:
                await _start(server, group)
            except (ConfigurationError, OSError) as error:
                self._report(f"server: {error}")
                pause_s = LONGEST_PAUSE_S

    async def _all_ready(self) -> None:
        urls = self.plan.running.model_dump(include=set(SERVICES))
        deadline = time.monotonic() + READY_TIMEOUT_S
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            await asyncio.gather(
                *(self._ready(client, self.children[name], urls, deadline) for name in SERVICES)
            )

    async def _ready(
        self, client: httpx.AsyncClient, child: Child, urls: Mapping[str, str], deadline: float
    ) -> None:
        reason = "it does not answer"
        while time.monotonic() < deadline and child.ends < HOPELESS:
            try:
                answer = await client.get(f"{urls[child.name]}/readyz")
            except httpx.HTTPError:
                pass
            else:
                if answer.status_code == httpx.codes.OK:
                    return
                reason = str(answer.json().get("detail", reason))
            await asyncio.sleep(READY_POLL_S)
        reason = child.journal.last_words if child.ends >= HOPELESS else reason
        message = f"{child.name} does not start: {reason} (its log is {child.journal.path})"
        raise DoesNotStart(message)


async def _start(server: EmbeddedServer, group: ProcessGroup) -> None:
    server.group = group.id()
    server.launch()
    while not server.answers():  # noqa: ASYNC110 - another process, which offers no event
        await asyncio.sleep(POLL_S)


@contextmanager
def _stopped_at_the_end(server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _first_of_a_group() -> Iterator[None]:
    """What one task ran into is what its group ran into; the others were only cancelled for it."""
    try:
        yield
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
