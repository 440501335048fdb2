"""Which source is polled next, by whom, and what came of it: the one schedule of all processes.

    claim (due, its host has a turn, nobody else has it) > poll > finish (if the lease held)
      ^------- the lease ended by itself: its process was killed -------'

Hosts queue up by when one of their sources is due and their token bucket allows a request, and each
host has its sources in a queue of its own: however many sources wait for one busy host, a claim
looks at it once. Every time is the server's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import NamedTuple

import structlog
from pydantic import ValidationError

from newswire_common.connection import Client
from newswire_ingest.polling.memory import Memory, Seen, pack, unpack
from newswire_ingest.polling.scripts import TAG, Scripts, state_key
from newswire_ingest.polling.settling import Verdict
from newswire_ingest.sources.source import STATES, Source

LEASE = timedelta(seconds=30)  # longer than any poll: see visit.DEADLINE_S

log = structlog.get_logger()


class Claim(NamedTuple):
    """A source to poll now. Times are milliseconds of the server's clock."""

    source: Source
    token: bytes
    due_ms: int
    now_ms: int
    memory: Memory
    seen: Seen


class Claims(NamedTuple):
    """``wait_s`` is how long until there is more to claim, infinite where nothing is known of."""

    taken: Sequence[Claim]
    wait_s: float


@dataclass(frozen=True, eq=False)
class Schedule:
    """The schedule as one process uses it. ``kept`` is for how long operators can read events."""

    client: Client
    scripts: Scripts
    kept: timedelta
    lease: timedelta = LEASE

    async def claim(self, limit: int) -> Claims:
        """Take at most ``limit`` sources that are due."""
        now, soonest, flat = await self.scripts.call("claim", limit, _ms(self.lease))
        wait_s = max(0, soonest - now) / 1_000 if soonest >= 0 else inf
        return Claims(list(_claims(now, flat)), wait_s)

    async def finish(self, claim: Claim, verdict: Verdict) -> bool:
        """Note what came of a poll; False, with nothing noted, where its lease was lost."""
        moved = verdict.moved
        arguments = (
            claim.source.id, claim.token, _ms(verdict.delay), verdict.state,
            verdict.memory.encode(), pack(verdict.seen), verdict.created, verdict.detail,
            _ms(self.kept),
            *((moved.encode(), moved.host, verdict.moved_detail) if moved else ("", "", "")),
            _ms(verdict.slow),
        )  # fmt: skip
        return bool(await self.scripts.call("finish", *arguments))

    async def slot(self, host: str, patience_s: float) -> float | None:
        """Seconds to wait for a turn at a host, which is taken; None where that is too long."""
        wait_ms = int(await self.scripts.call("slot", host, round(patience_s * 1_000)))
        return wait_ms / 1_000 if wait_ms >= 0 else None

    async def states(self) -> dict[str, int]:
        """How many sources are in each state."""
        pipe = self.client.pipeline(transaction=False)
        for state in STATES:
            pipe.scard(state_key(state))
        return dict(zip(STATES, await pipe.execute(), strict=True))


def _claims(now_ms: int, flat: Sequence[bytes]) -> Iterator[Claim]:
    for identity, token, due, config, memory, seen in zip(*[iter(flat)] * 6, strict=True):
        try:
            yield Claim(
                source=Source.model_validate_json(config),
                token=b"%d" % token if isinstance(token, int) else token,
                due_ms=int(float(due)),
                now_ms=now_ms,
                memory=_memory(memory),
                seen=unpack(seen),
            )
        except ValidationError:  # its lease holds it back, and it must not hold up the others
            log.exception("unreadable source", source=identity.decode(), tag=TAG)


def _memory(text: bytes) -> Memory:
    """What was remembered; nothing where that can not be read: it is only a help."""
    try:
        return Memory.model_validate_json(text) if text else Memory()
    except ValidationError:
        return Memory()


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1_000)
