"""The endpoints of all subscribers: kept in Redis, held in memory, never older than one look.

A counter a shard changes with its endpoints. Whoever is about to rely on the endpoints looks at the
counters, one pipeline, and reads again what changed: an endpoint that was registered before an
event gets it, from whichever process.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from pydantic import ValidationError

from newswire_common.connection import Client
from newswire_common.errors import NotFound, Unavailable
from newswire_common.streams import Partition
from newswire_publish.webhooks.endpoint import Endpoint, State
from newswire_publish.webhooks.queue import CAP, script, shard_of

SAVE, STATE, REMOVE = script("save"), script("state"), script("remove")
CHANGE_ATTEMPTS = 5  # against others who change the same endpoint at the same moment

log = structlog.get_logger()


@dataclass(slots=True)
class _Shard:
    """What is known of one shard, as of ``rev``."""

    rev: bytes | None = b"never read"
    raw: dict[bytes, bytes] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)


@dataclass(eq=False)
class Subscriptions:
    """The endpoints, as one process knows them. ``cap`` is that of the queue."""

    client: Client
    shards: Sequence[Partition]
    cap: int = CAP
    _known: dict[Partition, _Shard] = field(init=False)
    _matching: dict[str, dict[Partition, list[Endpoint]]] = field(default_factory=dict, init=False)
    _refreshing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        self._known = {shard: _Shard() for shard in self.shards}

    async def refresh(self) -> None:
        """Read again the shards that changed; on return all is as it was at the call, or newer."""
        async with self._refreshing:
            pipe = self.client.pipeline(transaction=False)
            for shard in self.shards:
                pipe.get(shard.key("endpoints", "rev"))
            for shard, rev in zip(self.shards, await pipe.execute(), strict=True):
                if rev != self._known[shard].rev:
                    await self._read(shard, rev)

    def is_current(self, shard: Partition, rev: bytes) -> bool:
        """Whether what is known of a shard is as of that rev (empty where there is none)."""
        return (self._known[shard].rev or b"") == rev

    def find(self, endpoint: str) -> Endpoint | None:
        """The endpoint of an id that has the form of one."""
        return self._shard(endpoint).endpoints.get(endpoint)

    def state(self, endpoint: str) -> State:
        return self._shard(endpoint).states.get(endpoint, "active")

    def owned_by(self, owner: str | None) -> list[Endpoint]:
        """The endpoints of one owner, or of all; the oldest first."""
        mine = [one for one in self if owner in (None, one.owner)]
        return sorted(mine, key=lambda one: (one.created_at, one.id))

    def __iter__(self) -> Iterator[Endpoint]:
        for known in self._known.values():
            yield from known.endpoints.values()

    def in_shard(self, shard: Partition) -> list[str]:
        return list(self._known[shard].endpoints)

    def matching(self, event_type: str) -> Mapping[Partition, Sequence[Endpoint]]:
        """The endpoints that are to get events of a type, by shard. A disabled one gets none."""
        found = self._matching.get(event_type)
        if found is None:
            found = defaultdict(list)
            for shard, known in self._known.items():
                for endpoint in known.endpoints.values():
                    if known.states.get(endpoint.id) != "disabled" and endpoint.wants(event_type):
                        found[shard].append(endpoint)
            self._matching[event_type] = found
        return found

    async def add(self, endpoint: Endpoint) -> None:
        await self._save(endpoint.id, b"", endpoint)

    async def change(self, endpoint: str, change: Callable[[Endpoint], Endpoint]) -> Endpoint:
        """Apply a change to an endpoint as it is kept. Raises NotFound, or what ``change`` does."""
        for _ in range(CHANGE_ATTEMPTS):
            raw = await self.client.hget(self._key(endpoint), endpoint)
            if raw is None:
                raise NotFound(f"no webhook {endpoint}")
            changed = change(Endpoint.model_validate_json(raw))
            if await self._save(endpoint, raw, changed):
                return changed
        raise Unavailable(f"webhook {endpoint} is being changed by somebody else")

    async def set_state(self, endpoint: str, state: State) -> State:
        """Pause, or make active again; answers the state. Raises NotFound."""
        now = await self._call(STATE, endpoint, state)
        if now is None:
            raise NotFound(f"no webhook {endpoint}")
        await self.refresh()
        return self.state(endpoint)

    async def remove(self, endpoint: str) -> None:
        """Raises NotFound."""
        if not await self._call(REMOVE, endpoint):
            raise NotFound(f"no webhook {endpoint}")

    async def _save(self, endpoint: str, expected: bytes, changed: Endpoint) -> bool:
        return bool(await self._call(SAVE, endpoint, expected, changed.model_dump_json()))

    async def _call(self, text: str, endpoint: str, *arguments: bytes | str) -> int | bytes | None:
        shard = shard_of(endpoint, self.shards)
        call = self.client.register_script(text)
        reply: int | bytes | None = await call(
            keys=[shard.key("endpoints")], args=[shard.tag, self.cap, endpoint, *arguments]
        )
        return reply

    def _shard(self, endpoint: str) -> _Shard:
        return self._known[shard_of(endpoint, self.shards)]

    def _key(self, endpoint: str) -> str:
        return shard_of(endpoint, self.shards).key("endpoints")

    async def _read(self, shard: Partition, rev: bytes | None) -> None:
        """Read a shard whole. ``rev`` was read before: a change since is seen at the next look."""
        pipe = self.client.pipeline(transaction=False)
        pipe.hgetall(shard.key("endpoints"))
        pipe.hgetall(shard.key("endpoints", "state"))
        rows, states = await pipe.execute()
        before = self._known[shard]
        self._known[shard] = _Shard(
            rev=rev,
            raw=rows,
            endpoints=dict(_parsed(rows, before)),
            states={name.decode(): state.decode() for name, state in states.items()},
        )
        self._matching.clear()


def is_endpoint(text: str) -> bool:
    """Whether a text has the form of an endpoint's id."""
    digits = text.removeprefix("ep_")
    return len(text) == 27 and len(digits) == 24 and set(digits) <= set("0123456789abcdef")  # noqa: PLR2004 - ep_ and 96 bits in hex


def _parsed(rows: Mapping[bytes, bytes], before: _Shard) -> Iterator[tuple[str, Endpoint]]:
    """Each endpoint of a shard; what did not change is not parsed again."""
    for name, row in rows.items():
        identity = name.decode()
        if before.raw.get(name) == row and identity in before.endpoints:
            yield identity, before.endpoints[identity]
            continue
        try:
            yield identity, Endpoint.model_validate_json(row)
        except ValidationError:  # one that can not be read must not silence the others
            log.exception("unreadable endpoint", endpoint=identity)
