"""Hands re-enriched articles on to publish, behind the news, and notes how far the replay is.

::

    is there room? ─▶ hand_on.lua: {pN}:enriched and {pN}:replay ─▶ … ─▶ has publish taken it?
       └ no: wait, since what readers wait for goes first
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from typing import Any, NamedTuple, Self, TypeVar

import orjson
from redis.exceptions import ResponseError

from newswire_common.connection import Client, is_away
from newswire_common.errors import NewswireError
from newswire_common.streams import ENRICHED, Partition
from newswire_ingest.backlog import Backlog
from newswire_local.replay.renewal import Renewal
from newswire_local.replay.walk import EMBARGO, Index, Place

HAND_ON_LUA = files(__package__).joinpath("hand_on.lua").read_text()
MOST_BEHIND = 500  # articles between ingest and publication; with more, we wait
LOOK_S = 0.5  # between two looks at that
TICK_S = 0.1
QUIET_S = 5.0  # of a wait that nothing is said of
PATIENCE_S = 600.0  # with a system that does not get on with what there is
AWAY_PATIENCE_S = 60.0  # with a server that is away
KEPT_MS = 7 * 86_400_000  # how long the position of an interrupted replay can be gone on from

T = TypeVar("T")


class Position(NamedTuple):
    """How far the replay of a partition is: everything up to a place of an index was looked at.

    ``replay`` tells which enricher and selection it is of; ``part``, the index, is None once all
    is done.
    """

    replay: str
    part: Index | None = EMBARGO
    at_ms: int = 0
    article_id: str = ""
    until_ms: int | None = None

    @property
    def place(self) -> Place:
        return Place(self.at_ms, self.article_id)

    def at(self, part: Index, place: Place) -> Self:
        return self._replace(part=part, at_ms=place.at_ms, article_id=place.article_id)


class Handover:
    """To publish, over its stream, in all partitions. ``rate``: articles a second at the most."""

    def __init__(
        self,
        client: Client,
        partitions: Sequence[Partition],
        tell: Callable[[str], None],
        rate: float | None = None,
    ) -> None:
        """``tell`` is told what a long wait is for."""
        self._client = client
        self._tell = tell
        self._backlog = Backlog(client, partitions, MOST_BEHIND)
        self._looked = float("-inf")
        self._send = client.register_script(HAND_ON_LUA)
        self._rate = rate
        self._due = 0.0

    async def room(self) -> None:
        """Wait until the system is not behind. Raises NewswireError where that takes too long."""
        if time.monotonic() - self._looked < LOOK_S:
            return

        async def is_there() -> bool:
            await patiently(self._backlog.read)
            return self._backlog.behind < MOST_BEHIND

        await self._until(is_there, lambda: f"{self._backlog.behind} articles wait for publication")
        self._looked = time.monotonic()

    async def send(
        self, partition: Partition, renewals: Sequence[Renewal], position: Position
    ) -> None:
        """Hand articles on and note the position. Twice is as good as once: see publish.lua."""
        arguments: list[Any] = [orjson.dumps([*position]), KEPT_MS]
        for one in renewals:
            kept = one.kept
            arguments += (kept.article_id, kept.version, kept.at_ms, one.created_ms)
            arguments += (one.replaces, one.body)
        keys = [partition.stream(ENRICHED), _key(partition)]
        await patiently(lambda: self._send(keys=keys, args=arguments))
        await self._pace(len(renewals))

    async def position(self, partition: Partition) -> Position | None:
        """Where an earlier replay was interrupted, if it was."""
        noted = await self._client.get(_key(partition))
        try:
            return Position(*orjson.loads(noted)) if noted else None
        except (TypeError, ValueError):  # of another version of this code
            return None

    async def forget(self, partition: Partition) -> None:
        await patiently(lambda: self._client.delete(_key(partition)))

    async def settled(self, partition: Partition) -> None:
        """Wait until publish has taken what is on its stream now. Raises NewswireError."""
        stream = partition.stream(ENRICHED)
        try:
            last = (await patiently(lambda: self._client.xinfo_stream(stream)))["last-generated-id"]
        except ResponseError:  # no such stream yet
            return

        async def is_taken() -> bool:
            return await patiently(lambda: self._is_taken(stream, last))

        await self._until(is_taken, lambda: f"publish has not taken all of {stream}")

    async def _is_taken(self, stream: str, last: bytes) -> bool:
        rows = {row["name"].decode(): row for row in await self._client.xinfo_groups(stream)}
        for group in ENRICHED.groups:
            if group not in rows or _order(rows[group]["last-delivered-id"]) < _order(last):
                return False
            if await self._client.xpending_range(stream, group, "-", last, 1):
                return False
        return True

    async def _pace(self, sent: int) -> None:
        if not self._rate:
            return
        now = time.monotonic()
        self._due = max(now, self._due) + sent / self._rate
        await asyncio.sleep(self._due - now)

    async def _until(
        self, condition: Callable[[], Awaitable[bool]], trouble: Callable[[], str]
    ) -> None:
        began, told = time.monotonic(), False
        while not await condition():
            waited_s = time.monotonic() - began
            if waited_s > PATIENCE_S:
                raise NewswireError(f"{trouble()}: waited in vain; --resume goes on from here")
            if waited_s > QUIET_S and not told:
                told = True
                self._tell(f"{trouble()}; waiting")
            await asyncio.sleep(TICK_S)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, again while the server is away. Raises NewswireError where that takes too long."""
    deadline, pause_s = time.monotonic() + AWAY_PATIENCE_S, TICK_S
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_away(error):
                raise
            if time.monotonic() + pause_s > deadline:
                raise NewswireError(f"the server is away: {error}") from error
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, 1.0)


def _key(partition: Partition) -> str:
    return partition.key("replay")


def _order(entry_id: bytes) -> tuple[int, int]:
    ms, _, sequence = entry_id.partition(b"-")
    return int(ms), int(sequence)
