"""A stage on a FastStream broker: a batch subscriber a partition, acknowledged by the commit.

FastStream reads, batches, starts and stops; the parser is ours, because its own decodes a whole
batch at once and loses all of it to one bad byte (docs/decisions/0002-stage-loop.md).
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import FAKE_CONSUMER, BatchStreamMessage, RedisBatchStreamMessage
from faststream.redis.subscriber.usecases import StreamBatchSubscriber

from newswire_common.connection import Client
from newswire_common.stage import Entry, Stage
from newswire_common.streams import Partition

POLL_MS = 1_000  # how long a read waits for news; a stop is noticed within it


class _Source(StreamSub[Literal[True]]):
    """FastStream copies the description deeply at every read, to prefix its name; ours has none."""

    __slots__ = ()

    def add_prefix(self, prefix: str) -> Self:
        return super().add_prefix(prefix) if prefix else self


async def _parse(message: BatchStreamMessage) -> RedisBatchStreamMessage:
    """Hand the entries on as they are; each is decoded by itself, in the stage."""
    return RedisBatchStreamMessage(
        raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=None
    )


async def _decode(message: RedisBatchStreamMessage) -> list[Entry]:
    raw = message.raw_message
    return [
        Entry(entry_id.decode(), fields)
        for entry_id, fields in zip(raw["message_ids"], raw["data"], strict=True)
    ]


def subscribe(
    broker: RedisBroker,
    client: Client,
    stage: Stage[Any],
    partition: Partition,
    *,
    consumer: str,
    batch_size: int,
) -> StreamBatchSubscriber:
    """Subscribe a stage to its stream in one partition; it starts with the broker."""
    source = _Source(
        partition.stream(stage.source),
        group=stage.group,
        consumer=consumer,
        batch=True,
        max_records=batch_size,
        polling_interval=POLL_MS,
    )
    subscriber = broker.subscriber(
        stream=source,
        parser=_parse,
        decoder=_decode,
        ack_policy=AckPolicy.MANUAL,
        title=f"{stage.name}:{partition.stream(stage.source)}",
    )

    @subscriber
    async def handle(entries: list[Entry]) -> None:
        await stage.take(client, partition, entries)

    assert isinstance(subscriber, StreamBatchSubscriber)  # noqa: S101 - the type that batch=True gives
    return subscriber


def is_consuming(subscriber: StreamBatchSubscriber) -> bool:
    """Whether the subscriber runs and the task that reads for it is alive."""
    return subscriber.running and any(not task.done() for task in subscriber.tasks)


def fields_of(raw: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The fields of a dead letter as they were on the stream."""
    prefix = b"field."
    return {name[len(prefix) :]: value for name, value in raw.items() if name.startswith(prefix)}
