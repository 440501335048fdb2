"""One poll of one source, all of it that touches the world.

    conditional GET > 304, or the body of last time?  nothing more
                    > parse, in a child process > what is new > pages > desk, in batches > Visit

What goes wrong with a source is found out here and becomes part of the `Visit`; what goes wrong
with us (no room, the server away, no time) leaves the source as it was, to be polled again soon.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from newswire_common.connection import is_away
from newswire_common.errors import Unavailable
from newswire_ingest.fetching import Fetched, FetchError
from newswire_ingest.fetching.freshness import (
    Validators,
    conditional,
    lifetime_s,
    retry_after_s,
    validators,
)
from newswire_ingest.parsing.feed import Feed, FeedError
from newswire_ingest.parsing.sandbox import SandboxError
from newswire_ingest.polling import health
from newswire_ingest.polling.entries import news
from newswire_ingest.polling.filing import Filing
from newswire_ingest.polling.full_text import FullText
from newswire_ingest.polling.interval import Wishes
from newswire_ingest.polling.memory import Memory, fingerprint, hash_of
from newswire_ingest.polling.schedule import Claim
from newswire_ingest.polling.settling import Visit
from newswire_ingest.sources.source import Source

DEADLINE_S = 25.0  # of a whole poll: 8 to fetch, 5 to parse, 10 for pages; below the lease
SOON_S = 10.0
# Feeds repeat an ETag after they changed: now and then all of it is fetched.
FULL_EVERY = 24  # polls
FULL_AFTER_MS = 24 * 3_600_000
ACCEPT = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
}
_NOT_MODIFIED, _DELTA = 304, 226

log = structlog.get_logger()


class Gets(Protocol):
    """`newswire_ingest.fetching.Fetcher.get`."""

    async def __call__(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """Raises FetchError."""
        ...


# `newswire_ingest.parsing.feed.parse_feed` in a child process. Raises FeedError, SandboxError.
Parses = Callable[[bytes, str | None, str], Awaitable[Feed]]
# Told of every feed that was read, once its articles are filed.
Hears = Callable[[Source, Fetched, Feed], Awaitable[None]]


async def unheard(_source: Source, _answer: Fetched, _feed: Feed) -> None:
    """Nobody wants to be told."""


@dataclass(frozen=True, eq=False)
class Visitor:
    """Makes the visits of one process."""

    get: Gets
    parse: Parses
    full_text: FullText
    filing: Filing
    heard: Hears = unheard

    async def visit(self, claim: Claim) -> Visit:
        """What a poll of the source finds; raises nothing but cancellation."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._visit(claim)
        except Exception as error:  # one source, whatever it does, costs no other
            if is_away(error) or isinstance(error, Unavailable):
                log.warning("poll", source=claim.source.id, reason=repr(error)[:300])
                return Visit("interrupted", again_s=SOON_S)
            log.exception("poll", source=claim.source.id)
            return Visit("hard", severity="hard", error="an error of ours, which is in the log")

    async def _visit(self, claim: Claim) -> Visit:
        source, memory = claim.source, claim.memory
        asked = _conditions(claim)
        try:
            answer = await self.get(source.feed_url, ACCEPT | asked)
        except FetchError as error:
            severity = health.severity_of_no_answer(error.kind)
            return Visit(severity, bool(asked), severity=severity, error=str(error))
        visit = _answered(answer, is_conditional=bool(asked))
        if visit.outcome != "unchanged":
            return visit
        known = memory.body_hash if memory.read_as == fingerprint(source) else ""
        if visit.body_hash == known:
            return visit
        try:
            kind = answer.headers.get("Content-Type")
            feed = await self.parse(answer.body, kind, answer.url)
        except (FeedError, SandboxError) as error:
            return replace(visit, outcome="hard", severity="hard", error=str(error))
        taken = await self._take(claim, feed, visit)
        await self.heard(source, answer, feed)
        return taken

    async def _take(self, claim: Claim, feed: Feed, visit: Visit) -> Visit:
        """File what is new in a feed."""
        source = claim.source
        seen = claim.seen if claim.memory.read_as == fingerprint(source) else frozenset()
        found = news(source, feed, seen)
        ready, held = await self.full_text.add(source, found.items)
        filed = await self.filing.file(source, ready, found.removals)
        done = filed.done | {item.digest for item in held}
        is_done = found.new <= done
        again_s = None if is_done else max(SOON_S, filed.retry_s or 0.0)
        return replace(
            visit,
            outcome="deferred" if again_s else "new" if filed.arrived else "nothing-new",
            wishes=visit.wishes._replace(feed_s=feed.interval_s or 0),
            seen=(seen if visit.status == _DELTA else found.still) | done,
            again_s=again_s,
            created=filed.outcomes["created"],
            arrived=filed.arrived,
            wrong=filed.outcomes["wrong"],
        )


def _conditions(claim: Claim) -> dict[str, str]:
    """The headers that ask for what is new; none where all is to be fetched."""
    memory: Memory = claim.memory
    source: Source = claim.source
    if (
        memory.read_as != fingerprint(source)
        or memory.since_full + 1 >= FULL_EVERY
        or claim.now_ms - memory.full_at_ms >= FULL_AFTER_MS
    ):
        return {}
    return conditional(Validators(memory.etag, memory.last_modified))


def _answered(answer: Fetched, *, is_conditional: bool) -> Visit:
    """What the head of an answer says; ``unchanged`` where it is for the body to say more."""
    now = datetime.now(UTC)
    visit = Visit(
        "unchanged", is_conditional, answer.status, moved_to=answer.moved_to,
        wishes=Wishes(lifetime_s=lifetime_s(answer.headers, now)),
        validators=validators(answer.headers),
    )  # fmt: skip
    if answer.status == _NOT_MODIFIED and is_conditional:
        return replace(visit, outcome="not-modified")
    severity = health.severity_of(answer.status)
    if severity is None:
        return replace(visit, body_hash=hash_of(answer.body))
    return replace(
        visit,
        outcome="gone" if answer.status == health.GONE else severity,
        severity=severity,
        error=f"the server answered {answer.status}",
        wishes=Wishes(retry_after_s=retry_after_s(answer.headers, now)),
    )
