"""Turns: shared work, never stale, never twice at once."""

import asyncio

import pytest

from newswire_publish.feeds.turns import Turns


class Press:
    """Work that goes on until the test lets it end, and answers what was so when it began."""

    def __init__(self) -> None:
        self.news = 0
        self.begun = 0
        self.most = self.running = 0
        self.may_end = asyncio.Event()
        self.turns = Turns(self.work)

    async def work(self, _key: str) -> int:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        printed = self.news
        await self.may_end.wait()
        self.running -= 1
        if printed < 0:
            raise RuntimeError("out of paper")
        return printed


async def asked(press: Press, times: int = 1) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(press.turns.take("all")) for _ in range(times)]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_who_asks_while_it_runs_shares_the_next_run() -> None:
    """Nobody gets what was begun before they asked, and a crowd costs one run more."""
    press = Press()
    first = await asked(press)
    press.news = 1
    later = await asked(press, 50)
    press.may_end.set()
    assert await asyncio.gather(*first) == [0]
    assert await asyncio.gather(*later) == [1] * 50
    assert (press.begun, press.most) == (2, 1)


async def test_another_key_does_not_wait() -> None:
    """Feeds do not hold one another up."""
    press = Press()
    await asked(press)
    other = asyncio.create_task(press.turns.take("other"))
    await asyncio.sleep(0.01)
    assert press.running == 2
    press.may_end.set()
    await other


async def test_who_goes_away_takes_nobody_with_them() -> None:
    """A client that hangs up does not end the run of those who share it."""
    press = Press()
    leaving, staying = await asked(press, 2)
    leaving.cancel()
    press.may_end.set()
    assert await staying == 0


async def test_a_failure_is_told_and_the_next_run_begins_anew() -> None:
    """An error reaches all who share the run, and nobody after them."""
    press = Press()
    press.news = -1
    failing = await asked(press, 2)
    press.may_end.set()
    for task in failing:
        with pytest.raises(RuntimeError, match="paper"):
            await task
    press.news = 2
    assert await press.turns.take("all") == 2
