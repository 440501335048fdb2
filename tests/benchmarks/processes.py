"""The other processes of a benchmark: started, kept to one core, and ended by their own id."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).parents[2]
LAST_WORDS = 2_000  # bytes of a log that a failure shows
END_TIMEOUT_S = 10.0

Process = subprocess.Popen[bytes]


class Died(RuntimeError):
    """A process of the benchmark ended before its time."""


def cores() -> tuple[int | None, int | None]:
    """One core for the worker under test and one for all else; None where they can not be had."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    ours = sorted(os.sched_getaffinity(0))
    return ours[-1], ours[0]


def pin(pid: int, core: int | None) -> None:
    """Keep a process, and what it starts from now on, to a core. 0 is this one."""
    if core is not None:
        os.sched_setaffinity(pid, {core})


def cpu_seconds(pid: int) -> float:
    """What a process has used of its core so far; 0 where the kernel has no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    *module: str, core: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """``python -m module …`` until the block ends: SIGTERM, and SIGKILL where that is not heard.

    Raises Died, with the last words of its log, when the block fails and the process had ended.
    """
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, env={**os.environ, **(environment or {})},
        )  # fmt: skip
        try:
            pin(process.pid, core)
            yield process
        except Exception as error:
            if process.poll() is None:
                raise
            raise Died(f"{' '.join(module)}: exit {process.returncode}\n{_tail(log)}") from error
        finally:
            end(process)


def end(process: Process) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def finish(process: Process, timeout_s: float) -> None:
    """Wait for a process that ends by itself. Raises Died unless it did, with exit code 0."""
    try:
        code = process.wait(timeout_s)
    except subprocess.TimeoutExpired as error:
        raise Died(f"still at it after {timeout_s} s") from error
    if code:
        raise Died(f"exit code {code}")


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - LAST_WORDS))
    return log.read().decode(errors="replace")
