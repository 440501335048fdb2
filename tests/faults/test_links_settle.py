"""Related links and stories end the same, whoever enriched what, in which order, killed or not."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import orjson
import pytest

from newswire_common import connection
from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.links import Links
from newswire_common.streams import (
    ARTICLES,
    ENRICHED,
    LINKS,
    article_id,
    article_uri,
    partition_of,
    partitions,
)
from newswire_enrich.enrichment import Enricher
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.replica import CAPACITY, WINDOW
from newswire_enrich.revisits import links_of, links_with
from tests.benchmarks.end_to_end import draft
from tests.support.live import Live, free_port, until

PARTITIONS = partitions(2)
SETTLED_S = 5.0  # after the last article; with --long, a flood as fast as two cores go, a minute
Said = tuple[frozenset[tuple[str | None, str]], str | None]  # links and their kinds, the story
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(live: Live) -> Iterator[Start]:
    """Starts one more enrich worker on a server that is there."""
    live.extra = {"NEWSWIRE_PARTITIONS": str(len(PARTITIONS))}
    live.start_server()
    workers: list[subprocess.Popen[bytes]] = []

    def one_more() -> subprocess.Popen[bytes]:
        environment = live.environment() | {"NEWSWIRE_ENRICH_PORT": str(free_port())}
        with (live.folder / f"enrich-{len(workers)}.log").open("ab") as log:
            workers.append(
                subprocess.Popen(
                    [sys.executable, "-m", "newswire_enrich"], env=environment, stdout=log,
                    stderr=log, stdin=subprocess.DEVNULL, cwd=live.folder,
                )
            )  # fmt: skip
        return workers[-1]

    yield one_more
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.fixture
async def redis(live: Live, start: Start) -> AsyncIterator[Client]:  # noqa: ARG001 - it has started the server
    client = connection.client(live.server.url)
    yield client
    await client.aclose()


def news(count: int, begun_ms: int) -> list[dict[str, Any]]:
    """Entries of the articles stream; some texts come again, changed a little."""
    entries = []
    for number in range(count):
        given = orjson.loads(draft(number % (count * 2 // 3)))
        guid, text = f"settle-{number}", given["body_text"]
        if number >= count * 2 // 3:
            text += f" This was reported {number} minutes later by another desk."
        identity = article_id("bench", guid)
        article = Article(
            id=identity, uri=article_uri(identity), source="bench", guid=guid, language="en",
            headline=given["headline"], body_text=text,
        )  # fmt: skip
        at = begun_ms + number * 1_000
        body = article.model_dump_json(exclude_none=True).encode()
        entries.append(
            {"schema": 1, "id": identity, "version": 1, "at": at, "created": at, "body": body}
        )
    return entries


def alone(entries: list[dict[str, Any]]) -> dict[str, Said]:
    """What one worker says of them in the end, that got them in their order."""
    enricher, index = Enricher.load(), RelatedIndex(WINDOW, CAPACITY)
    for entry in entries:
        fields = {key.encode(): value if isinstance(value, bytes) else str(value).encode()
                  for key, value in entry.items()}  # fmt: skip
        enricher.enrich(decode_article(Article, fields), partial(links_with, index))
    return {
        entry["id"]: said(Links.model_validate_json(links_of(index, entry["id"])))
        for entry in entries
    }


def said(links: Links) -> Said:
    pointed = frozenset((link.id, link.rel) for link in links.related)
    return pointed, links.story.id if links.story else None


async def told(redis: Client) -> dict[str, Said]:
    """What the streams say in the end: the enriched article, then what came after it."""
    found: dict[str, Said] = {}
    for partition in PARTITIONS:
        for _, fields in await redis.xrange(partition.stream(ENRICHED)):
            body = orjson.loads(fields[b"body"])
            found[body["id"]] = said(Links.model_validate(body["enrichment"]))
        for _, fields in await redis.xrange(partition.stream(LINKS)):
            found[fields[b"id"].decode()] = said(Links.model_validate_json(fields[b"body"]))
    return found


async def quiet(redis: Client) -> bool:
    """Whether nothing is left to be looked at again."""
    return not any([await redis.zcard(partition.key("revisits")) for partition in PARTITIONS])


@pytest.mark.faults
async def test_links_and_stories_end_as_one_worker_alone_has_them(
    redis: Client, start: Start, long: bool
) -> None:
    """Two workers side by side, one killed, a third joins under load; any order of arrival."""
    count = 2_000 if long else 240
    entries = news(count, round(time.time() * 1_000) - count * 1_000)
    expected = alone(entries)
    first, _ = start(), start()
    shuffled = random.Random(5).sample(entries, count)
    third = count // 3
    for number, entry in enumerate(shuffled):
        if number == third:
            await until(partial(enriched, redis, third // 2), timeout_s=60)
            first.kill()
            start()
        partition = partition_of(entry["id"], PARTITIONS)
        await redis.xadd(partition.stream(ARTICLES), entry)
    await until(partial(enriched, redis, count), timeout_s=120)
    await until(partial(quiet, redis), timeout_s=60 if long else SETTLED_S)
    found = await told(redis)
    assert any([await redis.xlen(partition.stream(LINKS)) for partition in PARTITIONS])
    differing = {identity for identity in expected if found[identity] != expected[identity]}
    assert not differing, Counter(found[one][1] == expected[one][1] for one in differing)


async def enriched(redis: Client, count: int) -> bool:
    lengths = [await redis.xlen(partition.stream(ENRICHED)) for partition in PARTITIONS]
    return sum(lengths) >= count
