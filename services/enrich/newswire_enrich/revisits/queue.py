"""The queue of articles to look at again, one of each partition, shared by all workers.

Asking for the same article many times before its turn is asking once. A worker that is killed
leaves leases, which end. A claim's token is its fence: of two that looked at the same article only
the one that claimed it later has its say.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import NamedTuple

from newswire_common.connection import Client
from newswire_common.streams import LINKS, Partition, partition_of

LEASE_MS = 10_000
AT_ONCE = 100  # of one claim: some milliseconds of work
SETTLE_MS = 1_000  # what several newcomers change is looked at once
KEY = "revisits"

CLAIM_LUA = files(__package__).joinpath("claim.lua").read_text()
FINISH_LUA = files(__package__).joinpath("finish.lua").read_text()


class Claim(NamedTuple):
    """An article to look at; with ``is_wide`` it is for those whom it touches, not for itself.

    ``touched`` is JSON of more of those, or empty; ``sent`` the links that it was handed on with.
    """

    article_id: str
    is_wide: bool
    token: bytes
    touched: bytes
    sent: bytes

    @property
    def member(self) -> str:
        return f"+{self.article_id}" if self.is_wide else self.article_id


class Result(NamedTuple):
    """What came of a claim; ``body`` is the JSON of `newswire_common.links.Links`, or empty."""

    claim: Claim
    body: bytes = b""


class RevisitQueue:
    """The queues of all partitions."""

    def __init__(
        self,
        client: Client,
        partitions: Sequence[Partition],
        lease_ms: int = LEASE_MS,
        settle_ms: int = SETTLE_MS,
    ) -> None:
        self._lease_ms = lease_ms
        self._settle_ms = settle_ms
        self._client = client
        self._partitions = partitions
        self._claim = client.register_script(CLAIM_LUA)
        self._finish = client.register_script(FINISH_LUA)

    async def claim(self, partition: Partition) -> list[Claim]:
        """What is due, at most `AT_ONCE`."""
        flat = await self._claim(keys=[partition.key(KEY)], args=[AT_ONCE, self._lease_ms])
        return [
            Claim(member.decode().removeprefix("+"), member.startswith(b"+"), *rest)
            for member, *rest in zip(*[iter(flat)] * 4, strict=True)
        ]

    async def ask(self, article_ids: Iterable[str]) -> None:
        """Have articles looked at soon, in whatever partition they are; asking twice is safe."""
        parts: defaultdict[Partition, list[str]] = defaultdict(list)
        for article_id in article_ids:
            parts[partition_of(article_id, self._partitions)].append(article_id)
        if not parts:
            return
        seconds, microseconds = await self._client.time()
        due = seconds * 1_000 + microseconds // 1_000 + self._settle_ms
        pipe = self._client.pipeline(transaction=False)
        for partition, ids in parts.items():
            pipe.zadd(partition.key(KEY), dict.fromkeys(ids, due), lt=True)
        await pipe.execute()

    async def finish(self, partition: Partition, results: Sequence[Result]) -> None:
        """End claims and hand on what was found."""
        arguments = [
            value for claim, body in results for value in (claim.member, claim.token, body)
        ]
        await self._finish(keys=[partition.key(KEY), partition.stream(LINKS)], args=arguments)
