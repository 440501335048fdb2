"""A delivery, named by its moment: Task (waits) -> Claim (leased) -> Result -> Attempt (log).

Its id is the ``webhook-id``: the same event to the same endpoint is the same delivery, always, so
that whatever is repeated is recognised, here and by the receiver.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, StringConstraints, TypeAdapter

from newswire_common.events import from_ms
from newswire_common.streams import Partition
from newswire_publish.webhooks.endpoint import Form
from newswire_publish.webhooks.exchange import Answer
from newswire_publish.webhooks.schedule import Outcome

SHOWN_BYTES = 256  # of a response, in the log of attempts

# ``pN-ms-seq``, or ``test-ms-<chance>``; fourteen digits of milliseconds are a time, more are none.
EventId = Annotated[str, StringConstraints(pattern=r"^(p[0-9]{1,6}|test)-[0-9]{1,14}-[0-9a-f]+$")]


@dataclass(frozen=True, slots=True)
class Task:
    """What is kept of a delivery that waits: all that its payload is made from, and no text.

    ``article`` and ``version`` name the document, None in a test; ``accepted_ms`` and ``trace`` are
    the article's; ``details`` is what the event says besides.
    """

    event: EventId
    type: str
    form: Form
    article: str | None = None
    version: int | None = None
    accepted_ms: int | None = None
    trace: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0

    @property
    def body(self) -> str:
        """The name of its payload, which all deliveries of an event in this form share."""
        return f"{self.event}:{self.form}"

    @property
    def occurred_at(self) -> datetime:
        return from_ms(int(self.event.split("-")[1]))

    def encode(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def decode(cls, raw: bytes) -> "Task":
        """Read a task, also one of a neighbouring version with fields that we do not know.

        Raises ValueError on one that makes no sense to us.
        """
        return _TASK.validate_json(raw)


_TASK = TypeAdapter(Task)
NO_TASK = Task("", "", "thin")  # stands where there is one that can not be read


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery under lease: ``token`` is the fence.

    ``failing`` is how many attempts in a row have not reached its endpoint.
    """

    shard: Partition
    endpoint: str
    delivery: str
    token: bytes
    task: Task
    failing: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claim. ``task`` counts the attempt; the rest is as in `Verdict`."""

    claim: Claim
    outcome: Outcome
    task: Task
    answer: Answer
    delay: timedelta = timedelta()
    hold: timedelta = timedelta()
    failing: int = 0

    def encode(self, task: bytes) -> bytes:
        """The attempt for the log, without its times, which are the server's.

        ``task`` is the encoding of the task.
        """
        return orjson.dumps(
            {
                "delivery": self.claim.delivery,
                "task": orjson.Fragment(task),
                "status": self.answer.status,
                "error": self.answer.error,
                "took_ms": self.answer.took_ms,
                # What a stranger sent: bytes that are no text are shown as \xNN.
                "response": self.answer.body[:SHOWN_BYTES].decode(errors="backslashreplace"),
            }
        )


class Attempt(BaseModel):
    """An attempt as the log shows it, or in the dead letters how a delivery ended.

    ``error`` is a class of `exchange.ErrorClass`; or, of what was never sent, ``backlog`` where too
    much was waiting to queue it, ``expired`` where it waited longer than any retry goes on; None
    when the receiver accepted. ``response`` is its beginning.
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
    """Partition and milliseconds of an event id ``pN-ms-seq``; empty and 0 for any other."""
    partition, _, position = event.partition("-")
    if not partition.startswith("p"):
        return "", "0"
    return partition.removeprefix("p"), position.partition("-")[0]
