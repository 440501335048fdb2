"""What happened, as every projection tells it: webhooks, SSE, ``/v1/changes`` and feeds.

An event's id is its place in the sequence: ``pN-ms-seq``, from its entry on ``{pN}:events``.
A consumer is idempotent on (uri, version, type).
"""

from datetime import UTC, datetime
from typing import Literal

from newswire_common.article import Span
from newswire_common.stored import Stored

ArticleEventType = Literal[
    "article.published",
    "article.updated",
    "article.corrected",
    "article.withdrawn",
    "article.embargo_lifted",
    "article.duplicate_linked",
]
EventType = (
    ArticleEventType
    | Literal[
        "reaction.added", "reaction.changed", "reaction.retracted",
        "story.updated", "audience.updated",
        "source.failing", "source.quiet", "source.recovered", "source.moved", "source.gone",
        "source.denied",
        "endpoint.failing", "endpoint.paused", "endpoint.disabled", "endpoint.recovered",
    ]
)  # fmt: skip


RevisionClass = Literal["trivial", "substantive", "correction", "quote-changed"]


class Change(Stored):
    """Code points of ``body_text``, in the version before and in this one, that differ."""

    before: Span
    after: Span


class Revision(Stored):
    """What a version changed of the one before, and how much that matters to its readers."""

    kind: RevisionClass
    headline_changed: bool = False
    changes: tuple[Change, ...] = ()


class Event(Stored):
    """One entry of ``{pN}:events``. The article itself is read by (id, version).

    ``links`` counts how often the article's related links have changed, where that is all that an
    ``article.updated`` says: the version stays, so a consumer is idempotent on the two together.
    """

    event_id: str
    type: EventType
    id: str
    uri: str
    version: int
    occurred_at: datetime
    accepted_at: datetime
    traceparent: str | None = None
    revision: Revision | None = None
    links: int | None = None
    schema_version: int = 1


def event_id(partition: int, entry_id: str) -> str:
    """``pN-ms-seq`` for an entry id ``ms-seq`` of partition N."""
    return f"p{partition}-{entry_id}"


def from_ms(milliseconds: int) -> datetime:
    """A Redis clock reading as an aware UTC datetime."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
