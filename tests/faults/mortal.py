"""A worker of the stage `enrich` that one entry kills: ``python -m tests.faults.mortal URL``.

The entry's word ``die`` ends the process at once, as running out of memory would.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from newswire_common import connection
from newswire_common.keeper import Keeper, ensure_groups
from newswire_common.metrics import StageMetrics
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage
from newswire_common.streams import ARTICLES, Partition, partitions
from newswire_common.subscription import subscribe

EFFECT = (
    "local function effect(_, a) redis.call('SADD', ARGV[2] .. ':done', a[1]) return 'done' end"
)


def decode(_partition: Partition, entry: Entry) -> str:
    return entry.fields[b"word"].decode()


async def work(_partition: Partition, words: Sequence[str]) -> list[Effect]:
    if "die" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    return [[word] for word in words]


async def main(url: str) -> None:
    settings = Settings(redis_url=url, claim_idle_s=0.3, _env_file=None)
    client, partition = connection.client(url), partitions(1)[0]
    await ensure_groups(client, partition, ARTICLES)
    stage: Stage[str] = Stage("enrich", ARTICLES, decode, work, EFFECT)
    broker, metrics = connection.broker(url), StageMetrics(CollectorRegistry())
    consumer = f"mortal-{os.getpid()}"
    subscriber = subscribe(broker, client, stage, partition, consumer=consumer, batch_size=100)
    await broker.start()
    await Keeper(client, settings, stage, consumer, {partition: subscriber}, metrics).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
