"""Ctrl-C, SIGTERM and a closed terminal end what runs in order; the second one, at once."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ended_by_signals(hurry: Callable[[], None]) -> Iterator[None]:
    """The first signal cancels the task in this context; any further one calls ``hurry``."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = False

    def handle() -> None:
        nonlocal asked
        if asked:
            hurry()
        elif task:
            asked = True
            task.cancel()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which is what nohup asks for
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
