"""A delivery, named by its moment: Task (waits) -> Claim (leased) -> Result -> Attempt (log).

Its id is the ``webhook-id``: the same event to the same endpoint is the same delivery, always, so
that whatever is repeated is recognised, here and by the receiver.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from pydantic import BaseModel

from newswire_common.events import from_ms
from newswire_common.streams import Partition
from newswire_publish.webhooks.endpoint import Form
from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.schedule import Outcome

SHOWN_BYTES = 256  # of a response, in the log of attempts
TEST_EVENT = "test"


@dataclass(frozen=True, slots=True)
class Task:
    """What is kept of a delivery that waits. ``accepted_ms`` and ``trace`` are the article's."""

    event: str
    type: str
    form: Form
    accepted_ms: int | None = None
    trace: str | None = None
    attempts: int = 0

    @property
    def body(self) -> str:
        """The name of its body, which all deliveries of an event in this form share."""
        return f"{self.event}:{self.form}"

    def encode(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def decode(cls, raw: bytes) -> "Task":
        """Read a task, also one of a neighbouring version with fields that we do not know."""
        known = orjson.loads(raw)
        return cls(**{f.name: known[f.name] for f in fields(cls) if f.name in known})


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery under lease: ``token`` is the fence."""

    shard: Partition
    endpoint: str
    delivery: str
    token: bytes
    task: Task


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt. ``task`` counts it; ``hold`` is for the whole endpoint."""

    claim: Claim
    outcome: Outcome
    task: Task
    answer: Answer
    delay: timedelta = timedelta()
    hold: timedelta = timedelta()

    def encode(self) -> bytes:
        """The attempt for the log, without its times, which are the server's."""
        return orjson.dumps(
            {
                "delivery": self.claim.delivery,
                "task": self.task,
                "status": self.answer.status,
                "error": self.answer.error,
                "took_ms": self.answer.took_ms,
                # What a stranger sent: bytes that are no text are shown as \xNN.
                "response": self.answer.body[:SHOWN_BYTES].decode(errors="backslashreplace"),
            }
        )


class Attempt(BaseModel):
    """An attempt as the log shows it, or in the dead letters how a delivery ended.

    ``error`` is a class of `exchange.ErrorClass`, or ``backlog`` for what was never queued because
    too much was waiting; None when the receiver accepted. ``response`` is its beginning.
    """

    delivery: str
    event_id: str
    type: str
    attempt: int
    at: datetime
    next_attempt: datetime | None
    status: int | None = None
    error: str | None = None
    took_ms: int | None = None
    response: str | None = None


def attempt(raw: bytes) -> Attempt:
    """Read an entry ``<at ms> <next ms or 0> <JSON>`` of an endpoint's log or dead letters."""
    at, next_at, record = raw.split(b" ", 2)
    entry: dict[str, Any] = orjson.loads(record)
    task = entry.pop("task")
    return Attempt(
        event_id=task["event"],
        type=task["type"],
        attempt=task["attempts"],
        at=from_ms(int(at)),
        next_attempt=from_ms(int(next_at)) if int(next_at) else None,
        **entry,
    )


def delivery_id(event: str, endpoint: str) -> str:
    """The ``webhook-id`` of an event to an endpoint. It holds no dot, which the signature needs."""
    return "msg_" + blake2b(f"{event} {endpoint}".encode(), digest_size=16).hexdigest()


def origin(event: str) -> tuple[str, str]:
    """Partition and milliseconds of an event id ``pN-ms-seq``; empty and 0 for a test event."""
    partition, _, position = event.partition("-")
    if partition == TEST_EVENT:
        return "", "0"
    return partition.removeprefix("p"), position.partition("-")[0]
