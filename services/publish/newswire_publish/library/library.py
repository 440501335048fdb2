"""The library as its readers see it: documents by (id, version), feeds by name.

Everything here is one or two round trips of pipelined reads, over all partitions at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson

from newswire_common.article import PubStatus
from newswire_common.connection import Client
from newswire_common.events import from_ms
from newswire_common.streams import Partition, is_article_id, partition_of
from newswire_publish.library.audience import audience_of
from newswire_publish.library.links import linked

_STATE = (
    "version",
    "status",
    "first",
    "at",
    "links",
    "enrichment",
)  # fields, as `_state` takes them
Pair = tuple[str, int | None]  # an article id, and a version of it or None for its newest


@dataclass(frozen=True, slots=True)
class State:
    """Where an article stands, its times in ms since the Unix epoch.

    ``first_ms`` is None as long as the article was never visible; ``links`` counts how often its
    links had changed when an event said so, and ``enrichment`` how often that alone had.
    """

    version: int
    status: PubStatus
    first_ms: int | None
    at_ms: int
    links: int = 0
    enrichment: int = 0


class Step(NamedTuple):
    """What became of one version, and when (ms since the Unix epoch)."""

    version: int
    outcome: str
    at_ms: int


class Placed(NamedTuple):
    """An article's place in a feed: the ms of its last event, and its id."""

    at_ms: int
    article_id: str


@dataclass(frozen=True, slots=True)
class Library:
    """Reads what the scripts of this package write, from every partition."""

    client: Client
    partitions: Sequence[Partition]

    async def read(self, pairs: Sequence[Pair]) -> list[bytes | None]:
        """The PublishedArticle JSON of each pair, or None.

        None is what is not there (never was, or past the retention or the last 20 versions), what
        an embargo still holds back, and a version whose text a withdrawal has taken away. The
        newest version of a withdrawn article is its tombstone, with ``pub_status`` canceled.
        """
        states = await self.states([article_id for article_id, _ in pairs])
        wanted = {
            index: (article_id, replace(state, version=version or state.version))
            for index, ((article_id, version), state) in enumerate(zip(pairs, states, strict=True))
            if state and state.status != "withheld"
        }
        found: list[bytes | None] = [None] * len(pairs)
        documents = await self.documents(list(wanted.values()))
        for index, document in zip(wanted, documents, strict=True):
            found[index] = document
        return found

    async def states(self, article_ids: Sequence[str]) -> list[State | None]:
        """Where each article stands, or None where there is no such article."""
        rows = await self._each(
            ("HMGET", self._key(article_id), *_STATE) for article_id in article_ids
        )
        return [_state(row) for row in rows]

    async def state(self, article_id: str) -> State | None:
        """Where an article stands, or None."""
        return (await self.states([article_id]))[0]

    async def documents(self, states: Sequence[tuple[str, State]]) -> list[bytes | None]:
        """The PublishedArticle JSON of each article as it stands; None where it just went."""
        replies = await self._each(
            command
            for article_id, state in states
            for command in (
                ("HGET", self._key(article_id), f"v{state.version}"),
                ("HGETALL", self._at(article_id).audience(article_id)),
                ("HGET", self._at(article_id).links(article_id), "body"),
            )
        )
        kept = zip(*[iter(replies)] * 3, strict=True)
        return [
            _published(body, state, audience, links) if body else None
            for (body, audience, links), (_, state) in zip(kept, states, strict=True)
        ]

    async def with_story_size(self, document: bytes) -> bytes:
        """The document with the size of its story as it is now.

        A document says it as of the last change of its own links; the article that began the story
        hears of every other one.
        """
        found = orjson.loads(document)
        story = found.get("enrichment", {}).get("story") or {"id": found["id"]}
        if story["id"] == found["id"] or not is_article_id(story["id"]):
            return document
        key = self._at(story["id"]).key("story", story["id"])
        size, merged_into = await self.client.hmget(key, "size", "merged_into")
        if size is None or merged_into or int(size) == story["size"]:
            return document
        story["size"] = int(size)
        return orjson.dumps(found)

    async def history(self, article_id: str) -> list[Step]:
        """What was stored of the article, at most its last 20 versions, the oldest first."""
        told = await self.client.hget(self._key(article_id), "history")
        rows = orjson.loads(told) if told else ()
        return [Step(int(version), outcome, int(at_ms)) for version, outcome, at_ms in rows]

    async def top(self, feed: str, limit: int) -> list[Placed]:
        """The newest ``limit`` places of a feed, over all partitions, the newest first."""
        ranges = await self._each(
            ("ZRANGE", partition.feed(feed), 0, limit - 1, "REV", "WITHSCORES")
            for partition in self.partitions
        )
        places = [Placed(int(score), member.decode()) for rows in ranges for member, score in rows]
        return sorted(places, reverse=True)[:limit]

    async def stamps(self, feed: str) -> tuple[bytes | None, ...]:
        """The last change of a feed in each partition: as long as they stay, so does the feed."""
        return tuple(
            await self._each(
                ("HGET", partition.key("feeds"), feed) for partition in self.partitions
            )
        )

    async def catalogue(self) -> dict[str, int]:
        """Every feed by name, with the ms of its last change."""
        newest: dict[str, int] = {}
        for rows in await self._each(("HGETALL", p.key("feeds")) for p in self.partitions):
            for name, stamp in rows.items():
                feed = name.decode()
                newest[feed] = max(newest.get(feed, 0), stamp_ms(stamp))
        return newest

    async def _each(self, commands: Iterable[tuple[str | int, ...]]) -> list[Any]:
        """The reply of each command, all sent at once."""
        pipe = self.client.pipeline(transaction=False)
        for command in commands:
            pipe.execute_command(*command)
        replies: list[Any] = await pipe.execute()
        return replies

    def _at(self, article_id: str) -> Partition:
        return partition_of(article_id, self.partitions)

    def _key(self, article_id: str) -> str:
        return self._at(article_id).article(article_id)


def stamp_ms(stamp: bytes) -> int:
    """The time, in ms since the Unix epoch, in a feed's last change (see show.lua)."""
    return int(stamp.partition(b"-")[0])


def _state(row: Sequence[bytes | None]) -> State | None:
    version, status, first, at, links, enrichment = row
    if version is None or status is None:
        return None
    known: dict[bytes, PubStatus] = {b"usable": "usable", b"canceled": "canceled"}
    return State(
        version=int(version),
        status=known.get(status, "withheld"),
        first_ms=int(first) if first else None,
        at_ms=int(at or 0),
        links=int(links or 0),
        enrichment=int(enrichment or 0),
    )


def _published(
    body: bytes, state: State, audience: Mapping[bytes, bytes], links: bytes | None
) -> bytes:
    """The stored document with what only publication decides, and what has happened since.

    Of what was taken back nothing more is told than that.
    """
    document = orjson.loads(body)
    document["version"] = state.version
    document["pub_status"] = state.status
    if state.first_ms is not None:
        first = from_ms(state.first_ms).isoformat(timespec="milliseconds")
        document["first_published"] = first.replace("+00:00", "Z")
    if audience and state.status == "usable":
        own, kept = document.get("audience", {}), audience_of(audience)
        counts = own.get("counts", {}) | kept["counts"]
        document["audience"] = own | kept | {"counts": counts}
    if links and state.status == "usable":
        document["enrichment"] = linked(document.get("enrichment", {}), links)
    return orjson.dumps(document)
