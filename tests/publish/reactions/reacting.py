"""What the tests of reactions share: articles in which actors react, and the stage at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from newswire_common.article import EnrichedArticle
from newswire_common.events import Event
from newswire_common.stage import Entry, Stage
from newswire_common.streams import EVENTS, Partition, article_id
from newswire_publish.library.library import Library
from newswire_publish.reactions import StoryLibrary, reactions_stage
from newswire_publish.reactions.ledger import Ledger
from newswire_publish.reactions.stories import StoryPage
from tests.publish.desk import Desk, enriched

DAY_MS = 86_400_000
POLARITY = {"support": 1, "oppose": -1, "concern": -1, "mixed": 0, "neutral": 0}


@dataclass(frozen=True)
class Says:
    """An actor's reaction, asserted by a sentence of its own."""

    name: str
    act: str = "statement"
    stance: str = "none"
    iso3: str | None = None
    sector: str = "GOV"
    sentence: str = ""
    target: str = "trigger"
    modality: str = "asserted"
    speaker: str | None = None

    @property
    def text(self) -> str:
        return self.sentence or f"{self.name}: {self.act} {self.stance} {self.target}."

    @property
    def id(self) -> str:
        key = f"{self.iso3 or self.name} {self.act} {self.text}"
        return blake2b(key.encode(), digest_size=16).hexdigest()

    def record(self, start: int) -> dict[str, Any]:
        return {
            "id": self.id,
            "actor": {"mention": self.name, "name": self.name, "iso3": self.iso3},
            "actor_type": self.sector,
            "act": self.act,
            "stance": self.stance,
            "polarity": POLARITY.get(self.stance),
            "target": self.target,
            "modality": self.modality,
            "attribution": {"speaker": self.speaker},
            "evidence": {
                "start": start, "end": start + len(self.text),
                "confidence": 0.9, "method": "test", "version": "1",
            },
        }  # fmt: skip


def silent(name: str = "Japan", iso3: str | None = "JPN", **more: Any) -> Says:
    return Says(name, "no_comment_yet", "none", iso3, **more)


def states(
    stance: str = "concern", name: str = "Japan", iso3: str | None = "JPN", **more: Any
) -> Says:
    return Says(name, "statement", stance, iso3, **more)


def reacting(
    guid: str, *says: Says, version: int = 1, story: str | None = None, lead: str = "",
    copies: Sequence[str] = (), **fields: Any,
) -> EnrichedArticle:  # fmt: skip
    """An article of so many sentences; ``story`` and ``copies`` are guids."""
    body, records = lead, []
    for one in says:
        records.append(one.record(len(body)))
        body += one.text + " "
    enrichment: dict[str, Any] = {"reactions": records}
    if story:
        enrichment["story"] = {"id": article_id("agency", story), "size": 2}
    enrichment["related"] = [
        {"id": article_id("agency", copy), "rel": "duplicate"} for copy in copies
    ]
    told: dict[str, Any] = {"body_text": body, "enrichment": enrichment} | fields
    return enriched(guid, version, **told)


@dataclass(eq=False)
class Beat:
    """The stage `reactions`, worked by hand over all partitions of a desk."""

    desk: Desk
    retention_ms: int = DAY_MS

    @property
    def stage(self) -> Stage[Event]:
        return reactions_stage(self.desk.client, self.desk.partitions, self.retention_ms)

    @property
    def stories(self) -> StoryLibrary:
        return StoryLibrary.of(Library(self.desk.client, self.desk.partitions), self.retention_ms)

    async def publish(self, *articles: EnrichedArticle) -> None:
        """Publish each, and have the stage work on what that told."""
        for article in articles:
            await self.desk.publish(article)
            await self.work()

    async def work(self) -> None:
        """Work on all events, those that come of it, too."""
        while batches := [await self.take(partition) for partition in self.desk.partitions]:
            if not any(batches):
                return
            for partition, entries in zip(self.desk.partitions, batches, strict=True):
                await self.stage.handle(self.desk.client, partition, entries)

    async def take(self, partition: Partition) -> list[Entry]:
        """Read the next events as a worker does."""
        client, stream = self.desk.client, partition.stream(EVENTS)
        if not await client.exists(stream):
            return []
        if not any(group["name"] == b"reactions" for group in await client.xinfo_groups(stream)):
            await client.xgroup_create(stream, "reactions", id="0")
        read = await client.xreadgroup("reactions", "beat", {stream: ">"})
        return [Entry(entry_id.decode(), raw) for _, rows in read for entry_id, raw in rows]

    async def story(self, guid: str) -> StoryPage:
        found = await self.stories.find(article_id("agency", guid))
        assert found
        return found

    async def ledger(self, story: str) -> Ledger:
        """The ledger of a story's id, as it is kept."""
        return (await self.stories.ledgers.read([story]))[story]

    async def news(self, kind: str = "") -> list[Event]:
        """The events of reactions, of one kind or all."""
        return [
            event for event in await self.desk.events() if event.type.startswith(f"reaction.{kind}")
        ]

    async def told(self) -> list[tuple[str, str, list[str]]]:
        """Kind, article's guid and ids of reactions of each event of reactions."""
        guids = {article_id("agency", f"g-{number}"): f"g-{number}" for number in range(20)}
        return [
            (event.type.removeprefix("reaction."), guids[event.id],
             [change.id for change in event.reactions.changes])
            for event in await self.news() if event.reactions
        ]  # fmt: skip
