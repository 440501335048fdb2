"""Calls with a deadline, to code that may never return."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class Deadlined:
    """One call at a time, each in a thread that is left alone once its time is over.

    Nothing can end a thread from outside. So what is late goes on by itself, and until it has come
    to its end every other call is refused at once. The threads do not hold up the process's end.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._free = threading.Lock()
        self._late = False

    def call(self, function: Callable[[], T], until: float) -> T:
        """What ``function`` gives. ``until`` is a time of `time.monotonic`.

        Raises what it raises, TimeoutError where it is late or an earlier one still is, and
        RuntimeError where it would have ended the process.
        """
        if not self._free.acquire(timeout=0 if self._late else _left(until)):
            raise TimeoutError("it is still at work on earlier articles")
        future: Future[T] = Future()
        thread = threading.Thread(target=self._run, args=(function, future), daemon=True)
        thread.name = self._name
        try:
            thread.start()
        except BaseException:  # the system has no more threads
            self._free.release()
            raise
        return self._awaited(future, until)

    def _awaited(self, future: Future[T], until: float) -> T:
        try:
            return future.result(_left(until))
        except TimeoutError as error:
            if future.done():  # its own
                raise
            self._late = True
            raise TimeoutError("it was not done in time") from error

    def _run(self, function: Callable[[], T], future: Future[T]) -> None:
        try:
            future.set_result(function())
        except Exception as error:  # noqa: BLE001 - the caller's to handle
            future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - `sys.exit` of a plug-in ends no service
            future.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))
        finally:
            self._late = False
            self._free.release()


def _left(until: float) -> float:
    return max(0.0, until - monotonic())
