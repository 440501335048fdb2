"""A worker's own replica of the related index, fed from ``{pN}:signatures`` of all partitions.

    {p0}:signatures ─┐
    {p1}:signatures ─┼─▶ one thread ─▶ RelatedIndex ◀─ asked by the enricher, in the same thread
    …               ─┘

Read without a group: every worker needs every signature. All that touches the index runs in one
thread, so it needs no lock, and the event loop stays free.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import structlog
from pydantic import ValidationError

from newswire_common.codec import Fields, check_schema
from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.streams import SIGNATURES, Partition
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature

WINDOW = timedelta(days=7)
CAPACITY = 50_000  # articles; about 2 kB each
READ_COUNT = 500
BLOCK_MS = 1_000
GONE = "gone"

T = TypeVar("T")
log = structlog.get_logger()


class Replica:
    """The index and the one thread that works on it. ``warm`` is set once the past is read."""

    def __init__(self, client: Client, partitions: Sequence[Partition]) -> None:
        self.index = RelatedIndex(WINDOW, CAPACITY)
        self.warm = asyncio.Event()
        self._client = client
        self._positions: dict[Partition, bytes] = {}
        self._partitions = partitions
        self._caught_up: set[Partition] = set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="enrich")

    async def work(self, function: Callable[[], T]) -> T:
        """Run in the index's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def follow(self) -> None:
        """Read the signatures of the window, then every new one, until cancelled."""
        await asyncio.gather(*(self._follow(partition) for partition in self._partitions))

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, partition: Partition) -> None:
        while True:
            await self._read(partition)

    async def _read(self, partition: Partition) -> None:
        stream = partition.stream(SIGNATURES)
        after = self._positions.get(partition, b"0")
        block = BLOCK_MS if partition in self._caught_up else None
        answer = await self._client.xread({stream: after}, count=READ_COUNT, block=block)
        rows = _rows(answer)
        if rows:
            await self.work(lambda: self._take(rows))
            self._positions[partition] = rows[-1][0]
        if len(rows) < READ_COUNT:
            self._caught_up.add(partition)
            if len(self._caught_up) == len(self._partitions):
                self.warm.set()

    def _take(self, rows: Sequence[tuple[bytes, Fields]]) -> None:
        for entry_id, fields in rows:
            try:
                self._apply(fields)
            except (DecodeError, KeyError, ValueError, ValidationError) as error:
                # One bad signature costs one related link, nothing else.
                log.warning("signature skipped", entry=entry_id.decode(), reason=str(error)[:200])

    def _apply(self, fields: Fields) -> None:
        check_schema(fields)
        identity, body = fields[b"id"].decode(), fields[b"body"]
        if body == GONE.encode():
            self.index.remove(identity)
        elif not self.index.holds(identity, int(fields[b"version"])):  # as it does what it found
            self.index.add(Signature.model_validate_json(body))


def _rows(answer: list[tuple[bytes, list[tuple[bytes, Fields]]]]) -> list[tuple[bytes, Fields]]:
    """The entries of an XREAD of one stream; there is no row for it where there is none."""
    return [row for _, rows in answer for row in rows]
