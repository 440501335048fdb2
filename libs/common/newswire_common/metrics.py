"""Every metric of Newswire's own, in one place; FastStream's are added by its middleware.

No label takes an unbounded value.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BATCH_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
DELIVERY_BUCKETS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.15,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    60,
    300,
    3600,
)


class StageMetrics:
    """What every stage shows: rates and times by batch, and what its keeper sees of its backlog."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "newswire_stage_seconds", "Time of a batch, read to committed", ["stage"],
            buckets=BATCH_BUCKETS, registry=registry,
        )  # fmt: skip
        self.articles = Counter(
            "newswire_stage_articles", "Entries by what became of them", ["stage", "outcome"],
            registry=registry,
        )  # fmt: skip
        where = ["stage", "partition"]
        self.lag = Gauge("newswire_stage_lag", "Entries not yet read", where, registry=registry)
        self.pending = Gauge(
            "newswire_stage_pending", "Entries read and not acknowledged", where, registry=registry
        )
        self.oldest = Gauge(
            "newswire_stage_oldest_pending_seconds", "Age of the oldest unacknowledged entry",
            where, registry=registry,
        )  # fmt: skip
        self.dead = Gauge("newswire_dead_letters", "Dead letters", ["stage"], registry=registry)

    def batch(self, stage: str, seconds: float, outcomes: Mapping[str, int]) -> None:
        self.seconds.labels(stage).observe(seconds)
        for outcome, count in outcomes.items():
            self.articles.labels(stage, outcome).inc(count)


def build_info(registry: CollectorRegistry, service: str, version: str) -> None:
    Gauge(
        "newswire_build_info", "What runs here; always 1", ["service", "version"], registry=registry
    ).labels(service, version).set(1)
