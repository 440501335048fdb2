"""Related links and stories end the same, whoever enriched what, in which order, killed or not."""

import os
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
SETTLED_S = 5.0  # on a machine that does nothing else
COUNT, LONG_COUNT = 90, 1_200
Said = tuple[frozenset[tuple[str | None, str]], str | None]  # links and their kinds, the story
Start = Callable[[], subprocess.Popen[bytes]]
Entry = dict[str, Any]

pytestmark = pytest.mark.faults


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


@pytest.fixture
def entries(long: bool) -> list[Entry]:
    """News of the last minutes, of which some is revised and some withdrawn."""
    count = LONG_COUNT if long else COUNT
    return news(count, round(time.time() * 1_000) - 2 * count * 1_000)


def news(count: int, begun_ms: int) -> list[Entry]:
    """Entries of the articles stream in their order.

    Of three texts one comes again, changed a little; of ten one is revised, and one is withdrawn.
    """
    entries = []
    for number in range(count):
        given = orjson.loads(draft(number % (count * 2 // 3)))
        guid, text = f"settle-{number}", given["body_text"]
        if number >= count * 2 // 3:
            text += f" This was reported {number} minutes later by another desk."
        at = begun_ms + number * 1_000
        entries.append(entry(guid, 1, at, given["headline"], text))
        later = at + count * 1_000
        if number % 10 == 3:
            other = orjson.loads(draft(number + 1))
            entries.append(entry(guid, 2, later, other["headline"], other["body_text"]))
        elif number % 10 == 7:
            gone = {"pub_status": "canceled", "revision_kind": "kill"}
            entries.append(entry(guid, 2, later, given["headline"], text, **gone))
    return sorted(entries, key=lambda one: int(one["at"]))


def entry(guid: str, version: int, at: int, headline: str, text: str, **more: str) -> Entry:
    identity = article_id("bench", guid)
    article = Article(
        id=identity, uri=article_uri(identity), source="bench", guid=guid, language="en",
        headline=headline, body_text=text, **more,
    )  # fmt: skip
    body = article.model_dump_json(exclude_none=True).encode()
    created = at if version == 1 else at - 1
    return {
        "schema": 1, "id": identity, "version": version, "at": at, "created": created, "body": body
    }  # fmt: skip


def alone(entries: list[Entry]) -> dict[str, Said]:
    """What one worker says in the end, that got them in their order."""
    enricher, index = Enricher.load(), RelatedIndex(WINDOW, CAPACITY)
    for one in entries:
        fields = {key.encode(): value if isinstance(value, bytes) else str(value).encode()
                  for key, value in one.items()}  # fmt: skip
        article = decode_article(Article, fields)
        if article.pub_status == "canceled":
            index.remove(article.id, article.version, int(one["at"]))
        else:
            enricher.enrich(article, partial(links_with, index))
    found = {one["id"]: links_of(index, one["id"]) for one in entries}
    return {identity: said(links) for identity, links in found.items() if links}


def said(links: Links) -> Said:
    pointed = frozenset((link.id, link.rel) for link in links.related)
    return pointed, links.story.id if links.story else None


async def told(redis: Client) -> dict[str, Said]:
    """What a reader ends with: the newest version, and the newest of what came after it."""
    found: dict[str, Said] = {}
    newest: dict[str, int] = {}
    for partition in PARTITIONS:
        for _, fields in await redis.xrange(partition.stream(ENRICHED)):
            identity, version = fields[b"id"].decode(), int(fields[b"version"])
            if version > newest.get(identity, 0):
                newest[identity] = version
                body = orjson.loads(fields[b"body"])
                found[identity] = said(Links.model_validate(body["enrichment"]))
        order: dict[str, int] = {}
        for _, fields in await redis.xrange(partition.stream(LINKS)):
            identity, place = fields[b"id"].decode(), int(fields[b"order"])
            links = Links.model_validate_json(fields[b"body"])
            if place > order.get(identity, 0) and not links.left:
                order[identity], found[identity] = place, said(links)
    return found


async def send(redis: Client, entries: list[Entry]) -> None:
    """All at once, in no order."""
    for one in random.Random(5).sample(entries, len(entries)):
        partition = partition_of(one["id"], PARTITIONS)
        await redis.xadd(partition.stream(ARTICLES), one)


async def enriched(redis: Client, count: int) -> bool:
    lengths = [await redis.xlen(partition.stream(ENRICHED)) for partition in PARTITIONS]
    return sum(lengths) >= count


async def quiet(redis: Client) -> bool:
    """Whether nothing is left to be looked at again."""
    return not any([await redis.zcard(partition.key("revisits")) for partition in PARTITIONS])


async def settled(redis: Client, entries: list[Entry], expected: dict[str, Said]) -> None:
    """All are enriched, and soon after it is as if one worker alone had done it."""
    await until(partial(enriched, redis, len(entries)), timeout_s=300)
    elsewhere = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    share = len(entries) / COUNT  # of a flood as fast as all cores go, the looks are behind
    await until(partial(quiet, redis), timeout_s=SETTLED_S * elsewhere * share)
    found = await told(redis)
    differing = {identity for identity in expected if found[identity] != expected[identity]}
    assert not differing, Counter(found[one][1] == expected[one][1] for one in differing)
    assert any([await redis.xlen(partition.stream(LINKS)) for partition in PARTITIONS])


async def test_two_workers_side_by_side_end_as_one_alone(
    redis: Client, start: Start, entries: list[Entry]
) -> None:
    """Each has seen the others' articles later than its own; in the end that shows nowhere."""
    expected = alone(entries)
    start(), start()
    await send(redis, entries)
    await settled(redis, entries, expected)


async def test_workers_killed_at_work_leave_links_as_one_alone(
    redis: Client, start: Start, entries: list[Entry], long: bool
) -> None:
    """kill -9 with articles and looks half done, again and again: nothing is lost, nor twice."""
    expected, kills = alone(entries), 6 if long else 2
    worker = start()
    await send(redis, entries)
    for number in range(1, kills + 1):
        await until(partial(enriched, redis, number * len(entries) // (kills + 1)), timeout_s=120)
        worker.kill()
        worker.wait()
        worker = start()
    await settled(redis, entries, expected)


async def test_a_worker_that_joins_under_load_changes_nothing(
    redis: Client, start: Start, entries: list[Entry]
) -> None:
    """It reads what was found until then while more is found, and works on from there."""
    expected, half = alone(entries), len(entries) // 2
    start()
    await send(redis, entries[:half])
    await until(partial(enriched, redis, half // 2), timeout_s=120)
    start()
    await send(redis, entries[half:])
    await settled(redis, entries, expected)
