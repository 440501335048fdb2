"""What has expired is taken back: its next version is a takedown, and goes the way of every other.

    {pN}:expiry (ZSET, kept by write.lua) > due? > withdrawal, if it still is > desk

Any number of processes may do it: whoever comes second finds nothing that is due.
"""

import asyncio
from collections.abc import Sequence

from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.streams import Partition
from newswire_ingest.desk import Desk
from newswire_ingest.identity import Submission, withdrawal_of
from newswire_ingest.trace import traceparent

TICK_S = 1.0
STEP = 100
REASON = "It has expired."


async def withdraw_expired(client: Client, partitions: Sequence[Partition], desk: Desk) -> None:
    """Withdraw each article at its ``expires``, within a second. Runs until it is cancelled."""
    while True:
        for partition in partitions:
            while due := await expired(client, partition):
                try:
                    await desk.file(due)
                except Unavailable:
                    break  # in a second there may be room
        await asyncio.sleep(TICK_S)


async def expired(client: Client, partition: Partition) -> list[Submission]:
    """The withdrawals of what is due by the server's clock, at most STEP."""
    seconds, microseconds = await client.time()
    now_ms = seconds * 1000 + microseconds // 1000
    ids = await client.zrange(
        partition.key("expiry"), "-inf", now_ms, byscore=True, offset=0, num=STEP
    )
    pipe = client.pipeline(transaction=False)
    for identity in ids:
        pipe.hmget(partition.identity(identity.decode()), "source", "guid")
    found = zip(ids, await pipe.execute(), strict=True)
    return [
        withdrawal_of(
            identity.decode(), source.decode(), guid.decode(), "takedown", REASON,
            traceparent(None), if_expired=True,
        )
        for identity, (source, guid) in found
    ]  # fmt: skip
