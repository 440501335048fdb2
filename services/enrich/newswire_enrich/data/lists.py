"""Readers of our own word lists in ``lists/``; used at build time only.

A list has one record a line, ``#`` opens a comment line, ``|`` parts the columns and ``;`` the
values in a column. A value may carry a mark (see ``lists/countries.txt``).
"""

import re
from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple

_MARKED = re.compile(r"^(?P<text>.*?)(?P<mark>\?|~(?P<rival>[A-Z]{3})?)?$")


class Marked(NamedTuple):
    """A value and its mark: "" firm, "?" doubtful, "~" also borne by people; ``rival`` or ""."""

    text: str
    mark: str = ""
    rival: str = ""


def marked(value: str) -> Marked:
    match = _MARKED.match(value)
    if match is None:  # pragma: no cover - the pattern matches any line
        raise ValueError(value)
    return Marked(match["text"], (match["mark"] or "")[:1], match["rival"] or "")


def values(column: str) -> list[Marked]:
    return [marked(value.strip()) for value in column.split(";") if value.strip()]


def lines(name: str) -> Iterator[str]:
    """The lines of ``lists/name.txt`` that are not comments."""
    text = (resources.files(__package__) / "lists" / f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def records(name: str, columns: int) -> Iterator[list[str]]:
    """The rows of a list. Raises ValueError where a row has another number of columns."""
    for line in lines(name):
        row = line.split("|")
        if len(row) != columns:
            message = f"lists/{name}.txt: {columns} columns expected: {line}"
            raise ValueError(message)
        yield row
