"""What sources have with their hubs, kept in Redis beside the sources: one slot, any process.

find or claim > decide, purely > save, if it still is what was read: with when it is next due
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from math import inf
from typing import Any, Literal, NamedTuple

import structlog
from pydantic import ValidationError

from newswire_common.connection import Client, Script
from newswire_common.errors import Unavailable
from newswire_common.operations import OPERATION_LUA
from newswire_ingest.polling.memory import DIGEST_BYTES, MAX_SEEN
from newswire_ingest.polling.scripts import SOURCES_LUA, TAG
from newswire_ingest.websub.following import STATES, Following, State, left
from newswire_ingest.websub.steps import due_ms

DUE = f"{TAG}:websub:due"
CLAIM = timedelta(seconds=60)  # longer than a turn at a hub and a request take
DENIED = "source.denied"  # of operations: a hub's no
CHANGE_ATTEMPTS = 5  # against others who change the same at the same moment
# Of hubs and polls together; a poll that reads all of a feed drops what is no longer in it.
SEEN_BYTES = 2 * MAX_SEEN * DIGEST_BYTES

Name = Literal["find", "claim", "save", "note"]

log = structlog.get_logger()


class Kept(NamedTuple):
    """What was read: ``raw`` and ``void`` as they are kept, ``following`` as it is by now."""

    source: str
    now_ms: int
    has_source: bool
    missed: int
    void: bytes
    raw: bytes
    following: Following

    @property
    def is_void(self) -> bool:
        return bool(self.void)


class Change(NamedTuple):
    """How it is to be.

    ``trusted_ms`` is until when the hub is trusted, None to leave that as it is. ``detail`` is the
    JSON of what operators are told, empty for nothing.
    """

    following: Following
    trusted_ms: int | None = None
    detail: bytes = b""


class Brought(NamedTuple):
    """What a hub brought a source; ``poll`` is its memory as it was read and as it is from now on.

    ``trusted_ms`` is 0 where the hub is not trusted; ``awaits`` says that a poll gets the rest.
    """

    poll: tuple[bytes, bytes]
    digests: frozenset[bytes]
    created: int
    trusted_ms: int
    awaits: bool


@dataclass(frozen=True, eq=False)
class Ledger:
    """The records, as one process uses them. ``kept`` is for how long operators can read events."""

    client: Client
    kept: timedelta
    claim_for: timedelta = CLAIM
    _scripts: dict[str, Script] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name in ("find", "claim", "save", "note"):
            self._scripts[name] = self.client.register_script(_text(name))

    async def of(self, source: str) -> Kept:
        """What a source has with its hubs; an empty record where that is nothing."""
        now, row = await self._call("find", source, "")
        return _kept(now, row)

    async def at(self, token: str) -> Kept | None:
        """The record that a callback belongs to; None where it is nobody's."""
        found = await self._call("find", "", token)
        return _kept(*found) if found else None

    async def claim(self, limit: int) -> tuple[Sequence[Kept], float]:
        """What is due, for this process alone, and seconds until there is more (or infinite)."""
        now, soonest, rows = await self._call("claim", limit, _ms(self.claim_for))
        wait_s = max(0, soonest - now) / 1_000 if soonest >= 0 else inf
        return list(_readable(now, rows)), wait_s

    async def save(self, kept: Kept, change: Change) -> bool:
        """Write what is to be; False, with nothing written, where it is no longer what was read."""
        after = change.following
        if after.is_over(kept.now_ms):
            record, due, state = b"", None, ""
        else:
            record = after.model_dump_json(exclude_defaults=True).encode()
            missed = 0 if change.trusted_ms else kept.missed
            due, state = due_ms(after, missed, kept.now_ms), after.state(kept.now_ms)
        trusted_ms = change.trusted_ms
        if after.topic is None or after.current is None:
            trusted_ms = 0
        before, now = _tokens(_following(kept.raw)), _tokens(after)
        return bool(await self._call(
            "save", kept.source, kept.raw, kept.void, record, _or_empty(due), state,
            _or_empty(trusted_ms), change.detail, DENIED, _ms(self.kept),
            len(now - before), *sorted(now - before), *sorted(before - now),
        ))  # fmt: skip

    async def change(
        self, read: str | Callable[[], Awaitable[Kept | None]],
        decide: Callable[[Kept], Change | None],
    ) -> Kept | None:  # fmt: skip
        """Decide on what is there and write it; None where there is nothing to write.

        ``read`` is the id of a source, or what reads. Raises Unavailable.
        """
        for _ in range(CHANGE_ATTEMPTS):
            kept = await (self.of(read) if isinstance(read, str) else read())
            change = decide(kept) if kept else None
            if kept is None or change is None:
                return None
            if await self.save(kept, change):
                return kept
        raise Unavailable("the subscription is being changed by somebody else")

    async def note(self, source: str, brought: Brought) -> bool:
        """Note what a hub has brought; False where there is no such source."""
        return bool(await self._call(
            "note", source, *brought.poll, b"".join(sorted(brought.digests)), SEEN_BYTES,
            brought.created, brought.trusted_ms or "", "1" if brought.awaits else "",
        ))  # fmt: skip

    async def states(self) -> dict[State, int]:
        """How many sources are in each state."""
        pipe = self.client.pipeline(transaction=False)
        for state in STATES:
            pipe.scard(f"{TAG}:websub:state:{state}")
        return dict(zip(STATES, await pipe.execute(), strict=True))

    async def _call(self, name: Name, *arguments: bytes | str | int) -> Any:  # noqa: ANN401 - each script has a reply of its own shape
        return await self._scripts[name](keys=[DUE], args=[TAG, *arguments], client=self.client)


def _readable(now: int, rows: Sequence[Sequence[Any]]) -> Iterator[Kept]:
    for row in rows:
        try:
            yield _kept(now, row)
        except ValidationError:  # left for a version that can read it; it holds up nobody
            log.exception("unreadable subscription", source=row[0].decode())


def _kept(now_ms: int, row: Sequence[Any]) -> Kept:
    """Raises ValidationError for what another version wrote in another way."""
    source, exists, missed, void, raw = row
    following = _following(raw)
    if void or not exists:
        following = left(following, now_ms)
    return Kept(source.decode(), now_ms, bool(exists), int(missed), void, raw, following)


def _following(raw: bytes) -> Following:
    return Following.model_validate_json(raw) if raw else Following()


def _tokens(following: Following) -> set[str]:
    return {lease.token for lease in following.leases}


def _or_empty(value: int | None) -> int | str:
    return "" if value is None else value


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1_000)


def _text(name: str) -> str:
    here = files(__package__)
    parts = (here.joinpath("keys.lua").read_text(), here.joinpath(f"{name}.lua").read_text())
    return "\n".join((SOURCES_LUA, parts[0], OPERATION_LUA, parts[1]))
