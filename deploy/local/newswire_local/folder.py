"""The data folder of one installation on this machine.

DIR/admin.key       the admin key, readable by its owner only; made at the first start
DIR/newswire.json   where the running system answers; there while it runs
DIR/logs/           a log a service
DIR/…               the embedded server's own, see `newswire_local.embedded`
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from newswire_common.errors import ConfigurationError


class Running(BaseModel):
    """The URLs of a running system's services, and the process that runs it."""

    pid: int
    ingest: str
    enrich: str
    publish: str


@dataclass(frozen=True)
class DataFolder:
    """What is kept in ``path``, besides the server's data."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def make(self) -> None:
        """Raises ConfigurationError where there can be no such folder."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.logs.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            message = f"--data {self.path}: {error.strerror}"
            raise ConfigurationError(message) from error

    def admin_key(self) -> str | None:
        """The key that `make_admin_key` made, or None. Raises ConfigurationError if unreadable."""
        try:
            return (self.path / "admin.key").read_text().strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{self.path / 'admin.key'}: {error.strerror}"
            raise ConfigurationError(message) from error

    def make_admin_key(self) -> str:
        """A new key of 256 random bits, on disk before it is used anywhere.

        Of two that start at once both get the key of the first.
        """
        key = "nwk_" + secrets.token_urlsafe(32)
        # Written aside first: a crash half-way must not leave an empty key for ever.
        aside = self.path / f"admin.key.{os.getpid()}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            (self.path / "admin.key").hardlink_to(aside)
        except FileExistsError:
            if known := self.admin_key():
                aside.unlink()
                return known
            aside.rename(self.path / "admin.key")  # what was there was empty
        else:
            aside.unlink()
        return key

    @contextmanager
    def announced(self, running: Running) -> Iterator[None]:
        """Tell the commands of this folder where the system answers, while it does."""
        self._running.write_text(running.model_dump_json(indent=2) + "\n")
        try:
            yield
        finally:
            self._running.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """What was announced last and not taken back: it runs, or it was killed."""
        try:
            return Running.model_validate_json(self._running.read_bytes())
        except (OSError, ValidationError):
            return None

    @property
    def _running(self) -> Path:
        return self.path / "newswire.json"
