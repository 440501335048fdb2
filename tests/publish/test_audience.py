"""What readers did stands beside the article: newest count, never a new version."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from newswire_common.audience import Observation
from newswire_common.stage import Entry
from newswire_common.streams import AUDIENCE, partition_of
from newswire_publish.library.audience import audience_stage
from tests.publish.desk import Desk, enriched, killed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY_MS = 86_400_000


async def observe(desk: Desk, guid: str = "g-1", minute: int = 0, **said: Any) -> list[str]:
    """Have the stage take one observation; answers its outcome."""
    article = enriched(guid)
    stream = partition_of(article.id, desk.partitions).stream(AUDIENCE)
    if not await desk.client.exists(stream):
        await desk.client.xgroup_create(stream, "audience", id="0", mkstream=True)
    observation = Observation(
        observed_at=NOON + timedelta(minutes=minute), **({"platform": "forum"} | said)
    )
    body = observation.model_dump_json()
    await desk.client.xadd(stream, {"schema": 1, "id": article.id, "body": body})
    [[_, entries]] = await desk.client.xreadgroup("audience", "one", {stream: ">"})
    outcomes: list[str] = []
    stage = audience_stage(DAY_MS)
    stage.committed = lambda _, told: outcomes.extend(told)
    partition = partition_of(article.id, desk.partitions)
    await stage.handle(
        desk.client, partition, [Entry(entry_id.decode(), raw) for entry_id, raw in entries]
    )
    return outcomes


async def audience(desk: Desk, guid: str = "g-1") -> dict[str, Any]:
    [document] = await desk.library.read([(enriched(guid).id, None)])
    assert document
    told: dict[str, Any] = orjson.loads(document).get("audience", {})
    return told


async def test_a_count_is_in_the_article_and_told_once(desk: Desk) -> None:
    """Counts overwrite; the same count again is no news; the version stays."""
    await desk.publish(enriched())
    assert await observe(desk, counts={"reply": 12}) == ["updated"]
    assert await observe(desk, minute=1, counts={"reply": 12}) == ["unchanged"]
    assert await observe(desk, minute=2, counts={"reply": 9}) == ["updated"]
    assert (await audience(desk))["counts"]["reply"] == {
        "value": 9, "platform": "forum", "observed_at": "2026-11-23T12:02:00Z",
    }  # fmt: skip
    assert [(event.type, event.version) for event in await desk.events()] == [
        ("article.published", 1), ("audience.updated", 1), ("audience.updated", 1),
    ]  # fmt: skip


async def test_an_older_observation_changes_nothing(desk: Desk) -> None:
    """Order of arrival is no order of time."""
    await desk.publish(enriched())
    await observe(desk, minute=5, counts={"like": 40})
    assert await observe(desk, minute=1, counts={"like": 3}) == ["unchanged"]
    assert (await audience(desk))["counts"]["like"]["value"] == 40


async def test_unknown_is_null_and_never_zero(desk: Desk) -> None:
    """A count that nobody knows any more is told as unknown; what was not looked at stays."""
    await desk.publish(enriched())
    await observe(desk, counts={"reply": 5, "share": 2})
    await observe(desk, minute=1, counts={"reply": None}, comments_open=True)
    told = await audience(desk)
    assert told["counts"]["reply"]["value"] is None
    assert told["counts"]["share"]["value"] == 2
    assert "like" not in told["counts"]
    assert told["comments_open"] is True


@pytest.mark.parametrize("value", [2**53, 2**53 - 1, 123_456_789_012_345])
async def test_a_large_count_is_exact(desk: Desk, value: int) -> None:
    """No digit is lost on the way through the script."""
    await desk.publish(enriched())
    await observe(desk, counts={"like": value})
    assert (await audience(desk))["counts"]["like"]["value"] == value


async def test_counts_may_come_before_the_article_and_stay_over_its_versions(desk: Desk) -> None:
    """What was accepted is not lost, whoever is first."""
    assert await observe(desk, counts={"reply": 1}) == ["stored"]
    await desk.publish(enriched(), enriched(version=2))
    assert (await audience(desk))["counts"]["reply"]["value"] == 1


async def test_a_withdrawn_article_has_no_audience_news(desk: Desk) -> None:
    """Nothing is told of an article that was taken back."""
    await desk.publish(enriched(), killed())
    assert await observe(desk, counts={"reply": 1}) == ["stored"]
    assert [event.type for event in await desk.events()][-1] == "article.withdrawn"


async def test_a_tombstone_has_no_counts(desk: Desk) -> None:
    """A withdrawal takes what readers did out of sight too; a new text brings it back."""
    await desk.publish(enriched())
    await observe(desk, counts={"reply": 12}, comments_open=True)
    await desk.publish(killed())
    await observe(desk, minute=1, counts={"reply": 13})
    assert await audience(desk) == {}
    await desk.publish(enriched(version=3))
    assert (await audience(desk))["counts"]["reply"]["value"] == 13
