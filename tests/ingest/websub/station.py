"""One ingest process that subscribes, with a desk of the test's own, on a real server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from multidict import CIMultiDict
from prometheus_client import CollectorRegistry

from newswire_common import problems
from newswire_common.connection import Client
from newswire_ingest.bodies import Bodies
from newswire_ingest.fetching import Fetched, Fetcher
from newswire_ingest.parsing.feed import Feed, parse_feed
from newswire_ingest.polling.filing import Filing
from newswire_ingest.polling.schedule import Schedule
from newswire_ingest.polling.scripts import Scripts, key_of
from newswire_ingest.sources.registry import Registry
from newswire_ingest.sources.source import Source, SourceDraft
from newswire_ingest.websub.callbacks import Callbacks
from newswire_ingest.websub.discovery import Discovery
from newswire_ingest.websub.following import Following, Lease
from newswire_ingest.websub.intake import Intake
from newswire_ingest.websub.ledger import DUE, Change, Ledger
from newswire_ingest.websub.measures import HubMeasures
from newswire_ingest.websub.subscriber import Subscriber
from newswire_ingest.websub.wiring import callbacks_url
from tests.ingest.fetching.conftest import loopback
from tests.ingest.polling.newsbeat import AT_EASE, FEED, KEPT, Desk, rss

PUBLIC_URL = "https://ingest.example/wire"


@dataclass(eq=False)
class Station:
    """The parts that meet here, over one client of the server."""

    client: Client
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(loopback()))
    desk: Desk = field(default_factory=Desk)
    claim_for: timedelta = timedelta(seconds=60)
    parse: Callable[[bytes, str | None, str], Feed] = parse_feed
    rejected: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        scripts = Scripts(self.client, AT_EASE)
        self.registry = Registry(self.client, scripts)
        self.schedule = Schedule(self.client, scripts, KEPT)
        self.ledger = Ledger(self.client, KEPT, self.claim_for)
        self.metrics = CollectorRegistry()
        measures = HubMeasures(self.metrics)
        self.subscriber = Subscriber(
            self.ledger, self.fetcher.post, self.schedule.slot, callbacks_url(PUBLIC_URL), measures
        )
        filing = Filing(self.desk, self.rejected.append, self._known)
        hasten = self.registry.hasten
        intake = Intake(self.client, self.ledger, self._parse, filing, hasten)
        self.app = FastAPI()
        problems.install(self.app)
        callbacks = Callbacks(self.ledger, intake, Bodies(), measures, hasten)
        self.app.include_router(callbacks.router(), prefix="/wire")

    def http(self) -> httpx.AsyncClient:
        """What reaches its callbacks, whatever their host."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app))

    async def _parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        return self.parse(body, content_type, url)

    async def _known(self, articles: Sequence[str]) -> list[bool]:
        return [one in self.desk.articles for one in articles]

    async def add(self, identity: str = "kestrel", **fields: Any) -> Source:
        """A source that is not due: nobody polls here."""
        source = await self.registry.add(SourceDraft(id=identity, feed_url=FEED, **fields))
        await self.client.zrem("{sources}:hosts", source.host)
        return source

    async def hear(
        self, *hubs: str, identity: str = "kestrel", topic: str = FEED, link: str = ""
    ) -> None:
        """A poll finds these hubs in the feed; or what a Link header says."""
        named = [f'<atom:link rel="hub" href="{hub}"/>' for hub in hubs]
        body = rss(more="".join([*named, f'<atom:link rel="self" href="{topic}"/>'])).replace(
            b"<rss ", b'<rss xmlns:atom="http://www.w3.org/2005/Atom" '
        )
        headers = CIMultiDict({"Link": link} if link else {})
        source = await self.registry.get(identity)
        feed = parse_feed(body, "application/rss+xml", FEED)
        await Discovery(self.ledger).heard(source, Fetched(FEED, None, 200, headers, body), feed)

    async def attend(self) -> int:
        """Do what is due, until nothing is; how much that was."""
        done = 0
        while claimed := (await self.ledger.claim(10))[0]:
            for kept in claimed:
                await self.subscriber.attend(kept)
            done += len(claimed)
        return done

    async def following(self, identity: str = "kestrel") -> Following:
        return (await self.ledger.of(identity)).following

    async def current(self, identity: str = "kestrel") -> Lease:
        """The lease that holds."""
        lease = (await self.following(identity)).current
        assert lease
        return lease

    async def trusted_s(self, identity: str = "kestrel") -> float:
        """Seconds for which the hub is trusted to bring what is new."""
        until = await self.client.hget(key_of(identity), "push")
        seconds, microseconds = await self.client.time()
        return float(until) / 1_000 - seconds - microseconds / 1e6 if until else 0

    async def pass_time(self, passed: timedelta, identity: str = "kestrel") -> None:
        """Let everything have happened so much earlier."""
        ms = round(passed.total_seconds() * 1_000)
        kept = await self.ledger.of(identity)
        assert await self.ledger.save(kept, Change(_earlier(kept.following, ms)))
        push = await self.client.hget(key_of(identity), "push")
        if push:
            await self.client.hset(key_of(identity), "push", int(push) - ms)

    async def is_hastened(self, identity: str = "kestrel") -> bool:
        """Whether the source is to be polled now."""
        host = (await self.registry.get(identity)).host
        return await self.client.zscore("{sources}:hosts", host) is not None

    async def is_due(self, identity: str = "kestrel") -> bool:
        """Whether it is to be looked at at all, some time."""
        return await self.client.zscore(DUE, identity) is not None

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.get_sample_value(f"newswire_websub_{name}", labels) or 0


def _earlier(following: Following, ms: int) -> Following:
    def lease(one: Lease | None) -> Lease | None:
        return one and one.model_copy(
            update={"expires_ms": one.expires_ms - ms, "again_ms": one.again_ms - ms}
        )

    return following.model_copy(update={
        "current": lease(following.current),
        "next": following.next,
        "leaving": tuple(lease(one) for one in following.leaving),
        "denied": tuple(
            one.model_copy(update={"until_ms": one.until_ms - ms}) for one in following.denied
        ),
        **{name: getattr(following, name) - ms for name in ("ask_ms", "renew_ms", "verified_ms")},
    })  # fmt: skip
