"""One service as a child process: restarts, its log, its end. The services here are tiny ones."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from newswire_common.errors import ConfigurationError
from newswire_local.child import Child
from newswire_local.group import ProcessGroup
from newswire_local.journal import Journal

SAYS_AND_ENDS = """
import json, sys
for level in ("info", "warning"):
    print(json.dumps({"level": level, "event": level, "stage": "enrich"}), file=sys.stderr)
"""
STOPPED_BY_A_SETTING = """
import sys
print("newswire: NEWSWIRE_PORT: is no number", file=sys.stderr)
sys.exit(2)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('{"level": "warning", "event": "here"}', file=sys.stderr, flush=True)
time.sleep(60)
"""
DRAINS = """
import signal, sys, time
def end(*_):
    time.sleep(0.3)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print('{"level": "warning", "event": "here"}', file=sys.stderr, flush=True)
time.sleep(60)
"""
TALKATIVE = """
import sys
sys.stderr.write("x" * 3_000_000)
sys.stderr.write("\\n\\xff\\xfe not utf-8 \\n")
"""

Make = Callable[[str], Child]


@pytest.fixture
def reported() -> asyncio.Queue[str]:
    """What the operator was told, as it is told."""
    return asyncio.Queue()


@pytest.fixture
def make(tmp_path: Path, reported: asyncio.Queue[str]) -> Iterator[Make]:
    """A child that runs some code instead of a service."""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    journal = Journal("enrich", tmp_path, reported.put_nowait)

    def child(code: str) -> Child:
        (tmp_path / "tiny_service.py").write_text(code)
        return Child("enrich", "tiny_service", environment, tmp_path, group, journal)

    with closing(journal), ProcessGroup() as group:
        yield child


@asynccontextmanager
async def _kept(child: Child) -> AsyncIterator[None]:
    task = asyncio.create_task(child.keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_service_that_ends_is_started_again(
    make: Make, reported: asyncio.Queue[str]
) -> None:
    """As often as it ends, and each time the operator is told how."""
    async with _kept(make(SAYS_AND_ENDS)):
        for _ in range(2):
            assert await reported.get() == "enrich: warning: stage enrich"
            assert await reported.get() == "enrich: ended (exit code 0); starting it again"


async def test_the_log_has_all_and_the_console_what_matters(
    make: Make, reported: asyncio.Queue[str], tmp_path: Path
) -> None:
    """Warnings reach the console; the file has them, and the rest too."""
    async with _kept(make(SAYS_AND_ENDS)):
        assert await reported.get() == "enrich: warning: stage enrich"
        await reported.get()
    logged = (tmp_path / "enrich.log").read_text().splitlines()
    assert '"level": "info"' in logged[0]
    assert '"level": "warning"' in logged[1]


async def test_a_setting_that_stops_a_service_is_said_in_its_own_words(make: Make) -> None:
    """It is not started again: it would only say the same."""
    child = make(STOPPED_BY_A_SETTING)
    with pytest.raises(ConfigurationError, match=r"^NEWSWIRE_PORT: is no number$"):
        await child.keep()
    assert child.ends == 1


async def test_a_service_that_does_not_drain_can_be_killed(
    make: Make, reported: asyncio.Queue[str]
) -> None:
    """The second Ctrl-C does not wait for it."""
    child = make(STUBBORN)
    task = asyncio.create_task(child.keep())
    assert await reported.get() == "enrich: here"
    task.cancel()
    await asyncio.sleep(0)  # it is draining now
    child.kill()
    async with asyncio.timeout(10):
        await asyncio.wait([task])
    assert child.process
    assert child.process.returncode == -9


async def test_a_line_without_end_fills_no_memory(
    make: Make, reported: asyncio.Queue[str], tmp_path: Path
) -> None:
    """It is cut; bytes that are no text do not stop the reading."""
    async with _kept(make(TALKATIVE)):
        assert await reported.get() == "enrich: ended (exit code 0); starting it again"
    lengths = [len(line) for line in (tmp_path / "enrich.log").read_text().splitlines()]
    assert max(lengths) < 1_100_000
    assert sum(lengths) > 3_000_000


async def test_a_second_cancellation_leaves_no_process_behind(
    make: Make, reported: asyncio.Queue[str]
) -> None:
    """A group that fails cancels its tasks, and who waits for them does so again."""
    child = make(DRAINS)
    keeping = asyncio.create_task(child.keep())
    await reported.get()
    for _ in range(3):
        keeping.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert child.process
    assert child.process.returncode == 0
