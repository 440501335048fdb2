"""Opening what a command is given to learn from."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

from newswire_common.errors import NewswireError


def opened(name: str) -> AbstractContextManager[IO[bytes]]:
    """A file; for "-" the standard input, which stays open. Raises NewswireError."""
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise NewswireError(f"{name}: {error.strerror}") from error
