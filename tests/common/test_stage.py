"""The stage loop and its keeper on real servers: once in effect, nothing lost, poison set apart."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from newswire_common import connection, dead
from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.keeper import Keeper, acknowledged_below, ensure_groups, trim
from newswire_common.metrics import StageMetrics
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage
from newswire_common.streams import ARTICLES, ENRICHED, EVENTS, Partition, partitions
from newswire_common.subscription import subscribe
from newswire_common.tasks import end
from newswire_local.embedded import EmbeddedServer

COPY = """
local out = KEYS[1]:gsub(':articles$', ':enriched')
local function effect(id, arguments)
  redis.call('XADD', out, '*', 'body', arguments[1])
  return 'copied'
end
"""
PARTITION = partitions(1)[0]
SOURCE, OUT = PARTITION.stream(ARTICLES), PARTITION.stream(ENRICHED)

Work = Callable[[Partition, Sequence[int]], Awaitable[Sequence[Effect | BaseException]]]


def decode(_partition: Partition, entry: Entry) -> int:
    """A message is a number in JSON."""
    try:
        return int(json.loads(entry.fields[b"body"]))
    except (KeyError, ValueError) as error:
        raise DecodeError("not a number") from error


async def echo(_partition: Partition, numbers: Sequence[int]) -> Sequence[Effect | BaseException]:
    """The work that cannot fail."""
    return [[str(number)] for number in numbers]


class Slow:
    """Work that ends when it is told to go on; ``seen`` are the sizes of its batches."""

    def __init__(self) -> None:
        self.began, self.go = asyncio.Event(), asyncio.Event()
        self.seen: list[int] = []

    async def __call__(
        self, _partition: Partition, numbers: Sequence[int]
    ) -> Sequence[Effect | BaseException]:
        self.seen.append(len(numbers))
        self.began.set()
        await self.go.wait()
        return [[str(number)] for number in numbers]


def stage_of(work: Work = echo) -> Stage[int]:
    return Stage("enrich", ARTICLES, decode, work, COPY)


@asynccontextmanager
async def running(
    settings: Settings, stage: Stage[Any], partition: Partition = PARTITION, consumer: str = "one"
) -> AsyncIterator[Keeper]:
    """The stage on a broker with its keeper ticking, as a service runs it."""
    client = connection.client(settings.redis_url)
    broker = connection.broker(settings.redis_url)
    metrics = stage.metrics = StageMetrics(CollectorRegistry())
    subscriber = subscribe(broker, client, stage, partition, consumer=consumer, batch_size=50)
    keeper = Keeper(client, settings, stage, consumer, {partition: subscriber}, metrics)
    await ensure_groups(client, partition, stage.source)
    await broker.start()
    task = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        await end([task])
        await broker.stop()
        await stage.settle()
        await client.aclose()


async def send(client: Client, numbers: Sequence[int]) -> None:
    for number in numbers:
        await client.xadd(SOURCE, {"body": str(number)})


async def until(condition: Callable[[], Awaitable[Any]], timeout_s: float = 10) -> Any:
    """What the condition answers once that is true. The server offers no event for its state."""
    async with asyncio.timeout(timeout_s):
        while not (answer := await condition()):
            await asyncio.sleep(0.01)
        return answer


async def copied(client: Client) -> list[int]:
    return [int(fields[b"body"]) for _, fields in await client.xrange(OUT)]


async def all_acknowledged(client: Client) -> bool:
    (group,) = await client.xinfo_groups(SOURCE)
    return group["pending"] == 0 and group["lag"] == 0


async def strand(client: Client, count: int = 100) -> None:
    """Read entries as a worker that is then killed."""
    await ensure_groups(client, PARTITION, ARTICLES)
    await client.xreadgroup("enrich", "killed", {SOURCE: ">"}, count=count)


async def test_entries_from_before_the_first_start_are_handed_on_in_order(
    client: Client, settings: Settings
) -> None:
    """Nothing that was accepted before a stage first ran is skipped."""
    await send(client, range(120))
    async with running(settings, stage_of()):
        await until(lambda: all_acknowledged(client))
    assert await copied(client) == list(range(120))


async def test_the_next_batch_is_read_while_one_is_under_way_and_waits_for_it(
    client: Client, settings: Settings
) -> None:
    """Reading ahead never changes the order, and takes one batch more and not a third."""
    slow = Slow()
    await send(client, range(150))
    async with running(settings, stage_of(slow)):
        await slow.began.wait()
        await until(lambda: _pending(client, 100))
        assert slow.seen == [50]
        slow.go.set()
        await until(lambda: all_acknowledged(client))
    assert await copied(client) == list(range(150))


async def test_a_stage_that_does_not_read_ahead_leaves_the_next_batch_to_others(
    client: Client, settings: Settings
) -> None:
    """Where a batch takes long, an idle worker has the next one at once."""
    slow = Slow()
    first, second = stage_of(slow), stage_of()
    first.reads_ahead = False
    await send(client, range(100))
    async with running(settings, first, consumer="slow"):
        await slow.began.wait()
        async with running(settings, second, consumer="fast"):
            await until(lambda: _pending(client, 50))
            assert sorted(await copied(client)) == list(range(50, 100))
            slow.go.set()
            await until(lambda: all_acknowledged(client))


async def test_a_stop_waits_for_the_batch_under_way(client: Client, settings: Settings) -> None:
    """A worker that is told to stop ends what it began."""
    slow = Slow()
    await send(client, range(3))
    stage = stage_of(slow)
    async with running(settings, stage):
        await slow.began.wait()
        asyncio.get_running_loop().call_soon(slow.go.set)
    assert await copied(client) == [0, 1, 2]
    assert not stage.in_flight


async def _pending(client: Client, count: int) -> bool:
    (group,) = await client.xinfo_groups(SOURCE)
    return bool(group["pending"] == count)


async def test_what_a_killed_worker_left_is_claimed_and_handed_on_once(
    client: Client, settings: Settings
) -> None:
    """Every pending entry is reclaimed after the claim idle time."""
    await send(client, range(10))
    await strand(client)
    async with running(settings, stage_of()):
        await until(lambda: all_acknowledged(client))
    assert sorted(await copied(client)) == list(range(10))


async def test_a_worker_slower_than_the_claim_time_has_its_effect_once(
    client: Client, settings: Settings
) -> None:
    """Whoever commits first has the effect; the other's results are dropped."""
    await send(client, range(5))
    slow = Slow()
    first, second = stage_of(slow), stage_of()
    async with running(settings, first, consumer="slow"):
        await slow.began.wait()
        async with running(settings, second, consumer="fast"):
            await until(lambda: all_acknowledged(client))
            slow.go.set()
            await until(lambda: asyncio.sleep(0, not first.in_flight))
    assert sorted(await copied(client)) == list(range(5))
    assert first.metrics
    samples = first.metrics.articles.labels("enrich", "dropped")
    assert samples._value.get() == 5


async def test_the_own_keeper_leaves_work_under_way_alone(
    client: Client, settings: Settings
) -> None:
    """A slow batch in this process is not worked on a second time by its own keeper."""
    await send(client, range(3))
    slow = Slow()
    async with running(settings, stage_of(slow)) as keeper:
        await until(lambda: asyncio.sleep(0, slow.seen))
        idle_ms = 2 * settings.claim_idle_s * 1000

        async def idle_long_enough() -> bool:
            rows = await client.xpending_range(SOURCE, "enrich", "-", "+", 10, idle=int(idle_ms))
            return len(rows) == 3

        await until(idle_long_enough)
        await keeper.tick(PARTITION)
        slow.go.set()
        await until(lambda: all_acknowledged(client))
    assert slow.seen == [3]


async def test_unreadable_bytes_go_to_dead_letters_and_the_others_through(
    client: Client, settings: Settings
) -> None:
    """One bad byte spoils one entry, not its batch."""
    await client.xadd(SOURCE, {"body": "1"})
    await client.xadd(SOURCE, {"body": b"\xff\xfe\x00", "id": b"\x80"})
    await client.xadd(SOURCE, {"other": "no body at all"})
    await client.xadd(SOURCE, {"body": "2"})
    async with running(settings, stage_of()):
        await until(lambda: all_acknowledged(client))
    assert await copied(client) == [1, 2]
    letters = await dead.list_dead(client, [PARTITION])
    assert [letter.stage for letter in letters] == ["enrich", "enrich"]
    assert all("DecodeError" in letter.error for letter in letters)


async def test_work_that_always_raises_is_tried_then_buried_and_comes_back_by_retry(
    client: Client, settings: Settings
) -> None:
    """Poison is in dead letters after MAX_DELIVERIES with its reason; a retry brings it back."""
    healed = False
    tries = 0

    async def poisoned(_partition: Partition, numbers: Sequence[int]) -> Sequence[Effect]:
        nonlocal tries
        if 13 in numbers and not healed:
            tries += len(numbers) == 1
            raise ValueError("thirteen")
        return [[str(number)] for number in numbers]

    await send(client, [1, 13, 2])
    async with running(settings, stage_of(poisoned)):
        (letter,) = await until(lambda: dead.list_dead(client, [PARTITION]), timeout_s=20)
        assert "ValueError: thirteen" in letter.error
        assert tries == settings.max_deliveries
        assert await copied(client) == [1, 2]
        healed = True
        await dead.retry_dead(client, [PARTITION], letter.id)
        await until(lambda: _gone(client), timeout_s=20)
    assert await copied(client) == [1, 2, 13]


async def _gone(client: Client) -> bool:
    return not await dead.list_dead(client, [PARTITION])


async def test_an_effect_that_raises_loses_no_entry_and_spoils_no_other(
    client: Client, settings: Settings
) -> None:
    """No script is rolled back: what passed its gate and failed is a dead letter, and returns."""
    brittle = """
    local function effect(id, arguments)
      if arguments[1] == '13' then redis.call('INCR', '{p0}:brittle') end
      redis.call('XADD', '{p0}:enriched', '*', 'body', arguments[1])
      return 'copied'
    end
    """
    await client.set("{p0}:brittle", "no number")
    await send(client, [1, 13, 2])
    async with running(settings, Stage("enrich", ARTICLES, decode, echo, brittle)):
        (letter,) = await until(lambda: dead.list_dead(client, [PARTITION]))
        assert "not an integer" in letter.error
        assert letter.fields == {"body": "13"}
        await until(lambda: all_acknowledged(client))
        assert await copied(client) == [1, 2]
        await dead.retry_dead(client, [PARTITION], letter.id)
        (again,) = await until(lambda: _other_than(client, letter.id))
        assert (again.entry, again.fields) == (letter.entry, letter.fields)
        await client.set("{p0}:brittle", "1")
        await dead.retry_dead(client, [PARTITION], again.id)
        await until(lambda: _gone(client))
    assert await copied(client) == [1, 2, 13]


async def _other_than(client: Client, letter: str) -> list[dead.DeadLetter]:
    return [found for found in await dead.list_dead(client, [PARTITION]) if found.id != letter]


async def test_a_retry_that_fails_leaves_the_dead_letter_where_it_is(
    client: Client, settings: Settings
) -> None:
    """A dead letter is removed by success or by an operator, by nothing else."""

    async def broken(_partition: Partition, _numbers: Sequence[int]) -> Sequence[Effect]:
        raise ValueError("still broken")

    stage = stage_of(broken)
    await ensure_groups(client, PARTITION, ARTICLES)
    await send(client, [1])
    await strand(client)
    (row,) = await client.xrange(SOURCE)
    await stage.bury(client, PARTITION, [(Entry(row[0].decode(), row[1]), "by hand")])
    (letter,) = await dead.list_dead(client, [PARTITION])
    async with running(settings, stage):
        await dead.retry_dead(client, [PARTITION], letter.id)
        taken = PARTITION.key("dead", "enrich", "retry")
        await until(lambda: _empty(client, taken))
        await until(lambda: asyncio.sleep(0, not stage.in_flight))
    assert await dead.show_dead(client, [PARTITION], letter.id) == letter
    await dead.drop_dead(client, [PARTITION], letter.id)
    assert await _gone(client)


async def _empty(client: Client, key: str) -> bool:
    return not await client.exists(key)


async def test_an_entry_that_kills_its_process_is_buried_and_takes_no_other_with_it(
    client: Client, settings: Settings
) -> None:
    """A suspect is claimed alone, so that the kills count against it only."""
    await send(client, [1, 13, 2])
    await strand(client)

    class KilledError(BaseException):
        """Stands for the end of the process: nothing after it runs."""

    async def fatal(_partition: Partition, numbers: Sequence[int]) -> Sequence[Effect]:
        if 13 in numbers:
            raise KilledError
        return [[str(number)] for number in numbers]

    metrics = StageMetrics(CollectorRegistry())
    lives = 0
    while not await dead.list_dead(client, [PARTITION]):
        await until(lambda: _something_idle(client, settings))
        keeper = Keeper(client, settings, stage_of(fatal), f"life-{lives}", {}, metrics)
        lives += 1
        with contextlib.suppress(KilledError):
            await keeper._reclaim(PARTITION)
    (letter,) = await dead.list_dead(client, [PARTITION])
    assert letter.fields["body"] == "13"
    assert "ended while at it" in letter.error
    await until(lambda: _reclaimed_others(client, settings))
    assert sorted(await copied(client)) == [1, 2]


async def _something_idle(client: Client, settings: Settings) -> bool:
    idle_ms = int(settings.claim_idle_s * 1000)
    return bool(await client.xpending_range(SOURCE, "enrich", "-", "+", 1, idle=idle_ms))


async def _reclaimed_others(client: Client, settings: Settings) -> bool:
    metrics = StageMetrics(CollectorRegistry())
    await Keeper(client, settings, stage_of(), "last", {}, metrics)._reclaim(PARTITION)
    return await all_acknowledged(client)


async def test_flushall_under_the_live_stage_is_survived(
    client: Client, settings: Settings
) -> None:
    """Groups come back from the beginning of the stream; a new entry is handed on."""
    async with running(settings, stage_of()) as keeper:
        await send(client, [1])
        await until(lambda: copied(client))
        await client.flushall()
        await send(client, [2])
        await until(lambda: copied(client))
        assert await copied(client) == [2]
        await until(lambda: asyncio.sleep(0, keeper.trouble() is None))


async def test_a_server_that_is_killed_and_comes_back_loses_nothing(
    valkey: EmbeddedServer,
) -> None:
    """What was acknowledged to the sender is handed on after a crash of the server."""
    settings = Settings(redis_url=valkey.url, claim_idle_s=0.2, _env_file=None)
    client = connection.client(valkey.url)
    async with running(settings, stage_of()):
        await send(client, range(50))
        valkey.kill()
        valkey.start()
        await client.connection_pool.disconnect()
        await send(client, range(50, 100))
        await until(lambda: all_acknowledged(client), timeout_s=20)
    assert sorted(await copied(client)) == list(range(100))
    await client.aclose()


async def test_trimming_goes_behind_the_slowest_reader(client: Client, settings: Settings) -> None:
    """Nothing unread or unacknowledged is ever trimmed; what all have acknowledged is."""
    await send(client, range(2_000))
    await ensure_groups(client, PARTITION, ARTICLES)
    ((_, rows),) = await client.xreadgroup("enrich", "reader", {SOURCE: ">"}, count=1_500)
    await client.xack(SOURCE, "enrich", *[entry_id for entry_id, _ in rows[:1_200]])
    await trim(client, settings, PARTITION, ARTICLES)
    left = [entry_id for entry_id, _ in await client.xrange(SOURCE)]
    assert rows[1_200][0] in left
    assert len(left) < 2_000
    assert await acknowledged_below(client, PARTITION, ARTICLES) == tuple(
        map(int, rows[1_200][0].split(b"-"))
    )


async def test_events_are_kept_for_the_retention_and_their_beginning_is_noted(
    client: Client, server: EmbeddedServer
) -> None:
    """Events go by retention, and never before their groups have them."""
    short = Settings(redis_url=server.url, retention_days=1 / 86_400, _env_file=None)
    events = PARTITION.stream(EVENTS)
    await client.xadd(events, {"n": "old"}, id="1000-0")
    await client.xadd(events, {"n": "new"})
    await ensure_groups(client, PARTITION, EVENTS)
    await trim(client, short, PARTITION, EVENTS)
    assert await client.xlen(events) == 2
    for group in EVENTS.groups:
        assert await client.xlen(events) == 2
        await client.xreadgroup(group, "reader", {events: ">"}, noack=True)
        await trim(client, short, PARTITION, EVENTS)
    assert [fields[b"n"] for _, fields in await client.xrange(events)] == [b"new"]
    assert await client.hget(PARTITION.dropped, "events") == b"1000-0"


async def test_lag_pending_and_age_are_measured(client: Client, settings: Settings) -> None:
    """What the people on call look at is what the server says."""
    await send(client, range(30))
    await strand(client, count=10)
    metrics = StageMetrics(CollectorRegistry())
    keeper = Keeper(client, settings, stage_of(), "measuring", {}, metrics)
    await keeper._measure(PARTITION)
    assert metrics.lag.labels("enrich", "0")._value.get() == 20
    assert metrics.pending.labels("enrich", "0")._value.get() == 10
    assert metrics.oldest.labels("enrich", "0")._value.get() >= 0


@pytest.mark.parametrize(
    "letter", ["", "enrich", "enrich:0:", "enrich:9:1-1", "nosuch:0:1-1", "enrich:0:1-x"]
)
async def test_a_dead_letter_that_is_not_there_is_not_found(client: Client, letter: str) -> None:
    """A wrong address is a clear error, never a wrong key."""
    with pytest.raises(dead.NotFound):
        await dead.show_dead(client, [PARTITION], letter)
