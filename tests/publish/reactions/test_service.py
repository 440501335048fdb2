"""The running service: stories and feeds over HTTP, and events where subscribers look for them."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Any

import orjson
import pytest

from newswire_common.audience import Observation
from newswire_common.settings import Settings
from newswire_common.streams import AUDIENCE, article_id, partition_of
from tests.publish.desk import ACCEPTED, Answer, Newsroom, killed
from tests.publish.reactions.reacting import reacting, silent, states
from tests.publish.webhooks.receiver import receiving

FIRST, SECOND = article_id("agency", "g-1"), article_id("agency", "g-2")


async def until(look: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]) -> Any:
    """The first answer that holds; the stage's work is told by no event of its own."""
    async with asyncio.timeout(15):
        while not holds(found := await look()):
            await asyncio.sleep(0.02)
    return found


async def story(newsroom: Newsroom, identity: str, size: int) -> dict[str, Any]:
    """The story as soon as it lists so many articles."""

    async def look() -> Answer:
        return await newsroom.get(f"/v1/stories/{identity}")

    def complete(answer: Answer) -> bool:
        return answer.status == 200 and len(answer.json()["articles"]) == size

    found: dict[str, Any] = (await until(look, complete)).json()
    return found


async def reaction_events(newsroom: Newsroom) -> list[dict[str, Any]]:
    changes = (await newsroom.get("/v1/changes?limit=1000")).json()
    return [event for event in changes["events"] if event["type"].startswith("reaction.")]


@pytest.fixture
def newsroom_settings(newsroom_settings: Settings) -> Settings:
    """With loopback open, where the receiver is."""
    return newsroom_settings.model_copy(
        update={"allow_private_networks": (ip_network("127.0.0.0/8"),)}
    )


async def test_a_subscriber_chooses_reactions_by_a_glob(newsroom: Newsroom) -> None:
    """What became of them, with the article in which to read who and what."""
    async with receiving() as receiver:
        wanted = orjson.dumps({"url": receiver.url + "/", "events": ["reaction.*"]})
        headers = {"Content_Type": "application/json", "Authorization": "Bearer admin-key"}
        made = (await newsroom.ask("POST", "/v1/webhooks", wanted, **headers)).json()
        await newsroom.publish(reacting("g-1", silent()))
        await story(newsroom, FIRST, 1)
        await newsroom.publish(reacting("g-2", states(), story="g-1"))
        got = [one.verify(made["secret"]) for one in await receiver.wait_for(3)]
    told = {(one["type"], one["data"]["id"]): one["data"] for one in got}
    assert set(told) == {
        ("reaction.added", FIRST), ("reaction.added", SECOND), ("reaction.changed", SECOND),
    }  # fmt: skip
    changed = told["reaction.changed", SECOND]
    assert changed["reactions"]["story"] == FIRST
    assert changed["reactions"]["changes"] == [
        {"id": states().id, "act": "statement", "stance": "concern", "supersedes": silent().id,
         "was": {"id": silent().id, "article": FIRST, "act": "no_comment_yet", "stance": "none"}}
    ]  # fmt: skip
    [reaction] = changed["article"]["enrichment"]["reactions"]
    assert (reaction["id"], reaction["actor"]["name"]) == (states().id, "Japan")


async def test_a_story_is_read_with_its_articles_and_their_reactions(newsroom: Newsroom) -> None:
    """Who spoke, who is awaited, in which articles; and the transition is among the changes."""
    await newsroom.publish(
        reacting("g-1", silent(), silent("Seoul", "KOR"), headline="A pact"),
        reacting("g-2", states(), story="g-1"),
    )
    found = await story(newsroom, FIRST, 2)
    assert found["id"] == FIRST
    assert found["size"] == 2
    assert found["articles"][0] == {
        "id": FIRST, "uri": f"urn:newswire:{FIRST}", "headline": "A pact", "rel": "same-story",
    }  # fmt: skip
    summary = found["reaction_summary"]
    assert summary["awaiting"] == [
        {"name": "Seoul", "iso3": "KOR", "reaction": silent("Seoul", "KOR").id, "article": FIRST}
    ]
    assert summary["positions"][0]["reaction"] == states().id
    events = await until(lambda: reaction_events(newsroom), lambda told: len(told) == 3)
    changed = next(event for event in events if event["type"] == "reaction.changed")
    assert changed["reactions"]["changes"][0]["supersedes"] == silent().id


async def test_a_story_that_is_none_is_a_problem(newsroom: Newsroom) -> None:
    """Unknown, misspelt, or all withdrawn: 404 with its reason."""
    await newsroom.publish(reacting("g-1", states()))
    await story(newsroom, FIRST, 1)
    await newsroom.publish(killed("g-1"))
    for name in ("0" * 32, "x", "..%2f", FIRST):
        answer = await newsroom.get(f"/v1/stories/{name}")
        assert answer.status == 404, name
        assert answer.type == "application/problem+json"


async def test_a_merged_story_leads_to_the_one_that_goes_on(newsroom: Newsroom) -> None:
    """For the time being: it may part again."""
    await newsroom.publish(reacting("g-1", states()), reacting("g-2", states("support")))
    await story(newsroom, FIRST, 1)
    await story(newsroom, SECOND, 1)
    key = partition_of(SECOND, newsroom.desk.partitions).key("story", SECOND)
    await newsroom.desk.client.hset(key, "merged_into", FIRST)
    async with newsroom.http.get(f"/v1/stories/{SECOND}", allow_redirects=False) as answer:
        assert answer.status == 307
        assert answer.headers["Location"] == f"/v1/stories/{FIRST}"
    assert (await newsroom.get(f"/v1/stories/{SECOND}")).json()["id"] == FIRST


async def test_an_unchanged_story_costs_no_bytes(newsroom: Newsroom) -> None:
    """It has a validator, and answers 304 to who has it."""
    await newsroom.publish(reacting("g-1", states()))
    await story(newsroom, FIRST, 1)
    known = await newsroom.get(f"/v1/stories/{FIRST}")
    again = await newsroom.get(f"/v1/stories/{FIRST}", If_None_Match=known.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


async def test_a_country_has_a_feed_of_articles_in_which_it_reacts(newsroom: Newsroom) -> None:
    """In every format, with tombstones, and without those that only name the country."""
    places = {"tags": {"places": [{"name": "Japan", "iso3": "JPN"}]}}
    await newsroom.publish(
        reacting("g-1", states(), silent("Seoul", "KOR")), reacting("g-2", enrichment=places)
    )
    for form in ("rss", "atom", "json"):
        feed = await newsroom.get(f"/feeds/reactions/JPN.{form}")
        assert feed.status == 200
        assert FIRST in feed.text
        assert SECOND not in feed.text
    assert (await newsroom.get("/feeds/reactions/KOR.json")).status == 200
    assert (await newsroom.get("/feeds/reactions/USA.json")).status == 404
    await newsroom.publish(killed("g-1"))
    feed = (await newsroom.get("/feeds/reactions/JPN.json")).json()
    assert feed["items"][0]["_newswire"]["withdrawn"]


async def test_what_readers_did_is_never_among_the_reactions(newsroom: Newsroom) -> None:
    """Counts stand in the article's audience, and nowhere in the story's summary or its events."""
    await newsroom.publish(reacting("g-1", states()))
    before = await story(newsroom, FIRST, 1)
    seen = Observation(platform="forum", observed_at=ACCEPTED, counts={"like": 900, "dislike": 7})
    stream = partition_of(FIRST, newsroom.desk.partitions).stream(AUDIENCE)
    await newsroom.desk.client.xadd(
        stream, {"schema": 1, "id": FIRST, "body": seen.model_dump_json()}
    )

    async def counts() -> Any:
        return (await newsroom.get(f"/v1/articles/{FIRST}")).json().get("audience", {})

    told = await until(counts, lambda found: "like" in found.get("counts", {}))
    assert told["counts"]["like"]["value"] == 900
    assert await story(newsroom, FIRST, 1) == before
    assert [event["type"] for event in await reaction_events(newsroom)] == ["reaction.added"]
