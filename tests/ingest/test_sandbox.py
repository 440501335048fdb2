"""The sandbox: what a hostile document can do to the process that reads it, and no further."""

import asyncio
import functools
import hashlib
import operator
import os
import resource
import time
from collections.abc import AsyncIterator

import pytest

from newswire_ingest.parsing.feed import FeedError, parse_feed
from newswire_ingest.parsing.sandbox import Sandbox, SandboxError

MEMORY = 256 * 2**20
MIB = 2**20


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with one child, so that one call's damage would be the next one's."""
    opened = Sandbox(size=1, memory_bytes=MEMORY)
    yield opened
    await opened.aclose()


async def test_a_function_runs_in_another_process_that_is_kept(sandbox: Sandbox) -> None:
    """The work is done elsewhere, and the next call finds the same child."""
    first = await sandbox.run(os.getpid)
    assert first != os.getpid()
    assert await sandbox.run(os.getpid) == first
    assert await sandbox.run(operator.add, "a", "b") == "ab"


async def test_what_hangs_is_killed_in_time_and_replaced(sandbox: Sandbox) -> None:
    """A call that does not end costs its timeout and its process, not the next call."""
    before = await sandbox.run(os.getpid)
    started = time.monotonic()
    with pytest.raises(SandboxError) as caught:
        await sandbox.run(time.sleep, 60, timeout_s=0.3)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < 5
    assert not is_running(before)
    assert await sandbox.run(os.getpid) != before


async def test_what_burns_the_processor_is_killed_too(sandbox: Sandbox) -> None:
    """A loop in C, which no exception would reach."""
    with pytest.raises(SandboxError) as caught:
        await sandbox.run(sum, range(10**15), timeout_s=0.3)
    assert caught.value.kind == "timeout"


async def test_memory_is_bounded(sandbox: Sandbox) -> None:
    """More address space than allowed is an error, and the child that tried it is replaced."""
    before = await sandbox.run(os.getpid)
    with pytest.raises(SandboxError) as caught:
        await sandbox.run(bytes, 4 * MEMORY)
    assert caught.value.kind == "memory"
    assert await sandbox.run(os.getpid) != before


async def test_a_child_that_grew_large_is_replaced(sandbox: Sandbox) -> None:
    """Memory that a process keeps for itself is given back by its end."""
    before = await sandbox.run(os.getpid)
    assert len(await sandbox.run(bytes, 10 * MIB)) == 10 * MIB
    assert await sandbox.run(os.getpid) == before
    large = functools.partial(
        hashlib.scrypt, b"word", salt=b"salt", n=2**17, r=8, p=1, maxmem=200 * MIB
    )
    assert len(await sandbox.run(large)) == 64
    assert await sandbox.run(os.getpid) != before


async def test_a_child_that_dies_is_replaced(sandbox: Sandbox) -> None:
    """By its own hand or by a signal: the call fails, the next one does not."""
    for death in ((os._exit, 3), (os.abort,)):
        with pytest.raises(SandboxError) as caught:
            await sandbox.run(*death)
        assert caught.value.kind == "crash"
    assert await sandbox.run(abs, -1) == 1


async def test_an_error_of_ours_is_raised_as_itself(sandbox: Sandbox) -> None:
    """Who calls parse_feed here handles what parse_feed raises; its child lives on."""
    before = await sandbox.run(os.getpid)
    with pytest.raises(FeedError, match="empty"):
        await sandbox.run(parse_feed, b"", None, "https://feeds.example/")
    assert await sandbox.run(os.getpid) == before


async def test_any_other_error_is_a_crash(sandbox: Sandbox) -> None:
    """A bug in a parser is not the caller's ValueError."""
    with pytest.raises(SandboxError, match="ValueError") as caught:
        await sandbox.run(int, "x")
    assert caught.value.kind == "crash"
    with pytest.raises(SandboxError, match="can not be sent"):
        await sandbox.run(memoryview, b"")


async def test_neither_input_nor_result_is_unbounded(sandbox: Sandbox) -> None:
    """The parent grows by at most 64 MiB, whatever goes in and whatever would come out."""
    await sandbox.run(abs, 1)
    body = b"x" * (200 * MIB)
    before = peak()
    with pytest.raises(SandboxError, match="input is over"):
        await sandbox.run(len, body)
    with pytest.raises(SandboxError, match="result is over"):
        await sandbox.run(bytes, 40 * MIB)
    await sandbox.run(bytes, 15 * MIB)
    assert peak() - before < 64 * MIB


async def test_calls_wait_for_a_child(sandbox: Sandbox) -> None:
    """With one child, ten calls at once are done one after the other, and all are."""
    assert await asyncio.gather(*(sandbox.run(abs, -n) for n in range(10))) == list(range(10))


async def test_a_cancelled_call_leaves_no_process(sandbox: Sandbox) -> None:
    """Who stops waiting stops the work."""
    before = await sandbox.run(os.getpid)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await sandbox.run(time.sleep, 60)
    assert await sandbox.run(os.getpid) != before
    assert not is_running(before)


async def test_closing_ends_the_children_busy_or_not() -> None:
    """A service that stops leaves nothing behind, and a late call is told so."""
    opened = Sandbox(size=2)
    idle = await opened.run(os.getpid)
    busy = asyncio.create_task(opened.run(time.sleep, 60))
    await asyncio.sleep(0)
    await opened.aclose()
    with pytest.raises(SandboxError):
        await busy
    assert not is_running(idle)
    with pytest.raises(SandboxError, match="closed"):
        await opened.run(abs, 1)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
