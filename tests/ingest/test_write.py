"""Identity and version of what is written, whatever happens to the server meanwhile."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from newswire_common import connection
from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import article_uri
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


PACT = (
    "Ministers from twelve countries signed the fisheries agreement in Lisbon on Thursday after "
    "negotiations that had lasted almost three years. Environmental organisations welcomed the "
    "quotas and criticised the missing inspections."
)
STORM = (
    "Thousands of households in northern Scotland remained without electricity on Friday morning, "
    "said the operator of the network. Meteorologists expect further flooding along the coast, and "
    "schools stay closed until Monday."
)


def a_story(slug: str, headline: str, text: str, **changes: Any) -> dict[str, Any]:
    """A posting under the one guid of the tests."""
    url = f"https://agency.example/{slug}"
    return a_draft(url=url, headline=headline, body_text=text, **changes)


async def posted(newsroom: Newsroom, *drafts: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Number of the article by first appearance, version and outcome of each."""
    ids: list[str] = []
    seen = []
    for draft in drafts:
        (result,) = (await newsroom.post(draft)).json()["results"]
        ids += [result["id"]] if result["id"] not in ids else []
        seen.append((f"article {ids.index(result['id'])}", result["version"], result["outcome"]))
    return seen


async def test_a_guid_used_again_does_not_hide_the_new_article(newsroom: Newsroom) -> None:
    """Other words at another url under an old guid are another article; the old one stays."""
    pact, storm = a_story("pact", "Pact signed", PACT), a_story("storm", "Lights out", STORM)
    later = a_story("storm", "Lights back", STORM)
    assert await posted(newsroom, pact, storm, pact, storm, later, later, pact) == [
        ("article 0", 1, "created"),
        ("article 1", 1, "created"),
        ("article 0", 1, "unchanged"),
        ("article 1", 1, "unchanged"),
        ("article 1", 2, "revised"),
        ("article 1", 2, "unchanged"),
        ("article 0", 1, "unchanged"),
    ]
    first, second, third = (decode_article(Article, entry) for entry in await newsroom.entries())
    assert (first.guid, first.uri) == (second.guid, article_uri(first.id))
    assert second.id == third.id != first.id
    assert second.uri == article_uri(second.id)
    assert (second.headline, second.revision_kind) == ("Lights out", "new")


async def test_a_feed_whose_items_share_one_guid_loses_none(newsroom: Newsroom) -> None:
    """Every item is an article, in every order, with every fetch again."""
    items = [
        a_story(f"item-{n}", f"Headline {n}", " ".join(f"wording{n}x{word}" for word in range(40)))
        for n in range(40)
    ]
    first = await posted(newsroom, *items)
    assert {outcome for _, _, outcome in first} == {"created"}
    assert len({name for name, _, _ in first}) == 40
    again = await posted(newsroom, *items[:1], *reversed(items[1:]))
    assert {outcome for _, _, outcome in again} == {"unchanged"}


@pytest.mark.parametrize(
    "changed",
    [
        a_story("pact", "Lisbon: fleets must shrink", PACT),
        a_story("pact", "Lights out", STORM),
        a_story("fleets-must-shrink", "Lisbon: fleets must shrink", PACT),
        a_story("fleets-must-shrink", "Fleets must shrink", "In a first reaction: " + PACT[60:]),
        a_story("fleets-must-shrink", "Fleets", "", summary=PACT),
        a_story("short", "Lights out", ""),
        a_story("storm", "Lights out", STORM, revision_kind="correction"),
        a_draft(headline="Lights out", body_text=STORM),
    ],
    ids=["headline", "all but the url", "slug", "slug and lead", "summary alone", "too few words",
         "called a correction", "no url"],
)  # fmt: skip
async def test_a_correction_or_a_moved_url_is_a_version(
    newsroom: Newsroom, changed: dict[str, Any]
) -> None:
    """What an editor does to an article makes no second one; and A, B, A are versions 1, 2, 3."""
    pact = a_story("pact", "Pact signed", PACT)
    assert await posted(newsroom, pact, changed, pact) == [
        ("article 0", 1, "created"),
        ("article 0", 2, "revised"),
        ("article 0", 3, "revised"),
    ]


async def test_the_other_article_of_a_guid_may_move_too(newsroom: Newsroom) -> None:
    """Its new url is found by its words, and stays found when the words change afterwards."""
    assert await posted(
        newsroom,
        a_story("pact", "Pact signed", PACT),
        a_story("storm", "Lights out", STORM),
        a_story("lights-out", "Lights out", STORM),
        a_story("lights-out", "Lights back", STORM),
        a_story("pact", "Pact signed", PACT),
    ) == [
        ("article 0", 1, "created"),
        ("article 1", 1, "created"),
        ("article 1", 2, "revised"),
        ("article 1", 3, "revised"),
        ("article 0", 1, "unchanged"),
    ]


async def test_a_lower_source_version_does_not_hide_the_other_article(newsroom: Newsroom) -> None:
    """Each article of a guid has its own count."""
    assert await posted(
        newsroom,
        a_story("pact", "Pact signed", PACT, source_version=9),
        a_story("storm", "Lights out", STORM, source_version=1),
        a_story("storm", "Lights back", STORM, source_version=0),
    ) == [
        ("article 0", 1, "created"),
        ("article 1", 1, "created"),
        ("article 1", 1, "stale"),
    ]


async def test_the_other_article_is_withdrawn_by_its_url_or_its_id(newsroom: Newsroom) -> None:
    """Taking one of them back leaves the other."""
    pact, storm = a_story("pact", "Pact signed", PACT), a_story("storm", "Lights out", STORM)
    kill = a_story("storm", "Lights out", "", revision_kind="kill")
    assert await posted(newsroom, pact, storm, kill, storm, pact) == [
        ("article 0", 1, "created"),
        ("article 1", 1, "created"),
        ("article 1", 2, "revised"),
        ("article 1", 2, "unchanged"),
        ("article 0", 1, "unchanged"),
    ]
    other = decode_article(Article, (await newsroom.entries())[1]).id
    answer = await newsroom.http.post(f"/v1/articles/{other}/withdraw", json={"kind": "kill"})
    assert answer.json()["results"][0]["id"] == other


async def test_tracking_in_the_url_makes_no_version(newsroom: Newsroom) -> None:
    """A feed that counts anew with each fetch is unchanged, with a guid and without."""
    for guid in ("story-1", None):
        urls = [f"https://agency.example/1?utm_content={n}" for n in range(3)]
        outcomes = [await newsroom.taken(a_draft(guid=guid, url=url)) for url in urls]
        assert outcomes == [(1, "created"), (1, "unchanged"), (1, "unchanged")]


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
