"""Functions of parsers in processes of their own, where they can neither hang nor exhaust memory.

    run ──▶ an idle child, or a new one ──▶ function(*args) under limits ──▶ result, bounded
                                            │ too long: killed  │ too much memory, died: replaced

The children are forked by multiprocessing's fork server, a clean process that has imported the
parsers once: none of them inherits the service's threads and sockets, and a new one is there within
milliseconds. Why not pebble's or anyio's pool: docs/decisions/0010-feed-parser.md.
"""

import asyncio
import contextlib
import math
import multiprocessing
import pickle
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, TypeVarTuple

from newswire_common.errors import NewswireError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Kind = Literal["timeout", "memory", "crash"]

TIMEOUT_S = 8.0
MEMORY_BYTES = 512 * 2**20  # of address space, beyond what a child has when it starts
MAX_INPUT = 17 * 2**20  # bytes of texts among the arguments: they are held twice for a moment
MAX_RESULT = 16 * 2**20  # bytes, pickled: the result is held twice for a moment
# What a child may have grown and go on: memory is not given back when parts of it are in use.
MAX_GROWN = 16 * 2**20
PRELOADED = ("newswire_ingest.parsing.sandbox", "newswire_ingest.parsing.feed")
_PATIENCE_S = 5.0  # for a killed process to be gone


class SandboxError(NewswireError):
    """The function did not answer within its limits; ``kind`` says which one it broke."""

    def __init__(self, reason: str, kind: Kind) -> None:
        super().__init__(reason)
        self.kind = kind


class _Answer(NamedTuple):
    """What a child says: a result, an error of ours that the function raised, or how it failed."""

    kind: Literal["result", "error", "timeout", "memory", "crash"]
    value: object
    is_spent: bool = False


class Sandbox:
    """At most ``size`` children; each works on one call at a time and is kept for the next one."""

    def __init__(
        self,
        size: int = 2,
        memory_bytes: int = MEMORY_BYTES,
        preloaded: Sequence[str] = PRELOADED,
    ) -> None:
        self._memory_bytes = memory_bytes
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preloaded))
        self._places = asyncio.Semaphore(size)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="sandbox")
        self._children: set[_Child] = set()
        self._idle: list[_Child] = []
        self._is_closed = False

    async def run(
        self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float = TIMEOUT_S
    ) -> T:
        """``function(*args)``, done by a child; the function is one that can be imported by name.

        The time runs from when a child takes the call. Raises SandboxError for what broke a limit
        or died, and the function's own NewswireErrors; any other error of it is a crash.
        """
        _check_size(args)
        request = pickle.dumps((timeout_s, function, args), pickle.HIGHEST_PROTOCOL)
        async with self._places:
            if self._is_closed:
                raise SandboxError("the sandbox is closed", "crash")
            child = self._idle.pop() if self._idle else await self._started()
            try:
                answer = await self._asked(child, request, timeout_s)
            except BaseException:  # a cancellation, above all
                child.kill()
                self._children.discard(child)
                raise
            if child.is_alive:
                self._idle.append(child)
            else:
                self._children.discard(child)
        if answer.kind == "result":
            return answer.value  # type: ignore[return-value]  # it is what the function returned
        if isinstance(answer.value, NewswireError):
            raise answer.value
        raise SandboxError(str(answer.value), answer.kind)  # type: ignore[arg-type]  # error: above

    async def aclose(self) -> None:
        """Kill the children, the busy ones too, and wait for them to be gone."""
        self._is_closed = True
        for child in self._children:
            child.kill()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._threads, one.end) for one in self._idle))
        self._idle.clear()
        await asyncio.to_thread(self._threads.shutdown)
        self._children.clear()

    async def _started(self) -> "_Child":
        def start() -> _Child:
            return _Child(self._context, self._memory_bytes)

        starting = asyncio.get_running_loop().run_in_executor(self._threads, start)
        try:
            child = await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(_kill_late)
            raise
        except OSError as error:
            raise SandboxError(f"no process can be started: {error}", "crash") from error
        self._children.add(child)
        return child

    async def _asked(self, child: "_Child", request: bytes, timeout_s: float) -> _Answer:
        asking = asyncio.get_running_loop().run_in_executor(self._threads, child.ask, request)
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(asking)
        except TimeoutError:
            child.kill()
            await asking  # the child's end of the pipe is closed: it answers at once
            return _Answer("timeout", f"took longer than {timeout_s} s")


def _check_size(args: Sequence[object]) -> None:
    size = sum(len(arg) for arg in args if isinstance(arg, bytes | bytearray | str))
    if size > MAX_INPUT:
        raise SandboxError(f"the input is over {MAX_INPUT} bytes", "memory")


def _kill_late(starting: "asyncio.Future[_Child]") -> None:
    """For a child that was started for a call which nobody waits for any more."""
    if not starting.cancelled() and starting.exception() is None:
        starting.result().kill()


class _Child:
    """A process and the pipe to it. All but `kill` block, and run in a thread."""

    def __init__(
        self, context: multiprocessing.context.ForkServerContext, memory_bytes: int
    ) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, memory_bytes), daemon=True)
        self._process.start()
        theirs.close()
        self.is_alive = True

    def ask(self, request: bytes) -> _Answer:
        """Have it do one call. Whatever fails, the process is gone then and `is_alive` is False."""
        try:
            self._pipe.send_bytes(request)
            answer: _Answer = pickle.loads(self._pipe.recv_bytes(MAX_RESULT))  # noqa: S301 - of our own child
        except (EOFError, OSError):
            return self._obituary()
        except BaseException:
            self.end()
            raise
        if answer.is_spent or answer.kind not in {"result", "error"}:
            self.end()
        return answer

    def kill(self) -> None:
        with contextlib.suppress(ValueError, OSError):  # it is gone already
            if self._process.exitcode is None:  # else its id may be another's by now
                self._process.kill()

    def end(self) -> int | None:
        """Kill it, reap it, give back its pipe; answers its exit code."""
        self.is_alive = False
        self.kill()
        self._pipe.close()
        self._process.join(_PATIENCE_S)
        code = self._process.exitcode
        if code is not None:
            self._process.close()
        return code

    def _obituary(self) -> _Answer:
        self._process.join(_PATIENCE_S)
        code = self.end()
        if code == -signal.SIGXCPU:
            return _Answer("timeout", "took more time of the processor than it may")
        return _Answer("crash", f"the process died with code {code}")


def _serve(pipe: Connection, memory_bytes: int) -> None:
    """A child's life: calls, one after the other, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory(memory_bytes)
    least = _peak_bytes()
    while True:
        try:
            answer = _answered(pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(_pickled(answer._replace(is_spent=_peak_bytes() - least > MAX_GROWN)))


def _answered(request: bytes) -> _Answer:
    try:
        timeout_s, function, args = pickle.loads(request)  # noqa: S301 - of our own parent
        _limit_time(timeout_s)
        return _Answer("result", function(*args))
    except NewswireError as error:
        return _Answer("error", error)
    except MemoryError:
        return _Answer("memory", "took more memory than it may")
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        return _Answer("crash", f"{type(error).__name__}: {error}"[:500])


def _pickled(answer: _Answer) -> bytes:
    try:
        pickled = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(_Answer("memory", "the result takes more memory than it may"))
    except Exception as error:  # noqa: BLE001 - pickle raises what the value's own methods raise
        return pickle.dumps(_Answer("crash", f"the result can not be sent: {error!r}"[:500]))
    if len(pickled) > MAX_RESULT:
        return pickle.dumps(_Answer("memory", f"the result is over {MAX_RESULT} bytes"))
    return pickled


def _limit_memory(more_bytes: int) -> None:
    """Bound the address space, where the kernel says how much of it is in use: on Linux."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(timeout_s: float) -> None:
    """For the case that nobody is left to kill it: the processor's time of one call."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime + timeout_s) + 1
    _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
    limit = limit if hardest == resource.RLIM_INFINITY else min(limit, hardest)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hardest))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
