"""`newswire ingest`: send what is given, with a progress bar, and say what became of it."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from newswire_local.api import Api, find
from newswire_local.printing import as_json_line, errors, fail, out
from newswire_local.reading import Item, item, parcels
from newswire_local.sending import NOT_TAKEN, send

STYLES = {"created": "green", "revised": "cyan", "rejected": "red", "unconfirmed": "red"}


def run(
    what: Sequence[str], *, source: str | None, url: str | None, data: Path, json: bool
) -> bool:
    """Whether every article was taken. Raises WrongUsage before anything is sent, NotRunning."""
    items = [item(argument, source=source, url=url) for argument in what]
    outcomes: Counter[str] = Counter()
    console = out()
    with Api(find(data)) as api, progress_bar(console) as progress:
        for one in items:
            for row in _sent(api, one, progress):
                outcomes[row["outcome"]] += 1
                if json:
                    as_json_line(row)
                else:
                    _say(console, row)
    not_taken = sum(outcomes[outcome] for outcome in NOT_TAKEN)
    if not_taken:
        fail(f"{not_taken} of {outcomes.total()} not taken")
    return not not_taken


def progress_bar(console: Console) -> Progress:
    """On standard output, or where that goes elsewhere, on standard error; on terminals only."""
    shown = console if sys.stdout.isatty() else errors()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal)


def _sent(api: Api, one: Item, progress: Progress) -> Iterator[dict[str, Any]]:
    task = progress.add_task(one.name, total=one.size)
    for parcel in parcels(one):
        yield from send(api, parcel)
        progress.advance(task, len(parcel.body))
    progress.remove_task(task)


def _say(console: Console, row: dict[str, Any]) -> None:
    outcome = str(row["outcome"])
    told = row.get("uri") or row.get("error", "")
    version = f"v{row['version']}" if "version" in row else ""
    words = Text.assemble(
        (f"{outcome:<10}", STYLES.get(outcome, "")), f" {version:<5} {told}  ", (row["from"], "dim")
    )
    console.print(words, soft_wrap=True)
