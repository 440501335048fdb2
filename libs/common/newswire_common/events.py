"""What happened, as every projection tells it: webhooks, SSE, ``/v1/changes`` and feeds.

An event's id is its place in the sequence: ``pN-ms-seq``, from its entry on ``{pN}:events``.
A consumer is idempotent on (uri, version, type).
"""

from datetime import UTC, datetime
from typing import Any, Literal

from newswire_common.article import Span
from newswire_common.reaction import Act, Stance
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


class StoryChange(Stored):
    """What became of a story: its id is that of the article that began it, which the event names.

    ``version`` counts its changes. Where they have gone on to another story, that is
    ``merged_into``; where they came from one when this one began, ``split_from``.
    """

    id: str
    version: int
    size: int
    merged_into: str | None = None
    split_from: str | None = None


class ReactionBefore(Stored):
    """The record that stood before a change: of the same article, or of another of its story."""

    id: str
    article: str
    act: Act
    stance: Stance


class ReactionChange(Stored):
    """What became of one reaction. It says neither who nor what: that is in the article.

    So nothing that a withdrawal takes back stays in the sequence. ``was`` is what a changed one was
    before, or the actor's earlier record; where that was a silence, now broken, ``supersedes`` is
    its id. Of a retracted one only the id is told.
    """

    id: str
    act: Act | None = None
    stance: Stance | None = None
    supersedes: str | None = None
    was: ReactionBefore | None = None


class ReactionNews(Stored):
    """What a ``reaction.…`` event is about: the first 50 changes, of ``total``.

    ``story`` is there where the change is one within a story, between its articles or versions.
    """

    changes: tuple[ReactionChange, ...]
    total: int
    story: str | None = None


DETAILS = {"revision", "links", "enrichment", "duplicate_of", "story", "reactions"}


class Event(Stored):
    """One entry of ``{pN}:events``. The article itself is read by (id, version).

    ``links`` counts how often the article's related links have changed, where that is all that an
    ``article.updated`` says: the version stays, so a consumer is idempotent on the two together.
    ``enrichment`` counts likewise how often what is derived from the same text was made anew.
    ``duplicate_of`` is the id of the article that an ``article.duplicate_linked`` is about: one
    event a pair. ``story`` is what a ``story.updated`` is about, ``reactions`` what a
    ``reaction.…`` is: of those there may be several of a version, told apart by the reactions' ids.
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
    enrichment: int | None = None
    duplicate_of: str | None = None
    story: StoryChange | None = None
    reactions: ReactionNews | None = None
    schema_version: int = 1

    def details(self) -> dict[str, Any]:
        """What it says beyond type, article and version, in JSON: what subscribers get of it."""
        return self.model_dump(mode="json", include=DETAILS, exclude_none=True)


def event_id(partition: int, entry_id: str) -> str:
    """``pN-ms-seq`` for an entry id ``ms-seq`` of partition N."""
    return f"p{partition}-{entry_id}"


def from_ms(milliseconds: int) -> datetime:
    """A Redis clock reading as an aware UTC datetime."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
