"""`/v1/webhooks`: what a subscriber can do, and what it can not do to anybody else."""

from typing import Any

import pytest

from newswire_common.settings import Settings
from newswire_common.streams import partitions
from newswire_publish.webhooks.subscriptions import Subscriptions
from tests.publish.webhooks.publisher import Publisher, publishing
from tests.publish.webhooks.test_endpoint import endpoint

URL = "https://example.com/hook"


@pytest.fixture
async def publisher(settings: Settings) -> Any:
    """Nothing is sent in these tests."""
    async with publishing(settings, run=False) as started:
        yield started


async def test_the_secret_is_shown_once(publisher: Publisher) -> None:
    """In the answer to the registration, and never again."""
    made = await publisher.register(URL, description="desk", headers={"X-Token": "abc"})
    assert made["secret"].startswith("whsec_")
    shown = await publisher.call("GET", f"/{made['id']}")
    assert shown.json() == {
        "id": made["id"], "owner": "admin", "url": URL, "events": ["article.*"],
        "payload": "full", "headers": {"X-Token": "***"}, "description": "desk",
        "created_at": made["created_at"], "state": "active",
    }  # fmt: skip
    assert made["secret"] not in (await publisher.call("GET", "")).text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": "http://169.254.169.254/latest"}, "/url"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "/url"),
        ({"url": "http://167772161/"}, "/url"),  # 10.0.0.1 in decimal
        ({"url": "ftp://example.com/"}, "/url"),
        ({"url": "https://user:pass@example.com/"}, "/url"),
        ({"url": "example.com"}, "/url"),
        ({"url": "x" * 2_001}, "/url"),
        ({"url": URL, "filter": "section:World"}, "/filter"),
        ({"url": URL, "fifo": True}, "/fifo"),
        ({"url": URL, "headers": {"Host": "x"}}, "/headers"),
        ({"url": URL, "headers": {"x": "a\r\nb"}}, "/headers"),
        ({"url": URL, "events": ["artcle.*"]}, "/events/0"),
        ({"url": URL, "payload": "fat"}, "/payload"),
        ({"url": URL, "colour": "red"}, "/colour"),
        ({}, "/url"),
    ],
)
async def test_what_is_wrong_is_named(
    publisher: Publisher, body: dict[str, Any], pointer: str
) -> None:
    """422 with a pointer to the field; nothing is registered."""
    answer = await publisher.call("POST", "", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await publisher.call("GET", "")).json()["webhooks"] == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"url": NaN}', "application/json", 422),
        (b'{"url": "\xff"}', "application/json", 400),
        (b'{"url": "\\ud800"}', "application/json", 400),
        (b'{"url": 1e999}', "application/json", 422),
        (b"[" * 60_000, "application/json", 400),
        (b'{"url": "%s"}' % (b"x" * 70_000), "application/json", 413),
        (b"url=x", "application/x-www-form-urlencoded", 415),
        (b"[]", "application/json", 422),
    ],
)
async def test_no_body_is_an_error_of_ours(
    publisher: Publisher, content: bytes, kind: str, status: int
) -> None:
    """Whatever is sent, the answer is a problem of the client's."""
    answer = await publisher.call("POST", "", content=content, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status


async def test_a_foreign_webhook_does_not_exist(publisher: Publisher) -> None:
    """Nobody learns of another's endpoint, nor does anything to it; an admin may."""
    mine, theirs = await publisher.key("subscribe"), await publisher.key("subscribe")
    made = await publisher.register(URL, who=mine)
    ways = [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/rotate"),
        ("POST", "/pause"), ("POST", "/resume"), ("GET", "/deliveries"),
    ]  # fmt: skip
    for method, path in ways:
        options: dict[str, Any] = {"json": {"payload": "thin"}} if method == "PATCH" else {}
        answer = await publisher.call(method, f"/{made['id']}{path}", headers=theirs, **options)
        assert answer.status_code == 404, (method, path)
    for other in ("ep_" + "0" * 24, "nonsense", "%7Bw0%7D"):
        assert (await publisher.call("GET", f"/{other}", headers=theirs)).status_code == 404
    assert (await publisher.call("GET", "", headers=theirs)).json()["webhooks"] == []
    assert len((await publisher.call("GET", "", headers=mine)).json()["webhooks"]) == 1
    assert len((await publisher.call("GET", "")).json()["webhooks"]) == 1
    assert (await publisher.call("GET", f"/{made['id']}")).json()["url"] == URL


async def test_who_may_only_ingest_may_not_subscribe(publisher: Publisher) -> None:
    """Scopes are kept apart."""
    ingest = await publisher.key("ingest")
    assert (await publisher.call("GET", "", headers=ingest)).status_code == 403
    assert (await publisher.call("GET", "", headers={"authorization": ""})).status_code == 401


async def test_a_patch_changes_what_it_names(publisher: Publisher) -> None:
    """And is checked as a registration is."""
    made = await publisher.register(URL, description="desk")
    path = f"/{made['id']}"
    changed = await publisher.call("PATCH", path, json={"payload": "thin", "events": ["*"]})
    assert changed.json() == (await publisher.call("GET", path)).json()
    assert (changed.json()["payload"], changed.json()["description"]) == ("thin", "desk")
    refused = await publisher.call("PATCH", path, json={"url": "http://10.0.0.1/"})
    assert refused.status_code == 422
    assert (await publisher.call("GET", path)).json()["url"] == URL


async def test_a_removed_webhook_is_gone(publisher: Publisher) -> None:
    """For its owner too."""
    made = await publisher.register(URL)
    assert (await publisher.call("DELETE", f"/{made['id']}")).status_code == 204
    assert (await publisher.call("GET", f"/{made['id']}")).status_code == 404
    assert (await publisher.call("DELETE", f"/{made['id']}")).status_code == 404


async def test_a_listing_is_read_page_by_page(publisher: Publisher) -> None:
    """Each endpoint once, the oldest first."""
    made = [(await publisher.register(URL, description=str(n)))["id"] for n in range(5)]
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        answer = await publisher.call("GET", "", params={"limit": 2, "after": after})
        seen += [one["id"] for one in answer.json()["webhooks"]]
        after = answer.json()["after"]
    assert seen == made


async def test_a_listing_goes_on_though_its_place_was_removed(publisher: Publisher) -> None:
    """Who removes webhooks while listing them sees each of the others once."""
    made = [(await publisher.register(URL))["id"] for _ in range(3)]
    page = (await publisher.call("GET", "", params={"limit": 1})).json()
    await publisher.call("DELETE", f"/{made[0]}")
    rest = (await publisher.call("GET", "", params={"after": page["after"]})).json()
    assert [one["id"] for one in rest["webhooks"]] == made[1:]
    for wrong in (made[0], "x", "٣-" + made[0], "1-", "-", "1-ep_"):
        answer = await publisher.call("GET", "", params={"after": wrong})
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["pointer"] == "/after"


async def test_an_answer_with_a_secret_is_stored_nowhere(publisher: Publisher) -> None:
    """RFC 9111 5.2.2.5: no cache on the way keeps it."""
    made = await publisher.call("POST", "", json={"url": URL})
    rotated = await publisher.call("POST", f"/{made.json()['id']}/rotate")
    for answer in (made, rotated):
        assert answer.headers["cache-control"] == "no-store"


async def test_an_owner_has_a_bounded_number(publisher: Publisher) -> None:
    """One subscriber does not fill the memory of every process."""
    who = await publisher.key("subscribe")
    first = await publisher.register(URL, who=who)
    client = publisher.runtime.client
    others = Subscriptions(client, partitions(1, prefix="w"))
    for _ in range(999):
        await others.add(endpoint().model_copy(update={"owner": first["owner"]}))
    refused = await publisher.call("POST", "", json={"url": URL}, headers=who)
    assert refused.status_code == 409
    await publisher.register(URL)


async def test_changes_at_the_same_moment_are_not_lost(publisher: Publisher) -> None:
    """A patch read from before another's change is applied to what is there now."""
    made = await publisher.register(URL)
    path = f"/{made['id']}"
    rotated = await publisher.call("POST", f"{path}/rotate")
    await publisher.call("PATCH", path, json={"description": "after"})
    again = await publisher.call("POST", f"{path}/rotate")
    assert len({made["secret"], rotated.json()["secret"], again.json()["secret"]}) == 3
    assert (await publisher.call("GET", path)).json()["description"] == "after"
