"""Dead letters: what a stage gave up on, kept whole, to be looked at, retried or dropped.

    {pN}:dead:<stage>        stream: entry (its id), error, and its fields as ``field.<name>``
    {pN}:dead:<stage>:retry  set: ids of dead letters to be worked on once more, by the keeper

A retry works on the dead letter itself; its effect is gated by the removal of the dead letter, as
the first try was gated by the acknowledgement. So it happens once, and other groups of the same
stream see nothing of it.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from newswire_common.connection import Client
from newswire_common.errors import NotFound
from newswire_common.events import from_ms
from newswire_common.stage import Entry
from newswire_common.streams import TOPOLOGY, Partition
from newswire_common.subscription import fields_of

RETRY_SUFFIX = "retry"
STAGES = tuple(group for stream in TOPOLOGY for group in stream.groups)
PREVIEW_BYTES = 2_000


class DeadLetter(BaseModel):
    """``id`` is ``stage:partition:entry``, as the other calls take it."""

    id: str
    stage: str
    partition: int
    entry: str
    error: str
    at: datetime
    fields: dict[str, str]


def _retry_key(partition: Partition, stage: str) -> str:
    return partition.key("dead", stage, RETRY_SUFFIX)


async def list_dead(
    client: Client, partitions: Sequence[Partition], *, stage: str | None = None, limit: int = 100
) -> list[DeadLetter]:
    """The newest dead letters of every stage and partition, at most ``limit`` of them."""
    found = [
        _letter(partition, name, entry_id, raw)
        for name in STAGES
        if stage in (None, name)
        for partition in partitions
        for entry_id, raw in await client.xrevrange(partition.dead(name), count=limit)
    ]
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:limit]


async def show_dead(client: Client, partitions: Sequence[Partition], letter: str) -> DeadLetter:
    """One dead letter. Raises NotFound."""
    partition, stage, entry_id = _address(partitions, letter)
    found = await client.xrange(partition.dead(stage), entry_id, entry_id)
    if not found:
        raise NotFound(f"no dead letter {letter}")
    return _letter(partition, stage, *found[0])


async def retry_dead(client: Client, partitions: Sequence[Partition], letter: str) -> None:
    """Have its stage work on a dead letter once more, within a keeper's tick. Raises NotFound."""
    await show_dead(client, partitions, letter)
    partition, stage, entry_id = _address(partitions, letter)
    await client.sadd(_retry_key(partition, stage), entry_id)


async def drop_dead(client: Client, partitions: Sequence[Partition], letter: str) -> None:
    """Remove a dead letter for good. Raises NotFound."""
    partition, stage, entry_id = _address(partitions, letter)
    if not await client.xdel(partition.dead(stage), entry_id):
        raise NotFound(f"no dead letter {letter}")


async def take_retry(client: Client, partition: Partition, stage: str) -> Entry | None:
    """The next dead letter that is to be retried, off the list; None when there are no more.

    One at a time, so that a worker that ends while at it forgets no other; and off the list first,
    so that a poison is tried once a request and not for ever.
    """
    while dead_id := await client.spop(_retry_key(partition, stage)):
        for found, raw in await client.xrange(partition.dead(stage), dead_id, dead_id):
            return Entry(raw[b"entry"].decode(), fields_of(raw), found.decode())
    return None


def _address(partitions: Sequence[Partition], letter: str) -> tuple[Partition, str, str]:
    stage, _, rest = letter.partition(":")
    number, _, entry_id = rest.partition(":")
    milliseconds, _, sequence = entry_id.partition("-")
    known = stage in STAGES and number.isdecimal() and int(number) < len(partitions)
    if not (known and milliseconds.isdecimal() and sequence.isdecimal()):
        raise NotFound(f"no dead letter {letter}")
    return partitions[int(number)], stage, entry_id


def _letter(
    partition: Partition, stage: str, entry_id: bytes, raw: dict[bytes, bytes]
) -> DeadLetter:
    identity = entry_id.decode()
    return DeadLetter(
        id=f"{stage}:{partition.number}:{identity}",
        stage=stage,
        partition=partition.number,
        entry=raw[b"entry"].decode(),
        error=raw[b"error"].decode(errors="replace"),
        at=from_ms(int(identity.partition("-")[0])),
        fields={
            name.decode(errors="replace"): value[:PREVIEW_BYTES].decode(errors="replace")
            for name, value in fields_of(raw).items()
        },
    )
