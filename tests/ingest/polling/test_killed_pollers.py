"""Two processes share one schedule, and one or the other is killed in the middle of its polls."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from newswire_common import connection
from newswire_common.settings import Settings
from newswire_common.tasks import end
from newswire_ingest.fetching import Fetched
from newswire_ingest.parsing.feed import Entry, Feed
from newswire_ingest.polling.schedule import Claims, Schedule
from newswire_local.embedded import EmbeddedServer
from tests.ingest.polling.newsbeat import Desk, Newsbeat, answer

SOURCES = 50
INTERVAL_S = 2
LEASE = timedelta(seconds=1)
KILLS = 12
# An interval, a lease or two that have to end first, and the delays of a crowded machine.
PATIENCE_S = 5 * INTERVAL_S


def feed(_body: bytes, _content_type: str | None, url: str) -> Feed:
    """One entry, without the time that a real parser takes."""
    entry = Entry("1", {"guid": "1", "headline": f"News of {url}"}, full_text=False)
    return Feed("rss20", "Wire", None, None, (), None, None, (entry,), (), 0)


@dataclass(eq=False)
class Fetch:
    """One request, as the server of the feed sees it; ``ended`` is 0 where it was cut off.

    Its lease began at ``claimed`` or after.
    """

    process: int
    claimed: float
    began: float
    ended: float = 0.0


@dataclass(eq=False)
class World:
    """The feeds of all sources, and every request for them."""

    fetches: dict[str, list[Fetch]] = field(default_factory=lambda: defaultdict(list))
    begins: asyncio.Event = field(default_factory=asyncio.Event)

    def web_of(self, process: int) -> "WebOf":
        return WebOf(self, process)


@dataclass(eq=False)
class WebOf:
    """The web as one process sees it; each request takes some milliseconds."""

    world: World
    process: int
    claimed: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    async def get(self, url: str, _headers: Mapping[str, str] | None = None) -> Fetched:
        fetch = Fetch(self.process, self.claimed[url], time.monotonic())
        self.world.fetches[url].append(fetch)
        self.world.begins.set()
        await asyncio.sleep(random.uniform(0.0, 0.01))
        fetch.ended = time.monotonic()
        return answer(b"a feed")


@dataclass(frozen=True, eq=False)
class Watched(Schedule):
    """A schedule that notes, by URL, from when on a claim may hold."""

    claimed: dict[str, float] = field(default_factory=dict)

    async def claim(self, limit: int) -> Claims:
        asked = time.monotonic()
        claims = await super().claim(limit)
        self.claimed.update({claim.source.feed_url: asked for claim in claims.taken})
        return claims


@dataclass(eq=False)
class Process:
    """One process: its own connection, its own poller."""

    settings: Settings
    world: World
    number: int
    desk: Desk

    async def start(self) -> None:
        self.client = connection.client(self.settings.redis_url)
        web: Any = self.world.web_of(self.number)
        self.beat = Newsbeat(self.client, web=web, desk=self.desk, lease=LEASE, parse=feed)
        schedule = self.beat.schedule
        self.beat.poller.schedule = Watched(
            schedule.client, schedule.scripts, schedule.kept, LEASE, web.claimed
        )
        self.running = asyncio.create_task(self.beat.poller.run())

    async def kill(self) -> None:
        """Cut off wherever it is: nothing of it runs on, nothing is given back."""
        await end([self.running])  # first: until it has ended it may start more polls
        await end(self.beat.poller._polls)
        await self.client.aclose()


async def test_no_poll_is_doubled_or_lost_where_processes_are_killed(
    valkey: EmbeddedServer,
) -> None:
    """No fetch while a lease of another holds; no source waits for longer than one poll missed."""
    settings = Settings(redis_url=valkey.url, _env_file=None)
    world, desk = World(), Desk()
    processes = [Process(settings, world, number, desk) for number in range(2)]
    for process in processes:
        await process.start()
    for number in range(SOURCES):
        url = f"https://host-{number}.example/feed"
        await processes[0].beat.add(f"source-{number}", url, interval_s=INTERVAL_S)
    for number in range(KILLS):
        await asyncio.sleep(random.uniform(0.2, 0.4))
        world.begins.clear()
        await world.begins.wait()
        victim = processes[number % 2]
        await victim.kill()
        await victim.start()
    await asyncio.sleep(INTERVAL_S * 2)
    ended = time.monotonic()
    for process in processes:
        await process.kill()
    assert len(world.fetches) == SOURCES
    assert len({fetch.process for fetches in world.fetches.values() for fetch in fetches}) == 2
    for url, fetches in world.fetches.items():
        for before, after in pairwise(fetches):
            free = before.ended or before.claimed + LEASE.total_seconds()
            assert after.began >= free, f"{url} was fetched while a lease held"
            assert after.began - before.began < PATIENCE_S, f"{url} was forgotten"
        assert ended - fetches[-1].began < PATIENCE_S, f"{url} was lost"
    assert len(desk.articles) == SOURCES
    assert any(not fetch.ended for fetches in world.fetches.values() for fetch in fetches)
