"""The job on plain FastStream: one message a call, the result published by the decorator."""

from collections.abc import Iterable
from contextlib import suppress

import uvloop
from faststream import FastStream
from faststream.redis import RedisBroker, StreamSub
from redis import Redis
from redis.exceptions import ResponseError

from tests.benchmarks.peers_jobs.job import Job, store

FIRST, SECOND, GROUP = "articles", "enriched", "bench"


def _stream(name: str) -> StreamSub:
    return StreamSub(name, group=GROUP, consumer="one")


def broker_of(job: Job) -> RedisBroker:
    broker = RedisBroker(job.url, logger=None)
    client = Redis.from_url(job.url)
    for name in (FIRST, SECOND):  # as shipped, what was sent before the first start is skipped
        with suppress(ResponseError):
            client.xgroup_create(name, GROUP, id="0", mkstream=True)

    @broker.subscriber(stream=_stream(FIRST))
    @broker.publisher(stream=SECOND)
    async def enrich(body: str) -> dict[str, str]:
        identity, document = job.enrich(body)
        return {"identity": identity, "document": document}

    @broker.subscriber(stream=_stream(SECOND))
    async def store_document(message: dict[str, str]) -> None:
        await store(broker._connection, message["identity"], message["document"])

    return broker


def send(job: Job, bodies: Iterable[str]) -> None:
    async def all_of_them() -> None:
        async with broker_of(job) as broker:
            for body in bodies:
                await broker.publish(body, stream=FIRST)

    uvloop.run(all_of_them())


def work(job: Job) -> None:
    uvloop.run(FastStream(broker_of(job), logger=None).run())
