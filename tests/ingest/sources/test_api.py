"""``/v1/sources``: operators' feeds, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from newswire_common.auth import Keyring, Scope
from newswire_common.connection import Client
from newswire_common.settings import Settings
from tests.ingest.newsroom import Newsroom, running

FEED = "https://kestrel.example/feed"


@pytest.fixture
async def newsroom(settings: Settings, client: Client) -> AsyncIterator[Newsroom]:
    """The service; it polls nothing, since there is no web here."""
    quiet = settings.model_copy(update={"polls_at_once": 0})
    async with running(quiet, client) as started:
        yield started


async def add(newsroom: Newsroom, **fields: Any) -> httpx.Response:
    return await newsroom.http.post(
        "/v1/sources", json={"id": "kestrel", "feed_url": FEED} | fields
    )


async def as_somebody(
    newsroom: Newsroom, settings: Settings, *scopes: Scope, sources: tuple[str, ...] = ()
) -> dict[str, str]:
    """The headers of a new key."""
    keyring = Keyring(newsroom.redis, settings)
    key, _ = await keyring.create("somebody", frozenset(scopes), frozenset(sources))
    return {"Authorization": f"Bearer {key}"}


async def test_a_source_is_added_shown_changed_and_removed(newsroom: Newsroom) -> None:
    """With its health from the first moment on."""
    made = await add(newsroom, name="Kestrel", section="World", interval_s=300, full_text=True)
    assert made.status_code == 201, made.text
    shown = (await newsroom.http.get("/v1/sources/kestrel")).json()
    assert shown == made.json()
    health = shown.pop("health")
    assert shown.pop("created_at")
    assert shown == {
        "id": "kestrel", "feed_url": FEED, "name": "Kestrel", "section": "World",
        "interval_s": 300, "full_text": True,
    }  # fmt: skip
    assert health.pop("next_poll_at")
    assert health == {
        "state": "ok", "last_fetch_at": None, "last_status": None, "consecutive_failures": 0,
        "articles_24h": 0, "error": None,
    }  # fmt: skip
    patch = {"section": None, "interval_s": 60, "full_text": None}
    changed = (await newsroom.http.patch("/v1/sources/kestrel", json=patch)).json()
    assert (changed["section"], changed["interval_s"], changed["full_text"]) == (None, 60, True)
    assert changed["name"] == "Kestrel"
    assert (await newsroom.http.delete("/v1/sources/kestrel")).status_code == 204
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/poll")):
        gone = await newsroom.http.request(method, f"/v1/sources/kestrel{path}", json={})
        assert gone.status_code == 404, method


async def test_an_id_is_taken_once(newsroom: Newsroom) -> None:
    """Two feeds of one id would be one source."""
    await add(newsroom)
    again = await add(newsroom, feed_url="https://other.example/")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"feed_url": "http://169.254.169.254/latest"}, {"feed_url": "http://localhost/feed"},
        {"feed_url": "file:///etc/passwd"}, {"feed_url": "ftp://kestrel.example/"},
        {"feed_url": "https://user:secret@kestrel.example/"}, {"feed_url": "https://"},
        {"feed_url": "https://kestrel.example/a b"}, {"feed_url": "https://kestrel.example/\r\n"},
        {"feed_url": "https://kestrel.example:99999/"}, {"feed_url": "https://[::1"},
        {"feed_url": "https://kestrel.example/" + "x" * 2_000}, {"feed_url": None},
        {"id": ""}, {"id": "a/b"}, {"id": "../x"}, {"id": "a" * 101}, {"id": "e\u0301"},
        {"id": 1}, {"interval_s": 0}, {"interval_s": -1}, {"interval_s": 10**9},
        {"name": "a\x00b"}, {"name": "x" * 301}, {"full_text": "perhaps"}, {"extra": 1},
    ],
)  # fmt: skip
async def test_what_can_be_no_source_is_refused(newsroom: Newsroom, wrong: dict[str, Any]) -> None:
    """422 that points to the field."""
    refused = await add(newsroom, **wrong)
    assert refused.status_code == 422, refused.text
    (field,) = wrong
    assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    assert (await newsroom.http.get("/v1/sources")).json() == {"sources": [], "cursor": None}


async def test_a_source_may_be_called_what_it_is_called(newsroom: Newsroom) -> None:
    """In any script."""
    await add(newsroom, id="известия")
    found = await newsroom.http.get("/v1/sources/известия")
    assert found.json()["id"] == "известия"


async def test_sources_are_listed_by_pages_and_by_state(newsroom: Newsroom) -> None:
    """In the order of their ids, each once."""
    names = [f"source-{number}" for number in range(5)]
    for name in reversed(names):
        await add(newsroom, id=name, feed_url=f"https://{name}.example/")
    met, cursor = [], ""
    while cursor is not None:
        query = {"limit": 2, "cursor": cursor}
        page = (await newsroom.http.get("/v1/sources", params=query)).json()
        met += [one["id"] for one in page["sources"]]
        cursor = page["cursor"]
    assert met == names
    for state, count in (("ok", 5), ("gone", 0)):
        page = (await newsroom.http.get("/v1/sources", params={"state": state})).json()
        assert len(page["sources"]) == count
    assert (await newsroom.http.get("/v1/sources?state=happy")).status_code == 422


CHANGES = [
    ("POST", "", {"id": "new", "feed_url": "https://new.example/"}),
    ("POST", "", {"id": "not-yet", "feed_url": "https://new.example/"}),
    ("PATCH", "/kestrel", {"feed_url": "https://new.example/"}), ("PATCH", "/other", {"name": "X"}),
    ("DELETE", "/kestrel", {}), ("DELETE", "/other", {}),
    ("POST", "/kestrel/poll", {}), ("POST", "/other/poll", {}),
    ("POST", "/opml", {}), ("GET", ".opml", {}),
]  # fmt: skip


async def test_a_bound_key_sees_its_own_sources_only(
    newsroom: Newsroom, settings: Settings
) -> None:
    """To it there are no others."""
    await add(newsroom)
    await add(newsroom, id="other", feed_url="https://other.example/")
    bound = await as_somebody(newsroom, settings, "ingest", sources=("kestrel", "not-yet"))
    listed = (await newsroom.http.get("/v1/sources", headers=bound)).json()
    assert [one["id"] for one in listed["sources"]] == ["kestrel"]
    assert (await newsroom.http.get("/v1/sources/kestrel", headers=bound)).status_code == 200
    for foreign in ("other", "nowhere", "not-yet"):
        found = await newsroom.http.get(f"/v1/sources/{foreign}", headers=bound)
        assert found.status_code == 404


@pytest.mark.parametrize("bound_to", [("kestrel", "not-yet"), ()])
async def test_only_an_admin_adds_changes_removes_or_hastens_a_source(
    newsroom: Newsroom, settings: Settings, bound_to: tuple[str, ...]
) -> None:
    """An ingest key does none of it, neither to its own source nor to another; all stay as is."""
    await add(newsroom)
    await add(newsroom, id="other", feed_url="https://other.example/")
    who = await as_somebody(newsroom, settings, "ingest", sources=bound_to)
    before = (await newsroom.http.get("/v1/sources")).json()
    for method, path, body in CHANGES:
        refused = await newsroom.http.request(method, f"/v1/sources{path}", json=body, headers=who)
        assert refused.status_code == 403, (method, path)
    assert (await newsroom.http.get("/v1/sources")).json() == before


@pytest.mark.parametrize("scope", ["ingest", "subscribe"])
async def test_other_keys_see_no_source(
    newsroom: Newsroom, settings: Settings, scope: Scope
) -> None:
    """Where news comes from is the operator's to know."""
    who = await as_somebody(newsroom, settings, scope)
    for path in ("/v1/sources", "/v1/sources/kestrel"):
        assert (await newsroom.http.get(path, headers=who)).status_code == 403
    assert (
        await newsroom.http.get("/v1/sources", headers={"Authorization": ""})
    ).status_code == 401


async def test_a_poll_can_be_asked_for(newsroom: Newsroom) -> None:
    """It is due at once, whenever it was."""
    await add(newsroom)
    answer = await newsroom.http.post("/v1/sources/kestrel/poll")
    assert answer.status_code == 202
    assert answer.json()["health"]["next_poll_at"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", b"{}", 415), ("application/json", b"{", 400),
        ("application/json", b"[]", 422), ("application/json", b'{"id":"' + b"x" * 70_000, 413),
    ],
)  # fmt: skip
async def test_a_body_that_can_not_be_read_is_a_problem(
    newsroom: Newsroom, content_type: str, body: bytes, status: int
) -> None:
    """As everywhere: RFC 9457."""
    headers = {"content-type": content_type}
    for method, path in (("POST", ""), ("PATCH", "/kestrel")):
        refused = await newsroom.http.request(
            method, f"/v1/sources{path}", content=body, headers=headers
        )
        assert refused.status_code == status
        assert refused.headers["content-type"] == "application/problem+json"


async def test_the_reference_tells_of_sources(newsroom: Newsroom) -> None:
    """What is posted is in the OpenAPI document."""
    paths = (await newsroom.http.get("/openapi.json")).json()["paths"]
    body = paths["/v1/sources"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == {"id", "feed_url"}
    assert {"/v1/sources/{source}/poll", "/v1/sources/opml", "/v1/sources.opml"} <= set(paths)
