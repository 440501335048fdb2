"""Keys that are bound to sources, on every route over an article: what is whose to change."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest

from newswire_common.auth import Keyring, Scope
from newswire_common.streams import AUDIENCE, article_id
from tests.ingest.newsroom import ADMIN, Newsroom, a_draft

AGENCY, RIVAL = "agency", "rival"
STORY = article_id(AGENCY, "story-1")
JSON, NDJSON = "application/json", "application/x-ndjson"


@dataclass(frozen=True)
class Request:
    """Something that is asked of the article STORY, or of another of its source."""

    path: str
    content: bytes
    media: str = JSON

    async def send(self, newsroom: Newsroom, who: dict[str, str]) -> httpx.Response:
        headers = who | {"Content-Type": self.media}
        return await newsroom.http.post(self.path, content=self.content, headers=headers)


def draft(**changes: Any) -> bytes:
    return orjson.dumps(a_draft(**changes))


PAGE = b"<h1>Pact signed</h1><p>The ministers agreed on Thursday, at last, and signed the pact.</p>"
WRITES = {
    "a revision": Request("/v1/articles", draft(headline="Pact signed")),
    "another article": Request("/v1/articles", draft(guid="story-2")),
    "a source with space around it": Request("/v1/articles", draft(source="\tagency ")),
    "a line": Request("/v1/articles", draft(headline="Pact ratified"), NDJSON),
    "a page": Request("/v1/pages?source=agency&guid=story-1", PAGE, "text/html"),
    "a page's text": Request(
        "/v1/pages?source=agency&guid=story-1", b"Pact signed\n\nThey agreed.\n", "text/plain"
    ),
    "counts": Request(
        f"/v1/articles/{STORY}/audience", b'{"platform": "forum", "counts": {"reply": 0}}'
    ),
    "its own counts": Request(
        "/v1/articles", draft(audience={"counts": {"like": {"value": 9, "platform": "forum"}}})
    ),
}  # fmt: skip
WITHDRAWALS = {
    "a kill": Request("/v1/articles", draft(revision_kind="kill")),
    "a takedown": Request("/v1/articles", draft(revision_kind="takedown")),
    "a kill in a line": Request("/v1/articles", draft(revision_kind="kill"), NDJSON),
    "a date that has passed": Request("/v1/articles", draft(expires="2020-01-01")),
    "a date to come": Request("/v1/articles", draft(expires="2999-01-01T00:00:00Z")),
    "a withdrawal": Request(f"/v1/articles/{STORY}/withdraw", b'{"kind": "kill"}'),
    "a withdrawal by law": Request(f"/v1/articles/{STORY}/withdraw", b'{"kind": "takedown"}'),
}


async def a_key(newsroom: Newsroom, *sources: str, scope: Scope = "ingest") -> dict[str, str]:
    """The header of a new key, bound to these sources."""
    keyring: Keyring = newsroom.app.state.runtime.keyring
    key, _ = await keyring.create("somebody", frozenset({scope}), frozenset(sources))
    return {"Authorization": f"Bearer {key}"}


async def traces(newsroom: Newsroom) -> list[int]:
    """How much there is of whatever a request could leave behind."""
    redis = newsroom.redis
    return [
        count
        for partition in newsroom.partitions
        for count in (
            len(await newsroom.entries()),
            await redis.xlen(partition.stream(AUDIENCE)),
            await redis.zcard(partition.key("expiry")),
        )
    ]


def is_taken(answer: httpx.Response) -> bool:
    """Whether it is 202, and not for a line that was rejected."""
    if answer.status_code != 202:
        return False
    return not answer.content or "error" not in answer.json()["results"][0]


def is_forbidden(answer: httpx.Response) -> bool:
    """Whether it is 403, as a whole or for its line."""
    problem = answer.json()
    if answer.status_code == 202:
        problem = problem["results"][0]["error"]
    return (problem["status"], problem["type"].rpartition("/")[2]) == (403, "forbidden")


async def test_a_bound_key_leaves_no_trace_on_another_source(newsroom: Newsroom) -> None:
    """On no route: nothing is written, revised, counted, withdrawn, or made to expire."""
    rival = await a_key(newsroom, RIVAL)
    await newsroom.taken(a_draft())
    before = await traces(newsroom)
    for name, request in (WRITES | WITHDRAWALS).items():
        assert is_forbidden(await request.send(newsroom, rival)), name
    assert await traces(newsroom) == before


@pytest.mark.parametrize("name", [*WRITES, *WITHDRAWALS])
async def test_a_bound_key_may_do_all_to_its_own_source(newsroom: Newsroom, name: str) -> None:
    """Being bound takes nothing away there; an admin may as well."""
    request = (WRITES | WITHDRAWALS)[name]
    bound = await a_key(newsroom, AGENCY, "another")
    await newsroom.taken(a_draft())
    assert is_taken(await request.send(newsroom, bound))
    assert is_taken(await request.send(newsroom, ADMIN))


async def test_only_a_key_of_the_source_or_an_admin_takes_its_articles_back(
    newsroom: Newsroom,
) -> None:
    """A key for all sources does not, on any route; it still brings news of the source."""
    unbound, bound = await a_key(newsroom), await a_key(newsroom, AGENCY)
    await newsroom.taken(a_draft())
    before = await traces(newsroom)
    for name, request in WITHDRAWALS.items():
        assert is_forbidden(await request.send(newsroom, unbound)), name
    assert await traces(newsroom) == before
    for name, request in WRITES.items():
        assert is_taken(await request.send(newsroom, unbound)), name
    withdrawal = WITHDRAWALS["a withdrawal"]
    answer = await withdrawal.send(newsroom, bound)
    assert answer.json()["results"][0]["outcome"] == "revised"


async def test_an_admin_takes_back_what_others_are_bound_to(newsroom: Newsroom) -> None:
    """Somebody can, when the source itself is silent."""
    await a_key(newsroom, AGENCY)
    boss = await a_key(newsroom, scope="admin")
    await newsroom.taken(a_draft())
    answer = await WITHDRAWALS["a kill"].send(newsroom, boss)
    assert answer.json()["results"][0]["outcome"] == "revised"


@pytest.mark.parametrize("name", WITHDRAWALS)
async def test_a_source_that_no_key_is_bound_to_is_any_ingest_key_s(
    newsroom: Newsroom, name: str
) -> None:
    """One key for all does all; a reader's key binds nothing, nor does one that was revoked."""
    unbound = await a_key(newsroom)
    await a_key(newsroom, RIVAL)
    await a_key(newsroom, AGENCY, scope="subscribe")
    keyring: Keyring = newsroom.app.state.runtime.keyring
    _, gone = await keyring.create("gone", frozenset({"ingest"}), frozenset({AGENCY}))
    await keyring.revoke(gone.id)
    await newsroom.taken(a_draft())
    assert is_taken(await WITHDRAWALS[name].send(newsroom, unbound))


async def test_of_many_lines_each_is_judged_by_its_own_source(newsroom: Newsroom) -> None:
    """A foreign line is rejected, and the others go on."""
    bound = await a_key(newsroom, AGENCY)
    body = draft(guid="2") + b"\n" + draft(source=RIVAL) + b"\n" + draft(guid="3")
    answer = await Request("/v1/articles", body, NDJSON).send(newsroom, bound)
    assert [result["outcome"] for result in answer.json()["results"]] == [
        "created", "rejected", "created",
    ]  # fmt: skip
    assert len(await newsroom.entries()) == 2


async def test_an_idempotency_key_lends_no_rights(newsroom: Newsroom) -> None:
    """Another's answer to the same request is not to be had under the same Idempotency-Key."""
    rival = await a_key(newsroom, RIVAL)
    once = {"Idempotency-Key": "k-1"}
    request = WRITES["a revision"]
    assert is_taken(await request.send(newsroom, ADMIN | once))
    assert is_forbidden(await request.send(newsroom, rival | once))


async def test_a_key_of_another_scope_writes_nothing(newsroom: Newsroom) -> None:
    """Not even for the sources that it is bound to."""
    reader = await a_key(newsroom, AGENCY, scope="subscribe")
    await newsroom.taken(a_draft())
    for name, request in (WRITES | WITHDRAWALS).items():
        assert (await request.send(newsroom, reader)).status_code == 403, name
