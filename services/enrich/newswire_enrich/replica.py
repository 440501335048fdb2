"""A worker's own replica of the related index, fed from ``{pN}:signatures`` of all partitions.

    {p0}:signatures ─┐
    {p1}:signatures ─┼─▶ one thread ─▶ RelatedIndex ◀─ asked by the enricher, in the same thread
    …               ─┘

Read without a group: every worker needs every signature. All that touches the index runs in one
thread, so it needs no lock, and the event loop stays free.

What a worker found itself is in its index before anybody else knows. The stream has the last word:
of one version, enriched twice, all replicas end with the entry that came last. All versions of an
article are in one stream, so that is the same for all, in whatever order the streams are read.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar
from zlib import crc32

import structlog
from pydantic import ValidationError

from newswire_common.codec import Fields, check_schema
from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.streams import SIGNATURES, Partition
from newswire_common.tasks import end
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature

WINDOW = timedelta(days=7)
CAPACITY = 75_000  # articles of some 3 kB each: 230 MB a worker
READ_COUNT = 500
BLOCK_MS = 1_000
GONE = "gone"
AWAITED = 10_000  # signatures of our own that the stream has not brought back yet

T = TypeVar("T")
log = structlog.get_logger()


class Replica:
    """The index and the one thread that works on it.

    ``epoch`` tells which life of the data this is: with another one the index begins empty.
    """

    def __init__(
        self,
        client: Client,
        partitions: Sequence[Partition],
        window: timedelta,
        epoch: Callable[[], str],
    ) -> None:
        self.window = window
        self._client = client
        self._partitions = partitions
        self._epoch = epoch
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="enrich")
        self._begin()

    def _begin(self) -> None:
        """Know nothing yet of the life of the data that this is."""
        self._life = self._epoch()
        self._positions: dict[Partition, bytes] = {}
        self._own: dict[str, tuple[int, int]] = {}  # id: version, checksum
        self.index = RelatedIndex(self.window, CAPACITY)

    def announced(self, signature: Signature) -> str:
        """The JSON of a signature that the index has already, to be sent to all.

        When the stream brings it back it is known by its checksum, and not taken in once more.
        Runs in the index's thread.
        """
        body = signature.model_dump_json()
        self._own[signature.id] = signature.version, crc32(body.encode())
        if len(self._own) > AWAITED:
            del self._own[next(iter(self._own))]
        return body

    async def work(self, function: Callable[[], T]) -> T:
        """Run in the index's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def catch_up(self) -> None:
        """Read the signatures of the window that are there already."""
        if self._epoch() != self._life:
            self._begin()
        for partition in self._partitions:
            while await self._read(partition, None) == READ_COUNT:
                pass

    async def follow(self) -> None:
        """Read every new signature, until cancelled. Raises what a reader raised, all ended."""
        while True:
            if self._epoch() != self._life:
                self._begin()
            readers = [asyncio.create_task(self._follow(each)) for each in self._partitions]
            try:
                await asyncio.gather(*readers)
            finally:  # not a TaskGroup: it cancels once, which redis-py may swallow
                await end(readers)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, partition: Partition) -> None:
        """Read one partition for as long as this life of the data lasts."""
        while self._epoch() == self._life:
            await self._read(partition, BLOCK_MS)

    async def _read(self, partition: Partition, block_ms: int | None) -> int:
        """Take in what is new, at most `READ_COUNT` signatures; how many there were."""
        stream, after = partition.stream(SIGNATURES), self._positions.get(partition, b"0")
        rows = _rows(await self._client.xread({stream: after}, count=READ_COUNT, block=block_ms))
        if rows:
            await self.work(lambda: self._take(rows))
            self._positions[partition] = rows[-1][0]
        return len(rows)

    def _take(self, rows: Sequence[tuple[bytes, Fields]]) -> None:
        for entry_id, fields in rows:
            try:
                self._apply(int(entry_id.partition(b"-")[0]), fields)
            except (DecodeError, KeyError, ValueError, ValidationError) as error:
                # One bad signature costs one related link, nothing else.
                log.warning("signature skipped", entry=entry_id.decode(), reason=str(error)[:200])

    def _apply(self, at_ms: int, fields: Fields) -> None:
        check_schema(fields)
        identity, version, body = fields[b"id"].decode(), int(fields[b"version"]), fields[b"body"]
        own = self._own.get(identity)
        if own is not None and version >= own[0]:
            del self._own[identity]
            if own == (version, crc32(body)):
                return
        if body == GONE.encode():
            self.index.remove(identity, version, at_ms)
        else:
            self.index.add(Signature.model_validate_json(body))


def _rows(answer: list[tuple[bytes, list[tuple[bytes, Fields]]]]) -> list[tuple[bytes, Fields]]:
    """The entries of an XREAD of one stream; there is no row for it where there is none."""
    return [row for _, rows in answer for row in rows]
