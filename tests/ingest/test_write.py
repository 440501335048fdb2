"""Identity and version of what is written, whatever happens to the server meanwhile."""

import asyncio
import json
from pathlib import Path

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_ingest.app import build
from newswire_local.embedded import EmbeddedServer
from tests.ingest.newsroom import Newsroom, a_draft, http_of, is_refused, running, until_open


async def test_content_a_b_a_is_three_versions(newsroom: Newsroom) -> None:
    """Going back to an old text is news like any other change."""
    seen = [await newsroom.taken(a_draft(headline=name)) for name in ("A", "B", "A")]
    assert seen == [(1, "created"), (2, "revised"), (3, "revised")]


async def test_the_same_content_is_unchanged_whatever_its_dates_say(newsroom: Newsroom) -> None:
    """A feed that touches its dates does not make news."""
    await newsroom.taken(a_draft(published_at="2026-11-20", source_version=1))
    for changes in (
        {},
        {"published_at": "2026-11-21"},
        {"updated_at": "2030-01-01T00:00:00Z"},
        {"source_version": 2},
        {"audience": {"counts": {"like": {"value": 3, "platform": "x"}}}},
    ):
        assert await newsroom.taken(a_draft(**changes)) == (1, "unchanged")
    assert len(await newsroom.entries()) == 1


async def test_an_older_date_with_new_content_is_a_new_version(newsroom: Newsroom) -> None:
    """Nothing is lost to a date watermark."""
    await newsroom.taken(a_draft(updated_at="2026-11-20T10:00:00Z"))
    older = a_draft(headline="Corrected", updated_at="2020-01-01T00:00:00Z")
    assert await newsroom.taken(older) == (2, "revised")


async def test_a_lower_source_version_is_stale(newsroom: Newsroom) -> None:
    """Revisions that overtake one another on their way end with the newest."""
    assert await newsroom.taken(a_draft(headline="9", source_version=9)) == (1, "created")
    assert await newsroom.taken(a_draft(headline="10", source_version=10)) == (2, "revised")
    assert await newsroom.taken(a_draft(headline="9b", source_version=9)) == (2, "stale")
    assert await newsroom.taken(a_draft(headline="10b", source_version=10)) == (3, "revised")
    assert await newsroom.taken(a_draft(headline="none")) == (4, "revised")
    assert await newsroom.taken(a_draft(headline="9c", source_version=9)) == (4, "stale")


async def test_an_unchanged_article_still_raises_the_source_version(newsroom: Newsroom) -> None:
    """What is stale is measured at everything taken, news or not."""
    await newsroom.taken(a_draft(source_version=1))
    assert await newsroom.taken(a_draft(source_version=5)) == (1, "unchanged")
    assert await newsroom.taken(a_draft(headline="4", source_version=4)) == (1, "stale")


async def test_the_largest_source_versions_are_told_apart(newsroom: Newsroom) -> None:
    """Milliseconds and whatever else sources count in stay exact to 2**53."""
    high = 2**53 - 1
    await newsroom.taken(a_draft(source_version=high))
    assert (await newsroom.taken(a_draft(headline="x", source_version=high - 1)))[1] == "stale"
    assert (await newsroom.taken(a_draft(headline="y", source_version=high)))[1] == "revised"


async def test_two_writers_of_the_same_article_make_one_version(
    settings: Settings, client: Client
) -> None:
    """Two services behind one load balancer do not both create it."""
    async with running(settings, client) as one, running(settings, client) as other:
        seen = await asyncio.gather(
            *(room.taken(a_draft()) for _ in range(20) for room in (one, other))
        )
        assert sorted(seen) == [(1, "created")] + [(1, "unchanged")] * 39
        assert len(await one.entries()) == 1


async def test_a_crowd_of_posts_goes_in_few_calls(newsroom: Newsroom) -> None:
    """Concurrent requests share the server's time: that is what makes single posts fast."""
    await newsroom.taken(a_draft())
    await newsroom.redis.config_resetstat()
    await asyncio.gather(*(newsroom.taken(a_draft(guid=str(n))) for n in range(200)))
    stats = await newsroom.redis.info("commandstats")
    assert stats["cmdstat_evalsha"]["calls"] < 50
    assert len(await newsroom.entries()) == 201


async def test_a_server_that_has_lost_the_script_gets_it_again(newsroom: Newsroom) -> None:
    """A restarted server takes articles as before."""
    await newsroom.redis.script_flush()
    assert await newsroom.taken(a_draft()) == (1, "created")


async def test_after_flushall_articles_are_new(newsroom: Newsroom) -> None:
    """An emptied server is a new life, not an error."""
    await newsroom.taken(a_draft())
    await newsroom.redis.flushall()
    assert await newsroom.taken(a_draft()) == (1, "created")


async def test_out_of_memory_is_503_and_nothing_is_written(newsroom: Newsroom) -> None:
    """A full server refuses; it neither loses an article nor burns its version."""
    await newsroom.taken(a_draft())
    await newsroom.redis.config_set("maxmemory", "1")
    await is_refused(newsroom, "/unavailable")
    assert len(await newsroom.entries()) == 1
    await newsroom.redis.config_set("maxmemory", "0")
    assert await newsroom.taken(a_draft(headline="While it is away")) == (2, "revised")


async def test_a_server_that_became_a_replica_is_503(newsroom: Newsroom) -> None:
    """During a failover articles are refused, not lost."""
    await newsroom.redis.replicaof("127.0.0.1", "1")
    await is_refused(newsroom, "/unavailable")
    await newsroom.redis.replicaof("NO", "ONE")
    assert await newsroom.taken(a_draft()) == (1, "created")


async def test_a_killed_server_is_503_until_it_is_back(
    newsroom: Newsroom, server: EmbeddedServer
) -> None:
    """Away and back again, without a restart of the service, and what was accepted is there."""
    await newsroom.taken(a_draft())
    server.kill()
    # A connection that dies under the write leaves it open whether it was written.
    await is_refused(newsroom, "")
    await is_refused(newsroom, "/unavailable")
    server.start()
    assert await newsroom.taken(a_draft()) == (1, "unchanged")
    assert len(await newsroom.entries()) == 1


async def test_a_lost_reply_is_unconfirmed_and_the_same_again_is_safe(
    newsroom: Newsroom, server: EmbeddedServer
) -> None:
    """Where nobody knows whether it was written, the client is told exactly that."""
    await newsroom.taken(a_draft())
    paused = await newsroom.redis.client_pause(60_000, all=False)
    assert paused
    lost = asyncio.create_task(newsroom.post(a_draft(headline="Lost?")))
    while not await _blocked(newsroom.redis):
        await asyncio.sleep(0.01)
    server.kill()
    answer = await lost
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/unconfirmed")
    server.start()
    assert await newsroom.taken(a_draft(headline="Lost?")) == (2, "revised")


async def _blocked(redis: Client) -> bool:
    """Whether a client's write is held back by the pause."""
    return bool((await redis.info("clients"))["blocked_clients"])


async def test_readiness_says_whether_the_server_is_there(
    newsroom: Newsroom, server: EmbeddedServer
) -> None:
    """A load balancer sends articles elsewhere while they could only be refused here."""
    server.kill()
    async with asyncio.timeout(10):
        while "Redis is away" not in (await newsroom.http.get("/readyz")).text:
            await asyncio.sleep(0.02)
    server.start()
    await until_open(newsroom)
    assert await newsroom.taken(a_draft()) == (1, "created")


async def test_a_service_without_a_server_refuses_until_there_is_one(tmp_path: Path) -> None:
    """Start order does not matter."""
    server = EmbeddedServer(tmp_path / "late")
    server.start()
    url = server.url
    server.kill()
    settings = Settings(redis_url=url, admin_key="admin-key", _env_file=None)  # type: ignore[call-arg, arg-type]  # pydantic-settings' own arguments
    redis = connection.client(url)
    app = build(settings)
    async with app.router.lifespan_context(app), http_of(app) as http:
        newsroom = Newsroom(app, http, redis, settings)
        await is_refused(newsroom, "/unavailable")
        server.start()
        await until_open(newsroom)
        assert await newsroom.taken(a_draft()) == (1, "created")
    await redis.aclose()
    server.stop()


async def test_lines_are_refused_together_when_the_server_is_away(
    newsroom: Newsroom, server: EmbeddedServer
) -> None:
    """A batch of which nothing was taken is 503, so that no client takes it for done."""
    server.kill()
    await is_refused(newsroom, "")
    answer = await newsroom.post_lines(json.dumps(a_draft()).encode(), b"{}")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    away, rejected = answer.json()["results"]
    assert (away["line"], away["outcome"]) == (1, "unavailable")
    assert rejected["outcome"] == "rejected"
