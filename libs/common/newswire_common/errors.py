"""Every error that Newswire raises on purpose.

NewswireError
|-- ConfigurationError      a setting is wrong, or the server does not do what a setting asks
|-- StageError              what one entry of a stream ran into
|   |-- DecodeError         it can not be read: no retry will help, dead letter at once
|   `-- WorkError           its work failed: left pending, tried again, in the end dead letter
|-- Unavailable             try again later; nothing was done
|   `-- Unconfirmed         try again later; it may have been done, and the same again is safe
|-- FilterError             a filter can not be read (newswire_common.filters): where, and why
`-- NotFound                no such article, endpoint, key or dead letter (or not yours)
"""


class NewswireError(Exception):
    """The root of the tree."""


class ConfigurationError(NewswireError):
    """A setting stops the start; the text is one line that names it."""


class StageError(NewswireError):
    """One entry failed in a stage. ``entry_id`` is its id on the stream, or empty if unknown."""

    def __init__(self, reason: str, *, entry_id: str = "") -> None:
        super().__init__(reason)
        self.entry_id = entry_id


class DecodeError(StageError):
    """The entry's bytes are not the message they should be."""


class WorkError(StageError):
    """The stage's own work failed on the entry."""


class Unavailable(NewswireError):
    """Nothing was done; the same request may succeed in ``retry_after_s`` seconds."""

    def __init__(self, reason: str, *, retry_after_s: int = 1) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Unconfirmed(Unavailable):
    """The outcome is unknown: the write was sent, its durability was not confirmed in time."""


class NotFound(NewswireError):
    """There is no such thing, or it belongs to somebody else."""


def is_final(error: BaseException) -> bool:
    """Whether an entry goes to dead letters at once instead of being tried again."""
    return isinstance(error, DecodeError)
