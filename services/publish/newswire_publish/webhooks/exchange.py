"""One request to an endpoint and what came of it, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Why an attempt failed; a small set, since it is the label of a metric too.
ErrorClass = Literal[
    "timeout",
    "dns",
    "connect",
    "tls",
    "refused_address",
    "protocol",
    "status",
    "unreadable",
    "internal",
]


@dataclass(frozen=True, slots=True)
class Request:
    """A POST. ``body`` is JSON in UTF-8."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt went. ``error`` is None just when the receiver accepted it (2xx).

    ``body`` is the beginning of the response, raw; ``retry_after`` the header of that name.
    """

    status: int | None = None
    error: ErrorClass | None = None
    took_ms: int = 0
    retry_after: str | None = None
    body: bytes = b""

    @property
    def accepted(self) -> bool:
        return self.error is None
