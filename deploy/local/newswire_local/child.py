"""One service as a child process, started again whenever it ends by itself."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from newswire_common.errors import ConfigurationError
from newswire_local.group import ProcessGroup
from newswire_local.journal import Journal

T = TypeVar("T")

WRONG_SETTING = 2  # the exit code of a service that a setting stops
CAN_NOT_EXECUTE = 126  # what a shell says then
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0  # before it is started again; doubled each time …
STEADY_S = 30.0  # … until it has run for so long
DRAIN_S = 35.0  # as long as the guardian gives the group


@dataclass(eq=False)
class Child:
    """``python -m module`` in the group, its log in the journal. ``ends`` counts its deaths."""

    name: str
    module: str
    environment: Mapping[str, str]
    folder: Path
    group: ProcessGroup
    journal: Journal
    ends: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def keep(self) -> None:
        """Run until cancelled, and drain then.

        Raises ConfigurationError where a setting stops the service.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            try:
                code = await self._run_once()
            except OSError as error:  # the machine has no room for another process now
                self.journal.say(str(error))
                code = CAN_NOT_EXECUTE
            self.ends += 1
            if code == WRONG_SETTING:
                raise ConfigurationError(self.journal.last_words.removeprefix("newswire: "))
            if time.monotonic() - started > STEADY_S:
                pause_s = FIRST_PAUSE_S
            self.journal.say(f"ended ({in_words(code)}); starting it again")
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def kill(self) -> None:
        """End it without draining; `keep` starts it again unless it was cancelled."""
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    async def _run_once(self) -> int:
        starting = asyncio.create_subprocess_exec(
            # -P: a file of the working folder must not stand in for a library's module
            sys.executable, "-P", "-m", self.module,
            env=self.environment, cwd=self.folder, process_group=self.group.id(),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        process = self.process = await _to_its_end(starting)
        assert process.stderr  # noqa: S101 - it is a pipe
        following = asyncio.create_task(self.journal.follow(process.stderr))
        try:
            return await process.wait()
        finally:
            await _to_its_end(self._drain(process))
            await _to_its_end(following)

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), DRAIN_S)
        except TimeoutError:
            self.journal.say("does not end; killing it")
            self.kill()
            await process.wait()


async def _to_its_end(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """Await without being cut off; a cancellation that came meanwhile comes with the next await.

    A group that fails cancels its tasks, and who waits for them cancels them again: that second
    time would meet a task at its cleaning up, and leave a process behind.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
        except Exception:  # noqa: BLE001 - the result below raises it
            break
    current = asyncio.current_task()
    if cancelled and current:
        current.cancel()
    return task.result()


def in_words(code: int) -> str:
    """``exit code 1``, or the name of the signal that ended the process."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
