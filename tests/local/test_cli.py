"""The command's manners: exit codes, one-line errors, nothing that only works when all is up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newswire_local.cli import app

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings, no data folder, and ports where nothing answers."""
    for name in [name for name in os.environ if name.upper().startswith("NEWSWIRE_")]:
        monkeypatch.delenv(name)
    for service in ("INGEST", "ENRICH", "PUBLISH"):
        monkeypatch.setenv(f"NEWSWIRE_{service}_PORT", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def article(tmp_path: Path) -> str:
    file = tmp_path / "article.json"
    file.write_text('{"source": "kestrel", "guid": "1", "headline": "Aurelia adrift"}')
    return str(file)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"], ["demo", "--help"], ["up", "--help"], ["ingest", "--help"],
        ["status", "--help"], ["tail", "--help"], ["dead", "--help"], ["keys", "--help"],
        ["webhooks", "--help"], ["webhooks", "add", "--help"],
    ],
)  # fmt: skip
def test_every_command_has_help(arguments: list[str]) -> None:
    """It needs neither settings nor a running system."""
    assert CliRunner().invoke(app, arguments).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["up", "--nonsense"], ["ingest"], ["ingest", "no-such-file.json"],
        ["ingest", "."], ["dead", "drop"], ["dead", "retry", "--all", "enrich:0:1-1"],
        ["dead", "show"], ["keys", "create", "me"], ["keys", "create", "me", "--scope", "root"],
        ["webhooks", "add"], ["tail", "--last", "-1"],
    ],
)  # fmt: skip
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """A script can tell a mistake of its own from a failure."""
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"], ["tail"], ["dead", "list"], ["dead", "show", "enrich:0:1-1"], ["keys", "list"],
        ["webhooks", "list"], ["webhooks", "add", "https://a.example/"], ["status", "--json"],
    ],
)  # fmt: skip
def test_where_nothing_runs_one_line_says_so(arguments: list[str]) -> None:
    """Exit code 1, the address that was tried, and what to do about it."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("newswire: nothing answers at http://127.0.0.1:1 (is `newswire up`")


def test_ingest_says_so_too(article: str) -> None:
    """After the file was found to be there."""
    result = CliRunner().invoke(app, ["ingest", article])
    assert result.exit_code == 1
    assert "is `newswire up` running?" in result.stderr


def test_what_can_not_be_read_is_refused_before_anything_is_sent(
    article: str, tmp_path: Path
) -> None:
    """Exit code 2 and the name of the file; the article beside it is not half of a job."""
    (tmp_path / "notes.docx").write_text("x")
    result = CliRunner().invoke(app, ["ingest", article, "notes.docx"])
    assert result.exit_code == 2
    assert result.stderr.startswith("newswire: notes.docx: is none of .json")


def test_one_address_is_for_one_page(tmp_path: Path) -> None:
    """Two pages under one address would be two versions of one article."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("text")
    arguments = ["ingest", "a.txt", "b.txt", "--url", "https://a.example/1"]
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_wrong_setting_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, before anything is started."""
    monkeypatch.setenv("NEWSWIRE_RETENTION_DAYS", "soon")
    result = CliRunner().invoke(app, ["up"])
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith("newswire: NEWSWIRE_RETENTION_DAYS: ")


def test_a_data_folder_that_can_not_be_is_named(tmp_path: Path) -> None:
    """One line instead of a traceback."""
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["up", "--data", "file/data"])
    assert result.exit_code == 2
    assert "file/data" in result.stderr


def test_the_command_starts_fast_and_without_a_warning() -> None:
    """A look at the help does not import the services, nor print what nobody asked for."""
    asked = "import sys; from newswire_local.cli import app; print(sorted(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", asked], capture_output=True, text=True, check=True
    )
    assert not said.stderr
    assert "fastapi" not in said.stdout
    assert "faststream" not in said.stdout


@pytest.mark.parametrize("missing", ["python3", "venv"])
def test_run_says_what_the_machine_lacks(tmp_path: Path, missing: str) -> None:
    """A newcomer without uv and without Python, or with a Debian Python in parts, is not lost."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "rm"):
        path = next(p for p in (f"/bin/{name}", f"/usr/bin/{name}") if Path(p).exists())
        (programs / name).symlink_to(path)
    if missing == "venv":
        (programs / "python3").write_text("#!/bin/sh\necho ensurepip is not available\nexit 1\n")
        (programs / "python3").chmod(0o755)
    script = tmp_path / "clone" / "run"
    script.parent.mkdir()
    script.write_bytes((REPOSITORY / "run").read_bytes())
    said = subprocess.run(
        ["/bin/sh", script, "demo"], env={"PATH": str(programs)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1].startswith("run: ")
    assert ("python3-venv" if missing == "venv" else "install Python") in said.stderr
