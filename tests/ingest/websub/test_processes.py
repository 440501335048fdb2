"""Several processes, killed anywhere, on every server that we support."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newswire_common import connection
from newswire_common.connection import Client
from newswire_ingest.fetching import Fetched
from newswire_local.embedded import EmbeddedServer
from tests.ingest.polling.newsbeat import FEED, rss
from tests.ingest.websub.hub import Hub, serving
from tests.ingest.websub.station import Station
from tests.support.cluster import cluster

SHORT = timedelta(milliseconds=20)
MOST_LINES = 40  # calls between which a process can be killed; a whole life has fewer


class Killed(BaseException):
    """The end of a process, which no handler sees."""


class Mortal:
    """A client, or what posts, whose process is killed before or after its n-th call."""

    def __init__(self, inner: Any, lives: list[int]) -> None:
        self._inner, self._lives = inner, lives

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def register_script(self, text: str) -> Any:
        script = self._inner.register_script(text)

        async def run(**call: Any) -> Any:
            return await self._mortally(script(**{**call, "client": self._inner}))

        return run

    async def post(self, url: str, form: Mapping[str, str]) -> Fetched:
        answer: Fetched = await self._mortally(self._inner.post(url, form))
        return answer

    async def _mortally(self, call: Any) -> Any:
        self._lives[0] -= 1
        if not self._lives[0]:
            call.close()
            raise Killed
        answer = await call
        self._lives[0] -= 1
        if not self._lives[0]:
            raise Killed
        return answer


@pytest.fixture
def server(every_server: EmbeddedServer) -> EmbeddedServer:
    """All that we support, unlike elsewhere in this folder."""
    return every_server


@pytest.fixture
async def other(client: Client) -> AsyncIterator[Station]:
    """Another process, for what the first has left."""
    station = Station(client, claim_for=SHORT)
    yield station
    await station.fetcher.aclose()


def mortal(client: Client, lives: int, other: Station) -> Station:
    """A process that will be killed in mid-life."""
    left = [lives]
    station = Station(Mortal(client, left), other.fetcher, claim_for=SHORT)
    station.subscriber.post = Mortal(other.fetcher, left).post
    return station


async def settle(station: Station, hub: Hub) -> None:
    """Let a process do what is due, now and after the claims of the dead have ended."""
    for _ in range(4):
        await asyncio.sleep(SHORT.total_seconds() * 1.5)
        for kept in (await station.ledger.claim(10))[0]:
            await station.subscriber.attend(kept)
        await hub.verify()
        await station.pass_time(timedelta(minutes=10))


@pytest.mark.parametrize("lives", range(1, MOST_LINES, 3))
async def test_killed_between_any_two_lines_it_goes_on(
    client: Client, other: Station, lives: int
) -> None:
    """No subscription is lost, none is doubled, and none is left behind at the hub."""
    await other.add()
    dying = mortal(client, lives, other)
    async with dying.http() as reach, serving(reach) as hub, other.http() as healthy:
        with contextlib.suppress(Killed):
            await dying.hear(hub.url)
            for age in (timedelta(), timedelta(days=9, hours=1)):
                await dying.pass_time(age)
                for kept in (await dying.ledger.claim(10))[0]:
                    await dying.subscriber.attend(kept)
                await hub.verify()
        hub.reach = healthy
        if not await other.is_due():  # killed before it could be noted: the next poll finds it
            await other.hear(hub.url)
        await settle(other, hub)
        assert set(await hub.distribute(FEED, rss("1"))) == {202}
        await settle(other, hub)
        assert set(hub.subscriptions) == {(await other.current()).callback}
        assert [len(versions) for versions in other.desk.articles.values()] == [1]
        assert (await other.ledger.states())["active"] == 1


@pytest.mark.parametrize("lives", range(1, 8))
async def test_killed_while_it_files_nothing_is_lost_or_doubled(
    client: Client, other: Station, lives: int
) -> None:
    """The hub sends again what was not acknowledged; what was filed by then is unchanged."""
    await other.add()
    async with other.http() as reach, serving(reach) as hub:
        await other.hear(hub.url)
        await other.attend()
        await hub.verify()
        dying = mortal(client, lives, other)
        dying.desk = other.desk
        (subscription,) = hub.subscriptions.values()
        async with dying.http() as doomed:
            hub.reach = doomed
            with contextlib.suppress(Killed):
                await hub.send(subscription, rss("1", "2"))
        hub.reach = reach
        assert (await hub.send(subscription, rss("1", "2"))).status_code == 202
        assert [len(versions) for versions in other.desk.articles.values()] == [1, 1]


async def test_two_processes_make_each_request_once(client: Client, other: Station) -> None:
    """Whoever claims a source is alone with it."""
    names = [f"feed-{number}" for number in range(40)]
    first = Station(client, other.fetcher)
    second = Station(client, other.fetcher)
    async with other.http() as reach, serving(reach) as hub:
        for name in names:
            await first.add(name)
            await first.hear(hub.url, identity=name)
        hub.at_once = True
        tasks = [asyncio.create_task(one.subscriber.run()) for one in (first, second)]
        async with asyncio.timeout(20):
            while (await first.ledger.states())["active"] < len(names):
                await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await first.subscriber.close()
        await second.subscriber.close()
        callbacks = Counter(form["hub.callback"] for form in hub.forms)
        assert len(callbacks) == len(names)
        assert set(callbacks.values()) == {1}


async def test_changes_at_the_same_time_lose_nothing(other: Station) -> None:
    """A hub that confirms while a poll finds another hub: both are there afterwards."""
    await other.add()
    async with other.http() as reach, serving(reach) as hub:
        await other.hear(hub.url)
        await other.attend()
        (form,) = hub.forms
        confirmed, *_ = await asyncio.gather(
            hub.ask(form["hub.callback"], "subscribe", FEED, lease_s="864000"),
            *(other.hear(hub.url, f"{hub.url}?{number}") for number in range(3)),
        )
        following = await other.following()
        assert confirmed.status_code == 200
        assert following.current
        assert len(following.hubs) == 2


async def test_it_works_on_a_cluster(tmp_path: Path) -> None:
    """All keys are in the sources' slot."""
    with cluster(tmp_path) as url:
        client = connection.client(url)
        station = Station(client)
        await station.add()
        async with station.http() as reach, serving(reach) as hub:
            await station.hear(hub.url)
            await station.attend()
            await hub.verify()
            assert await hub.distribute(FEED, rss("1")) == [202]
            assert (await station.ledger.states())["active"] == 1
        await station.fetcher.aclose()
        await client.aclose()
