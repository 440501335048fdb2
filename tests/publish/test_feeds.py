"""Feeds over HTTP, from a running service."""

import asyncio
import gzip
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product

import feedparser
import pytest
from prometheus_client.parser import text_string_to_metric_families

from newswire_common.article import EnrichedArticle
from newswire_publish.feeds import editions
from tests.publish.desk import Newsroom, enriched, killed

FORMATS = ("rss", "atom", "json")


async def ids(newsroom: Newsroom, path: str) -> list[str]:
    answer = await newsroom.get(path)
    assert answer.status == 200
    return [item["id"] for item in answer.json()["items"]]


async def test_the_feed_of_all_is_there_before_anything_else(newsroom: Newsroom) -> None:
    """A reader may subscribe to a new installation."""
    for form in FORMATS:
        answer = await newsroom.get(f"/feeds/all.{form}")
        assert answer.status == 200
        assert "Last-Modified" not in answer.headers
    assert await ids(newsroom, "/feeds/all.json") == []


async def test_feedparser_reads_a_published_article(newsroom: Newsroom) -> None:
    """A common reader finds the article where it belongs, with addresses of the public URL."""
    await newsroom.publish(enriched(section="World", headline="Pact & consequences"))
    names = ("all", "section/world", "source/agency")
    for name, form in product(names, ("rss", "atom")):
        answer = await newsroom.get(f"/feeds/{name}.{form}")
        assert answer.type == f"application/{form}+xml"
        parsed = feedparser.parse(answer.body)
        assert not parsed.bozo
        assert [entry.title for entry in parsed.entries] == ["Pact & consequences"]
        [address] = [link.href for link in parsed.feed.links if link.rel == "self"]
        assert address == f"https://news.example/feeds/{name}.{form}"


async def test_the_json_feed_has_its_own_type(newsroom: Newsroom) -> None:
    """A reader knows by the type what it got."""
    answer = await newsroom.get("/feeds/all.json")
    assert answer.headers["Content-Type"] == "application/feed+json"
    assert answer.json()["feed_url"] == "https://news.example/feeds/all.json"


async def test_the_newest_come_first_and_no_more_than_asked(newsroom: Newsroom) -> None:
    """`limit` cuts the oldest."""
    for number in range(4):
        await newsroom.publish(enriched(f"g-{number}"))
    newest = [enriched(f"g-{number}").uri for number in (3, 2, 1, 0)]
    assert await ids(newsroom, "/feeds/all.json") == newest
    assert await ids(newsroom, "/feeds/all.json?limit=2") == newest[:2]


async def test_a_limit_out_of_bounds_is_refused(newsroom: Newsroom) -> None:
    """A wrong limit is an error that says so, not a surprise."""
    for limit in ("0", "201", "-1", "many", "1e3"):
        answer = await newsroom.get(f"/feeds/all.rss?limit={limit}")
        assert answer.status == 422, limit
        assert answer.json()["errors"][0]["pointer"] == "/limit"


NO_FEEDS = ["section/none.rss", "all.xml", ".rss", "all", "%00.rss", "x" * 300 + ".json"]


async def test_what_is_no_feed_is_not_found(newsroom: Newsroom) -> None:
    """An unknown name or format is a 404 in the form of every other error."""
    for name in NO_FEEDS:
        answer = await newsroom.get(f"/feeds/{name}")
        assert answer.status == 404, name
        assert answer.type == "application/problem+json"


async def test_a_client_that_has_the_feed_is_not_sent_it_again(newsroom: Newsroom) -> None:
    """304 by entity tag and by date until something changes, then the new feed."""
    for version, form in enumerate(FORMATS, 1):
        await newsroom.publish(enriched(version=version))
        await is_sent_once(newsroom, f"/feeds/all.{form}", enriched(version=version + 1))


async def is_sent_once(newsroom: Newsroom, path: str, change: EnrichedArticle) -> None:
    first = await newsroom.get(path)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    age = datetime.now(UTC) - parsedate_to_datetime(date)
    assert 0 <= age.total_seconds() < 10
    unchanged = await newsroom.get(path, If_None_Match=tag)
    assert unchanged.status == 304
    assert unchanged.headers["ETag"] == tag
    assert unchanged.body == b""
    later = "Sat, 01 Jan 2050 00:00:00 GMT"
    assert (await newsroom.get(path, If_Modified_Since=later)).status == 304
    await newsroom.publish(change)
    changed = await newsroom.get(path, If_None_Match=tag)
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


async def test_a_head_answers_as_a_get_would_without_the_body(newsroom: Newsroom) -> None:
    """Clients that only look see the same headers."""
    await newsroom.publish(enriched())
    get, head = [await newsroom.ask(method, "/feeds/all.rss") for method in ("GET", "HEAD")]
    assert head.status == 200
    assert head.body == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified"):
        assert head.headers[name] == get.headers[name]


async def test_gzip_is_another_representation_with_its_own_tag(newsroom: Newsroom) -> None:
    """Who asks gets gzip; caches can tell the two apart, and each has its 304."""
    await newsroom.publish(enriched())
    plain = await newsroom.get("/feeds/all.atom")
    packed = await newsroom.get("/feeds/all.atom", Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    unchanged = await newsroom.get(
        "/feeds/all.atom", Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]
    )
    assert unchanged.status == 304
    assert "Vary" in unchanged.headers


async def test_a_feed_changes_with_every_change_of_what_it_holds(newsroom: Newsroom) -> None:
    """Update, move, and kill show at the next request: no cache outlives the truth."""
    await newsroom.publish(enriched("a", section="World"), enriched("b", section="World"))
    assert len(await ids(newsroom, "/feeds/section/world.json")) == 2
    await newsroom.publish(enriched("a", 2, section="Sport"))
    assert await ids(newsroom, "/feeds/section/world.json") == [enriched("b").uri]
    await newsroom.publish(enriched("b", 2, section="World", headline="changed"))
    answer = await newsroom.get("/feeds/section/world.json")
    assert answer.json()["items"][0]["title"] == "changed"
    await newsroom.publish(killed("b", 3))
    answer = await newsroom.get("/feeds/section/world.json")
    [item] = answer.json()["items"]
    assert "withdrawn" in item["_newswire"]
    assert enriched("b").body_text[:15].encode() not in answer.body


async def test_many_who_ask_at_once_get_the_same_edition(newsroom: Newsroom) -> None:
    """A crowd at a new article gets one rendering, not one each."""
    await newsroom.publish(*(enriched(f"g-{number}") for number in range(20)))
    answers = await asyncio.gather(*(newsroom.get("/feeds/all.rss") for _ in range(30)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1


async def test_a_feed_of_giants_is_cut_to_its_newest(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large the articles, the memory for a feed is bounded, and its newest item is in."""
    monkeypatch.setattr(editions, "MAX_EDITION_BYTES", 50_000)
    for number in range(3):
        await newsroom.publish(enriched(f"g-{number}", body_text="word " * 5_000))
    assert await ids(newsroom, "/feeds/all.json") == [enriched("g-2").uri]


async def test_an_emptied_server_does_not_bring_old_text_back(newsroom: Newsroom) -> None:
    """After FLUSHALL the same id and version with another text is the other text."""
    await newsroom.publish(enriched(headline="before"))
    await newsroom.get("/feeds/all.json")
    await newsroom.desk.client.flushall()
    async with asyncio.timeout(10):
        while not await newsroom.desk.client.exists("{p0}:enriched"):
            await asyncio.sleep(0.05)  # until the keeper has made the groups again
    await newsroom.publish(enriched(headline="after"))
    answer = await newsroom.get("/feeds/all.json")
    assert [item["title"] for item in answer.json()["items"]] == ["after"]


async def test_a_document_beyond_reading_spoils_no_feed(newsroom: Newsroom) -> None:
    """One article that an older process can not read is left out, the others are there."""
    await newsroom.publish(enriched("good"), enriched("odd"))
    key = newsroom.desk.partitions[0].article(enriched("odd").id)
    await newsroom.desk.client.hset(key, "v1", '{"headline": 1}')
    assert await ids(newsroom, "/feeds/all.json") == [enriched("good").uri]


async def test_the_catalogue_lists_every_feed_with_its_addresses(newsroom: Newsroom) -> None:
    """What can be subscribed to can be found."""
    answer = await newsroom.get("/feeds")
    assert [feed["name"] for feed in answer.json()["feeds"]] == ["all"]
    await newsroom.publish(enriched(section="Économie"))
    feeds = (await newsroom.get("/feeds")).json()["feeds"]
    assert [feed["name"] for feed in feeds] == ["all", "section/économie", "source/agency"]
    address = feeds[1]["urls"]["json"]
    assert address == "https://news.example/feeds/section/%C3%A9conomie.json"
    assert await ids(newsroom, address.removeprefix("https://news.example"))


async def test_requests_are_counted_by_format_and_status(newsroom: Newsroom) -> None:
    """Operators see what is read, by labels of a bounded number."""
    tag = (await newsroom.get("/feeds/all.rss")).headers["ETag"]
    await newsroom.get("/feeds/all.rss", If_None_Match=tag)
    await newsroom.get("/feeds/none.atom")
    metrics = (await newsroom.get("/metrics")).text
    counted = {
        (sample.labels["format"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == "newswire_feed_requests_total"
    }
    assert counted == {("rss", "200"): 1, ("rss", "304"): 1, ("atom", "404"): 1}
