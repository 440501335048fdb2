"""The sources of an installation, kept in Redis beside their schedule: one slot, any process.

What operators set is written here, by the scripts that also have the source polled; what polls find
is written by `newswire_ingest.polling.schedule`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from newswire_common.connection import Client
from newswire_common.errors import NotFound, Unavailable
from newswire_common.events import from_ms
from newswire_common.problems import Problem
from newswire_ingest.polling.memory import Memory
from newswire_ingest.polling.scripts import INDEX, Scripts, hours_of, key_of, state_key
from newswire_ingest.sources.source import Health, Source, SourceDraft, SourceView, State

MAX_SOURCES = 50_000  # some 2 kB each
CHANGE_ATTEMPTS = 5  # against others who change the same source at the same moment
PAGE = 500  # sources in one pipeline
HOURS = 24
_FIELDS = ("config", "state", "due", "token", "poll")
_HOUR_S = 3_600


class Exists(Problem):
    """409: there is such a source already."""

    def __init__(self, identity: str) -> None:
        super().__init__(409, f"there is a source {identity} already", kind="exists")


class _Row(NamedTuple):
    config: bytes | None
    state: bytes | None
    due: bytes | None
    token: bytes | None
    poll: bytes | None


@dataclass(frozen=True, eq=False)
class Registry:
    """The sources, as one process reads and changes them."""

    client: Client
    scripts: Scripts

    async def add(self, draft: SourceDraft) -> Source:
        """A new source, due at once. Raises Exists, and Problem 409 where there are too many."""
        source = Source(**draft.model_dump(), created_at=datetime.now(UTC))
        written = await self._put(source, b"", fresh=True)
        if written < 0:
            raise Problem(409, f"there are {MAX_SOURCES:,} sources already", kind="too-many")
        if not written:
            raise Exists(draft.id)
        return source

    async def change(self, identity: str, change: Callable[[Source], Source]) -> Source:
        """Change a source and have it polled. Raises NotFound, Unavailable, what ``change`` does.

        At another URL it is another feed: what earlier polls found is forgotten.
        """
        for _ in range(CHANGE_ATTEMPTS):
            raw = await self.client.hget(key_of(identity), "config")
            if raw is None:
                raise NotFound(f"no source {identity}")
            before = Source.model_validate_json(raw)
            after = change(before)
            fresh = after.feed_url != before.feed_url
            if after == before or await self._put(after, raw, fresh=fresh):
                return after
        raise Unavailable(f"the source {identity} is being changed by somebody else")

    async def remove(self, identity: str) -> None:
        """Raises NotFound. Its articles stay."""
        if not await self.scripts.call("remove", identity):
            raise NotFound(f"no source {identity}")

    async def hasten(self, identity: str) -> None:
        """Have it polled as soon as its host allows. Raises NotFound."""
        if not await self.scripts.call("hasten", identity):
            raise NotFound(f"no source {identity}")

    async def get(self, identity: str) -> SourceView:
        """Raises NotFound."""
        found = await self.views([identity])
        if not found:
            raise NotFound(f"no source {identity}")
        return found[0]

    async def ids(self, after: str, limit: int, state: State | None = None) -> list[str]:
        """Ids in the order of their bytes, from the one after ``after`` on."""
        if state:  # a set has no order: states other than ok are few, and looked at by a person
            members = sorted(await self.client.smembers(state_key(state)))
            found = [one for one in members if one > after.encode()][:limit]
        else:
            start = f"({after}" if after else "-"
            found = await self.client.zrangebylex(INDEX, start, "+", start=0, num=limit)
        return [one.decode() for one in found]

    async def views(self, ids: Sequence[str]) -> list[SourceView]:
        """The sources of these ids that there are, with their health."""
        pipe = self.client.pipeline(transaction=False)
        for identity in ids:
            pipe.hmget(key_of(identity), *_FIELDS)
            pipe.hgetall(hours_of(identity))
        now_s = datetime.now(UTC).timestamp()
        replies = iter(await pipe.execute() if ids else ())
        pairs = zip(replies, replies, strict=True)
        return [_view(_Row(*row), hours, now_s) for row, hours in pairs if row[0] is not None]

    async def all(self) -> list[Source]:
        """Every source."""
        found: list[Source] = []
        ids = await self.ids("", MAX_SOURCES)
        for start in range(0, len(ids), PAGE):
            pipe = self.client.pipeline(transaction=False)
            for identity in ids[start : start + PAGE]:
                pipe.hget(key_of(identity), "config")
            found += [Source.model_validate_json(raw) for raw in await pipe.execute() if raw]
        return found

    async def _put(self, source: Source, expected: bytes, *, fresh: bool) -> int:
        reply: Any = await self.scripts.call(
            "put", source.id, expected, source.encode(), source.host, "1" if fresh else "",
            MAX_SOURCES,
        )  # fmt: skip
        return int(reply)


def _view(row: _Row, hours: dict[bytes, bytes], now_s: float) -> SourceView:
    source = Source.model_validate_json(row.config or b"")
    memory = Memory.model_validate_json(row.poll) if row.poll else Memory()
    return SourceView(**source.model_dump(), health=_health(row, memory, _last_day(hours, now_s)))


def _health(row: _Row, memory: Memory, articles: int) -> Health:
    state: Any = (row.state or b"ok").decode()
    # One that is being polled just now is due when that has ended.
    due_ms = float(row.due) if row.due and not row.token else None
    return Health(
        state=state,
        last_fetch_at=from_ms(memory.fetched_at_ms) if memory.fetched_at_ms else None,
        last_status=memory.status,
        next_poll_at=from_ms(int(due_ms)) if due_ms is not None else None,
        consecutive_failures=memory.failures,
        articles_24h=articles,
        error=memory.error or None,
    )


def _last_day(hours: dict[bytes, bytes], now_s: float) -> int:
    first = int(now_s) // _HOUR_S - HOURS
    return sum(int(count) for hour, count in _pairs(hours.items()) if hour > first)


def _pairs(items: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[int, int]]:
    return ((int(hour), int(count)) for hour, count in items)
