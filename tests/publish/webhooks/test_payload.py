"""What a delivery says of its event, made from what waited in the queue."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from newswire_common.events import Event
from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.fanout import task
from newswire_publish.webhooks.payload import payload

MOMENT = datetime(2026, 11, 3, tzinfo=UTC)
ARTICLE = "a" * 32
DETAILS: dict[str, Any] = {
    "revision": {
        "kind": "quote-changed",
        "headline_changed": True,
        "changes": [{"before": {"start": 3, "end": 9}, "after": {"start": 3, "end": 8}}],
    },
    "links": 2,
    "enrichment": 3,
    "duplicate_of": "b" * 32,
    "story": {"id": ARTICLE, "version": 2, "size": 4, "merged_into": "c" * 32},
    "reactions": {
        "changes": [{"id": "r", "act": "statement", "stance": "oppose", "supersedes": "q"}],
        "total": 1,
    },
}


def event(**details: Any) -> Event:
    return Event.model_validate(
        {
            "event_id": "p0-1700000000000-0", "type": "article.updated", "id": ARTICLE,
            "uri": f"urn:newswire:{ARTICLE}", "version": 2, "occurred_at": MOMENT,
            "accepted_at": MOMENT, **details,
        }
    )  # fmt: skip


@pytest.mark.parametrize("name", DETAILS)
def test_a_subscriber_is_told_what_changed(name: str) -> None:
    """The same as /v1/changes says, so that a receiver picks its threshold without asking."""
    kept = Task.decode(task(event(**{name: DETAILS[name]}), "thin").encode())
    data = orjson.loads(payload(kept))["data"]
    assert data.pop(name) == DETAILS[name]
    assert not DETAILS.keys() & data.keys()


def test_a_task_from_before_there_were_details_is_still_delivered() -> None:
    """A queue outlives an upgrade."""
    kept = orjson.loads(task(event(), "thin").encode())
    del kept["details"]
    data = orjson.loads(payload(Task.decode(orjson.dumps(kept))))["data"]
    assert data["id"] == ARTICLE
