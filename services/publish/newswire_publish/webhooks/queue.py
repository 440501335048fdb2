"""The durable queue of deliveries: one queue an endpoint, sharded by endpoint, on scripts.

    enqueue (once, whatever is repeated) > claim (under a lease) > send > done (if the lease held)
                                              ^------ lease ended, or retry at its due time --'

The server's clock decides what is due. A lease has a token: whoever lost it changes nothing any
more. So a delivery is attempted at least once, and its outcome is noted exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from math import inf
from typing import Any, NamedTuple

from newswire_common.connection import Client
from newswire_common.streams import Partition, partition_of
from newswire_publish.webhooks.delivery import (
    Attempt,
    Claim,
    Result,
    Task,
    attempt,
    delivery_id,
    origin,
)

CAP = 8  # deliveries in flight to one endpoint
BACKLOG = 100_000  # deliveries that may wait for one endpoint: some 30 MB
PAGE_TASKS = 500  # deliveries in one call of enqueue, so that no call holds up the server
PAGE_BYTES = 8_000_000

Argument = bytes | str | int


def script(name: str) -> str:
    """The text of a script of this folder, with the names that all of them share before it."""
    here = files(__package__)
    return here.joinpath("shard.lua").read_text() + here.joinpath(f"{name}.lua").read_text()


ENQUEUE, CLAIM, DONE, SURVEY = (script(name) for name in ("enqueue", "claim", "done", "survey"))


class Claims(NamedTuple):
    """``wait_s`` is how long until there is more to claim, infinite where nothing is known of.

    ``rev`` is that of the shard's endpoints.
    """

    taken: list[Claim]
    wait_s: float
    rev: bytes


@dataclass(slots=True)
class Page:
    """Deliveries of events of one partition, to enqueue in one shard by one call."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    deliveries: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, endpoint: str, task: Task, encoded: bytes, body: bytes) -> str:
        """Add the delivery of a task (and its encoding) to an endpoint; answers its id."""
        if task.body not in self.bodies:
            self.bodies[task.body] = body
            self.size_bytes += len(body)
        delivery = delivery_id(task.event, endpoint)
        self.deliveries.append((endpoint, delivery, encoded, task.body))
        return delivery

    @property
    def full(self) -> bool:
        return len(self.deliveries) >= PAGE_TASKS or self.size_bytes >= PAGE_BYTES


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

    async def enqueue(self, shard: Partition, page: Page) -> int:
        """Enqueue a page that is not empty; answers how many of its deliveries were new."""
        numbers = {name: number for number, name in enumerate(page.bodies, start=1)}
        from_partition, _ = origin(next(iter(page.bodies)))
        arguments: list[Argument] = [from_partition, self.backlog, _ms(self.window), len(numbers)]
        for name, body in page.bodies.items():
            arguments += (name, body)
        for endpoint, delivery, task, body_name in page.deliveries:
            arguments += (endpoint, delivery, task, numbers[body_name])
        return int(await self._call(ENQUEUE, shard, arguments))

    async def claim(self, shard: Partition, limit: int) -> Claims:
        """Take at most ``limit`` deliveries that are due."""
        now, soonest, rev, flat = await self._call(CLAIM, shard, [limit, _ms(self.lease)])
        taken = [
            Claim(shard, endpoint.decode(), delivery.decode(), b"%d" % token, Task.decode(task))
            for endpoint, delivery, token, task in zip(*[iter(flat)] * 4, strict=True)
        ]
        wait_s = max(0, soonest - now) / 1000 if soonest >= 0 else inf
        return Claims(taken, wait_s, rev)

    async def bodies(self, claims: Sequence[Claim]) -> dict[str, bytes | None]:
        """The bodies that claims need, by name; None where its time has ended."""
        wanted = {claim.task.body: claim.shard for claim in claims}
        if not wanted:
            return {}
        pipe = self.client.pipeline(transaction=False)
        for name, shard in wanted.items():
            pipe.hget(shard.key("body", name), "b")
        return dict(zip(wanted, await pipe.execute(), strict=True))

    async def done(self, shard: Partition, results: Sequence[Result]) -> tuple[list[bool], bool]:
        """Note results; answers for each whether its lease held, and whether more is due now."""
        arguments: list[Argument] = []
        for result in results:
            claim, task = result.claim, result.task
            arguments += (
                claim.endpoint, claim.delivery, claim.token, result.outcome, _ms(result.delay),
                _ms(result.hold), task.encode(), task.body, *origin(task.event), result.encode(),
            )  # fmt: skip
        *held, more = await self._call(DONE, shard, arguments)
        return [bool(one) for one in held], bool(more)

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


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)
