"""The stage `reactions`: what an event about an article means for its reactions and its story.

::

    {pN}:events ─▶ articles of the batch ─▶ look.lua ─▶ contribution ─▶ place.lua ─▶ ledger.lua
                                                             └─▶ tell.lua behind the acknowledgement

Where a story was merged into another, all articles in its ledger are looked at, in whatever
partition: each of them tells of its new story by itself, but up to a minute later.

A worker that is killed anywhere leaves what a second one does again, with a later look: the ledger
keeps what it has told by itself, and the article what it has told of.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import orjson

from newswire_common.codec import decode_event
from newswire_common.connection import Client, Script
from newswire_common.errors import WorkError
from newswire_common.events import Event
from newswire_common.stage import Effect, Entry, Stage
from newswire_common.streams import EVENTS, Partition, is_article_id, partition_of
from newswire_publish.library.stage import SHOW_LUA
from newswire_publish.reactions.contribution import Contribution, Look, contribution, gone, look_of
from newswire_publish.reactions.keeping import Ledgers
from newswire_publish.reactions.ledger import Entry as LedgerEntry
from newswire_publish.reactions.ledger import in_order

LOOK_LUA, PLACE_LUA, TELL_LUA = (
    SHOW_LUA + files(__package__).joinpath(name).read_text()
    for name in ("look.lua", "place.lua", "tell.lua")
)
# Documents in memory at a time; and a batch must end well before it counts as abandoned.
BATCH_SIZE = 32
ATTEMPTS = 10  # looks at an article at which others look, too
ABOUT_TEXT = frozenset(
    {
        "article.published", "article.updated", "article.corrected", "article.withdrawn",
        "article.duplicate_linked",
    }
)  # fmt: skip
PASSED: Effect = ("",) * 8


def reactions_stage(
    client: Client, partitions: Sequence[Partition], retention_ms: int
) -> Stage[Event]:
    """The stage that keeps reactions and ledgers; what it keeps goes with the articles."""
    work = _Work(client, Ledgers(client, partitions, retention_ms))
    return Stage(
        "reactions", EVENTS, _decode, work.work, effect_lua=TELL_LUA, batch_size=BATCH_SIZE
    )


def _decode(partition: Partition, entry: Entry) -> Event:
    return decode_event(partition.number, entry.id, entry.fields)


@dataclass(eq=False)
class _Work:
    client: Client
    ledgers: Ledgers
    _look: Script = field(init=False)
    _place: Script = field(init=False)

    def __post_init__(self) -> None:
        self._look = self.client.register_script(LOOK_LUA)
        self._place = self.client.register_script(PLACE_LUA)

    async def work(
        self, partition: Partition, events: Sequence[Event]
    ) -> list[Effect | BaseException]:
        """Bring the ledgers up to date with the articles of a batch of one partition."""
        about = [
            event.id if event.type in ABOUT_TEXT and is_article_id(event.id) else ""
            for event in events
        ]
        # In their order: it decides between those first published in the same millisecond.
        found = await self._placed(partition, list(dict.fromkeys(filter(None, about))))
        await self._take_in(found.values())
        await self._follow(events)
        effects = {
            article: _effect(one, self.ledgers.retention_ms) for article, one in found.items()
        }
        return [effects.get(article, PASSED) for article in about]

    async def _placed(
        self, partition: Partition, articles: Sequence[str]
    ) -> dict[str, Contribution]:
        """What articles bring as they are now, but those that are gone. Raises WorkError."""
        placed: dict[str, Contribution] = {}
        waiting = articles
        for _ in range(ATTEMPTS):
            looks = await self._looks(partition, waiting)
            found = {
                look.article_id: contribution(look, self.ledgers.retention_ms) for look in looks
            }
            overtaken = await self._note(partition, found.values())
            placed |= {article: one for article, one in found.items() if article not in overtaken}
            if not overtaken:
                return placed
            waiting = overtaken
        raise WorkError(f"others look at these all the time: {', '.join(waiting)}"[:500])

    async def _looks(self, partition: Partition, articles: Sequence[str]) -> list[Look]:
        if not articles:
            return []
        lifetime_ms = self.ledgers.retention_ms
        replies = await self._look(
            keys=[partition.article(one) for one in articles],
            args=[lifetime_ms, partition.tag, *articles],
        )
        return [
            look_of(article, reply)
            for article, reply in zip(articles, replies, strict=True)
            if reply
        ]

    async def _note(self, partition: Partition, found: Iterable[Contribution]) -> list[str]:
        """Note where articles are about to be; answers those at which somebody has looked since."""
        new = [one for one in found if one.story and one.story not in one.look.placed]
        if not new:
            return []
        noted = ((one.look.article_id, one.look.ticket, one.story) for one in new)
        answers = await self._place(
            keys=[partition.article(one.look.article_id) for one in new],
            args=["", partition.tag, *(part for row in noted for part in row)],
        )
        return [one.look.article_id for one, there in zip(new, answers, strict=True) if not there]

    async def _follow(self, events: Iterable[Event]) -> None:
        """Look for the articles of stories that were merged where they are now."""
        merged = {event.story.id for event in events if event.story and event.story.merged_into}
        if not merged:
            return
        found: defaultdict[Partition, list[str]] = defaultdict(list)
        for ledger in (await self.ledgers.read(sorted(merged))).values():
            for article, _ in in_order(ledger.entries):
                found[partition_of(article, self.ledgers.partitions)].append(article)
        for partition, articles in found.items():
            for start in range(0, len(articles), BATCH_SIZE):
                moved = await self._placed(partition, articles[start : start + BATCH_SIZE])
                await self._take_in(moved.values())

    async def _take_in(self, found: Collection[Contribution]) -> None:
        news: defaultdict[str, dict[str, LedgerEntry]] = defaultdict(dict)
        for one in found:
            article = one.look.article_id
            if one.story:
                news[one.story][article] = one.entry
            for story in one.leaves:
                news[story][article] = gone(one.look)
        if news:
            await self.ledgers.take_in(news, max(one.look.now_ms for one in found))


def _effect(one: Contribution, lifetime_ms: int) -> Effect:
    look = one.look
    return (
        look.article_id,
        look.ticket,
        look.version,
        look.accepted_ms,
        look.trace,
        lifetime_ms,
        one.memory.model_dump_json(),
        orjson.dumps(one.leaves),
    )
