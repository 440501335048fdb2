"""`newswire names train`: figures for people and for programs, and errors with line numbers."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from newswire_local.cli import app


def labelled(count: int) -> bytes:
    return b"".join(
        f"-DOCSTART- O\n\nspeaker O\nXu{one} B-PER\nspoke O\n\n".encode() for one in range(count)
    )


def test_it_fits_stores_and_says_how_good_it_is(tmp_path: Path) -> None:
    """The model is there under the version that is told, with figures of each kind."""
    pytest.importorskip("pycrfsuite")
    file, model = tmp_path / "labelled.conll", tmp_path / "names.crf"
    file.write_bytes(labelled(60))
    result = CliRunner().invoke(app, ["names", "train", str(file), "--out", str(model), "--json"])
    assert result.exit_code == 0, result.output
    told = orjson.loads(result.stdout)
    assert (told["sentences"], told["names"]) == (60, 60)
    assert [row["kind"] for row in told["figures"]] == ["person", "organisation", "place", "all"]
    assert told["figures"][-1]["f1"] == 1
    assert told["version"].encode() in model.read_bytes()[:100]
    assert list(tmp_path.iterdir()) != [model]


def test_people_get_a_table(tmp_path: Path) -> None:
    """And the setting to use the model by."""
    pytest.importorskip("pycrfsuite")
    model = tmp_path / "names.crf"
    arguments = ["names", "train", "-", "--out", str(model), "--language", "de"]
    result = CliRunner().invoke(app, arguments, input=labelled(60))
    assert result.exit_code == 0, result.output
    assert "Precision" in result.stdout
    assert "NEWSWIRE_ENRICHERS=crf:" in result.stdout
    assert b" de " in model.read_bytes()[:100]


@pytest.mark.parametrize(
    ("arguments", "text", "code"),
    [
        (["no-such-file"], "", 2),
        (["."], "", 2),
        (["-", "--out", "no-such-folder/x.crf"], "", 2),
        (["-", "--language", "English"], "", 2),
        ([], "", 2),
        (["-"], "", 1),
        (["-"], "word O\nword\n", 1),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], text: str, code: int
) -> None:
    """Wrong usage before anything is read; a line that is wrong by its number; nothing written."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["names", "train", *arguments], input=text)
    assert result.exit_code == code, result.output
    assert list(tmp_path.iterdir()) == []
    if text:
        assert "-:2: has a word and no label" in result.stderr
