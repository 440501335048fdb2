"""The cursor of ``/v1/changes``: opaque to clients, to us an epoch and a position a partition.

    base64url( epoch "|" ms-seq "|" ms-seq … )   one id for each partition, in their order

It holds no secret and needs no signature: whoever makes one up only chooses where to read from.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import NamedTuple

_EPOCH = re.compile(r"[0-9a-f]{1,64}")
_ID = re.compile(r"(\d{1,20})-(\d{1,20})")
MAX_PART = 2**64 - 1  # of an entry id of a stream
LONGEST_ID = 42  # characters, with its separator


class Position(NamedTuple):
    """An entry id: milliseconds and sequence. What comes after it has not been read."""

    ms: int = 0
    seq: int = 0

    def __str__(self) -> str:
        return f"{self.ms}-{self.seq}"


START = Position()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a client has read, in each partition of one life of the data (its epoch)."""

    epoch: str
    positions: tuple[Position, ...]

    def encode(self) -> str:
        text = "|".join((self.epoch, *map(str, self.positions)))
        return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, partitions: int) -> "Cursor":
        """Raises ValueError on what is not a cursor over so many partitions."""
        if len(text) > 2 * (64 + LONGEST_ID * partitions):
            raise ValueError("too long")
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            epoch, *ids = urlsafe_b64decode(padded).decode("ascii").split("|")
        except (Base64Error, UnicodeError) as error:
            raise ValueError("not base64url") from error
        if not _EPOCH.fullmatch(epoch) or len(ids) != partitions:
            raise ValueError("not an epoch and an id a partition")
        return cls(epoch, tuple(map(position, ids)))


def position(text: str) -> Position:
    """An entry id. Raises ValueError on anything else."""
    found = _ID.fullmatch(text)
    if not found:
        raise ValueError(f"not an entry id: {text[:64]!r}")
    ms, seq = int(found[1]), int(found[2])
    if max(ms, seq) > MAX_PART:
        raise ValueError(f"not an entry id: {text!r}")
    return Position(ms, seq)
