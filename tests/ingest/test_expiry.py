"""What has expired is taken back, once, and only while it is due."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tests.ingest.newsroom import Newsroom, a_draft


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


async def bodies(newsroom: Newsroom, count: int) -> list[dict[str, Any]]:
    """What is on the stream once there are so many entries."""
    async with asyncio.timeout(10):
        while len(entries := await newsroom.entries()) < count:
            await asyncio.sleep(0.05)  # the withdrawal comes by the server's clock
    return [orjson.loads(fields[b"body"]) for fields in entries]


async def test_an_article_is_withdrawn_when_it_expires(newsroom: Newsroom) -> None:
    """The next version is a takedown without text, as if the source had sent it."""
    assert await newsroom.taken(a_draft(expires=in_seconds(0.3))) == (1, "created")
    first, second = await bodies(newsroom, 2)
    assert first["headline"] == "Ministers agree on pact"
    assert second["revision_kind"] == "takedown"
    assert second["pub_status"] == "canceled"
    assert "body_text" not in second
    assert await newsroom.redis.zcard("{p0}:expiry") == 0


async def test_a_feed_that_still_offers_it_does_not_bring_it_back(newsroom: Newsroom) -> None:
    """The same expired item at the next poll stays taken back."""
    draft = a_draft(expires=in_seconds(0.2))
    await newsroom.taken(draft)
    await bodies(newsroom, 2)
    assert await newsroom.taken(draft) == (2, "unchanged")


async def test_who_prolongs_it_in_time_keeps_it(newsroom: Newsroom) -> None:
    """Only the newest version's date counts; one without takes it away."""
    await newsroom.taken(a_draft(guid="long", expires=in_seconds(0.5)))
    await newsroom.taken(a_draft(guid="for-ever", expires=in_seconds(0.5)))
    await newsroom.taken(a_draft(guid="long", expires=in_seconds(3_600)))
    await newsroom.taken(a_draft(guid="for-ever"))
    await newsroom.taken(a_draft(guid="short", expires=in_seconds(0.6)))
    *_, last = await bodies(newsroom, 6)
    assert (last["guid"], last["revision_kind"]) == ("short", "takedown")
    assert await newsroom.redis.zcard("{p0}:expiry") == 1
