"""Looks at articles again, until nothing that came after them changes their links any more.

    a newcomer ─▶ +id ─▶ those whom it touches, and itself ─▶ id ─▶ links now ≠ sent ─▶ {pN}:links
                  └────── each is looked at by an index that has read all signatures until then

So the links in the end depend on the articles alone, not on which worker saw which of them first.
"""

import asyncio
from collections.abc import Sequence

import orjson

from newswire_common.streams import Partition
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.replica import Replica
from newswire_enrich.revisits.links import links_of
from newswire_enrich.revisits.queue import Claim, Result, RevisitQueue

TICK_S = 0.5


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
        claims = await self._queue.claim(partition)
        if not claims:
            return 0
        await self._replica.catch_up()
        touched, results = await self._replica.work(lambda: _look(self._replica.index, claims))
        # First, or a kill in between would forget them.
        await self._queue.ask(touched)
        await self._queue.finish(partition, results)
        return len(claims)


def _look(index: RelatedIndex, claims: Sequence[Claim]) -> tuple[set[str], list[Result]]:
    """Whom the newcomers among them touch, and what is to be handed on of the others."""
    touched: set[str] = set()
    results = []
    for claim in claims:
        if claim.is_wide:
            touched |= {claim.article_id, *index.touched_by(claim.article_id)}
            touched.update(orjson.loads(claim.touched or b"[]"))
            results.append(Result(claim))
        else:
            body = links_of(index, claim.article_id)
            results.append(Result(claim, b"" if body == claim.sent else body))
    return touched, results
