"""Ledgers in Redis: read, decided on, and written back if nobody else has meanwhile."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple

import orjson
import structlog
from pydantic import ValidationError

from newswire_common.connection import Client, Script
from newswire_common.errors import WorkError
from newswire_common.events import ReactionNews
from newswire_common.stage import Argument
from newswire_common.streams import Partition, partition_of
from newswire_publish.library.stage import SHOW_LUA
from newswire_publish.reactions.ledger import (
    GONE_MS,
    Entries,
    Entry,
    Ledger,
    Transition,
    taken_in,
    transitions,
)

LEDGER_LUA = SHOW_LUA + files(__package__).joinpath("ledger.lua").read_text()
ATTEMPTS = 50  # against others who write the same ledger; then the entry is tried again later
PAUSE_S = 0.02  # at the most, growing with each attempt
MAX_CHANGES = 50  # told in one event

log = structlog.get_logger()


class _Change(NamedTuple):
    story: str
    before: Ledger
    after: Ledger


@dataclass(eq=False)
class Ledgers:
    """The ledgers of all stories; an article is in it at the most for ``retention_ms``."""

    client: Client
    partitions: Sequence[Partition]
    retention_ms: int
    _script: Script = field(init=False)

    def __post_init__(self) -> None:
        self._script = self.client.register_script(LEDGER_LUA)

    async def read(self, stories: Iterable[str]) -> dict[str, Ledger]:
        """The ledgers of stories as they are; an empty one where there is none."""
        named = list(stories)
        pipe = self.client.pipeline(transaction=False)
        for story in named:
            pipe.hgetall(self._at(story).key("ledger", story))
        return dict(zip(named, map(_ledger, await pipe.execute()), strict=True))

    async def take_in(self, news: Mapping[str, Entries], now_ms: int) -> None:
        """Take articles in, by story, and tell what changed by that. Raises WorkError.

        Whatever was taken in before, or is older than what is there, changes nothing.
        """
        waiting = dict(news)
        for attempt in range(ATTEMPTS):
            ledgers = await self.read(waiting)
            changes = [
                _Change(story, ledgers[story], after)
                for story, entries in waiting.items()
                if (after := taken_in(ledgers[story], entries, now_ms)) is not ledgers[story]
            ]
            missed = await self._write(changes)
            if not missed:
                return
            waiting = {story: news[story] for story in missed}
            await asyncio.sleep(random.uniform(0, PAUSE_S) * (attempt + 1))
        raise WorkError(f"ledgers are written by too many at once: {', '.join(waiting)}"[:500])

    async def _write(self, changes: Sequence[_Change]) -> list[str]:
        """The stories whose ledgers were no longer as they had been."""
        by_partition: defaultdict[Partition, list[_Change]] = defaultdict(list)
        for change in changes:
            by_partition[self._at(change.story)].append(change)
        missed: list[str] = []
        for partition, group in by_partition.items():
            arguments: list[Argument] = [len(group), partition.tag]
            for change in group:
                arguments += self._written(change)
            keys = [partition.key("ledger", change.story) for change in group]
            answers = await self._script(keys=keys, args=arguments)
            missed += [
                change.story for change, written in zip(group, answers, strict=True) if not written
            ]
        return missed

    def _written(self, change: _Change) -> list[Argument]:
        """A change as ledger.lua takes it."""
        story, before, after = change
        news = transitions(after)
        told = [*after.told, *(one.key for one in news)]
        fields: dict[str, str] = {
            article: entry.model_dump_json(exclude_defaults=True)
            for article, entry in after.entries.items()
            if before.entries.get(article) is not entry
        }
        fields |= dict.fromkeys(before.entries.keys() - after.entries.keys(), "")
        events = _events(story, after.entries, news)
        stays = any(entry.stays for entry in after.entries.values())
        lifetime_ms = self.retention_ms if stays else min(GONE_MS, self.retention_ms)
        return [
            story, before.rev, after.rev, lifetime_ms, orjson.dumps(told),
            len(fields), len(events),
            *(part for pair in fields.items() for part in pair),
            *(part for event in events for part in event),
        ]  # fmt: skip

    def _at(self, story: str) -> Partition:
        return partition_of(story, self.partitions)


def _events(story: str, entries: Entries, news: Sequence[Transition]) -> list[tuple[Argument, ...]]:
    """One event for each article that brought a change."""
    ordered = sorted(news, key=lambda one: one.article)
    events: list[tuple[Argument, ...]] = []
    for article, group in groupby(ordered, key=lambda one: one.article):
        changes = [one.change for one in group]
        told = ReactionNews(changes=tuple(changes[:MAX_CHANGES]), total=len(changes), story=story)
        entry = entries[article]
        reactions = told.model_dump_json(exclude_none=True)
        events.append((article, entry.version, entry.accepted_ms, entry.trace, reactions))
    return events


def _ledger(kept: Mapping[bytes, bytes]) -> Ledger:
    rest = dict(kept)
    rev, told = int(rest.pop(b"rev", 0)), orjson.loads(rest.pop(b"told", b"[]"))
    entries = {}
    for article, raw in rest.items():
        try:
            entries[article.decode()] = Entry.model_validate_json(raw)
        except ValidationError as error:  # of another release; the article's next event renews it
            log.warning("unreadable entry of a ledger", article=article, reason=str(error)[:300])
    return Ledger(rev, entries, tuple(told))
