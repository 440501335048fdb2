"""The page that Newswire began with, from the command line to the feed and the webhook."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from tests.support.live import SERVICES, Live, Receiver, newswire, subscribe, until

SAMPLE = "000_18dfdd139e4c5954.txt"
PLACES = {"RUS", "PRK", "JPN", "KOR", "CHN", "USA", "UKR"}


@pytest.fixture
def page(outside_data: Path, tmp_path: Path) -> Path:
    """A copy of the page's text, in a folder that names its source."""
    original = outside_data.parent / "samples" / SAMPLE
    if not original.exists():
        pytest.skip(f"{SAMPLE} is not beside the data from outside")
    folder = tmp_path / "worldnews"
    folder.mkdir()
    return Path(shutil.copy(original, folder))


async def feed_item(live: Live, http: aiohttp.ClientSession) -> dict[str, Any] | None:
    async with http.get(live.url("publish", "/feeds/all.json")) as answer:
        items = (await answer.json(content_type=None))["items"]
    return items[0] if items else None


def check(article: dict[str, Any]) -> None:
    """What everybody must see of the page."""
    body = article["body_text"]
    assert article["headline"] == "Russia and North Korea Sign Mutual Defense Pact"
    assert article["section"] == "World"
    assert article["published_at"] == {"value": "2024-06-20", "precision": "day"}
    assert body.startswith("North Korea and Russia have signed an agreement")
    assert body.endswith("both Russia and North Korea deny any arms trade.")
    for stray in ("Home World", "Leave a Reply", "Check Also", "email address", "Maharashtra"):
        assert stray not in body
    enrichment = article["enrichment"]
    assert {place["iso3"] for place in enrichment["tags"]["places"]} == PLACES
    (japan,) = [r for r in enrichment["reactions"] if r["actor"].get("iso3") == "JPN"]
    quote = japan["quote"]
    assert quote["exact"] == body[quote["start"] : quote["end"]] == "grave concerns"
    assert (japan["act"], japan["stance"], japan["polarity"], japan["intensity"]) == (
        "statement", "concern", -1, 3,
    )  # fmt: skip
    awaiting = {awaited["iso3"] for awaited in enrichment["reaction_summary"]["awaiting"]}
    assert awaiting == {"KOR", "USA"}
    assert article["audience"]["comments_open"] is True
    (widget,) = article["associations"]
    assert widget["origin"] == "source-widget"


async def test_the_page_comes_out_clean_in_the_feed_and_by_webhook(
    live: Live, http: aiohttp.ClientSession, receiver: Receiver, page: Path
) -> None:
    """Headline, section, date, body, places and Japan's reaction, quoted at its very place."""
    live.start_server()
    for name in SERVICES:
        live.start(name)
    await live.ready(http)
    await subscribe(live, http, receiver, await receiver.start())
    printed = await newswire(live, "ingest", "--json", str(page))
    assert [orjson.loads(line)["outcome"] for line in printed.splitlines()] == ["created"]
    await until(lambda: asyncio.sleep(0, receiver.got))
    (event,) = receiver.events.values()
    assert event["type"] == "article.published"
    check(event["data"]["article"])
    item = await until(lambda: feed_item(live, http))
    assert item["title"] == "Russia and North Korea Sign Mutual Defense Pact"
    own = item["_newswire"]
    assert own["section"] == "World"
    assert own["published_at"] == {"value": "2024-06-20", "precision": "day"}
    assert {place["iso3"] for place in own["tags"]["places"]} == PLACES
    assert [r["quote"]["exact"] for r in own["reactions"] if r["actor"].get("iso3") == "JPN"] == [
        "grave concerns"
    ]
    for stray in ("Leave a Reply", "Check Also", "Home World"):
        assert stray not in item["content_html"]
