"""The sources as one OPML document: what comes in is added, what goes out is all.

    import: outlines > feeds that are no source yet > registry > outlines kept, with their sources
    export: kept outlines + registry > document

Importing the same again adds nothing. The outlines are kept last: cut off before, an import that is
repeated finds its sources by their URLs and goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from newswire_common.connection import Client
from newswire_common.errors import Unavailable
from newswire_common.net import check_url
from newswire_common.problems import Problem
from newswire_common.settings import Network
from newswire_ingest.polling.scripts import TAG
from newswire_ingest.sources.opml import MAX_OUTLINES, Outlines, render, walk
from newswire_ingest.sources.outlines import (
    Subscription,
    current,
    feeds,
    merged,
    placed,
    slug,
)
from newswire_ingest.sources.registry import CHANGE_ATTEMPTS, Exists, Registry
from newswire_ingest.sources.source import Source, SourceDraft

KEY = f"{TAG}:outlines"  # HASH tree: JSON of Outlines; rev
TITLE = "Newswire sources"
MAX_REJECTED = 100  # told one by one
MAX_TOLD = 300  # characters of a document's own text
SAME_NAME = 1_000  # sources that can be called the same

SAVE_LUA = """
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'tree', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
return 1
"""


class Rejected(BaseModel):
    """A feed that is no source now, and why."""

    title: str | None
    feed_url: str
    error: str


class Imported(BaseModel):
    """How many feeds became sources, were sources already, or could not become any."""

    added: int = 0
    known: int = 0
    rejected: int = 0
    errors: list[Rejected] = []


class _Kept(NamedTuple):
    outlines: Outlines
    rev: bytes


@dataclass(frozen=True, eq=False)
class Subscriptions:
    """The subscription list of an installation."""

    client: Client
    registry: Registry
    allowed: Sequence[Network]

    async def take_in(self, document: Outlines) -> Imported:
        """Add the feeds of a document. Raises Problem 409 where there are too many."""
        sources = {source.feed_url: source for source in await self.registry.all()}
        result = Imported()
        for subscription in feeds(document):
            if subscription.feed_url in sources:
                result.known += 1
                continue
            try:
                sources[subscription.feed_url] = await self._add(subscription)
                result.added += 1
            except ValueError as error:
                result.rejected += 1
                if len(result.errors) < MAX_REJECTED:
                    result.errors.append(_rejected(subscription, error))
        await self._keep(Outlines(outlines=placed(document.outlines, sources),
                                  namespaces=document.namespaces))  # fmt: skip
        return result

    async def document(self) -> bytes:
        """All sources as OPML, in the outlines that they came in."""
        kept = (await self._read()).outlines
        sources = {source.id: source for source in await self.registry.all()}
        now = Outlines(outlines=current(kept.outlines, sources), namespaces=kept.namespaces)
        return render(now, TITLE)

    async def _add(self, subscription: Subscription) -> Source:
        """The new source. Raises ValueError where the feed can be none."""
        name = str(subscription.fields.get("id") or slug(subscription))
        check_url(subscription.feed_url, self.allowed)
        for number in range(1, SAME_NAME):
            identity = name if number == 1 else f"{name}-{number}"
            draft = SourceDraft.model_validate({**subscription.fields, "id": identity})
            try:
                return await self.registry.add(draft)
            except Exists:
                continue
        raise ValueError(f"there are too many sources called {name}"[:MAX_TOLD])

    async def _keep(self, new: Outlines) -> None:
        save = self.client.register_script(SAVE_LUA)
        for _ in range(CHANGE_ATTEMPTS):
            kept, rev = await self._read()
            both = Outlines(
                outlines=merged(kept.outlines, new.outlines),
                namespaces=new.namespaces | kept.namespaces,
            )
            if sum(1 for _ in walk(both.outlines)) > MAX_OUTLINES:
                raise Problem(409, f"there are over {MAX_OUTLINES:,} outlines", kind="too-many")
            if await save(keys=[KEY], args=[rev, both.model_dump_json(exclude_defaults=True)]):
                return
        raise Unavailable("the outlines are being changed by somebody else")

    async def _read(self) -> _Kept:
        tree, rev = await self.client.hmget(KEY, "tree", "rev")
        return _Kept(Outlines.model_validate_json(tree) if tree else Outlines(), rev or b"0")


def _rejected(subscription: Subscription, error: ValueError) -> Rejected:
    reason = str(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    title = subscription.fields.get("name")
    return Rejected(
        title=str(title) if title else None,
        feed_url=subscription.feed_url[:MAX_TOLD],
        error=reason[:MAX_TOLD],
    )
