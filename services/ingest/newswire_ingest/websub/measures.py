"""What the subscriber counts."""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge

from newswire_ingest.websub.following import State

Request = Literal["accepted", "refused", "failed"]
Intent = Literal["confirmed", "rejected", "denied"]
# filed: all of it; partly: a poll gets the rest; unreadable: a poll gets all of it
Content = Literal["filed", "partly", "unreadable", "unsigned", "forged", "ended", "unknown", "busy"]


class HubMeasures:
    """The metrics; every label is of a small fixed set."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._leases = Gauge(
            "newswire_websub_leases", "Sources that have a hub, by state", ["state"],
            registry=registry,
        )  # fmt: skip
        self._requests = Counter(
            "newswire_websub_requests", "Requests to hubs, by mode and what they came to",
            ["mode", "outcome"], registry=registry,
        )  # fmt: skip
        self._intents = Counter(
            "newswire_websub_verifications", "What hubs asked or told of subscriptions, by answer",
            ["outcome"], registry=registry,
        )  # fmt: skip
        self._contents = Counter(
            "newswire_websub_deliveries", "What hubs brought, by what became of it", ["outcome"],
            registry=registry,
        )  # fmt: skip

    def states(self, counts: Mapping[State, int]) -> None:
        for state, count in counts.items():
            self._leases.labels(state).set(count)

    def asked(self, mode: Literal["subscribe", "unsubscribe"], outcome: Request) -> None:
        self._requests.labels(mode, outcome).inc()

    def intent(self, outcome: Intent) -> None:
        self._intents.labels(outcome).inc()

    def brought(self, outcome: Content) -> None:
        self._contents.labels(outcome).inc()
