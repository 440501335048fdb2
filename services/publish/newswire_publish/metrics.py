"""What publish shows of its own work, beside what every stage shows.

One histogram tells how long news takes to arrive, whatever the way: ``to="feed"`` is accepted by
ingest until readable in a feed, ``to="webhook"`` until the subscriber's endpoint acknowledged.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from newswire_common.metrics import DELIVERY_BUCKETS


class PublishMetrics:
    """The metrics of one process of publish, registered once and shared by its parts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.delivery_seconds = Histogram(
            "newswire_delivery_seconds", "Accepted until delivered", ["to"],
            buckets=DELIVERY_BUCKETS, registry=registry,
        )  # fmt: skip
        self.feed_requests = Counter(
            "newswire_feed_requests", "Feeds asked for, by format and HTTP status",
            ["format", "status"], registry=registry,
        )  # fmt: skip
        self.webhook_attempts = Counter(
            "newswire_webhook_attempts", "Attempts to deliver, by what became of them",
            ["outcome"], registry=registry,
        )  # fmt: skip
        self.webhook_queue = Gauge(
            "newswire_webhook_queue", "Deliveries by state", ["state"], registry=registry
        )
        self.endpoints = Gauge(
            "newswire_endpoints", "Endpoints of subscribers by state", ["state"], registry=registry
        )
