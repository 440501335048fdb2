"""``GET /v1/changes``: the sequence of events, from any point of it, so that any gap is repaired.

    cursor > what is after it in each partition, merged by (ms, seq, partition) > events, cursor
                       nothing yet and the client will wait? > tail > again

The partitions' clocks may differ a little; the cursor holds a position in each, so that the merged
order may, but no event is ever missed.
"""

import asyncio
import heapq
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, NamedTuple

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from newswire_common.codec import Fields, decode_event
from newswire_common.errors import DecodeError, Unavailable
from newswire_common.events import Event
from newswire_common.problems import Problem
from newswire_common.service import Runtime
from newswire_common.streams import EVENTS
from newswire_publish.access import may_read
from newswire_publish.cursor import START, Cursor, Position, position
from newswire_publish.tail import Tail

MAX_LIMIT = 1_000
MAX_WAIT_S = 30
STOP_WITHIN_S = 1.0  # a service that is to stop does not wait for those who wait

log = structlog.get_logger()

After = Annotated[
    str | None, Query(description="An earlier cursor; without: from the oldest event")
]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Wait = Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Seconds to wait for news")]


class Changes(BaseModel):
    """Events in their order, and the cursor to go on from."""

    events: list[Event]
    cursor: str


class _Found(NamedTuple):
    """An entry, in the order of the sequence."""

    position: Position
    partition: int
    fields: Fields


class _Stream(NamedTuple):
    """One partition's part of a page: the entries, the newest that was dropped, the newest."""

    entries: Sequence[tuple[bytes, Fields]]
    dropped: Position
    newest: Position


_Page = tuple[list[Event], Cursor]


@dataclass(frozen=True, slots=True)
class ChangesRoutes:
    """The route over the events of every partition."""

    runtime: Runtime
    tail: Tail

    def router(self) -> APIRouter:
        router = APIRouter(tags=["changes"], dependencies=[Depends(may_read)])
        router.add_api_route(
            "/v1/changes", self.changes, methods=["GET"], response_model_exclude_none=True
        )
        return router

    async def changes(self, after: After = None, limit: Limit = 100, wait: Wait = 0) -> Changes:
        """What happened after a cursor, or from the oldest event that is kept.

        With `wait`, an answer without events comes only after that many seconds. 410 where the
        cursor has expired, with the way to resync; 422 where it is none.
        """
        if self.runtime.waiting_for:  # before it is ready, the epoch of the data is not known
            raise Unavailable(self.runtime.waiting_for)
        cursor = self._cursor(after)
        if wait:
            async with self.tail.place():
                events, cursor = await self._wait(cursor, limit, wait)
        else:
            events, cursor = await self._page(cursor, limit)
        return Changes(events=events, cursor=cursor.encode())

    def _cursor(self, after: str | None) -> Cursor | None:
        """The client's cursor, None from the oldest event on. Raises Problem 422 or 410."""
        if not after:
            return None
        try:
            cursor = Cursor.decode(after, len(self.runtime.partitions))
        except ValueError as error:
            wrong = [{"pointer": "/after", "detail": str(error)}]
            raise Problem(422, "`after` is no cursor", kind="invalid", errors=wrong) from error
        if cursor.epoch != self.runtime.epoch:
            raise expired("this cursor is of an earlier life of the data")
        return cursor

    async def _wait(self, cursor: Cursor | None, limit: int, wait_s: float) -> _Page:
        """The first page with events, or after ``wait_s`` an empty one."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            news = self.tail.news
            events, cursor = await self._page(cursor, limit)
            if events or not await self._comes(news, deadline):
                return events, cursor

    async def _comes(self, news: asyncio.Event, deadline: float) -> bool:
        """Whether there is news before the deadline, and before this service is to stop."""
        loop = asyncio.get_running_loop()
        while not self.runtime.waiting_for and loop.time() < deadline:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(deadline, loop.time() + STOP_WITHIN_S)):
                    await news.wait()
                    return True
        return False

    async def _page(self, cursor: Cursor | None, limit: int) -> _Page:
        """At most ``limit`` events after the cursor. Raises Problem 410."""
        streams = await self._read(cursor, limit)
        if cursor:
            _check(cursor, streams)
            positions = list(cursor.positions)
        else:
            positions = [stream.dropped for stream in streams]
        parts = (_found(number, stream) for number, stream in enumerate(streams))
        page = list(islice(heapq.merge(*parts), limit))
        for found in page:
            positions[found.partition] = found.position
        epoch = cursor.epoch if cursor else self.runtime.epoch
        events = [event for found in page if (event := _event(found))]
        return events, Cursor(epoch, tuple(positions))

    async def _read(self, cursor: Cursor | None, limit: int) -> list[_Stream]:
        """Each partition's entries after the cursor.

        What was dropped is read after them, so that no trim in between passes unnoticed.
        """
        pipe = self.runtime.client.pipeline(transaction=False)
        for partition in self.runtime.partitions:
            stream = partition.stream(EVENTS)
            after = f"({cursor.positions[partition.number]}" if cursor else "-"
            pipe.xrange(stream, after, "+", count=limit)
            pipe.hget(partition.dropped, EVENTS.name)
            pipe.xrevrange(stream, count=1)
        replies = iter(await pipe.execute())
        return [
            _Stream(entries, _id(dropped), _id(newest[0][0] if newest else None))
            for entries, dropped, newest in zip(replies, replies, replies, strict=True)
        ]


def _check(cursor: Cursor, streams: Sequence[_Stream]) -> None:
    """Raises Problem 410 where something after the cursor can no longer be had."""
    for at, stream in zip(cursor.positions, streams, strict=True):
        if at < stream.dropped:
            raise expired("what follows this cursor is past the retention")
        if at > stream.newest:
            raise expired("this cursor is ahead of the events: the server has lost some of them")


def expired(reason: str) -> Problem:
    """410 that says how to get whole again."""
    return Problem(
        410,
        f"{reason}. To resync, start over without `after`: it reads from the oldest event that is "
        "kept. What you hold by (uri, version) can be skipped; an article that you hold and that "
        "is not among them is past the retention.",
        kind="cursor_expired",
    )


def _id(entry_id: bytes | None) -> Position:
    return position(entry_id.decode()) if entry_id else START


def _found(partition: int, stream: _Stream) -> list[_Found]:
    return [_Found(_id(entry_id), partition, fields) for entry_id, fields in stream.entries]


def _event(found: _Found) -> Event | None:
    """The event of an entry; None, and a line in the log, where it is beyond reading."""
    try:
        return decode_event(found.partition, str(found.position), found.fields)
    except DecodeError as error:
        log.warning("unreadable event", partition=found.partition, entry=str(found.position),
                    reason=str(error)[:300])  # fmt: skip
        return None
