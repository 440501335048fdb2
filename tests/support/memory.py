"""What processes hold of memory, as Linux tells it (proc(5))."""

import resource
from contextlib import suppress
from pathlib import Path
from typing import Literal

PROC = Path("/proc")
Field = Literal["VmRSS", "VmHWM", "Pss"]


def resident_bytes(
    pid: int | Literal["self"] = "self", field: Literal["VmRSS", "VmHWM"] = "VmRSS"
) -> int:
    """VmRSS, what is resident now, or VmHWM, the most that ever was. Raises OSError.

    Elsewhere than on Linux, the most that there was of the own process for both. Linux itself hands
    ru_maxrss down from the parent process, so it is not taken from there.
    """
    if pid == "self" and not PROC.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS
    return _bytes(PROC / str(pid) / "status", field)


def family_bytes(pid: int) -> int:
    """What a process and all that descend from it hold; a page that several share counts once.

    Descendants that end meanwhile are passed over. Raises OSError where there is no process.
    """
    held = _bytes(PROC / str(pid) / "smaps_rollup", "Pss")
    for child in _children(pid):
        with suppress(OSError):
            held += family_bytes(child)
    return held


def _children(pid: int) -> list[int]:
    """Of each thread, as far as the threads are still there."""
    found = []
    for thread in (PROC / str(pid) / "task").iterdir():
        with suppress(OSError):
            found += map(int, (thread / "children").read_text().split())
    return found


def _bytes(path: Path, field: Field) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(path)  # it has ended, and nobody has waited for it
