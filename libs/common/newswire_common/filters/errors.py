"""What is wrong with a filter, and where."""

from newswire_common.errors import NewswireError


class FilterError(NewswireError, ValueError):
    """A filter that can not be read. ``str()`` is one line for the person who wrote it.

    ``position`` counts code points from 0; ``line`` and ``column`` from 1. ``reason`` says what
    was expected there. It is a ValueError too, so that a pydantic model may parse a filter.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        before = text[:position]
        self.reason = reason
        self.position = position
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        super().__init__(f"{reason} (line {self.line}, column {self.column})")
