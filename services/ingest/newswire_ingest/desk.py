"""The desk where copy comes in: who may file it, whether there is room, what became of it.

articles > may this key write the source? > backlog > writer > outcomes, counted
                                                             > what their readers did > counts
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from newswire_common.auth import Keyring, Principal
from newswire_common.errors import Unavailable
from newswire_common.problems import Problem
from newswire_ingest.audience.counts import Counts, observation_of
from newswire_ingest.backlog import Backlog
from newswire_ingest.identity import Submission
from newswire_ingest.measures import Measures
from newswire_ingest.writer import Outcome, Writer, Written

# Above it, parsing goes to a thread, so that the loop goes on answering others.
LONG = 32_768  # characters of HTML: some 10 ms

P = ParamSpec("P")
R = TypeVar("R")


class Desk:
    """Takes identified articles in.

    ``is_open`` once the server is known to be what the settings say: its number of partitions, or
    an article could get lost, and its durability, or a 202 would promise too much.
    """

    def __init__(
        self, writer: Writer, backlog: Backlog, measures: Measures, counts: Counts
    ) -> None:
        self.is_open = False
        self._writer = writer
        self._backlog = backlog
        self._measures = measures
        self._counts = counts

    async def file(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        """Write them. Raises Unavailable when there is no room, or the server went away meanwhile.

        The same again is safe either way. Counts of readers go beside an article, whatever became
        of it: one that is unchanged may have more comments.
        """
        if not self.is_open:
            raise Unavailable("not ready; /readyz says why")
        self._backlog.admit(len(submissions))
        outcomes = await self._writer.write(submissions)
        self._measures.taken(o.outcome for o in outcomes if isinstance(o, Written))
        if any(submission.audience for submission in submissions):
            await self._observe(submissions, outcomes)
        return outcomes

    async def _observe(
        self, submissions: Sequence[Submission], outcomes: Sequence[Outcome]
    ) -> None:
        now = datetime.now(UTC)
        seen = [
            (outcome.id, observation)
            for submission, outcome in zip(submissions, outcomes, strict=True)
            if isinstance(outcome, Written) and submission.audience
            and (observation := observation_of(submission.audience, now))
        ]  # fmt: skip
        await self._counts.write(seen)

    async def file_one(self, submission: Submission) -> Written:
        """Write one. Raises Unavailable or Unconfirmed."""
        outcome = (await self.file([submission]))[0]
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome


def check_source(who: Principal, source: str) -> None:
    """Raises Problem 403 where the key is bound to other sources."""
    if who.sources and source not in who.sources and "admin" not in who.scopes:
        raise Problem(403, f"this key may not write for the source {source}", kind="forbidden")


async def check_withdrawal(who: Principal, source: str, keyring: Keyring) -> None:
    """Raises Problem 403 where this key is not bound to the source, and any other key is.

    A source that a key is bound to has an owner, and what it published is its own to take back: a
    key for all sources, as a crawler has, does not.
    """
    check_source(who, source)
    if who.sources or who.may("admin"):
        return
    if source in await keyring.bound_sources():
        detail = f"only a key that is bound to the source {source} takes its articles back"
        raise Problem(403, detail, kind="forbidden")


async def worked_out(size: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do pure work of a certain size: at once where it is short, else in a thread."""
    if size <= LONG:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
