"""The stage `links`: from ``{pN}:links`` beside the article, never into it.

::

    {pN}:links ─▶ newest links and story (links.lua) ─▶ {pN}:links:<id>, {pN}:story:<id>
                  ├▶ a duplicate that is new: an event at once (duplicates.lua)
                  └▶ else at the most one event a minute and article: `tell_links` (told.lua)
    a reader of the article ◀─ its document, with what `linked` puts in it
"""

import asyncio
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from newswire_common.codec import check_schema
from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.links import Links
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import LINKS, Partition, is_article_id
from newswire_publish.library.publication import OURS, duplicates_among
from newswire_publish.library.stage import SHOW_LUA

LINKS_LUA = SHOW_LUA + files(__package__).joinpath("links.lua").read_text()
TOLD_LUA = SHOW_LUA + files(__package__).joinpath("told.lua").read_text()
SPACING_MS = 60_000  # from the publication, or an event of the links, to the next one
STEP = 100  # events a script
TICK_S = 1.0
MAX_ORDER = 2**53  # beyond it Lua's numbers no longer tell two apart


class Linked(NamedTuple):
    """The links of an article as they are now; those with the highest ``order`` are the newest."""

    article_id: str
    links: Links
    order: int


def links_stage(lifetime_ms: int, spacing_ms: int = SPACING_MS) -> Stage[Linked]:
    """The stage that keeps links, for ``lifetime_ms`` after the last change of an article's."""

    async def work(
        _partition: Partition, batch: Sequence[Linked]
    ) -> Sequence[Effect | BaseException]:
        return gather_effects(lambda one: _effect(one, lifetime_ms, spacing_ms), batch)

    return Stage("links", LINKS, _decode, work, effect_lua=LINKS_LUA)


async def tell_links(client: Client, partitions: Sequence[Partition]) -> None:
    """Tell of links and stories that changed, each when it is due. Runs until it is cancelled."""
    while True:
        for partition in partitions:
            while await tell_due(client, partition) == STEP:
                pass
        await asyncio.sleep(TICK_S)


async def tell_due(client: Client, partition: Partition) -> int:
    """Tell of what is due, at most `STEP`; how many there were."""
    script = client.register_script(TOLD_LUA)
    return int(await script(keys=[partition.key("untold")], args=[STEP, partition.tag]))


def linked(enrichment: dict[str, Any], kept: bytes) -> dict[str, Any]:
    """The enrichment of a document, with the links of now in place of those it was stored with."""
    now = orjson.loads(kept)
    offered = [link for link in enrichment.get("related", ()) if link.get("origin", OURS) != OURS]
    story = {"story": now["story"]} if now.get("story") else {}
    return enrichment | {"related": [*now.get("related", ()), *offered]} | story


def _decode(_partition: Partition, entry: Entry) -> Linked:
    """Raises DecodeError."""
    check_schema(entry.fields)
    try:
        identity = entry.fields[b"id"].decode()
        links = Links.model_validate_json(entry.fields[b"body"])
        order = int(entry.fields.get(b"order", 0))
    except (KeyError, ValueError, ValidationError) as error:
        raise DecodeError(f"no readable links: {error}"[:500]) from error
    if not is_article_id(identity):
        raise DecodeError(f"not the id of an article: {identity!r}"[:200])
    if not 0 <= order < MAX_ORDER:
        raise DecodeError(f"{identity}: {order} is no place in an order")
    return Linked(identity, links, order)


def _effect(one: Linked, lifetime_ms: int, spacing_ms: int) -> Effect:
    links, story = one.links, one.links.story
    pointed = [(link.id, link.rel) for link in links.related]
    return (
        one.article_id,
        one.order,
        lifetime_ms,
        spacing_ms,
        ""
        if links.left
        else links.model_dump_json(include={"related", "story"}, exclude_none=True),
        # A story that only grew is no news of each of its articles.
        orjson.dumps([pointed, story and story.id]),
        story.id if story else "",
        story.size if story else 0,
        orjson.dumps(links.members) if links.members else b"",
        links.split_from or "",
        orjson.dumps(duplicates_among(links.related)),
    )
