"""What ingest counts."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter

from newswire_common.errors import Unconfirmed
from newswire_common.problems import Problem, problem_of

REASONS = {
    400: "syntax", 401: "unauthorized", 403: "forbidden", 404: "not_found", 408: "stalled",
    409: "idempotency", 413: "too_large", 415: "media_type", 422: "invalid", 429: "rate_limited",
    503: "unavailable",
}  # fmt: skip


class Measures:
    """The counters; every label is of a small fixed set."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._articles = Counter(
            "newswire_articles", "Articles taken in, by outcome", ["outcome"], registry=registry
        )
        self._rejected = Counter(
            "newswire_rejected", "Articles and requests refused, by reason", ["reason"],
            registry=registry,
        )  # fmt: skip

    def taken(self, outcomes: Iterable[str]) -> None:
        for outcome, count in Tally(outcomes).items():
            self._articles.labels(outcome).inc(count)

    def rejected(self, error: Exception) -> Problem:
        """Count a refusal; answers the problem that it is."""
        problem = problem_of(error)
        reason = REASONS.get(problem.status, "other")
        self._rejected.labels("unconfirmed" if isinstance(error, Unconfirmed) else reason).inc()
        return problem

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Count whatever is raised within, once."""
        try:
            yield
        except Exception as error:
            self.rejected(error)
            raise
