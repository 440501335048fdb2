"""The run of a replay, partition by partition.

Thousands of articles or a million: what is held is one page of ids and one batch of documents.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from rich.progress import Progress, TaskID

from newswire_common import connection
from newswire_common.connection import Client, is_away
from newswire_common.errors import NewswireError
from newswire_common.settings import Settings, load
from newswire_common.streams import META, Partition, partitions
from newswire_local.api import NotRunning
from newswire_local.ingest import progress_bar
from newswire_local.plan import redis_url_of
from newswire_local.printing import errors, out
from newswire_local.replay.handover import Handover, Position, patiently
from newswire_local.replay.renewal import Kept, Renewal, Renewer
from newswire_local.replay.report import Report
from newswire_local.replay.selection import Selection, selection
from newswire_local.replay.walk import (
    EMBARGO,
    PUBLISHED,
    Index,
    Place,
    Unreadable,
    count,
    now_ms,
    page_of,
    read,
)

BATCH = 16  # documents: 40 MB where all are as long as one can be
# Of the time after which enrich's work is another's: what enrichers of other packages may take.
OTHERS_SHARE = 1 / 3

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What the user asked for. ``rate``: articles a second that are handed on at the most."""

    since: str | None = None
    filter: str | None = None
    dry_run: bool = False
    resume: bool = False
    rate: float | None = None
    json: bool = False


def run(data: Path, options: Options) -> bool:
    """Whether every article could be enriched. Raises WrongUsage before anything else.

    Raises ConfigurationError, NotRunning, NewswireError.
    """
    chosen = selection(options.since, options.filter)
    url = redis_url_of(data)
    if url is None:
        raise NotRunning(f"NEWSWIRE_REDIS_URL is not set, and no newswire runs on {data}")
    try:
        return asyncio.run(_run(url, options, chosen))
    except KeyboardInterrupt as error:
        again = "" if options.dry_run else "; the same command with --resume goes on from here"
        raise NewswireError(f"interrupted{again}") from error


async def _run(url: str, options: Options, chosen: Selection) -> bool:
    client = connection.client(url)
    report = Report(dry_run=options.dry_run, json=options.json)
    try:
        settings = await _settings(client, url)
        renewer = await asyncio.to_thread(_aside, lambda: _renewer(settings))
        every = partitions(settings.partitions)
        mine = [every[number] for number in settings.my_partitions]
        handover = None if options.dry_run else Handover(client, every, _say, options.rate)
        with progress_bar(out()) as progress:
            replay = Replay(client, renewer, chosen, handover, report, progress)
            await replay.run(mine, resume=options.resume)
    except Exception as error:
        if is_away(error):  # at the start; later it is waited for
            raise NotRunning(f"the server does not answer: {error}") from error
        raise
    finally:
        await client.aclose()
    report.close(replay.enricher)
    return not report.left


async def _settings(client: Client, url: str) -> Settings:
    """As the services have them; the number of partitions is what the data were begun with."""
    begun = await client.hget(META, "partitions")
    if begun is None:
        raise NotRunning("no newswire has been started on this server yet")
    return load(redis_url=url, partitions=int(begun))


def _aside(work: Callable[[], T]) -> T:
    """What enrichers of other packages print or log is no part of the command's output."""
    with redirect_stdout(sys.stderr):
        return work()


def _say(line: str) -> None:
    errors().print(line, style="yellow", soft_wrap=True, markup=False)


def _renewer(settings: Settings) -> Renewer:
    """The enricher as the enrich service makes it. Raises ConfigurationError, ArtefactError."""
    # These take half a second, which --help and a wrong filter need not wait for.
    from newswire_enrich.enrichers.loading import load as load_others
    from newswire_enrich.enrichers.running import Enrichers
    from newswire_enrich.enrichment import Enricher

    others = Enrichers(load_others(settings.enrichers), settings.claim_idle_s * OTHERS_SHARE)
    return Renewer(Enricher.load(settings.topics_model), others)


class Replay:
    """One run over some partitions. ``enricher`` is the version of the enricher of now."""

    def __init__(
        self,
        client: Client,
        renewer: Renewer,
        chosen: Selection,
        handover: Handover | None,
        report: Report,
        progress: Progress,
    ) -> None:
        """Without a ``handover`` nothing is written: a dry run."""
        self.enricher = renewer.version
        self._client = client
        self._renewer = renewer
        self._chosen = chosen
        self._handover = handover
        self._report = report
        self._progress = progress
        name = f"{self.enricher} {chosen}".encode()
        self._name = blake2b(name, digest_size=8).hexdigest()
        self._task: TaskID | None = None

    async def run(self, mine: Sequence[Partition], *, resume: bool) -> None:
        """All of the partitions. Raises NewswireError where the system does not get on."""
        begins = {partition: await self._begin(partition, resume=resume) for partition in mine}
        total = sum([await self._ahead(partition, begin) for partition, begin in begins.items()])
        self._task = self._progress.add_task("replay", total=total)
        for partition, begin in begins.items():
            await self._partition(partition, begin)
        if self._handover:
            self._progress.update(self._task, description="publish takes it")
            for partition in mine:
                await self._handover.settled(partition)
            for partition in mine:  # not before: until then all of them can be gone on with
                await self._handover.forget(partition)

    async def _begin(self, partition: Partition, *, resume: bool) -> Position:
        noted = await self._handover.position(partition) if self._handover and resume else None
        return noted if noted and noted.replay == self._name else Position(self._name)

    async def _ahead(self, partition: Partition, begin: Position) -> int:
        """How many articles there are to look at, about."""
        return sum(
            [
                await count(self._client, partition, index, self._after(begin, index))
                for index in _left(begin)
            ]
        )

    def _after(self, position: Position, index: Index) -> Place:
        if position.part == index and position.article_id:
            return position.place
        return Place(self._chosen.since_ms if index == PUBLISHED else 0, "")

    async def _partition(self, partition: Partition, position: Position) -> None:
        if self._handover and position == Position(self._name):
            # What older workers have enriched is to be in the library first.
            await self._handover.settled(partition)
        for index in _left(position):
            after = self._after(position, index)
            position = position.at(index, after)
            if index == PUBLISHED and position.until_ms is None:
                until_ms = await patiently(lambda: now_ms(self._client, partition))
                position = position._replace(until_ms=until_ms)
            position = await self._index(partition, index, position)
        if self._handover:
            await self._handover.send(partition, (), position._replace(part=None))

    async def _index(self, partition: Partition, index: Index, position: Position) -> Position:
        """The places of an index behind a position; the position after them."""
        since_ms = self._chosen.since_ms if index == EMBARGO else 0
        until_ms = position.until_ms if index == PUBLISHED else None
        while page := await self._page(partition, index, position.place, until_ms):
            for batch in _batches(page, BATCH):
                position = position.at(index, batch[-1])
                await self._batch(partition, [one.article_id for one in batch], since_ms, position)
        return position

    async def _page(
        self, partition: Partition, index: Index, after: Place, until_ms: int | None
    ) -> list[Place]:
        return await patiently(lambda: page_of(self._client, partition, index, after, until_ms))

    async def _batch(
        self, partition: Partition, ids: Sequence[str], since_ms: int, position: Position
    ) -> None:
        if self._handover:
            await self._handover.room()
        found = await patiently(lambda: read(self._client, partition, ids, since_ms))
        chosen = [one for one in found if isinstance(one, Kept) and self._chosen.wants(one.article)]
        renewals = await asyncio.to_thread(_aside, lambda: self._renewer.renew(chosen))
        if self._handover:
            changed = [one for one in renewals if one.changes]
            await self._handover.send(partition, changed, position)
        self._tell(found, renewals, len(ids))

    def _tell(
        self, found: Iterable[Kept | Unreadable], renewals: Iterable[Renewal], looked: int
    ) -> None:
        report = self._report
        report.looked += looked
        for one in found:
            if not isinstance(one, Kept):
                report.leave(*one)
        for renewal in renewals:
            report.add(renewal)
        if self._task is not None:
            told = f"replay: {report.changed:,} changed"
            self._progress.update(self._task, advance=looked, description=told)


def _left(position: Position) -> Sequence[Index]:
    """The indexes that are not done. What an embargo held back is looked at before it may end."""
    order: tuple[Index, ...] = (EMBARGO, PUBLISHED)
    return order[order.index(position.part) :] if position.part else ()


def _batches(page: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (page[start : start + size] for start in range(0, len(page), size))
