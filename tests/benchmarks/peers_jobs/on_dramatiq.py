"""The job on Dramatiq: its worker with the eight threads that it is shipped with."""

import signal
from collections.abc import Iterable

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from tests.benchmarks.peers_jobs.job import Job

THREADS = 8
ALWAYS = 1_000_000  # of a million commands: each looks for jobs of dead workers


def broker_of(job: Job) -> RedisBroker:
    options = {}
    if job.redelivery_s:
        options = {"heartbeat_timeout": job.redelivery_s * 1000, "maintenance_chance": ALWAYS}
    broker = RedisBroker(url=job.url, **options)
    dramatiq.set_broker(broker)

    def store(identity: str, document: str) -> None:
        job.store(identity, document)

    store_actor = dramatiq.actor(store)

    def enrich(body: str) -> None:
        store_actor.send(*job.enrich(body))

    dramatiq.actor(enrich)
    return broker


def send(job: Job, bodies: Iterable[str]) -> None:
    enrich = broker_of(job).get_actor("enrich")
    for body in bodies:
        enrich.send(body)


def work(job: Job) -> None:
    worker = dramatiq.Worker(broker_of(job), worker_threads=THREADS)
    worker.start()
    signal.sigwait({signal.SIGTERM})
    worker.stop()
