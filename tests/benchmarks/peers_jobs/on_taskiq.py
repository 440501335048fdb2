"""The job on Taskiq: its stream broker, which acknowledges, and its receiver in one process."""

from collections.abc import Iterable

import uvloop
from redis.asyncio import Redis
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from tests.benchmarks.peers_jobs.job import Job, store


def broker_of(job: Job) -> RedisStreamBroker:
    # From the beginning of the stream: as shipped, what was sent before the first start is skipped.
    broker = RedisStreamBroker(job.url, consumer_id="0")
    if job.redelivery_s:
        broker.idle_timeout = job.redelivery_s * 1000
        broker.unacknowledged_lock_timeout = job.redelivery_s
    client = Redis.from_url(job.url)

    @broker.task(task_name="store")
    async def store_document(identity: str, document: str) -> None:
        await store(client, identity, document)

    @broker.task(task_name="enrich")
    async def enrich(body: str) -> None:
        await store_document.kiq(*job.enrich(body))

    return broker


def send(job: Job, bodies: Iterable[str]) -> None:
    async def all_of_them() -> None:
        broker = broker_of(job)
        await broker.startup()
        enrich = broker.find_task("enrich")
        assert enrich is not None
        for body in bodies:
            await enrich.kiq(body)
        await broker.shutdown()

    uvloop.run(all_of_them())


def work(job: Job) -> None:
    async def receive() -> None:
        broker = broker_of(job)
        broker.is_worker_process = True
        await run_receiver_task(broker, run_startup=True)

    uvloop.run(receive())
