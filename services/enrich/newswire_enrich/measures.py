"""What enrich shows of its own work, beside what every stage shows."""

from collections import Counter as Tally
from collections.abc import Iterable
from time import monotonic

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from newswire_common.article import EnrichedArticle
from newswire_common.metrics import BATCH_BUCKETS

TOLD_EVERY_S = 60.0
log = structlog.get_logger()


class Measures:
    """The metrics of one process of enrich, registered once.

    Fields and enrichers are those of the code and of the settings: few.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._errors = Counter(
            "newswire_enrich_errors", "Fields of articles that a failing part or enricher lost",
            ["field"], registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "newswire_enricher_seconds", "Time of a batch in an enricher of another package",
            ["enricher", "outcome"], buckets=BATCH_BUCKETS, registry=registry,
        )  # fmt: skip
        self._tell_at = 0.0

    def lost(self, articles: Iterable[EnrichedArticle]) -> None:
        """Count the errors that provenance names; the log has those of one batch a minute."""
        errors = [one for article in articles for one in article.enrichment.provenance if one.error]
        if not errors:
            return
        fields = Tally(one.field for one in errors)
        for field, count in fields.items():
            self._errors.labels(field).inc(count)
        if monotonic() >= self._tell_at:
            self._tell_at = monotonic() + TOLD_EVERY_S
            log.warning("fields lost", fields=dict(fields), example=errors[0].error)

    def enricher(self, name: str, outcome: str, seconds: float) -> None:
        """A batch went through an enricher."""
        self._seconds.labels(name, outcome).observe(seconds)
