"""The durable queue of deliveries: one queue an endpoint, sharded by endpoint, on scripts.

    enqueue (once, whatever is repeated) > claim (under a lease) > send > note (if the lease held)
                                              ^------ lease ended, or retry at its due time --'

All three are one call, a `turn`, since a worker mostly has two of them to do. The server's clock
decides what is due. A lease has a token: whoever lost it changes nothing any more. So a delivery is
attempted at least once, and its outcome is noted exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.resources import files
from math import inf
from typing import Any, NamedTuple

import structlog

from newswire_common.connection import Client
from newswire_common.streams import Partition, partition_of
from newswire_publish.webhooks.delivery import (
    NO_TASK,
    Attempt,
    Claim,
    Result,
    Task,
    attempt,
    delivery_id,
    origin,
)
from newswire_publish.webhooks.exchange import Answer

CAP = 8  # deliveries in flight to one endpoint
BACKLOG = 100_000  # deliveries that may wait for one endpoint: some 60 MB
PAGE_DELIVERIES = 500  # in one call, so that none holds up the server

Argument = bytes | str | int

log = structlog.get_logger()


def script(*names: str) -> str:
    """The text of a script of this folder, with what all of them share before it."""
    here = files(__package__)
    return "\n".join(here.joinpath(f"{name}.lua").read_text() for name in ("shard", *names))


TURN, SURVEY = script("note", "enqueue", "claim", "turn"), script("survey")


class Turn(NamedTuple):
    """What a turn gave.

    ``wait_s`` is how long until there is more to claim, infinite where nothing is known of; ``rev``
    is that of the shard's endpoints; ``ended`` how many leases had ended; ``added`` how many of the
    deliveries were new; ``held`` for each result whether its lease did. ``unreadable`` are claims
    that no attempt can be made of, given up.
    """

    claims: list[Claim]
    unreadable: list[Result]
    wait_s: float
    rev: bytes
    ended: int
    added: int
    held: list[bool]


@dataclass(slots=True)
class Page:
    """Deliveries to enqueue in one shard by one call; each task that they share is there once."""

    tasks: list[Task] = field(default_factory=list)
    deliveries: list[tuple[str, str, int]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, endpoint: str, task: Task) -> str:
        """Add the delivery of a task to an endpoint; answers its id."""
        number = self._numbers.get(task.body)
        if number is None:
            self.tasks.append(task)
            number = self._numbers[task.body] = len(self.tasks)
        delivery = delivery_id(task.event, endpoint)
        self.deliveries.append((endpoint, delivery, number))
        return delivery

    @property
    def full(self) -> bool:
        return len(self.deliveries) >= PAGE_DELIVERIES

    def arguments(self) -> list[Argument]:
        """As enqueue.lua takes them."""
        arguments: list[Argument] = [len(self.tasks)]
        for task in self.tasks:
            arguments += (*origin(task.event), task.encode())
        arguments.append(len(self.deliveries))
        for delivery in self.deliveries:
            arguments += delivery
        return arguments


def shard_of(endpoint: str, shards: Sequence[Partition]) -> Partition:
    """The shard of an endpoint, by its id."""
    return partition_of(endpoint.removeprefix("ep_"), shards)


@dataclass(eq=False)
class DeliveryQueue:
    """The queue as one process uses it. ``window`` is how long a delivery may wait at the most."""

    client: Client
    lease: timedelta
    window: timedelta
    cap: int = CAP
    backlog: int = BACKLOG
    _scripts: dict[str, Any] = field(default_factory=dict, init=False)

    async def turn(
        self,
        shard: Partition,
        *,
        results: Sequence[Result] = (),
        page: Page | None = None,
        limit: int = 0,
    ) -> Turn:
        """Note results, enqueue a page, then claim at most ``limit`` deliveries that are due."""
        arguments: list[Argument] = [limit, _ms(self.lease), len(results)]
        for result in results:
            arguments += _noted(result)
        arguments.append(self.backlog)
        arguments += (page or Page()).arguments()
        now, soonest, rev, ended, added, held, flat = await self._call(TURN, shard, arguments)
        claims: list[Claim] = []
        unreadable: list[Result] = []
        for endpoint, delivery, token, failing, raw in zip(*[iter(flat)] * 5, strict=True):
            under = Claim(shard, endpoint.decode(), delivery.decode(), token, NO_TASK, failing)
            try:
                claims.append(replace(under, task=Task.decode(raw)))
            except ValueError as error:  # one must not hold up the others
                log.warning("unreadable task", delivery=under.delivery, reason=str(error)[:300])
                answer = Answer(error="unreadable", body=raw)
                unreadable.append(Result(under, "failed", NO_TASK, answer))
        wait_s = max(0, soonest - now) / 1000 if soonest >= 0 else inf
        return Turn(claims, unreadable, wait_s, rev, ended, added, [bool(one) for one in held])

    async def attempts(self, shard: Partition, endpoint: str, limit: int) -> list[Attempt]:
        """The last attempts to deliver to an endpoint, the newest first."""
        return await self._records(shard.key("ep", endpoint, "log"), limit)

    async def dead(self, shard: Partition, endpoint: str, limit: int) -> list[Attempt]:
        """The last deliveries to an endpoint that were given up, the newest first."""
        return await self._records(shard.key("ep", endpoint, "dead"), limit)

    async def survey(self, shard: Partition, endpoints: Sequence[str]) -> tuple[int, int]:
        """Give up on what waited too long; answers how many deliveries wait, and were given up."""
        waiting, expired = await self._call(SURVEY, shard, [_ms(self.window), *endpoints])
        return waiting, expired

    async def _records(self, key: str, limit: int) -> list[Attempt]:
        return [attempt(raw) for raw in await self.client.lrange(key, 0, limit - 1)]

    async def _call(self, text: str, shard: Partition, arguments: Sequence[Argument]) -> Any:  # noqa: ANN401 - each script has a reply of its own shape
        if text not in self._scripts:
            self._scripts[text] = self.client.register_script(text)
        keys = [shard.key("endpoints")]
        return await self._scripts[text](keys=keys, args=[shard.tag, self.cap, *arguments])


def _noted(result: Result) -> tuple[Argument, ...]:
    """A result as note.lua takes it."""
    claim, task = result.claim, result.task.encode()
    return (
        claim.endpoint, claim.delivery, claim.token, result.outcome, _ms(result.delay),
        _ms(result.hold), result.failing, task if result.outcome == "retry" else b"",
        *origin(result.task.event), result.encode(task),
    )  # fmt: skip


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)
