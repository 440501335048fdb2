"""How commands print: tables for people, JSON for programs, errors in one line."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

Rows = Sequence[Mapping[str, Any]]


def out() -> Console:
    """Standard output; plain where it is not a terminal."""
    # A locale that can not show a letter must not end the command.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False, soft_wrap=False)


def errors() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def fail(message: object) -> None:
    """One line on standard error, however many the message has."""
    line = " ".join(str(message).split())
    errors().print(Text("newswire: " + line), style="red", soft_wrap=True)


def as_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def as_json_line(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    print(orjson.dumps(value).decode(), flush=True)


def listing(rows: Rows, columns: Mapping[str, str], *, json: bool, empty: str) -> None:
    """All of the rows as JSON, or a table of the columns (key → heading)."""
    if json:
        as_json(rows)
    elif rows:
        out().print(table(rows, columns))
    else:
        out().print(empty)


def table(rows: Rows, columns: Mapping[str, str]) -> Table:
    """A table that folds what is too long and cuts nothing: ids are there to be copied."""
    drawn = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in columns.values():
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(in_words(row.get(key))) for key in columns))
    return drawn


def in_words(value: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    """A value as a person reads it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_words(item)}" for key, item in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(in_words(item) for item in value)
    return str(value)


def rows_of(answer: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever JSON can say
    """The rows of a listing: a list, or an object with one list in it."""
    if isinstance(answer, Mapping):
        answer = next((value for value in answer.values() if isinstance(value, list)), [])
    return list(answer)


def properties(thing: Mapping[str, Any]) -> Table:
    """One thing, a property a line."""
    drawn = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in thing.items():
        drawn.add_row(Text(name), Text(in_words(value)))
    return drawn
