"""The same two-stage job through Newswire and through four other queues, on one core each.

    all jobs are sent > the worker starts > first job begins … last document stored   (the rate)
    jobs are sent > the worker is killed in the midst of one > it starts again > a few more jobs
                                                      > wait: missing? stored twice?  (the loss)

The worker has one core to itself, the server and this process the other. Every queue is given the
same articles over the same loopback port, one after the other in each run.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

from redis import Redis

from tests.benchmarks.measure import embedded, per_cpu, result
from tests.benchmarks.peers_jobs.job import BEGAN, CRASHED, DOUBLED, RESULTS
from tests.benchmarks.processes import (
    Died,
    Process,
    cores,
    cpu_seconds,
    finish,
    pin,
    running,
)
from tests.support.live import free_port

JOBS_MODULE = "tests.benchmarks.peers_jobs"
TIMEOUT_S = 120.0
POLL_S = 0.01
# The loss: this many jobs, of which that one kills its worker; a tenth is sent after the restart,
# because some queues look for a dead worker's jobs only while new ones come.
KILLED_JOBS, LATE_JOBS, CRASH_AT = 900, 100, 600
REDELIVERY_S = 2  # set in every queue that has such a setting, for the loss only
PATIENCE_S = 15.0


class Queue(NamedTuple):
    name: str
    needs: str  # the module that must be there
    jobs: int  # so many that a run takes some seconds


class Pace(NamedTuple):
    per_s: float
    per_cpu_s: float


class Loss(NamedTuple):
    missing: int
    doubled: int


NEWSWIRE = Queue("newswire", "newswire_common", 20_000)
PEERS = (
    Queue("celery", "celery", 1_500),
    Queue("dramatiq", "dramatiq", 3_000),
    Queue("taskiq", "taskiq_redis", 2_500),
    Queue("faststream", "faststream", 2_500),
)


class Bench:
    """The server, and what is asked of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = Redis.from_url(url, decode_responses=True)
        self.worker_core, self.other_core = cores()

    def pace(self, queue: Queue) -> Pace:
        """Jobs a second, from the beginning of the first to the end of the last."""
        self.client.flushall()
        self._send(queue, 0, queue.jobs)
        with self._working(queue) as worker:
            self._until(worker, lambda: self.client.exists(BEGAN))
            before = cpu_seconds(worker.pid)
            self._until(worker, lambda: self._stored() == queue.jobs)
            took = time.time() - float(str(self.client.get(BEGAN)))
            used = cpu_seconds(worker.pid) - before
        return Pace(queue.jobs / took, queue.jobs / used if used else 0.0)

    def loss(self, queue: Queue) -> Loss:
        """What is missing and what is doubled some time after a worker was killed."""
        self.client.flushall()
        self._send(queue, 0, KILLED_JOBS)
        with self._working(queue, "--crash-at", str(CRASH_AT), *_redelivery()) as worker:
            worker.wait(TIMEOUT_S)
        if not self.client.exists(CRASHED):
            raise Died(f"{queue.name}: ended before the job that kills it")
        with self._working(queue, *_redelivery()) as worker:
            time.sleep(REDELIVERY_S + 1)
            self._send(queue, KILLED_JOBS, LATE_JOBS)
            self._wait_for_all()
            if worker.poll() is not None:
                raise Died(f"{queue.name}: the second worker ended")
        total = KILLED_JOBS + LATE_JOBS
        return Loss(total - self._stored(), int(str(self.client.get(DOUBLED) or 0)))

    def _wait_for_all(self) -> None:
        """Until all is stored and a second delivery would have been, or patience is at its end."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self._stored() == KILLED_JOBS + LATE_JOBS:
                deadline = min(deadline, time.monotonic() + 2 * REDELIVERY_S)
            time.sleep(POLL_S)

    def _send(self, queue: Queue, first: int, count: int) -> None:
        arguments = (queue.name, self.url, "--first", str(first), "--count", str(count))
        with running(JOBS_MODULE, "send", *arguments, core=self.other_core) as sender:
            finish(sender, TIMEOUT_S)

    def _working(self, queue: Queue, *options: str) -> Any:
        return running(JOBS_MODULE, "work", queue.name, self.url, *options, core=self.worker_core)

    def _stored(self) -> int:
        return int(str(self.client.hlen(RESULTS)))

    def _until(self, worker: Process, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            if worker.poll() is not None or time.monotonic() > deadline:
                raise Died(f"{self._stored()} stored")
            time.sleep(POLL_S)


def _redelivery() -> tuple[str, str]:
    return "--redelivery-s", str(REDELIVERY_S)


def present() -> list[Queue]:
    """The peers that are installed; a line on standard error for each that is not."""
    found = []
    for peer in PEERS:
        if find_spec(peer.needs):
            found.append(peer)
        else:
            print(f"peers: {peer.name} is not installed: skipped (uv sync --group peers)",
                  file=sys.stderr)  # fmt: skip
    return found


def measure(runs: int) -> list[dict[str, Any]]:
    peers = present()
    port = free_port()
    _, other_core = cores()
    pin(0, other_core)  # the server, started from here, stays there too
    with embedded("--port", str(port), "--bind", "127.0.0.1") as server:
        del server
        bench = Bench(f"redis://127.0.0.1:{port}/0")
        paces: dict[str, list[Pace]] = {queue.name: [] for queue in (NEWSWIRE, *peers)}
        for number in range(runs):
            for queue in (NEWSWIRE, *peers):
                pace = bench.pace(queue)
                paces[queue.name].append(pace)
                print(f"run {number + 1} of {runs}: {queue.name} {pace.per_s:,.0f}/s, "
                      f"{pace.per_cpu_s:,.0f} a CPU second", file=sys.stderr)  # fmt: skip
        losses = {queue.name: bench.loss(queue) for queue in (NEWSWIRE, *peers)}
    return lines_of(paces, losses)


def lines_of(paces: dict[str, list[Pace]], losses: dict[str, Loss]) -> list[dict[str, Any]]:
    """A line a peer, and one that sums up: Newswire beside the fastest of them."""
    ours = paces[NEWSWIRE.name]
    lines = []
    for name, theirs in paces.items():
        if name != NEWSWIRE.name:
            lines.append(
                result(
                    f"peers/{name}",
                    [pace.per_s for pace in ours],
                    [pace.per_s for pace in theirs],
                    **per_cpu(
                        [pace.per_cpu_s for pace in ours], [pace.per_cpu_s for pace in theirs]
                    ),
                    **_told(losses[name]),
                )
            )
    if lines:
        fastest = max(lines, key=lambda line: line["baseline_per_s"])
        lines.append({**fastest, "name": "peers", "fastest": fastest["name"].partition("/")[2],
                      **_told(losses[NEWSWIRE.name])})  # fmt: skip
    return lines


def _told(loss: Loss) -> dict[str, int]:
    return {"missing_after_kill": loss.missing, "doubled_after_kill": loss.doubled}


async def run(runs: int) -> list[dict[str, Any]]:
    return await asyncio.to_thread(measure, runs)
