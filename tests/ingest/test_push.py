"""POST /v1/articles: what is taken, what is answered, who may."""

import asyncio
import json
from typing import Any

from newswire_common.article import Article
from newswire_common.auth import Keyring
from newswire_common.codec import decode_article
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import article_id, article_uri
from newswire_ingest.idempotency import Answer, Idempotency
from tests.ingest.newsroom import Newsroom, a_draft, running

LAST = Answer(b"all", final=True)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def line(**changes: Any) -> bytes:
    return json.dumps(a_draft(**changes)).encode()


async def test_an_article_is_accepted_with_its_id_uri_version_and_outcome(
    newsroom: Newsroom,
) -> None:
    """A client learns at once under which name and version its article goes on."""
    answer = await newsroom.post(a_draft())
    identity = article_id("agency", "story-1")
    assert answer.status_code == 202
    assert answer.json() == {
        "results": [
            {"id": identity, "uri": article_uri(identity), "version": 1, "outcome": "created"}
        ]
    }


async def test_an_accepted_article_is_on_the_stream_as_every_stage_reads_it(
    newsroom: Newsroom,
) -> None:
    """What was posted is what the next stage decodes, dates with their precision."""
    await newsroom.post(
        a_draft(
            url="https://agency.example/1",
            published_at="2026-11-20",
            updated_at="2026-11-20T10:00:00+02:00",
            subjects=[{"name": "Diplomacy", "code": "11002000"}],
            urgency=3,
        )
    )
    (fields,) = await newsroom.entries()
    article = decode_article(Article, fields)
    assert article.version == 1
    assert article.first_created == article.version_created
    assert article.canonical_url == "https://agency.example/1"
    assert article.published_at is not None
    assert (article.published_at.value, article.published_at.precision) == ("2026-11-20", "day")
    assert article.updated_at is not None
    assert article.updated_at.value == "2026-11-20T08:00:00Z"
    assert article.subjects[0].code == "11002000"
    assert article.revision_kind == "new"
    assert article.content_hash


async def test_a_later_version_that_does_not_say_what_it_is_is_an_update(
    newsroom: Newsroom,
) -> None:
    """Publication tells updates from corrections by the kind, so it has to be true."""
    for changes in ({}, {"headline": "Two"}, {"headline": "3", "revision_kind": "correction"}):
        await newsroom.post(a_draft(**changes))
    kinds = [decode_article(Article, e).revision_kind for e in await newsroom.entries()]
    assert kinds == ["new", "update", "correction"]


async def test_every_line_of_ndjson_has_its_own_result(newsroom: Newsroom) -> None:
    """A wrong line is told with its number and does not keep the others back."""
    answer = await newsroom.post_lines(
        line(guid="1"), b"", b'{"source": }', b'{"source":"agency"}', line(guid="2") + b"\r", b"  "
    )
    assert answer.status_code == 202
    first, syntax, shape, last = answer.json()["results"]
    assert (first["outcome"], last["outcome"]) == ("created", "created")
    assert (syntax["line"], syntax["outcome"], syntax["error"]["status"]) == (3, "rejected", 400)
    assert (shape["line"], shape["error"]["status"]) == (4, 422)
    assert {"pointer": "/headline", "detail": "Field required"} in shape["error"]["errors"]
    assert len(await newsroom.entries()) == 2


async def test_lines_of_the_same_article_become_versions_in_their_order(
    newsroom: Newsroom,
) -> None:
    """A file of revisions comes out as that history."""
    lines = [line(headline=f"Revision {number % 300}") for number in range(600)]
    answer = await newsroom.post_lines(*lines)
    assert [result["version"] for result in answer.json()["results"]] == list(range(1, 601))


async def test_articles_spread_over_partitions_are_answered_in_their_order(
    settings: Settings, client: Client
) -> None:
    """The order of the answer is the client's, whatever partition an article went to."""
    wider = settings.model_copy(update={"partitions": 5})
    async with running(wider, client) as room:
        answer = await room.post_lines(*(line(guid=str(n)) for n in range(200)))
        ids = [result["id"] for result in answer.json()["results"]]
        assert ids == [article_id("agency", str(n)) for n in range(200)]
        assert len(await room.entries()) == 200


async def test_a_thousand_and_one_lines_are_too_many(newsroom: Newsroom) -> None:
    """The limit is the documented one, and beyond it nothing is taken."""
    lines = [line(guid=str(number)) for number in range(1_001)]
    answer = await newsroom.post_lines(*lines)
    assert answer.status_code == 413
    assert await newsroom.entries() == []
    assert (await newsroom.post_lines(*lines[:1_000])).status_code == 202


async def test_a_valid_traceparent_travels_with_the_article(newsroom: Newsroom) -> None:
    """A client can follow its article through its own tracing."""
    await newsroom.post(a_draft(), traceparent=TRACE)
    (fields,) = await newsroom.entries()
    assert fields[b"trace"].decode() == TRACE


async def test_an_invalid_traceparent_is_replaced(newsroom: Newsroom) -> None:
    """Nothing that is no trace id gets into logs and webhooks (W3C Trace Context, 3.2)."""
    for header in (
        "",
        "00-" + "0" * 32 + TRACE[35:],
        TRACE.replace("00f067aa0ba902b7", "0" * 16),
        "ff" + TRACE[2:],
        TRACE.upper(),
        TRACE + "-more",
        TRACE[:-1],
        "x" * 5_000,
    ):
        answer = await newsroom.post(a_draft(headline=header[:900] + "."), traceparent=header)
        assert answer.status_code == 202
        trace = (await newsroom.entries())[-1][b"trace"].decode()
        assert trace != header
        assert len(trace) == len(TRACE)


async def test_of_a_later_traceparent_version_the_known_part_is_kept(newsroom: Newsroom) -> None:
    """A tracer of the future is not cut off (W3C Trace Context, 4)."""
    await newsroom.post(a_draft(), traceparent="01" + TRACE[2:] + "-what-comes")
    (fields,) = await newsroom.entries()
    assert fields[b"trace"].decode() == TRACE


async def test_without_a_valid_key_the_body_is_not_even_read(newsroom: Newsroom) -> None:
    """A stranger can not make the service read, hold or parse anything."""
    for header in ("", "Bearer ", "Bearer wrong", "Basic YWRtaW46", "admin-key"):
        status, pieces = await _post_in_pieces(newsroom, {"authorization": header})
        assert (status, pieces) == (401, 0)


async def test_a_key_of_another_scope_is_refused_before_the_body(newsroom: Newsroom) -> None:
    """A subscriber's key does not write."""
    keyring: Keyring = newsroom.app.state.runtime.keyring
    key, _ = await keyring.create("reader", frozenset({"subscribe"}))
    status, pieces = await _post_in_pieces(newsroom, {"authorization": f"Bearer {key}"})
    assert (status, pieces) == (403, 0)


async def _post_in_pieces(newsroom: Newsroom, headers: dict[str, str]) -> tuple[int, int]:
    """Status of a post, and how many pieces of its body the application asked for."""
    read, sent = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"{", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    named = {"content-type": "application/json"} | headers
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "http", "method": "POST", "path": "/v1/articles", "headers": raw}
    await newsroom.app(scope, receive, send)
    return sent[0]["status"], read


async def test_the_same_key_and_request_again_is_answered_as_the_first_time(
    newsroom: Newsroom,
) -> None:
    """A client that lost the answer gets it, although the article is not new any more."""
    first = await newsroom.post(a_draft(), Idempotency_Key="k-1")
    again = await newsroom.post(a_draft(), Idempotency_Key="k-1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.json()["results"][0]["outcome"] == "created"


async def test_an_idempotency_key_is_not_used_for_two_requests(newsroom: Newsroom) -> None:
    """A client's bug is told and not hidden behind another request's answer."""
    await newsroom.post(a_draft(), Idempotency_Key="k-1")
    other = await newsroom.post(a_draft(headline="Other"), Idempotency_Key="k-1")
    assert other.status_code == 422
    assert len(await newsroom.entries()) == 1


async def test_idempotency_keys_of_two_clients_do_not_meet(newsroom: Newsroom) -> None:
    """Nobody reads another's answers by guessing keys."""
    keyring: Keyring = newsroom.app.state.runtime.keyring
    key, _ = await keyring.create("desk", frozenset({"ingest"}))
    await newsroom.post(a_draft(), Idempotency_Key="k-1")
    answer = await newsroom.post(
        a_draft(headline="Other"), Idempotency_Key="k-1", Authorization=f"Bearer {key}"
    )
    assert answer.json()["results"][0]["outcome"] == "revised"


async def test_an_answer_is_kept_for_a_day(newsroom: Newsroom) -> None:
    """As long as a client may go on trying, and not for ever."""
    await newsroom.post(a_draft(), Idempotency_Key="k-1")
    (name,) = [key async for key in newsroom.redis.scan_iter("newswire:idempotency:*")]
    assert 0 < 24 * 3600 - await newsroom.redis.ttl(name) + 1 < 60


async def test_a_failed_request_leaves_its_idempotency_key_free(newsroom: Newsroom) -> None:
    """After an error the client sends the same again, as it should, and is not refused."""
    assert (await newsroom.post(b"{", Idempotency_Key="k-1")).status_code == 400
    assert (await newsroom.post(a_draft(), Idempotency_Key="k-1")).status_code == 202


async def test_an_impossible_idempotency_key_is_refused(newsroom: Newsroom) -> None:
    """A key is 1 to 255 characters; anything else is told."""
    for key in ("", "x" * 256):
        assert (await newsroom.post(a_draft(), Idempotency_Key=key)).status_code == 400


async def test_concurrent_requests_of_one_key_are_done_once(newsroom: Newsroom) -> None:
    """A second request during the first waits for nobody and does nothing: 409."""
    answers = await asyncio.gather(
        *(newsroom.post(a_draft(), Idempotency_Key="k-1") for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len(await newsroom.entries()) == 1


async def test_an_answer_that_is_not_final_is_not_kept(client: Client) -> None:
    """A batch that was taken in part is done again under its key, not told again."""
    idempotency, answers = Idempotency(client), [Answer(b"part", final=False), LAST]

    async def take() -> Answer:
        return answers.pop(0)

    seen = [await idempotency.once("me", b"k", b"request", take) for _ in range(3)]
    assert seen == [b"part", b"all", b"all"]


async def test_other_methods_are_refused(newsroom: Newsroom) -> None:
    """A wrong method says which is right."""
    answer = await newsroom.http.get("/v1/articles")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_outcomes_and_refusals_are_counted(newsroom: Newsroom) -> None:
    """The dashboard's two counters say what came in and what was turned away."""
    await newsroom.post(a_draft())
    await newsroom.post(a_draft())
    await newsroom.post(b"{")
    await newsroom.post_lines(line(headline="New"), b"[]")
    metrics = (await newsroom.http.get("/metrics")).text
    for sample in (
        'newswire_articles_total{outcome="created"} 1.0',
        'newswire_articles_total{outcome="unchanged"} 1.0',
        'newswire_articles_total{outcome="revised"} 1.0',
        'newswire_rejected_total{reason="syntax"} 1.0',
        'newswire_rejected_total{reason="invalid"} 1.0',
    ):
        assert sample in metrics


async def test_the_hot_route_is_in_the_openapi_document(newsroom: Newsroom) -> None:
    """What stands before FastAPI is documented where the rest is, with all that it refers to."""
    document = (await newsroom.http.get("/openapi.json")).json()
    operation = document["paths"]["/v1/articles"]["post"]
    assert {"202", "400", "401", "403", "413", "415", "422", "503"} <= operation["responses"].keys()
    schemas = document["components"]["schemas"]
    for reference in _references(document):
        assert reference.rpartition("/")[2] in schemas


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in _references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in _references(inner)]
    return []
