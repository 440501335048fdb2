"""The stored articles of a partition, in an order in which one can stop and go on.

Both indexes are sorted by a time: what is released or revised meanwhile moves behind the end of the
walk, and was enriched by the workers of now or by this replay already.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from pydantic import ValidationError

from newswire_common.article import EnrichedArticle
from newswire_common.connection import Client
from newswire_common.streams import Partition
from newswire_local.replay.renewal import Kept

PAGE = 1_000  # ids that are read at once
# Of the same partition as the key, since the clocks of a cluster's servers differ.
NOW_LUA = "local time = redis.call('TIME') return time[1] * 1000 + math.floor(time[2] / 1000)"
EMBARGO: Final = "embargo"
PUBLISHED: Final = "feed:all"
Index = Literal["embargo", "feed:all"]
# What may be enriched again; of what was withdrawn no text is left.
_LIVE = {b"usable", b"withheld"}

Unreadable = tuple[str, str]  # an article id, and why


class Place(NamedTuple):
    """An article's place in an index: ms, and its id."""

    at_ms: int
    article_id: str


async def now_ms(client: Client, partition: Partition) -> int:
    """By the clock of the partition's server."""
    return int(await client.eval(NOW_LUA, 1, partition.feed("all")))


async def count(client: Client, partition: Partition, index: Index, after: Place) -> int:
    """How many places there are from one on, about."""
    return int(await client.zcount(partition.key(index), after.at_ms, "+inf"))


async def page_of(
    client: Client, partition: Partition, index: Index, after: Place, until_ms: int | None
) -> list[Place]:
    """The places next to ``after``, as far as ``until_ms``; none where that was the last."""
    key, size = partition.key(index), PAGE
    end = "+inf" if until_ms is None else until_ms
    while True:
        rows = await client.execute_command(
            "ZRANGE", key, after.at_ms, end, "BYSCORE", "LIMIT", 0, size, "WITHSCORES"
        )
        found = [Place(int(score), member.decode()) for member, score in rows]
        behind = [place for place in found if place > after]
        if behind or len(found) < size:
            return behind
        size *= 2  # so many have the same time


async def read(
    client: Client, partition: Partition, article_ids: Sequence[str], since_ms: int
) -> list[Kept | Unreadable]:
    """The articles that may be enriched again; of one that can not be read, id and reason.

    Without those whose newest version was accepted before ``since_ms``.
    """
    pipe = client.pipeline(transaction=False)
    for article_id in article_ids:
        pipe.hmget(partition.article(article_id), "version", "status", "accepted")
    rows = zip(article_ids, await pipe.execute(), strict=True)
    wanted = [
        (article_id, int(version), int(accepted or 0))
        for article_id, (version, status, accepted) in rows
        if version and status in _LIVE and int(accepted or 0) >= since_ms
    ]
    for article_id, version, _ in wanted:
        pipe.hget(partition.article(article_id), f"v{version}")
    bodies = await pipe.execute() if wanted else []
    return [_kept(*one, body) for one, body in zip(wanted, bodies, strict=True) if body]


def _kept(article_id: str, version: int, at_ms: int, body: bytes) -> Kept | Unreadable:
    try:
        return Kept(article_id, version, at_ms, body, EnrichedArticle.model_validate_json(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "its document"
        return article_id, f"can not be read: {where}: {first['msg']}"[:300]
