"""The job on Celery: acknowledged late, so that a killed worker's jobs are not gone at once."""

from collections.abc import Iterable

from celery import Celery

from tests.benchmarks.peers_jobs.job import Job


def app_of(job: Job) -> Celery:
    app = Celery("bench", broker=job.url)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_hijack_root_logger=False,
    )
    if job.redelivery_s:
        app.conf.broker_transport_options = {"visibility_timeout": job.redelivery_s}

    @app.task(name="store")
    def store(identity: str, document: str) -> None:
        job.store(identity, document)

    @app.task(name="enrich")
    def enrich(body: str) -> None:
        store.delay(*job.enrich(body))

    return app


def send(job: Job, bodies: Iterable[str]) -> None:
    enrich = app_of(job).tasks["enrich"]
    for body in bodies:
        enrich.delay(body)


def work(job: Job) -> None:
    app_of(job).worker_main(
        ["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle"]
    )
