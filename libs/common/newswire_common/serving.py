"""The process of a service: settings, logs, the web server, and how it ends.

Exits 0 once it has drained after SIGTERM or SIGINT, 2 with one line where a setting is wrong, 1
where something else stopped it for good.
"""

import asyncio
import contextlib
import ctypes
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI

from newswire_common.errors import ConfigurationError
from newswire_common.logs import configure
from newswire_common.settings import Settings, load

# glibc's M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD (at most 32 MiB), in bytes
MALLOC = {-1: 256 << 20, -2: 16 << 20, -3: 4 << 20}


class _Server(uvicorn.Server):
    """uvicorn, which raises a caught signal again after its shutdown; a drained service exits 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, and tell so: what waits for news on an open connection ends."""
        app: Any = self.config.app
        app.state.runtime.waiting_for = "stopping"
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _exit(error: BaseException) -> NoReturn:
    """End with the one line that the operator needs."""
    print(f"newswire: {error}", file=sys.stderr)  # noqa: T201 - to be read, not to be parsed
    sys.exit(2 if isinstance(error, ConfigurationError) else 1)


def tune_memory() -> None:
    """Keep memory for the next batch, and collect garbage less often.

    A batch's buffers are half a megabyte each: glibc hands every one back to the kernel, and the
    page faults of the next cost more than what is done in them. A batch's thousands of live models
    have no cycles. https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with contextlib.suppress(AttributeError):  # musl and macOS have no mallopt
        libc = ctypes.CDLL(None)
        for parameter, size in MALLOC.items():
            libc.mallopt(parameter, size)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def serve(build: Callable[[Settings], FastAPI], port: Callable[[Settings], int]) -> None:
    """Run a service until SIGTERM or SIGINT. Exits 2 with one line where a setting is wrong."""
    try:
        settings = load()
        configure(settings.log_format)
        app = build(settings)
    except ConfigurationError as error:
        _exit(error)
    config = uvicorn.Config(
        app, host=settings.host, port=port(settings), loop="uvloop", http="httptools",
        access_log=False, log_config=None, timeout_graceful_shutdown=10, server_header=False,
        proxy_headers=False,  # whom to believe is a setting of ours: TRUSTED_PROXIES
    )  # fmt: skip
    tune_memory()
    server, fatal = _Server(config), list[BaseException]()

    def stop(error: BaseException) -> None:
        fatal.append(error)
        server.should_exit = True

    app.state.runtime.on_fatal = stop
    server.run()
    if fatal:
        _exit(fatal[0])
    if not server.started:
        sys.exit(1)
