"""What readers did with an article: counts by kind, and the observation that brings them.

    Observation (on {pN}:audience) > the newest Count of each kind > Audience (in the article)

A count that is not known is null, never 0.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from newswire_common.stored import Stored


class Count(Stored):
    """A count of audience reactions; null when unknown, never 0 for that."""

    value: int | None = Field(default=None, ge=0)
    platform: str
    observed_at: str | None = None


AudienceKind = Literal["reply", "like", "share", "dislike"]


class AudienceCounts(Stored):
    """How readers reacted, by kind. One that was never counted is null."""

    reply: Count | None = None
    like: Count | None = None
    share: Count | None = None
    dislike: Count | None = None


class Audience(Stored):
    """What an article, or who publishes it, tells of its readers."""

    comments_open: bool | None = None
    counts: AudienceCounts = AudienceCounts()


class Observation(Stored):
    """The body of an entry on ``{pN}:audience``: counts that somebody saw, at one moment.

    A kind that is not in ``counts`` was not looked at; null says that it is not known.
    """

    platform: str
    observed_at: datetime
    counts: dict[AudienceKind, int | None] = Field(default_factory=dict)
    comments_open: bool | None = None
