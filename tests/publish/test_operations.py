"""What operators are told, over HTTP."""

import time

from newswire_common.operations import OPERATION_LUA, stream
from newswire_publish.operations import TAG
from tests.publish.desk import Newsroom

ADMIN = {"Authorization": "Bearer admin-key"}
CALL = "operation(KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], 86400000)"
AT = int(time.time() * 1000)  # the retention goes by it


async def happen(newsroom: Newsroom, kind: str, source: str, at: int) -> None:
    """What a script of ingest does with a change of state."""
    client = newsroom.desk.client
    await client.eval(OPERATION_LUA + CALL, 1, stream(TAG), kind, source, at, '{"status": 500}')


async def test_operators_read_on_from_their_cursor(newsroom: Newsroom) -> None:
    """Page by page, in order, nothing twice."""
    for number, kind in enumerate(("source.failing", "source.recovered", "source.moved")):
        await happen(newsroom, kind, "harbour-post", AT + number)
    first = (await newsroom.get("/v1/operations/changes?limit=2", **ADMIN)).json()
    assert [(event["type"], event["source"]) for event in first["events"]] == [
        ("source.failing", "harbour-post"), ("source.recovered", "harbour-post"),
    ]  # fmt: skip
    assert first["events"][0]["detail"] == {"status": 500}
    rest = (await newsroom.get(f"/v1/operations/changes?after={first['cursor']}", **ADMIN)).json()
    assert [event["type"] for event in rest["events"]] == ["source.moved"]
    last = (await newsroom.get(f"/v1/operations/changes?after={rest['cursor']}", **ADMIN)).json()
    assert last == {"events": [], "cursor": rest["cursor"]}


async def test_an_empty_list_has_a_cursor_and_a_made_up_one_is_refused(newsroom: Newsroom) -> None:
    """Who begins before the first event misses none; 422 for what is no cursor."""
    empty = (await newsroom.get("/v1/operations/changes", **ADMIN)).json()
    await happen(newsroom, "source.quiet", "a", AT)
    later = (await newsroom.get(f"/v1/operations/changes?after={empty['cursor']}", **ADMIN)).json()
    assert len(later["events"]) == 1
    assert (await newsroom.get("/v1/operations/changes?after=x", **ADMIN)).status == 422


async def test_only_an_admin_reads_them(newsroom: Newsroom) -> None:
    """They belong to operators: they are on no public stream."""
    assert (await newsroom.get("/v1/operations/changes")).status == 401
