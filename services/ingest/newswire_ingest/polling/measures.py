"""What polling counts."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from newswire_ingest.polling.settling import Outcome

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 15, 25)
LATE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600)


class PollMeasures:
    """The metrics; every label is of a small fixed set."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._sources = Gauge("newswire_sources", "Sources by state", ["state"], registry=registry)
        self._fetches = Counter(
            "newswire_fetches", "Polls by what they came to", ["outcome"], registry=registry
        )
        self._seconds = Histogram(
            "newswire_fetch_seconds", "Time of a poll, claimed to filed", buckets=BUCKETS,
            registry=registry,
        )  # fmt: skip

        self._late = Histogram(
            "newswire_poll_late_seconds", "From when a source was due to when its poll began",
            buckets=LATE_BUCKETS, registry=registry,
        )  # fmt: skip

    def polled(self, outcome: Outcome, seconds: float, late_s: float) -> None:
        self._fetches.labels(outcome).inc()
        self._seconds.observe(seconds)
        self._late.observe(max(0.0, late_s))

    def states(self, counts: Mapping[str, int]) -> None:
        for state, count in counts.items():
            self._sources.labels(state).set(count)
