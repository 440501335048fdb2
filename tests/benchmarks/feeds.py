"""Feeds of 50 items into drafts, beside bare feedparser on the very same bytes.

    RSS of 50 items, each of one paragraph or of ten > parse_feed > a validated ArticleDraft each
    the same                                         > feedparser as it is shipped, and no more

Ours does all of it: encoding, repair, bounds, feedparser, mapping, validation. Feedparser sanitises
markup meanwhile, which ours leaves to the one sanitiser that every article passes: so the length of
an item decides the ratio, and both are told. The line `sandbox` is what the child process adds,
with bytes and entries sent across.
"""

import io
import time
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

import feedparser

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.feed import Feed, parse_feed
from newswire_ingest.parsing.sandbox import Sandbox
from tests.benchmarks.measure import WORDS, interleaved, result

ITEMS = 50
FEEDS = 20  # parsed in one run
URL, KIND = "https://feeds.example/world.xml", "application/rss+xml"
PARAGRAPH = f'<p>{WORDS}<a href="https://feeds.example/t">More</a>.</p>'
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>World</title><link>https://feeds.example/</link><language>en</language>"""


def item(number: int, paragraphs: int) -> str:
    return f"""<item><title>Negotiators agree on a text, part {number} &amp; more</title>
<link>https://feeds.example/news/{number}</link><guid isPermaLink="false">bench-{number}</guid>
<pubDate>Thu, 20 Jun 2024 10:{number % 60:02}:00 GMT</pubDate><dc:creator>Ida Berg</dc:creator>
<category>World</category><description>{escape(PARAGRAPH)}</description>
<content:encoded><![CDATA[{PARAGRAPH * paragraphs}]]></content:encoded>
<media:content url="https://feeds.example/{number}.jpg" type="image/jpeg"/></item>"""


def feed(paragraphs: int) -> bytes:
    """A feed whose items are so long."""
    items = "\n".join(item(number, paragraphs) for number in range(ITEMS))
    return (HEAD + items + "</channel></rss>").encode()


def drafts(parsed: Feed) -> int:
    """How many drafts the feed gives, each validated as a posted one is."""
    return len(
        [ArticleDraft.model_validate({"source": "bench"} | one.fields) for one in parsed.entries]
    )


async def rate(parse: Callable[[], Awaitable[int]]) -> float:
    """Entries a second."""
    started = time.perf_counter()
    for _ in range(FEEDS):
        assert await parse() == ITEMS
    return FEEDS * ITEMS / (time.perf_counter() - started)


async def run(runs: int) -> list[dict[str, Any]]:
    sandbox = Sandbox(size=1)
    await sandbox.run(parse_feed, feed(1), KIND, URL)  # its child is there
    try:
        return [
            await compare("feeds", feed(1), runs),
            await compare("feeds/long", feed(10), runs),
            await compare("feeds/sandbox", feed(1), runs, sandbox),
            await compare("feeds/sandbox-long", feed(10), runs, sandbox),
        ]
    finally:
        await sandbox.aclose()


async def compare(
    name: str, body: bytes, runs: int, sandbox: Sandbox | None = None
) -> dict[str, Any]:
    """Ours beside feedparser on one feed, in this process or in the sandbox."""

    async def ours() -> int:
        if sandbox:
            return drafts(await sandbox.run(parse_feed, body, KIND, URL))
        return drafts(parse_feed(body, KIND, URL))

    async def bare() -> int:
        return len(feedparser.parse(io.BytesIO(body)).entries)

    rates = await interleaved(lambda: rate(ours), lambda: rate(bare), runs)
    return result(name, *rates, items=ITEMS, feed_bytes=len(body))
