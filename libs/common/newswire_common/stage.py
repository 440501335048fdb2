"""The stage loop: how every consumer of every service works. The only one there is.

    XREADGROUP > batch | decode each | work on all | commit.lua: XACK is the gate, then the effect

An entry is acknowledged and has its effect in one script, so whoever commits first has the effect
and a second worker on the same entry has none: exactly once, in effect. What fails stays pending;
the keeper (`newswire_common.keeper`) claims it, and gives up on it after MAX_DELIVERIES.

The error's type decides what becomes of an entry: `newswire_common.errors.is_final`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Generic, NamedTuple, TypeVar

import stamina
import structlog

from newswire_common.codec import Fields
from newswire_common.connection import Client, Script, is_away
from newswire_common.errors import DecodeError, is_final
from newswire_common.metrics import StageMetrics
from newswire_common.readahead import ReadAhead
from newswire_common.streams import Partition, Stream

M = TypeVar("M")
R = TypeVar("R")
Argument = bytes | str | int
Effect = Sequence[Argument]  # the arguments of the stage's Lua function `effect(id, arguments)`

COMMIT_LUA = files(__package__).joinpath("commit.lua").read_text()
BURY_LUA = files(__package__).joinpath("bury.lua").read_text()
REMEMBERED_ERRORS = 1_000  # reasons of unresolved failures; the oldest goes
# The default effect: the acknowledgement alone.
NO_EFFECT = "local function effect(id, arguments) return 'done' end"
# A restarting server is back within this, as measured; after it the keeper takes over.
AWAY_PATIENCE_S = 15.0

log = structlog.get_logger()


class Entry(NamedTuple):
    """An entry of the stage's stream. ``dead_id`` is set when it comes back from dead letters."""

    id: str
    fields: Fields
    dead_id: str | None = None


Failure = tuple[Entry, BaseException]


@dataclass(eq=False)
class Stage(Generic[M]):
    """One consumer: what it reads, how it decodes and works, and its effect.

    ``decode`` raises DecodeError on an entry that no retry will make readable. ``work`` takes the
    decoded messages of one partition and answers for each, in order, the arguments of
    ``effect_lua`` (as many for each) or the exception that it ran into. It may be called again for
    the same message, so all that it does elsewhere must be idempotent. ``effect_lua`` defines
    ``local function effect(id, arguments)`` and returns the outcome, a word of a small set.
    ``committed`` is told the messages and their outcomes. ``batch_size`` is the most entries of a
    batch, where that is to be less than the settings say. ``reads_ahead`` has the next batch read
    while one is under way: not for a stage whose batches take long, since an idle worker would take
    them sooner.
    """

    name: str
    source: Stream
    decode: Callable[[Partition, Entry], M]
    work: Callable[[Partition, Sequence[M]], Awaitable[Sequence[Effect | BaseException]]]
    effect_lua: str = NO_EFFECT
    committed: Callable[[Sequence[M], Sequence[str]], None] | None = None
    batch_size: int | None = None
    reads_ahead: bool = True
    # Ids under work in this process, so that its own keeper leaves them alone.
    in_flight: set[tuple[int, str]] = field(default_factory=set)
    last_errors: dict[tuple[int, str], str] = field(default_factory=dict)
    metrics: StageMetrics | None = None
    _script: Script = field(default=None, init=False)
    _ahead: ReadAhead = field(default_factory=ReadAhead, init=False)

    async def take(self, client: Client, partition: Partition, entries: Sequence[Entry]) -> None:
        """Handle a batch that was just read, after those before it; with `reads_ahead`, soon."""
        if not self.reads_ahead:
            return await self.handle(client, partition, entries)
        keys = {(partition.number, entry.id) for entry in entries}
        self.in_flight |= keys  # while it waits for its turn, too
        try:
            await self._ahead.begin(
                partition.number, lambda: self.handle(client, partition, entries)
            )
        except asyncio.CancelledError:
            self.in_flight -= keys
            raise

    async def settle(self) -> None:
        """Wait for the batches under way, for a bounded time."""
        await self._ahead.settle()

    async def handle(self, client: Client, partition: Partition, entries: Sequence[Entry]) -> None:
        """Decode, work, commit. Entries that fail stay pending unless their error is final."""
        started = time.perf_counter()
        keys = {(partition.number, entry.id) for entry in entries}
        self.in_flight |= keys
        try:
            tally = await self._patiently(client, partition, entries)
        finally:
            self.in_flight -= keys
        took = time.perf_counter() - started
        if self.metrics:
            self.metrics.batch(self.name, took, tally)
        log.debug("batch", stage=self.name, partition=partition.number, seconds=round(took, 4),
                  entries=len(entries), outcomes=tally)  # fmt: skip

    async def _patiently(
        self, client: Client, partition: Partition, entries: Sequence[Entry]
    ) -> Counter[str]:
        """Again while the server is away: the commit's gate makes a repetition harmless."""
        try:
            return await self._attempt(client, partition, entries)  # the common case, without ado
        except Exception as error:
            if not is_away(error):
                raise
        async for attempt in stamina.retry_context(
            on=is_away_exception, attempts=None, timeout=AWAY_PATIENCE_S, wait_initial=0.05,
            wait_max=1,
        ):  # fmt: skip
            with attempt:
                tally = await self._attempt(client, partition, entries)
        return tally

    async def bury(
        self, client: Client, partition: Partition, entries: Sequence[tuple[Entry, str]]
    ) -> None:
        """Commit entries to dead letters, each with its reason."""
        if not entries:
            return
        arguments: list[Argument] = [self.group, len(entries)]
        for entry, reason in entries:
            letter: list[Argument] = [b"entry", entry.id, b"error", reason]
            for name, value in entry.fields.items():
                letter += [b"field." + name, value]
            arguments += [entry.id, len(letter), *letter]
        script = client.register_script(BURY_LUA)
        buried = await script(
            keys=[partition.stream(self.source), partition.dead(self.name)], args=arguments
        )
        if self.metrics and buried:
            self.metrics.articles.labels(self.name, "dead").inc(buried)

    async def _attempt(
        self, client: Client, partition: Partition, entries: Sequence[Entry]
    ) -> Counter[str]:
        readable, failures = self._decode(partition, entries)
        answers = await self._work(partition, readable)
        done: list[tuple[Entry, M, Effect]] = []
        for (entry, message), answer in zip(readable, answers, strict=True):
            if isinstance(answer, BaseException):
                failures.append((entry, answer))
            else:
                done.append((entry, message, answer))
        outcomes = await self._commit(client, partition, [(e, effect) for e, _, effect in done])
        await self._fail(client, partition, failures)
        if self.committed and done:
            self.committed([message for _, message, _ in done], outcomes)
        return Counter({**Counter(outcomes), **({"failed": len(failures)} if failures else {})})

    def _decode(
        self, partition: Partition, entries: Sequence[Entry]
    ) -> tuple[list[tuple[Entry, M]], list[Failure]]:
        readable: list[tuple[Entry, M]] = []
        unreadable: list[Failure] = []
        for entry in entries:
            try:
                readable.append((entry, self.decode(partition, entry)))
            except DecodeError as error:
                unreadable.append((entry, error))
        return readable, unreadable

    async def _work(
        self, partition: Partition, readable: Sequence[tuple[Entry, M]]
    ) -> Sequence[Effect | BaseException]:
        """Work on all at once; where that raises, on each alone, so that one spoils no other."""
        if not readable:
            return []
        try:
            return await self.work(partition, [message for _, message in readable])
        except Exception as error:
            if is_away(error):
                raise
            if len(readable) == 1:
                return [error]
        return [answer for one in readable for answer in await self._work(partition, [one])]

    async def _commit(
        self, client: Client, partition: Partition, effects: Sequence[tuple[Entry, Effect]]
    ) -> list[str]:
        if not effects:
            return []
        first, width = effects[0][0], len(effects[0][1])
        gate = "retried" if first.dead_id else "done"
        arguments: list[Argument] = [self.group, partition.tag, gate, len(effects), width]
        for entry, effect in effects:
            arguments.append(entry.dead_id or entry.id)
            arguments += effect
        if self._script is None:  # its digest is worth keeping
            self._script = client.register_script(self.effect_lua + "\n" + COMMIT_LUA)
        outcomes = await self._script(
            keys=[partition.stream(self.source), partition.dead(self.name)],
            args=arguments,
            client=client,
        )
        return [outcome.decode() for outcome in outcomes]

    async def _fail(
        self, client: Client, partition: Partition, failures: Sequence[Failure]
    ) -> None:
        """Bury what no retry will help; the rest stays pending, its reason remembered."""
        final: list[tuple[Entry, str]] = []
        for entry, error in failures:
            reason = f"{type(error).__name__}: {error}"[:1_000]
            log.warning(
                "entry failed", stage=self.name, partition=partition.number, entry=entry.id,
                reason=reason,
            )  # fmt: skip
            if is_final(error) and not entry.dead_id:
                final.append((entry, reason))
            else:
                self._remember(partition, entry, reason)
        await self.bury(client, partition, final)

    def _remember(self, partition: Partition, entry: Entry, reason: str) -> None:
        if len(self.last_errors) >= REMEMBERED_ERRORS:
            self.last_errors.pop(next(iter(self.last_errors)))
        self.last_errors[partition.number, entry.id] = reason

    @property
    def group(self) -> str:
        return self.name


def is_away_exception(error: Exception) -> bool:
    return is_away(error)


def gather_effects(function: Callable[[M], R], messages: Sequence[M]) -> list[R | BaseException]:
    """The effect of each message, or the exception that computing it raised."""
    effects: list[R | BaseException] = []
    for message in messages:
        try:
            effects.append(function(message))
        except Exception as error:  # noqa: BLE001 - it becomes the entry's own failure
            effects.append(error)
    return effects
