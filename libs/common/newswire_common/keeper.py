"""What keeps a stage whole: it claims what a killed worker left, and gives up on poison.

Each tick, for each partition:

    groups, subscriber there? -> claim idle entries -> retry chosen dead letters -> gauges -> trim

An entry first claimed goes in a batch, then in a small one, then alone, so that in the end a
poison takes nothing else with it; from MAX_DELIVERIES on it goes to dead letters. Claiming with a
minimum idle time is atomic, so that any number of keepers agree.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import structlog
from faststream.redis.subscriber.usecases import StreamBatchSubscriber
from redis.exceptions import ResponseError

from newswire_common.connection import Client, is_away
from newswire_common.dead import take_retry
from newswire_common.metrics import StageMetrics
from newswire_common.settings import Settings
from newswire_common.stage import Entry, Stage
from newswire_common.streams import META, Partition, Stream
from newswire_common.subscription import is_consuming

TICK_S = 1.0
CLAIM_COUNT = 100  # entries a claim; bounds the memory of a recovery
TOGETHER = {1: CLAIM_COUNT, 2: 10}  # deliveries so far -> entries claimed together; then alone
TRIM_LUA = files(__package__).joinpath("trim.lua").read_text()
IDLE_CONSUMER_MS = 3_600_000  # a consumer silent for an hour with nothing pending is gone
STALE_AFTER_S = 10.0

# A consumer is dropped only while it holds nothing: dropping one drops its pending entries too.
PURGE_LUA = """
local gone = 0
for _, row in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #row, 2 do consumer[row[i]] = row[i + 1] end
  if consumer['pending'] == 0 and consumer['idle'] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name'])
    gone = gone + 1
  end
end
return gone
"""

log = structlog.get_logger()


async def ensure_groups(client: Client, partition: Partition, stream: Stream) -> None:
    """Create the stream's groups where they are missing, from its beginning: nothing is skipped."""
    for group in stream.groups:
        try:
            await client.xgroup_create(partition.stream(stream), group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


@dataclass(eq=False)
class Keeper:
    """The keeper of one stage in one process. ``run`` ends when it is cancelled."""

    client: Client
    settings: Settings
    stage: Stage[Any]
    consumer: str
    subscribers: dict[Partition, StreamBatchSubscriber]
    metrics: StageMetrics
    beat: float = field(default=0.0)
    reason: str = "the keeper has not run yet"
    dead_letters: dict[int, int] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            try:
                for partition in self.subscribers:
                    await self.tick(partition)
                self.beat, self.reason = time.monotonic(), ""
            except Exception as error:  # noqa: BLE001 - the next tick tries again; readiness tells meanwhile
                self.reason = f"{type(error).__name__}: {error}"
                level = log.warning if is_away(error) else log.exception
                level("keeper", stage=self.stage.name, reason=self.reason)
            await asyncio.sleep(min(TICK_S, self.settings.claim_idle_s / 2))

    def trouble(self) -> str | None:
        """Why the stage is not ready, or None."""
        if time.monotonic() - self.beat > STALE_AFTER_S or self.beat == 0:
            return f"{self.stage.name}: keeper: {self.reason or 'no heartbeat'}"
        for partition, subscriber in self.subscribers.items():
            if not is_consuming(subscriber):
                return f"{self.stage.name}: not consuming {partition.tag}"
        return None

    async def tick(self, partition: Partition) -> None:
        await self._heal(partition)
        await self._reclaim(partition)
        await self._retry_dead(partition)
        await self._measure(partition)
        await trim(self.client, self.settings, partition, self.stage.source)

    async def _heal(self, partition: Partition) -> None:
        await ensure_groups(self.client, partition, self.stage.source)
        subscriber = self.subscribers[partition]
        if not is_consuming(subscriber):
            log.warning("subscriber restarted", stage=self.stage.name, partition=partition.number)
            await subscriber.stop()
            await subscriber.start()

    async def _reclaim(self, partition: Partition) -> None:
        source, idle_ms = (
            partition.stream(self.stage.source),
            int(self.settings.claim_idle_s * 1000),
        )
        # Our own work under way is only slow: it is skipped, and looked behind.
        mine = sum(number == partition.number for number, _ in self.stage.in_flight)
        rows = await self.client.xpending_range(
            source, self.stage.group, "-", "+", CLAIM_COUNT + mine, idle=idle_ms
        )
        idle = [
            (row["message_id"].decode(), row["times_delivered"])
            for row in rows
            if (partition.number, row["message_id"].decode()) not in self.stage.in_flight
        ]
        limit = self.settings.max_deliveries
        for deliveries in range(1, limit):
            ids = [entry_id for entry_id, times in idle if times == deliveries]
            size = TOGETHER.get(deliveries, 1)
            for start in range(0, len(ids), size):
                await self._claim(partition, ids[start : start + size])
        await self._give_up(partition, [(i, times) for i, times in idle if times >= limit])

    async def _claim(self, partition: Partition, ids: Sequence[str]) -> None:
        if not ids:
            return
        claimed = await self.client.xclaim(
            partition.stream(self.stage.source), self.stage.group, self.consumer,
            int(self.settings.claim_idle_s * 1000), list(ids),
        )  # fmt: skip
        entries = [Entry(entry_id.decode(), fields) for entry_id, fields in claimed if fields]
        if entries:
            log.info("reclaimed", stage=self.stage.name, partition=partition.number,
                     entries=len(entries))  # fmt: skip
            await self.stage.handle(self.client, partition, entries)

    async def _give_up(self, partition: Partition, spent: Sequence[tuple[str, int]]) -> None:
        letters = []
        for entry_id, deliveries in spent:
            found = await self.client.xrange(
                partition.stream(self.stage.source), entry_id, entry_id
            )
            last = self.stage.last_errors.pop(
                (partition.number, entry_id), "its worker ended while at it"
            )
            letters += [
                (Entry(entry_id, fields), f"gave up after {deliveries} deliveries: {last}")
                for _, fields in found
            ]
        if letters:
            await self.stage.bury(self.client, partition, letters)

    async def _retry_dead(self, partition: Partition) -> None:
        for _ in range(CLAIM_COUNT):
            entry = await take_retry(self.client, partition, self.stage.name)
            if entry is None:
                break
            await self.stage.handle(self.client, partition, [entry])

    async def _measure(self, partition: Partition) -> None:
        """Set the gauges of the stage's backlog, and drop consumers that are long gone."""
        source, group = partition.stream(self.stage.source), self.stage.group
        pipe = self.client.pipeline(transaction=False)
        pipe.xinfo_groups(source)
        pipe.xpending(source, group)
        pipe.xlen(partition.dead(self.stage.name))
        pipe.eval(PURGE_LUA, 1, source, group, IDLE_CONSUMER_MS)
        groups, pending, dead, _ = await pipe.execute()
        labels = (self.stage.name, str(partition.number))
        lag = next((row["lag"] for row in groups if row["name"].decode() == group), None)
        self.metrics.lag.labels(*labels).set(lag or 0)
        self.metrics.pending.labels(*labels).set(pending["pending"])
        oldest = pending["min"]
        age = time.time() - int(oldest.partition(b"-")[0]) / 1000 if oldest else 0.0
        self.metrics.oldest.labels(*labels).set(max(0.0, age))
        self.dead_letters[partition.number] = dead
        self.metrics.dead.labels(self.stage.name).set(sum(self.dead_letters.values()))


async def trim(client: Client, settings: Settings, partition: Partition, stream: Stream) -> None:
    """Drop what every group has acknowledged, and for streams without bodies is past retention.

    Goes by the slowest group, so that nothing unread is ever dropped. The newest event that went is
    noted in the same step, so that a cursor from before can be told that it has expired.
    """
    source = partition.stream(stream)
    floor = await acknowledged_below(client, partition, stream)
    if floor is None or floor == (0, 0):
        return
    if stream.carries_bodies:
        await client.xtrim(source, minid=f"{floor[0]}-{floor[1]}", approximate=True)
        return
    seconds, microseconds = await client.time()
    horizon = seconds * 1000 + microseconds // 1000 - int(settings.retention_days * 86_400_000)
    low = min(floor, (horizon, 0))
    await client.eval(TRIM_LUA, 2, source, partition.dropped, stream.name, f"{low[0]}-{low[1]}")


async def acknowledged_below(
    client: Client, partition: Partition, stream: Stream
) -> tuple[int, int] | None:
    """The id below which every group has acknowledged; None while a group is missing."""
    source = partition.stream(stream)
    try:
        groups = {row["name"].decode(): row for row in await client.xinfo_groups(source)}
    except ResponseError:  # no such key yet
        return None
    floors: list[tuple[int, int]] = []
    for group in stream.groups:
        if group not in groups:
            return None
        pending = await client.xpending(source, group)
        lowest = pending["min"] or groups[group]["last-delivered-id"]
        milliseconds, _, sequence = lowest.partition(b"-")
        floors.append((int(milliseconds), int(sequence)))
    return min(floors, default=None)


async def ensure_fixed(client: Client, settings: Settings, epoch: str) -> tuple[int, str]:
    """Write what is fixed at first start where missing; answer partitions and epoch as kept."""
    pipe = client.pipeline(transaction=False)
    pipe.hsetnx(META, "partitions", settings.partitions)
    pipe.hsetnx(META, "epoch", epoch)
    pipe.hmget(META, "partitions", "epoch")
    *_, (count, kept) = await pipe.execute()
    return int(count), kept.decode()
