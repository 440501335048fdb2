"""A process group whose members do not outlive this process, even when it is killed with -9."""

import contextlib
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from newswire_local import guardian


class ProcessGroup:
    """Start a child with ``process_group=group.id()``; leave the context once all have ended.

    The group is another than the terminal's: Ctrl-C reaches this process alone, which then ends
    its children in order.
    """

    def __init__(self) -> None:
        self._guardian: subprocess.Popen[bytes] | None = None

    def id(self) -> int:
        """The group's id. Starts its guardian, or another one should somebody have killed it."""
        if self._guardian is None or self._guardian.poll() is not None:
            self._forget()
            self._guardian = subprocess.Popen(  # noqa: S603 - our own file, our own interpreter
                [sys.executable, "-I", "-S", Path(guardian.__file__)],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                process_group=0,
            )  # fmt: skip
        return self._guardian.pid

    def _forget(self) -> None:
        if self._guardian and self._guardian.stdin:
            with contextlib.suppress(OSError):
                self._guardian.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Dismiss the guardian; the caller has ended the members."""
        if self._guardian and self._guardian.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._guardian.stdin.write(guardian.ALL_WELL)
                self._guardian.stdin.flush()
            self._forget()
            self._guardian.wait()
