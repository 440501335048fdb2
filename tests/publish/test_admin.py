"""Operators' routes and private installations, from a running service."""

import asyncio

from newswire_common.settings import Settings
from newswire_common.streams import ENRICHED
from newswire_local.embedded import EmbeddedServer
from tests.publish.desk import Newsroom, enriched, message, running

ADMIN = {"Authorization": "Bearer admin-key"}
JSON = {"Content-Type": "application/json"}
OPEN = ("/feeds", "/feeds/all.rss", f"/v1/articles/{'0' * 32}", "/v1/changes")


async def poison(newsroom: Newsroom) -> str:
    """An entry that can not be read; answers its dead letter's id."""
    stream = newsroom.desk.partitions[0].stream(ENRICHED)
    await newsroom.desk.client.xadd(stream, {**message(enriched()), "body": b"\xff"})
    async with asyncio.timeout(10):
        while True:
            dead = (await newsroom.get("/v1/dead", **ADMIN)).json()["dead"]
            if dead:
                identity: str = dead[0]["id"]
                return identity
            await asyncio.sleep(0.01)  # a dead letter makes no event to wait for


async def test_operators_routes_need_the_admin_scope(newsroom: Newsroom) -> None:
    """Nobody else sees what went wrong, nor who has a key."""
    for path in ("/v1/dead", "/v1/dead/publish:0:1-0", "/v1/keys"):
        assert (await newsroom.get(path)).status == 401, path
        assert (await newsroom.get(path, Authorization="Bearer wrong")).status == 401, path


async def test_a_dead_letter_is_listed_shown_and_dropped(newsroom: Newsroom) -> None:
    """An operator finds out what went wrong, and clears it away."""
    identity = await poison(newsroom)
    assert identity.startswith("publish:0:")
    answer = await newsroom.ask("GET", f"/v1/dead/{identity}", **ADMIN)
    letter = answer.json()
    assert "not a readable article" in letter["error"]
    assert letter["fields"]["id"] == enriched().id
    answer = await newsroom.ask("DELETE", f"/v1/dead/{identity}", **ADMIN)
    assert answer.status == 204
    answer = await newsroom.ask("GET", f"/v1/dead/{identity}", **ADMIN)
    assert answer.status == 404


async def test_a_dead_letter_is_retried(newsroom: Newsroom) -> None:
    """What was mended, here by hand, is published after all."""
    identity = await poison(newsroom)
    client, dead = newsroom.desk.client, newsroom.desk.partitions[0].dead("publish")
    [(entry_id, raw)] = await client.xrange(dead)
    await client.delete(dead)
    body = enriched().model_dump_json(exclude_none=True)
    await client.xadd(dead, {**raw, b"field.body": body}, id=entry_id)
    answer = await newsroom.ask("POST", f"/v1/dead/{identity}/retry", **ADMIN)
    assert answer.status == 202
    answer = await newsroom.get("/v1/changes?wait=10")
    assert [event["type"] for event in answer.json()["events"]] == ["article.published"]


async def test_a_key_is_made_used_and_revoked(newsroom: Newsroom) -> None:
    """The secret is shown once; the list never tells it."""
    wanted = '{"name": "desk", "scopes": ["admin"]}'
    answer = await newsroom.ask("POST", "/v1/keys", wanted, **ADMIN, **JSON)
    assert answer.status == 201
    made = answer.json()
    listed = await newsroom.get("/v1/keys", Authorization=f"Bearer {made['key']}")
    assert listed.status == 200
    assert made["key"] not in listed.text
    assert [key["name"] for key in listed.json()["keys"]] == ["desk"]
    answer = await newsroom.ask("DELETE", f"/v1/keys/{made['id']}", **ADMIN)
    assert answer.status == 204
    answer = await newsroom.ask("DELETE", f"/v1/keys/{made['id']}", **ADMIN)
    assert answer.status == 404


WRONG_KEYS = [
    '{"name":"x","scopes":[]}',
    '{"name":"x","scopes":["root"]}',
    '{"name":"","scopes":["admin"]}',
    '{"name":"x","scopes":["admin"],"more":1}',
    '{"name":"\\ud800","scopes":["admin"]}',
    "{",
    "NaN",
]


async def test_a_wrong_key_request_is_refused(newsroom: Newsroom) -> None:
    """No key comes of a body that is not whole."""
    for body in WRONG_KEYS:
        answer = await newsroom.ask("POST", "/v1/keys", body, **ADMIN, **JSON)
        assert answer.status in {400, 422}, body
        assert answer.type == "application/problem+json"


async def test_reading_is_open(newsroom: Newsroom) -> None:
    """By default nobody needs a key to read."""
    assert [(await newsroom.get(path)).status for path in OPEN] == [200, 200, 404, 200]


async def test_a_private_installation_is_read_with_any_key(valkey: EmbeddedServer) -> None:
    """With PRIVATE no word is told without a key, and answers stay out of shared caches."""
    private = Settings(redis_url=valkey.url, private=True, admin_key="admin-key", _env_file=None)
    async with running(private) as newsroom:
        for path in OPEN:
            answer = await newsroom.get(path)
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await newsroom.get(OPEN[0], Authorization="Basic eDp5")).status == 401
        wanted = '{"name": "reader", "scopes": ["subscribe"]}'
        made = await newsroom.ask("POST", "/v1/keys", wanted, **ADMIN, **JSON)
        bearer = f"Bearer {made.json()['key']}"
        answers = [await newsroom.get(path, Authorization=bearer) for path in OPEN]
        assert [answer.status for answer in answers] == [200, 200, 404, 200]
        assert answers[1].headers["Cache-Control"].startswith("private")


async def test_every_route_is_documented(newsroom: Newsroom) -> None:
    """The reference names each route of the service's own, without a warning."""
    paths = (await newsroom.get("/openapi.json")).json()["paths"]
    assert {"/feeds", "/feeds/{name}.{form}", "/v1/articles/{article_id}", "/v1/changes",
            "/v1/dead", "/v1/keys"} <= set(paths)  # fmt: skip
