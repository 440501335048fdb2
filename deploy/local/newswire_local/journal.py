"""Where a service's log goes: every line to its file, warnings and worse to the console too."""

import asyncio
from collections.abc import Callable
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson

FILE_BYTES, FILES_KEPT = 10_000_000, 3
READ_BYTES = 65_536
LINE_LIMIT = 1_000_000  # of a line without end: it is cut, so that it can not fill the memory
OF_CONCERN = {"warning", "error", "critical"}

Report = Callable[[str], None]


class Journal:
    """The log of one service, over all its restarts. ``last_words`` is its last line."""

    def __init__(self, name: str, folder: Path, report: Report) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.last_words = ""
        self._report = report
        self._file = RotatingFileHandler(
            self.path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )

    async def follow(self, stream: asyncio.StreamReader) -> None:
        """Take down what comes, until the stream ends."""
        rest = b""
        while chunk := await stream.read(READ_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._note(line)
            if len(rest) > LINE_LIMIT:
                self._note(rest)
                rest = b""
        if rest:
            self._note(rest)

    def say(self, words: str) -> None:
        """Tell the console, and the file, something about the service."""
        self._write(words)
        self._report(f"{self.name}: {words}")

    def close(self) -> None:
        self._file.close()

    def _note(self, raw: bytes) -> None:
        line = raw.decode(errors="replace").rstrip()
        self._write(line)
        entry = _entry(line)
        if entry is None:
            self.last_words = line or self.last_words
        elif entry.get("level") in OF_CONCERN:
            self.last_words = _in_words(entry)
            self._report(f"{self.name}: {self.last_words}")

    def _write(self, line: str) -> None:
        self._file.emit(LogRecord(self.name, 0, "", 0, line, None, None))


def _entry(line: str) -> dict[str, Any] | None:
    """The structured log entry that a line is, or None: a traceback, say."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return entry if isinstance(entry, dict) else None


def _in_words(entry: dict[str, Any]) -> str:
    """``event: key value, key value``, without what the console has no use for."""
    told = {k: v for k, v in entry.items() if k not in {"level", "timestamp", "event", "exception"}}
    details = ", ".join(f"{key} {value}" for key, value in told.items())
    return f"{entry.get('event', '')}: {details}" if details else str(entry.get("event", ""))
