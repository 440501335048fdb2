"""The queue of articles to look at again, one of each partition, shared by all workers.

Asking for the same article many times before its turn is asking once. A worker that is killed
leaves leases, which end. A claim's token is its fence: of two that looked at the same article only
the one that claimed it later has its say.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from newswire_common.connection import Client
from newswire_common.streams import LINKS, SIGNATURES, Partition, partition_of

LEASE_MS = 3_000  # a killed worker holds up what it looked at for no longer
AT_ONCE = 50  # of one claim: far less work than a lease lasts
SETTLE_MS = 1_000  # what several newcomers change is looked at once
ASKED_AT_ONCE = 1_000  # a round trip
LIFTED_AT_ONCE = 100
KEPT_WINDOWS = 2  # a story may go on when its first articles have passed the window
KEY = "revisits"

CLAIM_LUA = files(__package__).joinpath("claim.lua").read_text()
LIFT_LUA = files(__package__).joinpath("lift.lua").read_text()
FINISH_LUA = files(__package__).joinpath("finish.lua").read_text()


class Reach(StrEnum):
    """Who is to be looked at: the article, those who link to it too, or all whom it concerns."""

    ITSELF = ""
    LINKING = "="
    CONCERNED = "+"


class Claim(NamedTuple):
    """An article to look at, or others because of it.

    ``touched`` is JSON of more of those whom it concerns, ``told`` what was last told of it: each
    may be empty.
    """

    article_id: str
    reach: Reach
    token: bytes
    touched: bytes
    told: bytes

    @property
    def member(self) -> str:
        return self.reach.value + self.article_id


class Result(NamedTuple):
    """What came of a claim: ``told`` is to be kept of the article, nothing where it is empty.

    ``body`` is the JSON of `newswire_common.links.Links`, or empty.
    """

    claim: Claim
    body: bytes = b""
    told: bytes = b""


class RevisitQueue:
    """The queues of all partitions; ``window`` is that of the related index."""

    def __init__(
        self,
        client: Client,
        partitions: Sequence[Partition],
        window: timedelta,
        lease_ms: int = LEASE_MS,
        settle_ms: int = SETTLE_MS,
    ) -> None:
        self._window_ms = window // timedelta(milliseconds=1)
        self._lease_ms = lease_ms
        self._settle_ms = settle_ms
        self._client = client
        self._partitions = partitions
        self._claim = client.register_script(CLAIM_LUA)
        self._lift = client.register_script(LIFT_LUA)
        self._finish = client.register_script(FINISH_LUA)

    async def lift(self, partition: Partition) -> None:
        """Have what is no longer under embargo known to all, at most `LIFTED_AT_ONCE`."""
        keys = [partition.key(KEY), partition.stream(SIGNATURES)]
        await self._lift(keys=keys, args=[LIFTED_AT_ONCE, self._window_ms])

    async def claim(self, partition: Partition) -> list[Claim]:
        """What is due, at most `AT_ONCE`."""
        flat = await self._claim(keys=[partition.key(KEY)], args=[AT_ONCE, self._lease_ms])
        return [
            Claim(*_reached(member.decode()), *rest)
            for member, *rest in zip(*[iter(flat)] * 4, strict=True)
        ]

    async def ask(
        self,
        article_ids: Iterable[str],
        reach: Reach = Reach.ITSELF,
        *,
        at_once: bool = False,
    ) -> None:
        """Have articles looked at soon, in whatever partition they are; asking twice is safe."""
        ids = iter(article_ids)
        while some := list(islice(ids, ASKED_AT_ONCE)):
            await self._ask(some, reach, 0 if at_once else self._settle_ms)

    async def finish(self, partition: Partition, results: Sequence[Result]) -> None:
        """End claims and hand on what was found."""
        arguments = [
            value
            for claim, body, told in results
            for value in (claim.member, claim.token, body, told)
        ]
        keys = [partition.key(KEY), partition.stream(LINKS)]
        await self._finish(keys=keys, args=[KEPT_WINDOWS * self._window_ms, *arguments])

    async def _ask(self, article_ids: Sequence[str], reach: Reach, settle_ms: int) -> None:
        parts: defaultdict[Partition, list[str]] = defaultdict(list)
        for article_id in article_ids:
            part = partition_of(article_id, self._partitions)
            parts[part].append(reach.value + article_id)
        seconds, microseconds = await self._client.time()
        due = seconds * 1_000 + microseconds // 1_000 + settle_ms
        pipe = self._client.pipeline(transaction=False)
        for partition, members in parts.items():
            pipe.zadd(partition.key(KEY), dict.fromkeys(members, due), lt=True)
        await pipe.execute()


def _reached(member: str) -> tuple[str, Reach]:
    """The article's id, and who is to be looked at."""
    article_id = member.lstrip("=+")
    return article_id, Reach(member.removesuffix(article_id))
