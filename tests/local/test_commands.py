"""The commands against a running system: what a user types, and what comes back."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis import Redis
from typer.testing import CliRunner

from newswire_local import sample
from newswire_local.cli import app
from tests.local.running import PATIENCE_S, start, until, up

ARTICLES = sample.drafts()[:3]


class Shell:
    """A user with one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {k: None for k in os.environ if k.upper().startswith("NEWSWIRE_")}
        self.environment: dict[str, str | None] = {**kept, "NEWSWIRE_DATA": str(data)}

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        result = CliRunner(env=self.environment).invoke(app, list(arguments), input=stdin)
        assert result.exit_code == code, result.output
        assert len(result.stderr.splitlines()) == (1 if code else 0), result.stderr
        return result.stdout

    def json(self, *arguments: str) -> Any:
        return orjson.loads(self.run(*arguments, "--json"))

    def send(self, guid: str, headline: str) -> None:
        article = {**ARTICLES[0], "guid": guid, "headline": headline}
        self.run("ingest", "-", stdin=orjson.dumps(article).decode())


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    data = tmp_path_factory.mktemp("up") / "data"
    with up(data) as started:
        started.running()
        yield Shell(data)


def test_ingest_says_what_became_of_each_article(shell: Shell, tmp_path: Path) -> None:
    """NDJSON, JSON, a page and standard input; the same again changes nothing."""
    lines = tmp_path / "news.ndjson"
    lines.write_bytes(b"\n".join(map(orjson.dumps, ARTICLES)))
    page = tmp_path / "page.txt"
    page.write_bytes(sample.pages()[0].body)
    printed = shell.run("ingest", str(lines), str(page))
    assert [line.split()[:2] for line in printed.splitlines()] == [["created", "v1"]] * 4
    assert "urn:newswire:" in printed
    assert f"{lines}:3" in printed
    again = shell.run("ingest", "-", stdin=orjson.dumps(ARTICLES[0]).decode())
    assert again.startswith("unchanged")


def test_ingest_names_the_line_that_was_refused(shell: Shell, tmp_path: Path) -> None:
    """Exit code 1; the other lines were taken."""
    lines = tmp_path / "news.ndjson"
    good = orjson.dumps({**ARTICLES[0], "guid": "another"})
    lines.write_bytes(b'{"source": 1}\n' + good + b"\n")
    printed = shell.run("ingest", str(lines), "--json", code=1)
    wrong, taken = map(orjson.loads, printed.splitlines())
    assert (wrong["outcome"], wrong["from"]) == ("rejected", f"{lines}:1")
    assert (taken["outcome"], taken["from"]) == ("created", f"{lines}:2")


def test_status_shows_services_stages_and_endpoints(shell: Shell) -> None:
    """All ready, and no backlog once what was sent is through."""
    until(lambda: all(row["lag"] == 0 == row["pending"] for row in shell.json("status")["stages"]))
    state = shell.json("status")
    assert [row["state"] for row in state["services"]] == ["ready"] * 3
    stages = {row["stage"] for row in state["stages"]}
    assert stages == {"enrich", "publish", "audience", "links", "webhooks", "reactions"}
    assert all(row["dead_letters"] == 0 for row in state["stages"])
    printed = shell.run("status")
    assert "Sources: none" in printed
    assert "Webhook endpoints" in printed


def test_tail_shows_the_last_events_and_then_each_new_one(shell: Shell) -> None:
    """Until Ctrl-C, with exit code 0."""
    shell.send("tail-1", "Before the tail")
    tail = start("tail", cwd=shell.data.parent, NEWSWIRE_DATA=str(shell.data))
    assert "published" in _line_with("Before the tail", tail)
    shell.send("tail-2", "After it began")
    assert "published" in _line_with("After it began", tail)
    tail.send_signal(signal.SIGINT)
    _, complaints = tail.communicate(timeout=PATIENCE_S)
    assert (tail.returncode, complaints) == (0, "")


def _line_with(words: str, process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return next(line for line in process.stdout if words in line)


def test_keys_are_made_listed_and_revoked(shell: Shell) -> None:
    """The key is shown once, its record stays until it is revoked."""
    made = shell.json("keys", "create", "newsroom", "--scope", "ingest", "--source", "kestrel")
    assert made["key"].startswith("nwk_")
    [listed] = shell.json("keys", "list")
    assert (listed["id"], listed["sources"]) == (made["id"], ["kestrel"])
    assert made["key"] not in shell.run("keys", "list")
    shell.run("keys", "revoke", made["id"])
    assert shell.json("keys", "list") == []
    shell.run("keys", "revoke", made["id"], code=1)


def test_webhooks_are_added_listed_rotated_and_removed(shell: Shell) -> None:
    """Secrets are shown when they are made, and never again."""
    add = ("webhooks", "add", "https://subscriber.example/hook", "--payload", "thin")
    made = shell.json(*add, "--event", "article.withdrawn")  # what still settles is none of it
    assert made["secret"].startswith("whsec_")
    [listed] = shell.json("webhooks", "list")
    assert (listed["url"], listed["payload"]) == ("https://subscriber.example/hook", "thin")
    assert "secret" not in listed
    assert shell.json("webhooks", "rotate", made["id"])["secret"] != made["secret"]
    assert shell.json("webhooks", "deliveries", made["id"]) == []
    shell.run("webhooks", "remove", made["id"], "--yes")
    assert shell.json("webhooks", "list") == []


def test_a_webhook_that_is_refused_is_explained(shell: Shell) -> None:
    """The reason of the service, in one line: a private address is not for webhooks."""
    shell.run("webhooks", "add", "http://169.254.169.254/", code=1)


def test_a_dead_letter_is_listed_shown_retried_and_dropped(shell: Shell) -> None:
    """What no retry makes readable comes back after one, and goes for good when it is dropped."""
    assert shell.run("dead", "list") == "No dead letters.\n"
    socket = (shell.data / "server.sock").resolve()
    with Redis.from_url(f"unix://{socket}") as client:
        client.xadd("{p0}:articles", {"schema": "1", "body": b"\xff"})
    until(lambda: shell.json("dead", "list"))
    [letter] = shell.json("dead", "list", "--stage", "enrich")
    assert shell.json("dead", "show", letter["id"])["error"] == letter["error"]
    assert "body" in shell.run("dead", "show", letter["id"])
    assert shell.run("dead", "retry", letter["id"]) == f"retried {letter['id']}\n"
    assert shell.run("dead", "drop", "--all", "--yes") == f"dropped {letter['id']}\n"
    assert shell.json("dead", "list") == []


@pytest.mark.parametrize("what", ["show", "retry", "drop"])
def test_an_unknown_dead_letter_is_named(shell: Shell, what: str) -> None:
    """Exit code 1, in one line."""
    shell.run("dead", what, "enrich:0:1-1", code=1)
