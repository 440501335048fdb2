"""The loop of one process: bounded, deaf to nothing, and whole when it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from newswire_common.tasks import end
from newswire_ingest.fetching import Fetched
from tests.ingest.polling.newsbeat import Newsbeat, answer, rss
from tests.support.live import until


class Held:
    """A web that answers once it is let go."""

    def __init__(self) -> None:
        self.under_way = self.most = 0
        self.go = asyncio.Event()

    async def get(self, _url: str, _headers: Any = None) -> Fetched:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go.wait()
        self.under_way -= 1
        return answer(rss("1"))


def held(beat: Newsbeat, slots: int) -> Held:
    web: Any = Held()
    visitor = beat.poller.visitor
    beat.poller.visitor = type(visitor)(web.get, visitor.parse, visitor.full_text, visitor.filing)
    beat.poller.slots = slots
    found: Held = web
    return found


def becomes(condition: Callable[[], object]) -> Awaitable[Any]:
    async def holds() -> object:
        return condition()

    return until(holds, 10, 0.005)


async def test_no_more_polls_than_slots_are_under_way(beat: Newsbeat) -> None:
    """However much is due; and in the end all of it is polled."""
    web = held(beat, slots=3)
    for number in range(8):
        await beat.add(f"source-{number}", f"https://host-{number}.example/feed")
    running = asyncio.create_task(beat.poller.run())
    await becomes(lambda: web.under_way == 3)
    assert len((await beat.schedule.claim(100)).taken) == 5
    web.go.set()
    await becomes(lambda: len(beat.desk.articles) == 3)
    assert web.most == 3
    await end([running])
    await beat.poller.close()


async def test_a_poll_under_way_is_ended_before_the_process_is(beat: Newsbeat) -> None:
    """A service that is told to stop leaves no lease behind."""
    web = held(beat, slots=3)
    await beat.add()
    running = asyncio.create_task(beat.poller.run())
    await becomes(lambda: web.under_way == 1)
    await end([running])
    closing = asyncio.create_task(beat.poller.close())
    web.go.set()
    await closing
    found = await beat.registry.get("kestrel")
    assert found.health.last_status == 200
    assert found.health.next_poll_at is not None


async def test_without_room_nothing_is_fetched(beat: Newsbeat) -> None:
    """Publishers are not asked for what we could not take."""
    web = held(beat, slots=3)
    beat.desk.room = 0
    await beat.add()
    running = asyncio.create_task(beat.poller.run())
    await asyncio.sleep(0)
    await beat.schedule.states()
    await end([running])
    assert web.most == 0
    assert len((await beat.schedule.claim(1)).taken) == 1


async def test_an_error_of_ours_costs_its_source_only(beat: Newsbeat) -> None:
    """It is marked, logged, and the others go on."""
    for name in ("broken", "fine"):
        await beat.add(name, f"https://{name}.example/feed")
    beat.web.answers["https://broken.example/feed"] = RuntimeError("a bug")
    beat.web.answers["https://fine.example/feed"] = answer(rss("1"))
    running = asyncio.create_task(beat.poller.run())
    await becomes(lambda: len(beat.web.asked) == 2 and beat.desk.articles)
    await end([running])
    await beat.poller.close()
    broken, fine = await beat.registry.views(["broken", "fine"])
    assert (broken.health.state, fine.health.state) == ("failing", "ok")
    assert "ours" in (broken.health.error or "")


async def test_the_gauge_counts_sources_by_state(beat: Newsbeat) -> None:
    """For dashboards, and `newswire status`."""
    await beat.add()
    await beat.poll(answer(status=410))
    watching = asyncio.create_task(beat.poller.watch())
    count = beat.metrics.get_sample_value
    await becomes(lambda: count("newswire_sources", {"state": "gone"}) == 1)
    await end([watching])
