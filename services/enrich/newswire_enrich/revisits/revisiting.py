"""Looks at articles again, until nothing that came after them changes their links any more.

    a newcomer ─▶ +id ─┬─▶ it, and those near it ──────────▶ id ─▶ links now ≠ told ─▶ {pN}:links
                       └▶ =id: those of another story now ─▶ id, and who links to them
                          each is looked at by an index that has read all signatures until then

So the links in the end depend on the articles alone, not on which worker saw which of them first.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from newswire_common.streams import Partition
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.replica import Replica
from newswire_enrich.revisits.look import look_at
from newswire_enrich.revisits.queue import Claim, Reach, Result, RevisitQueue
from newswire_enrich.revisits.told import Told

TICK_S = 0.5


class _Seen(NamedTuple):
    """What came of some claims, and the ids of others that are to be looked at.

    Those ``besides`` at once; with the ``moved`` ones those who link to them.
    """

    results: list[Result]
    concerned: set[str]
    moved: set[str]
    besides: set[str]


class Revisiting:
    """The part of the queue's work that one worker does."""

    def __init__(
        self, queue: RevisitQueue, replica: Replica, partitions: Sequence[Partition]
    ) -> None:
        self._queue = queue
        self._replica = replica
        self._partitions = partitions

    async def run(self) -> None:
        """Runs until it is cancelled. Raises what the server raises when it is away."""
        while True:
            done = [await self.look(partition) for partition in self._partitions]
            if not any(done):
                await asyncio.sleep(TICK_S)

    async def look(self, partition: Partition) -> int:
        """Look at what is due in a partition, at most one claim's worth; how many there were."""
        await self._queue.lift(partition)
        claims = await self._queue.claim(partition)
        if not claims:
            return 0
        await self._replica.catch_up()
        seen = await self._replica.work(lambda: _look(self._replica.index, claims))
        # First, or a kill in between would forget them.
        await self._queue.ask(seen.concerned)
        await self._queue.ask(seen.moved, Reach.LINKING, at_once=True)
        await self._queue.ask(seen.besides, at_once=True)
        await self._queue.finish(partition, seen.results)
        return len(claims)


def _look(index: RelatedIndex, claims: Sequence[Claim]) -> _Seen:
    seen = _Seen([], set(), set(), set())
    for claim in claims:
        if claim.reach is Reach.ITSELF:
            found = look_at(index, claim.article_id, Told.decode(claim.told))
            seen.besides.update(found.besides)
            body = found.links.model_dump_json(exclude_none=True).encode() if found.links else b""
            seen.results.append(Result(claim, body, found.told.encode() if found.told else b""))
            continue
        seen.concerned.add(claim.article_id)
        seen.results.append(Result(claim))
        if claim.reach is Reach.LINKING:
            seen.concerned.update(index.linking_to(claim.article_id))
        else:
            near, moved = index.concerned_by(claim.article_id)
            seen.concerned.update(near, orjson.loads(claim.touched or b"[]"))
            seen.moved.update(moved)
    return seen
