"""Feeds of 50 items into drafts, beside bare feedparser on the very same bytes.

    RSS of 50 items, each with ten paragraphs > parse_feed > a validated ArticleDraft each
    the same                                > feedparser as it is shipped, and no more

Ours does all of it: encoding, repair, bounds, feedparser, mapping, validation. Feedparser sanitises
markup meanwhile, which ours leaves to the one sanitiser that every article passes. The second line
is what the sandbox adds: the same work in its child process, bytes and entries sent across.
"""

import io
import time
from collections.abc import Callable
from html import escape
from typing import Any

import feedparser

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.feed import Feed, parse_feed
from newswire_ingest.parsing.sandbox import Sandbox
from tests.benchmarks.measure import WORDS, interleaved, result

ITEMS = 50
FEEDS = 20  # parsed in one run
URL = "https://feeds.example/world.xml"
HTML = f'<p>{WORDS}<a href="https://feeds.example/t">More</a>.</p>' * 10
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>World</title><link>https://feeds.example/</link><language>en</language>"""


def item(number: int) -> str:
    return f"""<item><title>Negotiators agree on a text, part {number} &amp; more</title>
<link>https://feeds.example/news/{number}</link><guid isPermaLink="false">bench-{number}</guid>
<pubDate>Thu, 20 Jun 2024 10:{number % 60:02}:00 GMT</pubDate><dc:creator>Ida Berg</dc:creator>
<category>World</category><description>{escape(HTML[: len(HTML) // 10])}</description>
<content:encoded><![CDATA[{HTML}]]></content:encoded>
<media:content url="https://feeds.example/{number}.jpg" type="image/jpeg"/></item>"""


BODY_OF_FEED = (HEAD + "\n".join(map(item, range(ITEMS))) + "</channel></rss>").encode()


def drafts(feed: Feed) -> int:
    """How many drafts the feed gives, each validated as a posted one is."""
    return len(
        [ArticleDraft.model_validate({"source": "bench"} | entry.fields) for entry in feed.entries]
    )


def ours() -> int:
    return drafts(parse_feed(BODY_OF_FEED, "application/rss+xml", URL))


def bare() -> int:
    return len(feedparser.parse(io.BytesIO(BODY_OF_FEED)).entries)


def rate(parse: Callable[[], int]) -> float:
    """Entries a second."""
    started = time.perf_counter()
    entries = sum(parse() for _ in range(FEEDS))
    assert entries == FEEDS * ITEMS
    return entries / (time.perf_counter() - started)


async def run(runs: int) -> list[dict[str, Any]]:
    sandbox = Sandbox(size=1)

    async def in_process() -> float:
        return rate(ours)

    async def in_sandbox() -> float:
        started = time.perf_counter()
        for _ in range(FEEDS):
            feed = await sandbox.run(parse_feed, BODY_OF_FEED, "application/rss+xml", URL)
            assert drafts(feed) == ITEMS
        return FEEDS * ITEMS / (time.perf_counter() - started)

    async def baseline() -> float:
        return rate(bare)

    await sandbox.run(parse_feed, BODY_OF_FEED, None, URL)  # its child is there
    more = {"items": ITEMS, "feed_bytes": len(BODY_OF_FEED)}
    try:
        return [
            result("feeds", *await interleaved(in_process, baseline, runs), **more),
            result("feeds/sandbox", *await interleaved(in_sandbox, baseline, runs), **more),
        ]
    finally:
        await sandbox.aclose()
