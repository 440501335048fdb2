"""`newswire up` as a user starts it, for the tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from newswire_local.folder import DataFolder, Running

PATIENCE_S = 100.0  # of a machine with much else to do
PORTS = {f"NEWSWIRE_{name}_PORT": "0" for name in ("INGEST", "ENRICH", "PUBLISH")}


def start(*arguments: str | Path, cwd: Path, **settings: str) -> subprocess.Popen[str]:
    """The command, deaf to the settings of the machine; a warning of Python's ends it."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("NEWSWIRE_")}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "newswire_local", *arguments],
        env=kept | settings, cwd=cwd, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


class Up:
    """A `newswire up` on a data folder; its ports are any that are free."""

    def __init__(self, data: Path) -> None:
        self.folder = DataFolder(data)
        self.process = start("up", "--data", data, cwd=data.parent, **PORTS)

    def running(self) -> Running:
        """Where it answers, once it does."""
        until(lambda: self._announced() or self.process.poll() is not None)
        found = self._announced()
        assert found, self.process.communicate()
        return found

    def _announced(self) -> Running | None:
        """Its own announcement, not that of one that was killed."""
        found = self.folder.running()
        return found if found and found.pid == self.process.pid else None

    def end(self, number: int) -> tuple[str, str]:
        """Send a signal; what was printed, once it has ended."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=PATIENCE_S)


@contextmanager
def up(data: Path) -> Iterator[Up]:
    """`newswire up`, ended at the end if it is still there."""
    started = Up(data)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.terminate()
        started.process.communicate(timeout=PATIENCE_S)


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does and tells nobody of."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a service is ready there."""
    try:
        return httpx.get(f"{url}/readyz", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False
