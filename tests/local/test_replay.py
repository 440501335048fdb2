"""`newswire replay` on a running system: what changed goes out once, whatever happens meanwhile."""

import os
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis import Redis
from typer.testing import CliRunner

from newswire_common.streams import article_id
from newswire_local.api import Api, find
from newswire_local.changes import until_now
from newswire_local.cli import app
from tests.local.archive import age, stored
from tests.local.running import PATIENCE_S, start, until, up

ROOT = Path(__file__).parents[2]
BODY = (
    "Japan and Norway signed a fisheries pact in Oslo on Tuesday that sets mackerel quotas. "
    "Japan has expressed “grave concerns” over the quotas. Chile has not yet commented."
)


class Archive:
    """A running system, its store, and a user who replays."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {k: None for k in os.environ if k.upper().startswith("NEWSWIRE_")}
        self.environment: dict[str, str | None] = {**kept, "NEWSWIRE_DATA": str(data)}
        self.store = Redis.from_url(f"unix://{(data / 'server.sock').resolve()}")

    def run(self, *arguments: str, stdin: bytes | None = None, code: int = 0) -> str:
        result = CliRunner(env=self.environment).invoke(app, list(arguments), input=stdin)
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.stderr

    def replay(self, *arguments: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """What changed, and the summary."""
        *changed, last = map(orjson.loads, self.run("replay", "--json", *arguments).splitlines())
        return changed, last["summary"]

    def send(self, *guids: str, source: str) -> list[str]:
        """Ingest articles and wait until all are published; their ids."""
        drafts = [
            {"source": source, "guid": guid, "headline": f"Fisheries pact, part {guid}",
             "section": "World", "body_text": f"{BODY} This is part {guid}."}
            for guid in guids
        ]  # fmt: skip
        self.run("ingest", "-", stdin=b"\n".join(map(orjson.dumps, drafts)))
        ids = [article_id(source, guid) for guid in guids]
        until(lambda: set(ids) <= self.told("article.published"))
        return ids

    def events(self) -> list[dict[str, Any]]:
        with Api(find(self.data)) as api:
            return until_now(api)[0]

    def told(self, kind: str) -> set[str]:
        return {event["id"] for event in self.events() if event["type"] == kind}

    def renewed(self) -> Counter[str]:
        """How many events each article has that say that its enrichment alone is another."""
        return Counter(event["id"] for event in self.events() if "enrichment" in event)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """A replay in a process of its own."""
        return start("replay", *arguments, cwd=self.data.parent, NEWSWIRE_DATA=str(self.data))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    data = tmp_path_factory.mktemp("up") / "data"
    with up(data) as started:
        started.running()
        found = Archive(data)
        yield found
        found.store.close()


def guids(count: int) -> list[str]:
    return [f"g-{number}" for number in range(count)]


def test_what_the_enricher_of_now_has_made_stays_as_it_is(archive: Archive) -> None:
    """No article changes by being replayed: enrichment is a function of the article."""
    ids = archive.send(*guids(5), source="fresh")
    before = [stored(archive.store, one) for one in ids]
    changed, summary = archive.replay("--filter", "source:fresh")
    assert (changed, summary["selected"], summary["left"]) == ([], 5, 0)
    assert [stored(archive.store, one) for one in ids] == before


def test_only_what_changed_is_told_and_only_once(archive: Archive) -> None:
    """Two of six come from an older enricher: two events; running it again: none."""
    ids = archive.send(*guids(6), source="aged")
    for one in ids[1:3]:
        age(archive.store, one)
    changed, summary = archive.replay("--filter", "source:aged")
    assert {row["id"] for row in changed} == set(ids[1:3])
    assert summary["changed"] == 2
    assert summary["fields"] == {"tags.places": 2}
    renewed = archive.renewed()
    assert {one: renewed[one] for one in ids} == dict(zip(ids, (0, 1, 1, 0, 0, 0), strict=True))
    [event] = [e for e in archive.events() if e["id"] == ids[1] and "enrichment" in e]
    assert (event["type"], event["version"], event["enrichment"]) == ("article.updated", 1, 1)
    with Api(find(archive.data)) as api:
        article = api.call("GET", f"/v1/articles/{ids[1]}")
        feed = api.call("GET", "/feeds/place/JPN.json")
    assert {place["iso3"] for place in article["enrichment"]["tags"]["places"]} >= {"JPN", "NOR"}
    assert any(ids[1] in str(item) for item in feed["items"])
    assert archive.replay("--filter", "source:aged")[0] == []
    assert archive.renewed() == renewed


def test_a_version_of_the_provenance_alone_is_no_change(archive: Archive) -> None:
    """A new list that finds the same is no news."""
    [one] = archive.send("g-1", source="provenance")
    key, document = f"{{p0}}:article:{one}", stored(archive.store, one)
    for row in document["enrichment"]["provenance"]:
        row["version"] = "old"
    for reaction in document["enrichment"]["reactions"]:
        reaction["evidence"]["version"] = "old"
    assert document["enrichment"]["reactions"]
    archive.store.hset(key, "v1", orjson.dumps(document))
    assert archive.replay("--filter", "source:provenance")[0] == []


def test_a_dry_run_shows_what_would_change_and_writes_nothing(archive: Archive) -> None:
    """Article, field, before and after, as a table; the document is as it was, byte for byte."""
    [one] = archive.send("g-1", source="dry")
    age(archive.store, one)
    key = f"{{p0}}:article:{one}"
    before = archive.store.hmget(key, "version", "v1", "feeds", "enrichment")
    printed = archive.run("replay", "--dry-run", "--filter", "source:dry")
    assert re.search(r"Article +Field +Before +After", printed)
    words = " ".join(printed.split())
    assert "tags.places -" in words
    assert "NOR" in words
    assert "1 would change" in words
    assert archive.store.hmget(key, "version", "v1", "feeds", "enrichment") == before
    assert archive.store.exists("{p0}:replay") == 0
    assert archive.renewed()[one] == 0


def test_links_and_story_are_not_made_anew(archive: Archive) -> None:
    """The document keeps those that it was stored with."""
    ids = archive.send(*guids(2), source="linked")
    for one in ids:
        age(archive.store, one)
    were = [stored(archive.store, one)["enrichment"] for one in ids]
    assert archive.replay("--filter", "source:linked")[1]["changed"] == 2
    for one, was in zip(ids, were, strict=True):
        now = stored(archive.store, one)["enrichment"]
        assert {k: now.get(k) for k in ("related", "story")} == {
            k: was.get(k) for k in ("related", "story")
        }


def test_since_and_filter_leave_all_others_alone(archive: Archive) -> None:
    """A date in the future selects none, one in the past all; terms go together."""
    ids = archive.send(*guids(2), source="chosen")
    for one in ids:
        age(archive.store, one)
    assert archive.replay("--since", "2999-01-01", "--dry-run")[1]["looked"] == 0
    filter_ = 'source:chosen AND section:"world" language:en'
    assert archive.replay("--filter", filter_, "--since", "2020-01-01", "--dry-run")[1][
        "changed"
    ] == 2  # fmt: skip
    assert archive.replay("--filter", f"{filter_} source:other")[1]["selected"] == 0
    assert archive.replay("--filter", filter_)[1]["changed"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--filter", "source:a colour:red"], "colour"),
        (["--filter", "source:a AND"], "column 13"),
        (["--filter", ""], "column 1"),
        (["--since", "yesterday"], "--since yesterday"),
    ],
)
def test_a_wrong_selection_is_said_before_anything_is_done(
    arguments: list[str], said: str, archive: Archive
) -> None:
    """Exit code 2 and one line that says where."""
    told = archive.run("replay", *arguments, code=2)
    assert said in told
    assert len(told.splitlines()) == 1


def test_killed_in_the_middle_and_run_again_nothing_is_missed_nor_told_twice(
    archive: Archive,
) -> None:
    """Whatever the killed one had sent is there once; the next one does the rest."""
    ids = archive.send(*guids(48), source="killed")
    for one in ids:
        age(archive.store, one)
    for share in (8, 20):
        process = archive.begin("--filter", "source:killed", "--rate", "40")
        until(lambda share=share: len(archive.renewed().keys() & set(ids)) >= share)
        process.kill()
        process.communicate()
    done = len(archive.renewed().keys() & set(ids))
    assert done < 48
    assert archive.replay("--filter", "source:killed")[1]["selected"] == 48
    renewed = archive.renewed()
    assert {one: renewed[one] for one in ids} == dict.fromkeys(ids, 1)
    assert archive.replay("--filter", "source:killed")[0] == []


def test_a_signal_ends_it_in_order_and_says_how_to_go_on(archive: Archive) -> None:
    """Ctrl-C is exit code 1 and one line; --resume then does only the rest."""
    ids = archive.send(*guids(48), source="signalled")
    for one in ids:
        age(archive.store, one)
    process = archive.begin("--filter", "source:signalled", "--rate", "40")
    until(lambda: len(archive.renewed().keys() & set(ids)) >= 10)
    process.send_signal(2)
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "--resume" in complaints
    assert len(complaints.splitlines()) == 1
    everything = archive.replay("--filter", "source:signalled", "--dry-run")[1]
    other = archive.replay("--filter", "source:other", "--resume", "--dry-run")[1]
    assert other["looked"] == everything["looked"]
    summary = archive.replay("--filter", "source:signalled", "--resume")[1]
    assert summary["looked"] < everything["looked"]
    assert summary["selected"] < 48
    renewed = archive.renewed()
    assert {one: renewed[one] for one in ids} == dict.fromkeys(ids, 1)
    assert archive.store.exists("{p0}:replay") == 0


def test_what_is_revised_or_withdrawn_meanwhile_stays_so(archive: Archive) -> None:
    """The newest version wins, and no text comes back."""
    ids = archive.send(*guids(60), source="moving")
    for one in ids:
        age(archive.store, one)
    process = archive.begin("--filter", "source:moving", "--rate", "30")
    until(lambda: len(archive.renewed().keys() & set(ids)) >= 5)
    with Api(find(archive.data)) as api:
        api.call("POST", f"/v1/articles/{ids[-1]}/withdraw", service="ingest",
                 json={"kind": "kill", "reason": "wrong"})  # fmt: skip
    new = "Chile and Iceland signed another pact on Friday, and it is about cod."
    draft = {"source": "moving", "guid": "g-58", "headline": "Another pact", "body_text": new}
    archive.run("ingest", "-", stdin=orjson.dumps(draft))
    _, complaints = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, complaints
    until(lambda: archive.store.hget(f"{{p0}}:article:{ids[58]}", "version") == b"2")
    assert stored(archive.store, ids[58])["body_text"] == new
    assert {p["iso3"] for p in stored(archive.store, ids[58])["enrichment"]["tags"]["places"]} == {
        "CHL", "ISL",
    }  # fmt: skip
    assert archive.store.hget(f"{{p0}}:article:{ids[59]}", "status") == b"canceled"
    renewed = archive.renewed()
    assert [renewed[one] for one in ids[:58]] == [1] * 58
    assert archive.replay("--filter", "source:moving")[0] == []


def test_what_can_not_be_read_is_named_and_left(archive: Archive) -> None:
    """Exit code 1; the others are replayed."""
    ids = archive.send(*guids(3), source="broken")
    age(archive.store, ids[1])
    key = f"{{p0}}:article:{ids[0]}"
    good = archive.store.hget(key, "v1")
    for body in (b"{", b'{"source":"broken","id":1}'):
        archive.store.hset(key, "v1", body)
        told = archive.run("replay", "--filter", "source:broken", code=1)
        assert ids[0] in told
    archive.store.hset(key, "v1", good)
    assert archive.renewed()[ids[1]] == 1


def test_the_commands_of_the_document_run(archive: Archive) -> None:
    """What docs/replay.md shows can be typed as it stands."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "docs/replay.md").read_text(), re.MULTILINE | re.DOTALL
    )
    commands = [
        shlex.split(line, comments=True)
        for line in "".join(blocks).splitlines()
        if line.startswith("newswire replay")
    ]
    assert len(commands) >= 4
    for _, *arguments in commands:
        archive.run(*arguments)
