"""What a hub has brought, on its way to the desk: as a poll's, within the hub's patience.

    body > parse, in a child process > what is new > desk > noted as seen, hub trusted
              | unreadable, empty, or its text is on pages: the source is polled at once

2xx is a promise: by then each article is filed, or the poll that will get it is scheduled.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from newswire_common.connection import Client
from newswire_common.errors import NotFound, Unavailable
from newswire_ingest.parsing.feed import Feed, FeedError
from newswire_ingest.parsing.sandbox import SandboxError
from newswire_ingest.polling import health
from newswire_ingest.polling.entries import news
from newswire_ingest.polling.filing import Filed, Filing, Ready
from newswire_ingest.polling.interval import rate_after
from newswire_ingest.polling.memory import Memory, Seen, fingerprint, unpack
from newswire_ingest.polling.scripts import key_of
from newswire_ingest.sources.source import Source
from newswire_ingest.websub.ledger import Brought, Kept, Ledger
from newswire_ingest.websub.measures import Content

DEADLINE_S = 8.0  # hubs wait for ten or more
NO_TIME_RETRY_S = 60

log = structlog.get_logger()

# `newswire_ingest.parsing.feed.parse_feed` in a child process. Raises FeedError, SandboxError.
Parses = Callable[[bytes, str | None, str], Awaitable[Feed]]
# Have a source polled as soon as its host allows. Raises NotFound.
Hastens = Callable[[str], Awaitable[None]]


class _Known(NamedTuple):
    """A source and what its polls remember; ``poll`` is the memory as it is kept."""

    source: Source
    poll: bytes
    memory: Memory
    seen: Seen
    state: bytes


@dataclass(frozen=True, eq=False)
class Intake:
    """Takes content in."""

    client: Client
    ledger: Ledger
    parse: Parses
    filing: Filing
    hasten: Hastens

    async def take(self, kept: Kept, body: bytes, content_type: str | None, url: str) -> Content:
        """File what a body of the topic ``url`` holds that is new.

        Raises NotFound where the source is gone, Unavailable where not all could be filed: the hub
        is to send it again, and should it not, a poll gets it.
        """
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._take(kept, body, content_type, url)
        except TimeoutError as error:
            await self.hasten(kept.source)
            raise Unavailable("no time", retry_after_s=NO_TIME_RETRY_S) from error

    async def _take(self, kept: Kept, body: bytes, content_type: str | None, url: str) -> Content:
        known = await self._known(kept.source)
        try:
            feed = await self.parse(body, content_type, url)
        except (FeedError, SandboxError) as error:
            # Some hubs only tell that there is something new, with no body or one of their own.
            log.info("hub's content", source=kept.source, reason=str(error)[:300])
            await self._note(kept, known, Filed(), awaits=True)
            return "unreadable"
        found = news(known.source, feed, known.seen)
        ready = [Ready(item) for item in found.items if not item.page_url]
        filed = await self.filing.file(known.source, ready, found.removals)
        is_whole = found.new <= filed.done
        await self._note(kept, known, filed, awaits=not is_whole)
        log.info("brought", source=kept.source, arrived=filed.arrived, **filed.outcomes)
        if filed.retry_s is not None:
            raise Unavailable("no room", retry_after_s=max(1, round(filed.retry_s)))
        return "filed" if is_whole else "partly"

    async def _known(self, source: str) -> _Known:
        config, poll, seen, state = await self.client.hmget(
            key_of(source), "config", "poll", "seen", "state"
        )
        if config is None:
            raise NotFound(f"no source {source}")
        read = Source.model_validate_json(config)
        memory = Memory()
        with suppress(ValueError):  # it is only a help
            memory = Memory.model_validate_json(poll or b"{}")
        is_current = memory.read_as == fingerprint(read)
        return _Known(
            read, poll or b"", memory, unpack(seen or b"") if is_current else Seen(), state or b""
        )

    async def _note(self, kept: Kept, known: _Known, filed: Filed, *, awaits: bool) -> None:
        """Raises NotFound."""
        memory = with_arrivals(known.memory, filed.arrived, kept.now_ms)
        lease = kept.following.current
        is_there = await self.ledger.note(kept.source, Brought(
            poll=(known.poll, b"" if memory is known.memory else memory.encode()),
            digests=frozenset(filed.done),
            created=filed.outcomes["created"],
            trusted_ms=lease.expires_ms if lease else 0,
            awaits=awaits,
        ))  # fmt: skip
        if not is_there:
            raise NotFound(f"no source {kept.source}")
        # How a source is, is for a poll to find out; one that was quiet is so no longer.
        if awaits or (filed.arrived and known.state != b"ok"):
            await self.hasten(kept.source)


def with_arrivals(memory: Memory, arrived: int, now_ms: int) -> Memory:
    """What is remembered after a hub brought so many articles: the source's rhythm goes on."""
    if not arrived or not memory.first_at_ms:
        return memory
    known_s, elapsed_s = (now_ms - memory.first_at_ms) / 1_000, (now_ms - memory.rate_at_ms) / 1_000
    gap_s = (now_ms - memory.new_at_ms) / 1_000
    return memory.model_copy(update={
        "rate_at_ms": now_ms,
        "rate_per_s": rate_after(memory.rate_per_s, known_s, elapsed_s, arrived),
        "new_at_ms": now_ms,
        "arrivals": memory.arrivals + 1,
        "longest_gap_s": health.gap_after(memory.longest_gap_s, gap_s),
    })  # fmt: skip
