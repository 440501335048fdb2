"""Counts of readers' reactions, as clients and feeds tell them."""

from typing import Any

import pytest

from tests.ingest.newsroom import Newsroom, a_draft


async def test_posted_counts_are_on_the_stream_before_the_answer(newsroom: Newsroom) -> None:
    """202 means written: kinds that were sent, null as null, with platform and moment."""
    identity = await newsroom.filed(a_draft())
    answer = await newsroom.http.post(
        f"/v1/articles/{identity}/audience",
        json={"platform": "forum", "counts": {"reply": 12, "like": None},
              "observed_at": "2026-11-23T12:00:00+01:00"},
    )  # fmt: skip
    assert answer.status_code == 202
    assert await newsroom.observed() == [
        {"id": identity, "platform": "forum", "observed_at": "2026-11-23T11:00:00Z",
         "counts": {"reply": 12, "like": None}, "comments_open": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"platform": "forum", "counts": {}}, 422),
        ({"platform": "forum", "counts": {"reply": -1}}, 422),
        ({"platform": "forum", "counts": {"reply": 2**53}}, 422),
        ({"platform": "forum", "counts": {"reply": True}}, 422),
        ({"platform": "forum", "counts": {"reply": "3"}}, 422),
        ({"platform": "forum", "counts": {"claps": 3}}, 422),
        ({"counts": {"reply": 3}}, 422),
        ({"platform": "forum", "counts": {"reply": 3}, "observed_at": "2999-01-01T00:00:00Z"}, 422),
        ({"platform": "forum", "counts": {"reply": 3}, "observed_at": "2026-01-01T00:00:00"}, 422),
    ],
)
async def test_wrong_counts_are_refused(
    newsroom: Newsroom, body: dict[str, Any], status: int
) -> None:
    """Nothing of it is written; a moment to come would hide every later count."""
    identity = await newsroom.filed(a_draft())
    answer = await newsroom.http.post(f"/v1/articles/{identity}/audience", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await newsroom.observed() == []


async def test_counts_of_what_was_never_taken_in_are_not_found(newsroom: Newsroom) -> None:
    """404, also for what is no id at all."""
    for identity in ("0" * 32, "x"):
        answer = await newsroom.http.post(
            f"/v1/articles/{identity}/audience", json={"platform": "f", "counts": {"reply": 1}}
        )
        assert answer.status_code == 404


async def test_an_article_s_own_counts_go_the_same_way(newsroom: Newsroom) -> None:
    """Comments told by a feed with an unchanged article reach its readers all the same."""
    for replies in (3, 4):
        audience = {"counts": {"reply": {"value": replies, "platform": "blog"}}}
        await newsroom.filed(a_draft(audience=audience))
    assert len(await newsroom.entries()) == 1
    assert [one["counts"] for one in await newsroom.observed()] == [{"reply": 3}, {"reply": 4}]
