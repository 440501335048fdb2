"""POST /v1/articles/{id}/withdraw: taking an article back, once, for good."""

from typing import Any

import httpx

from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.streams import article_id
from tests.ingest.newsroom import Newsroom, a_draft

STORY = article_id("agency", "story-1")


async def withdraw(newsroom: Newsroom, identity: str = STORY, **body: Any) -> httpx.Response:
    asked = {"kind": "kill", "reason": "The interview was invented."} | body
    return await newsroom.http.post(f"/v1/articles/{identity}/withdraw", json=asked)


async def test_a_withdrawal_is_a_new_version_without_the_text(newsroom: Newsroom) -> None:
    """Everybody downstream learns it as they learn of any version, and the text is gone."""
    await newsroom.taken(a_draft())
    answer = await withdraw(newsroom)
    assert answer.status_code == 202
    assert answer.json()["results"][0] == {
        "id": STORY, "uri": f"urn:newswire:{STORY}", "version": 2, "outcome": "revised",
    }  # fmt: skip
    article = decode_article(Article, (await newsroom.entries())[-1])
    assert (article.source, article.guid) == ("agency", "story-1")
    assert (article.pub_status, article.revision_kind) == ("canceled", "kill")
    assert article.ed_note == "The interview was invented."
    assert article.body_text == ""
    assert b"ministers" not in (await newsroom.entries())[-1][b"body"]


async def test_a_second_withdrawal_changes_nothing(newsroom: Newsroom) -> None:
    """Withdrawing is safe to repeat, in other words too."""
    await newsroom.taken(a_draft())
    await withdraw(newsroom)
    again = await withdraw(newsroom, kind="takedown", reason="Again")
    assert again.json()["results"][0]["outcome"] == "unchanged"
    assert len(await newsroom.entries()) == 2


async def test_what_was_withdrawn_does_not_come_back_by_itself(newsroom: Newsroom) -> None:
    """A feed that still lists the killed text does not bring it back; a new text does."""
    await newsroom.taken(a_draft())
    await withdraw(newsroom)
    assert await newsroom.taken(a_draft()) == (2, "unchanged")
    assert await newsroom.taken(a_draft(headline="Rewritten")) == (3, "revised")
    assert await newsroom.taken(a_draft()) == (4, "revised")


async def test_a_source_may_withdraw_by_posting_a_kill(newsroom: Newsroom) -> None:
    """A kill in the feed is a kill, even under an older source_version: it outranks an update."""
    await newsroom.taken(a_draft(source_version=5))
    kill = a_draft(revision_kind="kill", source_version=4, ed_note="Wrong")
    assert await newsroom.taken(kill) == (2, "revised")
    article = decode_article(Article, (await newsroom.entries())[-1])
    assert (article.pub_status, article.body_text) == ("canceled", "")


async def test_what_was_never_there_is_not_withdrawn(newsroom: Newsroom) -> None:
    """An unknown or impossible id is 404 and leaves nothing behind."""
    for identity in (STORY, "0" * 32, "x", "..%2f..", "0" * 5_000):
        assert (await withdraw(newsroom, identity)).status_code == 404
    assert await newsroom.entries() == []


async def test_a_wrong_withdrawal_is_a_problem(newsroom: Newsroom) -> None:
    """Whatever is sent, it is 4xx and the article stays."""
    await newsroom.taken(a_draft())
    path, json = f"/v1/articles/{STORY}/withdraw", {"Content-Type": "application/json"}
    for content, headers, status in (
        (b"{", json, 400),
        (b'{"kind": NaN}', json, 400),
        (b"[]", json, 422),
        (b'{"kind": "update"}', json, 422),
        (b'{"kind": "kill", "reason": "a\\u0000"}', json, 422),
        (b'{"kind": "kill", "because": "x"}', json, 422),
        (b'{"kind": "kill", "reason": "' + b"x" * 70_000 + b'"}', json, 413),
        (b"kind=kill", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ):
        answer = await newsroom.http.post(path, content=content, headers=headers)
        assert answer.status_code == status, content[:50]
        assert answer.headers["content-type"] == "application/problem+json"
    assert len(await newsroom.entries()) == 1
