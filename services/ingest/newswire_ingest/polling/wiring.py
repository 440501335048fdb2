"""Sources and their polling, put together for one service."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import APIRouter

from newswire_common.service import Background, Runtime
from newswire_common.streams import partition_of
from newswire_ingest.backlog import Backlog
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import Desk
from newswire_ingest.fetching import Fetched, Fetcher
from newswire_ingest.measures import Measures
from newswire_ingest.parsing import sandbox
from newswire_ingest.parsing.feed import Feed, parse_feed
from newswire_ingest.parsing.found import Origin
from newswire_ingest.parsing.sandbox import Sandbox
from newswire_ingest.polling.filing import Filing
from newswire_ingest.polling.full_text import FullText
from newswire_ingest.polling.interval import Bounds
from newswire_ingest.polling.measures import PollMeasures
from newswire_ingest.polling.page import article_of_page
from newswire_ingest.polling.poller import Poller
from newswire_ingest.polling.schedule import Schedule
from newswire_ingest.polling.scripts import Politeness, Scripts
from newswire_ingest.polling.visit import Visitor
from newswire_ingest.sources.api import SourcesApi
from newswire_ingest.sources.registry import Registry
from newswire_ingest.sources.subscriptions import Subscriptions
from newswire_ingest.websub.discovery import Discovery
from newswire_ingest.websub.ledger import Ledger

PARSE_S = 5.0  # for a feed or a page; the largest honest ones take one
# What the children run; imported once, or each would import it in the time of its first call.
PRELOADED = (*sandbox.PRELOADED, "newswire_ingest.polling.page")


@dataclass(eq=False)
class Polling:
    """Sources as a service needs them: a router, what runs in the background, and how it ends."""

    runtime: Runtime
    desk: Desk
    backlog: Backlog
    bodies: Bodies
    measures: Measures
    fetcher: Fetcher
    sandbox: Sandbox
    registry: Registry = field(init=False)
    schedule: Schedule = field(init=False)
    ledger: Ledger = field(init=False)
    filing: Filing = field(init=False)
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        """Put it together; nothing connects yet. Raises ConfigurationError."""
        runtime, settings = self.runtime, self.runtime.settings
        scripts = Scripts(runtime.client, Politeness.of(settings))
        kept = timedelta(days=settings.retention_days)
        self.schedule = Schedule(runtime.client, scripts, kept)
        self.ledger = Ledger(runtime.client, kept)
        heard = Discovery(self.ledger).heard
        full_text = FullText(self._get_page, self._read_page, self.schedule.slot, self._known)
        self.filing = Filing(self.desk, self.measures.rejected, self._known)
        self.registry = Registry(runtime.client, scripts)
        self.poller = Poller(
            self.schedule,
            Visitor(self.fetcher.get, self.parse, full_text, self.filing, heard),
            Bounds.of(settings),
            PollMeasures(runtime.registry),
            settings.polls_at_once,
            lambda: self.backlog.admit(0),
        )

    @property
    def router(self) -> APIRouter:
        allowed = self.runtime.settings.allow_private_networks
        subscriptions = Subscriptions(self.runtime.client, self.registry, allowed)
        return SourcesApi(self.registry, subscriptions, self.bodies, allowed).router()

    @property
    def background(self) -> list[Background]:
        """A process that is to poll nothing still counts the sources."""
        runs = [self.poller.run] if self.poller.slots else []
        return [*runs, self.poller.watch]

    async def close(self) -> None:
        """Let polls under way end; to be awaited when the background has ended."""
        await self.poller.close()

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        """A feed, parsed in a child process. Raises FeedError, SandboxError."""
        return await self.sandbox.run(parse_feed, body, content_type, url, timeout_s=PARSE_S)

    async def _get_page(self, url: str, *, limit: int) -> Fetched:
        return await self.fetcher.get(url, limit=limit)

    async def _read_page(self, body: bytes, content_type: str, origin: Origin) -> bytes | None:
        return await self.sandbox.run(
            article_of_page, body, content_type, origin, timeout_s=PARSE_S
        )

    async def _known(self, articles: Sequence[str]) -> list[bool]:
        """Which of these ids were ever taken in."""
        pipe = self.runtime.client.pipeline(transaction=False)
        for identity in articles:
            pipe.exists(partition_of(identity, self.runtime.partitions).identity(identity))
        return [bool(found) for found in await pipe.execute()]
