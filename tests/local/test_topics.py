"""`newswire topics train`: figures for people and for programs, and errors with line numbers."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from newswire_local.cli import app


def archive(count: int) -> bytes:
    lines = [
        {"headline": f"Day {number}", "body_text": text, "topics": [topic]}
        for number in range(count)
        for text, topic in (("quay berth tugboat", "medtop:04000000"), ("goal keeper", "sport"))
    ]
    return b"\n".join(map(orjson.dumps, lines))


def test_it_fits_stores_and_says_how_good_it_is(tmp_path: Path) -> None:
    """Lines that are no tagged articles are named; the others are used."""
    pytest.importorskip("sklearn")
    file, model = tmp_path / "archive.ndjson", tmp_path / "topics.npz"
    file.write_bytes(archive(20) + b"\n{\n" + b'{"body_text": "x"}\n')
    result = CliRunner().invoke(app, ["topics", "train", str(file), "--out", str(model), "--json"])
    assert result.exit_code == 0, result.output
    told = orjson.loads(result.stdout)
    assert (told["articles"], told["refused"], told["accuracy"]) == (40, 2, 1.0)
    assert {row["code"] for row in told["topics"]} == {"medtop:04000000", "medtop:15000000"}
    assert model.is_file()
    errors = result.stderr.replace("\n", "")
    assert f"{file}:41: is no JSON" in errors
    assert f"{file}:42: has no topic" in errors


def test_people_get_a_table(tmp_path: Path) -> None:
    """And the setting to use the model by."""
    pytest.importorskip("sklearn")
    model = tmp_path / "topics.npz"
    arguments = ["topics", "train", "-", "--out", str(model)]
    result = CliRunner().invoke(app, arguments, input=archive(20))
    assert result.exit_code == 0, result.output
    assert "Precision" in result.stdout
    assert "NEWSWIRE_TOPICS_MODEL=" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["no-such-file"], 2), (["."], 2), (["-", "--out", "no-such-folder/x.npz"], 2), ([], 2),
     (["-"], 1)],
)  # fmt: skip
def test_what_can_not_be_done_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    """Wrong usage before anything is read; an archive without articles afterwards."""
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["topics", "train", *arguments], input="")
    assert result.exit_code == code, result.output
    assert list(tmp_path.iterdir()) == []
