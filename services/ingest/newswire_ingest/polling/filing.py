"""News of a feed on their way to the desk: in batches, each entry for itself.

item (+ page) > submission > desk > done | wrong: counted, not tried again | no room: later
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

import structlog
from pydantic import ValidationError

from newswire_common.article import Article
from newswire_common.errors import Unavailable
from newswire_ingest.desk import worked_out
from newswire_ingest.drafts import refusal
from newswire_ingest.identity import Submission
from newswire_ingest.polling.entries import Item, Removal, submission, withdrawal
from newswire_ingest.sources.source import Source
from newswire_ingest.writer import Outcome

BATCH = 100

log = structlog.get_logger()


class TakesIn(Protocol):
    """The desk: `newswire_ingest.desk.Desk`."""

    async def file(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        """Raises Unavailable, with nothing written, when there is no room."""
        ...


class Ready(NamedTuple):
    """An item and the article that its page is, where that was asked for and is one."""

    item: Item
    page: Article | None = None


@dataclass(slots=True)
class Filed:
    """What became of them. ``retry_s`` is set where some found no room, and when to try again."""

    outcomes: Counter[str] = field(default_factory=Counter)
    done: set[bytes] = field(default_factory=set)  # digests
    retry_s: float | None = None

    @property
    def arrived(self) -> int:
        """Articles that are new, or have changed."""
        return self.outcomes["created"] + self.outcomes["revised"]

    def note(self, digests: Sequence[bytes], outcomes: Sequence[Outcome]) -> None:
        for digest, outcome in zip(digests, outcomes, strict=True):
            if isinstance(outcome, Unavailable):
                self.retry_s = max(self.retry_s or 0.0, outcome.retry_after_s)
            else:
                self.outcomes[outcome.outcome] += 1
                self.done.add(digest)

    def wrong(self, digest: bytes) -> None:
        self.outcomes["wrong"] += 1
        self.done.add(digest)


_Work = tuple[bytes, int, Callable[[], Submission]]  # digest, size, what makes it


@dataclass(frozen=True, eq=False)
class Filing:
    """Files for sources. ``rejected`` is told of each entry that is no article.

    ``known`` answers which of these article ids were ever taken in.
    """

    desk: TakesIn
    rejected: Callable[[Exception], object]
    known: Callable[[Sequence[str]], Awaitable[Sequence[bool]]]

    async def file(
        self, source: Source, items: Sequence[Ready], removals: Sequence[Removal]
    ) -> Filed:
        """File what can be, in the order given; a removal of what we never had is nothing."""
        filed = Filed()
        work = [*_of_items(items), *_of_removals(source, await self._held(removals, filed))]
        for start in range(0, len(work), BATCH):
            batch = [
                (digest, made)
                for digest, size, make in work[start : start + BATCH]
                if (made := await self._made(digest, size, make, filed))
            ]
            if batch and not await self._hand_in(batch, filed):
                break
        return filed

    async def _hand_in(self, batch: Sequence[tuple[bytes, Submission]], filed: Filed) -> bool:
        """Whether there was room."""
        try:
            outcomes = await self.desk.file([made for _, made in batch])
        except Unavailable as error:
            filed.retry_s = max(filed.retry_s or 0.0, error.retry_after_s)
            return False
        filed.note([digest for digest, _ in batch], outcomes)
        return True

    async def _made(
        self, digest: bytes, size: int, make: Callable[[], Submission], filed: Filed
    ) -> Submission | None:
        try:
            return await worked_out(size, make)
        except ValidationError as error:
            self.rejected(refusal(error))
        except Exception as error:  # one entry, whatever it does, costs no other
            log.exception("entry", reason=repr(error)[:300])
            self.rejected(error)
        filed.wrong(digest)
        return None

    async def _held(self, removals: Sequence[Removal], filed: Filed) -> list[Removal]:
        if not removals:
            return []
        known = await self.known([removal.article for removal in removals])
        filed.done |= {
            one.digest for one, is_known in zip(removals, known, strict=True) if not is_known
        }
        return [one for one, is_known in zip(removals, known, strict=True) if is_known]


def _of_items(items: Sequence[Ready]) -> Iterator[_Work]:
    for item, page in items:
        text = page.body_html or "" if page else str(item.fields.get("body_html") or "")
        yield item.digest, len(text), partial(submission, item, page)


def _of_removals(source: Source, removals: Sequence[Removal]) -> Iterator[_Work]:
    for removal in removals:
        yield removal.digest, 0, partial(withdrawal, source, removal)
