"""Polling with a web and a desk of the test's own, on a real server; nothing sleeps."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from multidict import CIMultiDict
from prometheus_client import CollectorRegistry

from newswire_common import operations
from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.operations import Operation
from newswire_common.streams import article_uri
from newswire_ingest.fetching import Fetched
from newswire_ingest.identity import Submission
from newswire_ingest.parsing.feed import Feed, parse_feed
from newswire_ingest.parsing.found import Origin
from newswire_ingest.polling.filing import Filing
from newswire_ingest.polling.full_text import FullText
from newswire_ingest.polling.interval import Bounds
from newswire_ingest.polling.measures import PollMeasures
from newswire_ingest.polling.page import article_of_page
from newswire_ingest.polling.poller import Poller
from newswire_ingest.polling.schedule import Schedule
from newswire_ingest.polling.scripts import TAG, Politeness, Scripts
from newswire_ingest.polling.visit import Visitor
from newswire_ingest.sources.registry import Registry
from newswire_ingest.sources.source import Source, SourceDraft, SourceView
from newswire_ingest.writer import Outcome, Written

FEED = "https://kestrel.example/feed"
KEPT = timedelta(days=30)
AT_EASE = Politeness(at_once=1_000, per_s=1_000)  # where politeness is not the subject


def rss(*items: str, ttl: int | None = None, more: str = "") -> bytes:
    """A feed of items with these guids; what is given in XML goes in as it is."""
    told = "".join(item if item.startswith("<") else rss_item(item) for item in items)
    minutes = f"<ttl>{ttl}</ttl>" if ttl else ""
    return (
        f'<rss version="2.0"><channel><title>Kestrel</title>{minutes}{more}{told}</channel></rss>'
    ).encode()


def rss_item(guid: str, title: str = "", more: str = "") -> str:
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title or f'Story {guid}'}</title>"
        f"<link>https://kestrel.example/{guid}</link><description>What happened.</description>"
        f"{more}</item>"
    )


def answer(
    body: bytes = b"", status: int = 200, moved_to: str | None = None, **headers: str
) -> Fetched:
    """An answer; ``Cache_Control="…"`` is a header."""
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Fetched(moved_to or FEED, moved_to, status, named, body)


Answers = Callable[[Mapping[str, str]], Fetched]


@dataclass(eq=False)
class Web:
    """What each URL answers, a Fetched, an exception or a function; and what was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    async def get(self, url: str, headers: Mapping[str, str] | None = None, **_: Any) -> Fetched:
        self.asked.append((url, CIMultiDict(headers or {})))
        found = self.answers[url]
        if isinstance(found, Exception):
            raise found
        result: Fetched = found(headers or {}) if callable(found) else found
        return result


@dataclass(eq=False)
class Desk:
    """Takes articles in; with ``room`` no longer than that many more."""

    articles: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # id -> versions
    filed: int = 0
    room: float = float("inf")

    async def file(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        if self.room < len(submissions):
            raise Unavailable("no room", retry_after_s=7)
        self.room -= len(submissions)
        return [self._take(one) for one in submissions]

    def _take(self, one: Submission) -> Written:
        self.filed += 1
        body = orjson.loads(one.body)
        versions = self.articles.setdefault(one.article_id, [])
        outcome = "revised" if versions else "created"
        if versions and versions[-1]["content_hash"] == body["content_hash"]:
            outcome = "unchanged"
        else:
            versions.append(body)
        return Written(one.article_id, article_uri(one.article_id), len(versions), outcome)

    def newest(self, guid: str) -> dict[str, Any]:
        """The last version of an article."""
        (found,) = [v[-1] for v in self.articles.values() if v[0]["guid"] == guid]
        return found

    def guids(self) -> set[str]:
        return {versions[0]["guid"] for versions in self.articles.values()}


@dataclass(eq=False)
class Newsbeat:
    """One process that polls."""

    client: Client
    politeness: Politeness = AT_EASE
    web: Web = field(default_factory=Web)
    desk: Desk = field(default_factory=Desk)
    lease: timedelta = timedelta(seconds=30)
    bounds: Bounds = field(default_factory=Bounds)
    parse: Callable[[bytes, str | None, str], Feed] = parse_feed
    rejected: list[Exception] = field(default_factory=list)
    parsed: int = 0

    def __post_init__(self) -> None:
        scripts = Scripts(self.client, self.politeness)
        self.registry = Registry(self.client, scripts)
        self.schedule = Schedule(self.client, scripts, KEPT, self.lease)
        self.metrics = CollectorRegistry()
        full_text = FullText(self._page, self._read, self.schedule.slot, self._known)
        filing = Filing(self.desk, self.rejected.append, self._known)
        visitor = Visitor(self.web.get, self._parse, full_text, filing)
        self.poller = Poller(
            self.schedule, visitor, self.bounds, PollMeasures(self.metrics), 50, self._room
        )

    def _room(self) -> None:
        if self.desk.room <= 0:
            raise Unavailable("no room")

    async def _page(self, url: str, *, limit: int) -> Fetched:
        return await self.web.get(url, limit=limit)

    async def _read(self, body: bytes, content_type: str, origin: Origin) -> bytes | None:
        return article_of_page(body, content_type, origin)

    async def _parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        self.parsed += 1
        return self.parse(body, content_type, url)

    async def _known(self, articles: Sequence[str]) -> list[bool]:
        return [one in self.desk.articles for one in articles]

    async def add(self, identity: str = "kestrel", feed_url: str = FEED, **fields: Any) -> Source:
        """A source that is due."""
        return await self.registry.add(SourceDraft(id=identity, feed_url=feed_url, **fields))

    async def poll(self, *found: Any, source: str = "kestrel") -> SourceView:
        """Poll a source now, once for each of what the web is to answer; how it is then."""
        for one in found or (None,):
            if one is not None:
                self.web.answers[(await self.registry.get(source)).feed_url] = one
            await self.registry.hasten(source)
            for claim in (await self.schedule.claim(10)).taken:
                await self.poller.poll(claim)
        return await self.registry.get(source)

    async def told(self) -> list[Operation]:
        """What operators were told."""
        return await operations.read(self.client, TAG)

    async def kinds(self) -> Counter[str]:
        return Counter(operation.type for operation in await self.told())

    async def wait_s(self, source: str = "kestrel") -> float:
        """Seconds until the next poll, by the server's clock."""
        due = (await self.registry.get(source)).health.next_poll_at
        assert due is not None
        seconds, microseconds = await self.client.time()
        return due.timestamp() - seconds - microseconds / 1e6
