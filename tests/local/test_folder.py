"""The data folder and the plan: keys, ports, and where a running system is found."""

import os
import socket
from pathlib import Path

import pytest

from newswire_common.errors import ConfigurationError
from newswire_local.api import find
from newswire_local.folder import DataFolder, Running
from newswire_local.plan import plan_demo, plan_up

URLS = {"ingest": "http://a:1", "enrich": "http://a:2", "publish": "http://a:3"}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith("NEWSWIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


def test_the_admin_key_is_its_owners_alone(folder: DataFolder) -> None:
    """It is made once, unguessable, and unreadable to others from its first moment."""
    key = folder.make_admin_key()
    assert len(key) > 40
    assert folder.admin_key() == key
    assert (folder.path / "admin.key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def _any_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another newswire may be running on this machine."""
    for service in URLS:
        monkeypatch.setenv(f"NEWSWIRE_{service.upper()}_PORT", "0")


@pytest.mark.usefixtures("_any_ports")
def test_the_second_start_keeps_the_key(tmp_path: Path) -> None:
    """It is shown on the first start only, so it has to stay."""
    first, second = plan_up(tmp_path / "data"), plan_up(tmp_path / "data")
    assert first.new_key
    assert not second.new_key
    assert first.admin_key == second.admin_key


@pytest.mark.usefixtures("_any_ports")
def test_a_key_from_the_settings_is_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who keeps the key elsewhere wants it nowhere else."""
    monkeypatch.setenv("NEWSWIRE_ADMIN_KEY", "mine")
    plan = plan_up(tmp_path / "data")
    assert plan.admin_key == "mine"
    assert not (tmp_path / "data" / "admin.key").exists()


@pytest.mark.usefixtures("_any_ports")
def test_a_busy_port_stops_the_start_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a service that dies again and again with a traceback in its log."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("NEWSWIRE_ENRICH_PORT", str(port))
        with pytest.raises(
            ConfigurationError, match=f"NEWSWIRE_ENRICH_PORT: port {port} is in use"
        ):
            plan_up(tmp_path / "data")


@pytest.mark.usefixtures("_any_ports")
def test_durability_always_reaches_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The services check it at start and would refuse."""
    assert plan_up(tmp_path / "a").appendfsync == "everysec"
    monkeypatch.setenv("NEWSWIRE_DURABILITY", "always")
    assert plan_up(tmp_path / "b").appendfsync == "always"


@pytest.mark.usefixtures("_any_ports")
def test_a_server_of_ones_own_is_used_instead(tmp_path: Path) -> None:
    """With NEWSWIRE_REDIS_URL, also from .env, nothing is embedded."""
    assert plan_up(tmp_path / "data").redis_url is None
    (tmp_path / ".env").write_text("NEWSWIRE_REDIS_URL=redis://r.example:6379/1\n")
    plan = plan_up(tmp_path / "data")
    assert plan.redis_url == "redis://r.example:6379/1"


def test_the_demo_is_deaf_to_the_settings_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs the same everywhere, and never touches an installation that is there."""
    monkeypatch.setenv("NEWSWIRE_REDIS_URL", "redis://production.example:6379")
    monkeypatch.setenv("NEWSWIRE_PRIVATE", "true")
    plan = plan_demo(tmp_path / "demo")
    assert plan.redis_url is None
    assert "NEWSWIRE_PRIVATE" not in plan.environment
    assert len({plan.running.ingest, plan.running.enrich, plan.running.publish}) == 3


def test_a_running_system_is_found_by_its_folder(folder: DataFolder) -> None:
    """A command needs no settings beside `newswire up`."""
    key = folder.make_admin_key()
    with folder.announced(Running(pid=1, **URLS)):
        found = find(folder.path)
        assert (found.ingest, found.publish, found.key) == (URLS["ingest"], URLS["publish"], key)
    assert find(folder.path).publish == "http://127.0.0.1:8003"


def test_settings_come_before_the_folder(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are how one names a system elsewhere."""
    monkeypatch.setenv("NEWSWIRE_PUBLIC_URL", "https://news.example/")
    monkeypatch.setenv("NEWSWIRE_INGEST_PORT", "9001")
    monkeypatch.setenv("NEWSWIRE_ADMIN_KEY", "theirs")
    with folder.announced(Running(pid=1, **URLS)):
        found = find(folder.path)
    assert (found.ingest, found.publish, found.key) == (
        "http://127.0.0.1:9001", "https://news.example", "theirs",
    )  # fmt: skip


def test_a_broken_announcement_is_no_traceback(folder: DataFolder) -> None:
    """A file half-written by a crash counts as none."""
    (folder.path / "newswire.json").write_text('{"pid": ')
    assert folder.running() is None


def test_two_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    """The second neither voids the key that the first has printed nor uses another."""
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.make()
    key = first.make_admin_key()
    assert second.make_admin_key() == key == second.admin_key()
    assert {path.name for path in tmp_path.glob("admin.key*")} == {"admin.key"}
