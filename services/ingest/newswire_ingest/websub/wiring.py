"""The subscriber, put together for one service."""

from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import APIRouter

from newswire_common.errors import ConfigurationError
from newswire_common.service import Background, Runtime
from newswire_ingest.bodies import Bodies
from newswire_ingest.fetching import Fetcher
from newswire_ingest.polling.filing import Filing
from newswire_ingest.polling.schedule import Schedule
from newswire_ingest.sources.registry import Registry
from newswire_ingest.websub.callbacks import PATH, Callbacks
from newswire_ingest.websub.intake import Intake, Parses
from newswire_ingest.websub.ledger import Ledger
from newswire_ingest.websub.measures import HubMeasures
from newswire_ingest.websub.subscriber import Subscriber


class Sources(Protocol):
    """What it shares with polling: `newswire_ingest.polling.wiring.Polling`."""

    @property
    def registry(self) -> Registry: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def filing(self) -> Filing: ...
    @property
    def parse(self) -> Parses: ...


@dataclass(eq=False)
class WebSub:
    """The subscriber as a service needs it: a router, what runs in the background, how it ends."""

    runtime: Runtime
    sources: Sources
    bodies: Bodies
    fetcher: Fetcher
    subscriber: Subscriber = field(init=False)
    callbacks: Callbacks = field(init=False)

    def __post_init__(self) -> None:
        """Put it together; nothing connects yet. Raises ConfigurationError."""
        sources, measures = self.sources, HubMeasures(self.runtime.registry)
        ledger, hasten = sources.ledger, sources.registry.hasten
        intake = Intake(self.runtime.client, ledger, sources.parse, sources.filing, hasten)
        self.callbacks = Callbacks(ledger, intake, self.bodies, measures, hasten)
        self.subscriber = Subscriber(
            ledger, self.fetcher.post, sources.schedule.slot, callbacks_url(self._public_url),
            measures,
        )  # fmt: skip

    @property
    def router(self) -> APIRouter:
        return self.callbacks.router()

    @property
    def background(self) -> list[Background]:
        """Where hubs can not reach us, none is asked for anything."""
        runs = [self.subscriber.run] if self._public_url else []
        return [*runs, self.subscriber.watch]

    async def close(self) -> None:
        await self.subscriber.close()

    @property
    def _public_url(self) -> str:
        return self.runtime.settings.ingest_public_url or ""


def callbacks_url(public_url: str) -> str:
    """What callbacks begin with. Raises ConfigurationError where hubs can make nothing of it."""
    parts = urlsplit(public_url)
    is_usable = parts.scheme in {"http", "https"} and parts.hostname
    if public_url and (not is_usable or parts.query or parts.fragment):
        raise ConfigurationError(
            "NEWSWIRE_INGEST_PUBLIC_URL: must be an http or https URL without query or fragment"
        )
    return public_url.rstrip("/") + PATH
