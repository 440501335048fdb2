"""One article over HTTP, from a running service."""

from newswire_common.article import PublishedArticle
from tests.publish.desk import Newsroom, enriched, killed, moment_in


async def test_an_article_is_read_by_its_id(newsroom: Newsroom) -> None:
    """The newest version, whole, with its first publication."""
    await newsroom.publish(enriched(version=1), enriched(version=2, section="World"))
    answer = await newsroom.get(f"/v1/articles/{enriched().id}")
    assert answer.type == "application/json"
    article = PublishedArticle.model_validate_json(answer.body)
    assert (article.version, article.section, article.pub_status) == (2, "World", "usable")
    assert article.first_published is not None
    tag = answer.headers["ETag"]
    again = await newsroom.get(f"/v1/articles/{enriched().id}", If_None_Match=tag)
    assert again.status == 304


async def test_an_unknown_article_is_not_found(newsroom: Newsroom) -> None:
    """No id, right or wrong in form, is more than a 404."""
    for identity in ("0" * 32, "x", "..%2f..", "0" * 33, "%00" * 32):
        for path in (f"/v1/articles/{identity}", f"/v1/articles/{identity}/history"):
            assert (await newsroom.get(path)).status == 404, path


async def test_an_embargoed_article_is_not_found(newsroom: Newsroom) -> None:
    """Before its time nobody can tell that it exists."""
    await newsroom.publish(enriched(embargoed_until=moment_in(3600)))
    for path in (f"/v1/articles/{enriched().id}", f"/v1/articles/{enriched().id}/history"):
        assert (await newsroom.get(path)).status == 404


async def test_a_withdrawn_article_is_gone(newsroom: Newsroom) -> None:
    """410 tells that there was one, and none of its words."""
    await newsroom.publish(enriched(), killed(headline="LIBEL"))
    answer = await newsroom.get(f"/v1/articles/{enriched().id}")
    assert answer.status == 410
    problem = answer.json()
    assert problem["type"].endswith("/withdrawn")
    assert "LIBEL" not in str(problem)


async def test_the_history_tells_each_version_that_was_shown(newsroom: Newsroom) -> None:
    """Readers see when an article changed and whether it was corrected or withdrawn."""
    await newsroom.publish(
        enriched(version=1), enriched(version=2, revision_kind="correction"), killed(version=3)
    )
    answer = await newsroom.get(f"/v1/articles/{enriched().id}/history")
    history = answer.json()
    assert history["uri"] == enriched().uri
    assert [(step["version"], step["status"]) for step in history["versions"]] == [
        (1, "published"), (2, "corrected"), (3, "withdrawn"),
    ]  # fmt: skip
    assert all(step["at"] for step in history["versions"])
