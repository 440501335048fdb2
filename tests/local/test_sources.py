"""`newswire sources` against a running system: what an operator types, and what comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner

from newswire_local.cli import app
from tests.local.running import up
from tests.local.test_commands import Shell

FEED = "http://127.0.0.1:1/feed"
OPML = f"""<opml version="2.0"><body><outline text="World">
<outline type="rss" text="Kestrel Wire" xmlUrl="{FEED}" custom="kept"/>
<outline type="rss" text="Inside" xmlUrl="file:///etc/passwd"/>
</outline></body></opml>"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A system that may ask loopback, and polls nothing."""
    folder = tmp_path_factory.mktemp("sources")
    settings = ["NEWSWIRE_ALLOW_PRIVATE_NETWORKS=127.0.0.0/8", "NEWSWIRE_POLLS_AT_ONCE=0"]
    (folder / ".env").write_text("\n".join(settings))
    with up(folder / "data") as started:
        started.running()
        yield Shell(folder / "data")


def imported(shell: Shell, *arguments: str, stdin: str = "") -> str:
    """What an import told that could not take every feed: exit code 1, no error of its own."""
    runner = CliRunner(env=shell.environment)
    result = runner.invoke(app, ["sources", "import", *arguments], input=stdin)
    assert (result.exit_code, result.stderr) == (1, "")
    return result.stdout


def test_a_source_is_added_listed_and_removed(shell: Shell) -> None:
    """With its health; the id is taken once."""
    made = shell.json("sources", "add", "herald", "http://127.0.0.1:1/herald", "--interval", "300")
    assert (made["id"], made["interval_s"], made["health"]["state"]) == ("herald", 300, "ok")
    assert [one["id"] for one in shell.json("sources", "list")] == ["herald"]
    assert "herald" in shell.run("sources", "list")
    shell.run("sources", "add", "herald", FEED, code=1)
    shell.run("sources", "add", "inside", "http://169.254.169.254/", code=1)
    assert shell.run("sources", "remove", "herald", "--yes") == "removed herald\n"
    assert shell.run("sources", "list").startswith("No sources")
    shell.run("sources", "remove", "herald", "--yes", code=1)


def test_opml_goes_in_and_comes_out_whole(shell: Shell, tmp_path: Path) -> None:
    """What can be no source is named with the reason, and is in the export all the same."""
    file, copy = tmp_path / "in.opml", tmp_path / "out.opml"
    file.write_text(OPML)
    result = imported(shell, str(file))
    assert "1 added, 0 known already, 1 refused" in result
    assert "file:///etc/passwd" in result
    again = imported(shell, "-", stdin=OPML)
    assert "0 added, 1 known already" in again
    shell.run("sources", "export", str(copy))
    assert shell.run("sources", "export") == copy.read_text()
    (kestrel,) = etree.parse(str(copy)).xpath("//outline[@text='World']/outline[@custom='kept']")
    assert kestrel.get("xmlUrl") == FEED
    shell.run("sources", "remove", "kestrel-wire", "--yes")


def test_what_is_no_opml_is_refused(shell: Shell, tmp_path: Path) -> None:
    """In one line; a file that is not there is wrong usage."""
    shell.run("sources", "import", "-", stdin="<html/>", code=1)
    shell.run("sources", "import", str(tmp_path / "nowhere.opml"), code=2)
    shell.run("sources", "export", str(tmp_path), code=1)
