"""Observations of what readers did, and their way onto the stream."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from newswire_common.article import Name
from newswire_common.audience import Audience, AudienceKind, Observation
from newswire_common.codec import SCHEMA
from newswire_common.connection import Client
from newswire_common.errors import NotFound
from newswire_common.streams import AUDIENCE, Partition, is_article_id, partition_of
from newswire_ingest.durability import Command, Durably
from newswire_ingest.writer import refused

# Beyond 2**53 JavaScript no longer tells two numbers apart.
PostedCount = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
# A clock that is a little fast is common; one that is far ahead would hide every later count.
FAST_CLOCK_S = 300.0
KINDS: tuple[AudienceKind, ...] = ("reply", "like", "share", "dislike")


class PostedCounts(BaseModel):
    """Counts of one platform; a kind that is left out stays what it was, null is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: Name
    counts: Annotated[Mapping[AudienceKind, PostedCount | None], Field(min_length=1)]
    observed_at: AwareDatetime | None = None

    def observation(self, now: datetime) -> Observation:
        """What was seen, at its moment or now. Raises ValueError for a moment to come."""
        at = self.observed_at or now
        if (at - now).total_seconds() > FAST_CLOCK_S:
            message = "observed_at is in the future"
            raise ValueError(message)
        return Observation(
            platform=self.platform, observed_at=at.astimezone(UTC), counts=dict(self.counts)
        )


def observation_of(audience: Audience, now: datetime) -> Observation | None:
    """What an article brings of its own counts, seen now; None where it brings none."""
    told = {kind: count for kind in KINDS if (count := getattr(audience.counts, kind))}
    if not told and audience.comments_open is None:
        return None
    platform = next((count.platform for count in told.values()), "source")
    counts = {kind: count.value for kind, count in told.items()}
    return Observation(
        platform=platform, observed_at=now, counts=counts, comments_open=audience.comments_open
    )


class Counts:
    """Writes observations durably; their moments, not their arrival, say which is newest."""

    def __init__(self, client: Client, partitions: tuple[Partition, ...], durably: Durably) -> None:
        self._client = client
        self._durably = durably
        self._partitions = partitions

    async def source_of(self, identity: str) -> str:
        """The source of an article that was once taken in. Raises NotFound."""
        if is_article_id(identity):
            key = partition_of(identity, self._partitions).identity(identity)
            if source := await self._client.hget(key, "source"):
                return str(source, "utf-8")
        raise NotFound(f"no article {identity[:64]}")

    async def write(self, seen: Sequence[tuple[str, Observation]], trace: str = "") -> None:
        """Write observations, each with the id of its article.

        Raises Unavailable or Unconfirmed; sending the same again is safe.
        """
        entries: dict[str, list[Command]] = {}
        for identity, observation in seen:
            stream = partition_of(identity, self._partitions).stream(AUDIENCE)
            fields = ("schema", SCHEMA, "id", identity, "trace", trace)
            entry = ("XADD", stream, "*", *fields, "body", observation.model_dump_json())
            entries.setdefault(stream, []).append(entry)
        writes = (self._durably.run(stream, *commands) for stream, commands in entries.items())
        try:
            await asyncio.gather(*writes)
        except Exception as error:
            raise refused(error) from error
