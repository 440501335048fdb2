"""The whole system as a newcomer first meets it: `newswire demo`."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from newswire_local import sample
from newswire_local.demo.run import throw_away_folder
from tests.local.running import PATIENCE_S, start


def test_the_demo_delivers_exactly_what_is_due(tmp_path: Path) -> None:
    """Exit 0, nothing on stderr, every event of the hand count delivered and verified, no trace.

    Settings of the machine do not reach it; its output fits 80 columns and is plain in a pipe.
    """
    demo = start(
        "demo", cwd=tmp_path, TMPDIR=str(tmp_path), COLUMNS="80", NEWSWIRE_REDIS_URL="redis://no:1"
    )
    printed, complaints = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 0, printed + complaints
    assert not complaints
    due = sum(sample.expected().events.values())
    assert f"{due} deliveries received, {due} verified" in printed
    assert "/feeds/all.rss" in printed
    assert "no comment yet" in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "\x1b" not in printed
    assert not list(tmp_path.glob("newswire-*"))


@pytest.mark.parametrize("keep", [True, False])
def test_the_folder_is_kept_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, keep: bool
) -> None:
    """With the command that goes on with it; else nothing is left behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    printed = io.StringIO()
    with throw_away_folder(Console(file=printed)) as folder:
        folder.keep = keep
    assert folder.path.exists() == keep
    assert (f"newswire up --data {folder.path}" in printed.getvalue()) == keep


def test_the_folder_of_a_demo_that_failed_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its logs are what one needs then."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RuntimeError), throw_away_folder(Console(file=io.StringIO())) as folder:
        raise RuntimeError
    assert folder.path.exists()
