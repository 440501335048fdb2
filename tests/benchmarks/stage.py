"""The stage loop beside the same loop in raw redis-py: read -> parse -> commit, no-op work.

Both parse each article with pydantic and commit a batch in one script (XACK, then XADD to the next
stream). The difference is what FastStream, the keeper and the generic stage cost.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from newswire_common import connection
from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.keeper import Keeper, ensure_groups
from newswire_common.metrics import StageMetrics
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage
from newswire_common.streams import ARTICLES, Partition, partitions
from newswire_common.subscription import subscribe
from newswire_common.tasks import end
from tests.benchmarks.measure import article, embedded, interleaved, result

ENTRIES = 30_000
BATCH = 256
PARTITION = partitions(1)[0]
SOURCE = PARTITION.stream(ARTICLES)

EFFECT = """
local out = KEYS[1]:gsub(':articles$', ':enriched')
local function effect(id, arguments)
  redis.call('XADD', out, '*', 'schema', '1', 'id', arguments[1], 'version', arguments[2],
             'at', arguments[3], 'body', arguments[4])
  return 'done'
end
"""
RAW_COMMIT = """
local out, at = KEYS[1]:gsub(':articles$', ':enriched'), 2
for i = 1, tonumber(ARGV[2]) do
  at = at + 5
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[at - 4]) == 1 then
    redis.call('XADD', out, '*', 'schema', '1', 'id', ARGV[at - 3], 'version', ARGV[at - 2],
               'at', ARGV[at - 1], 'body', ARGV[at])
  end
end
"""

Message = tuple[Article, Entry]


class _Clock:
    """Counts from the end of the first batch to the end of the last: the start-up is no rate."""

    def __init__(self) -> None:
        self.left = ENTRIES
        self.first = self.began = self.ended = 0.0

    def count(self, entries: int) -> bool:
        """Whether that was the last."""
        self.left -= entries
        self.ended = time.perf_counter()
        if not self.began:
            self.began, self.first = self.ended, entries
        return self.left == 0

    def rate(self) -> float:
        return (ENTRIES - self.first) / (self.ended - self.began)


def decode(_partition: Partition, entry: Entry) -> Message:
    return decode_article(Article, entry.fields), entry


def effect_of(message: Message) -> Effect:
    parsed, entry = message
    return [parsed.id, parsed.version, entry.fields[b"at"], entry.fields[b"body"]]


async def fill(client: Client) -> None:
    """An emptied server with all the entries on the stream and the group in place."""
    await client.flushall()
    for start in range(0, ENTRIES, 1_000):
        pipe = client.pipeline(transaction=False)
        for number in range(start, start + 1_000):
            one = article(number)
            pipe.xadd(SOURCE, {"schema": 1, "id": one.id, "version": 1, "at": 1_700_000_000_000,
                               "body": one.model_dump_json(exclude_none=True)})  # fmt: skip
        await pipe.execute()
    await ensure_groups(client, PARTITION, ARTICLES)


async def ours(settings: Settings) -> float:
    """Entries a second through the stage as a service runs it, its keeper included."""
    client = connection.client(settings.redis_url)
    await fill(client)
    done, clock = asyncio.Event(), _Clock()

    async def work(_partition: Partition, messages: Sequence[Message]) -> list[Effect]:
        return [effect_of(message) for message in messages]

    def committed(_messages: Sequence[Message], outcomes: Sequence[str]) -> None:
        if clock.count(outcomes.count("done")):
            done.set()

    stage: Stage[Message] = Stage("enrich", ARTICLES, decode, work, EFFECT, committed)
    stage.metrics = StageMetrics(CollectorRegistry())
    broker = connection.broker(settings.redis_url)
    subscriber = subscribe(broker, client, stage, PARTITION, consumer="one", batch_size=BATCH)
    keeper = Keeper(client, settings, stage, "one", {PARTITION: subscriber}, stage.metrics)
    await broker.start()
    keeping = asyncio.create_task(keeper.run())
    async with asyncio.timeout(120):
        await done.wait()
    await end([keeping])
    await broker.stop()
    await stage.settle()
    await client.aclose()
    return clock.rate()


async def raw(url: str) -> float:
    """Entries a second through the bare loop."""
    client = Redis.from_url(url)
    await fill(client)
    commit = client.register_script(RAW_COMMIT)
    clock, left = _Clock(), True
    while left:
        ((_, rows),) = await client.xreadgroup("enrich", "one", {SOURCE: ">"}, count=BATCH)
        arguments: list[Any] = ["enrich", len(rows)]
        for entry_id, fields in rows:
            parsed = decode_article(Article, fields)
            arguments += [entry_id, parsed.id, parsed.version, fields[b"at"], fields[b"body"]]
        await commit(keys=[SOURCE], args=arguments)
        left = not clock.count(len(rows))
    await client.aclose()
    return clock.rate()


async def run(runs: int) -> list[dict[str, Any]]:
    with embedded() as server:
        settings = Settings(redis_url=server.url, batch_size=BATCH, _env_file=None)
        return [
            result(
                "stage",
                *await interleaved(lambda: ours(settings), lambda: raw(server.url), runs),
            )
        ]
