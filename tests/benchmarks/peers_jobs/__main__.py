"""``python -m tests.benchmarks.peers_jobs send|work QUEUE URL …``: one side of one queue."""

import argparse
import importlib

from tests.benchmarks.peers_jobs.job import Job, bodies


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers_jobs")
    parser.add_argument("side", choices=("send", "work"))
    parser.add_argument("queue")
    parser.add_argument("url")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--crash-at", type=int, default=0)
    parser.add_argument("--redelivery-s", type=int, default=None)
    given = parser.parse_args()
    queue = importlib.import_module(f"tests.benchmarks.peers_jobs.on_{given.queue}")
    job = Job(given.url, given.crash_at, given.redelivery_s)
    if given.side == "send":
        queue.send(job, bodies(given.first, given.count))
    else:
        queue.work(job)


if __name__ == "__main__":
    main()
