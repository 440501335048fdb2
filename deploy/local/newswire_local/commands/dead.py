"""`newswire dead`: what a stage gave up on, to be looked at, retried or dropped."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from newswire_local.commands.options import DEFAULT_DATA, Data, Json, Yes

if TYPE_CHECKING:
    from newswire_local.api import Api

app = typer.Typer(help="Dead letters: articles that a stage gave up on.", no_args_is_help=True)

Letter = Annotated[str, typer.Argument(metavar="ID", help="As `newswire dead list` shows it.")]
Letters = Annotated[
    list[str] | None, typer.Argument(metavar="ID…", help="As `newswire dead list` shows them.")
]
MOST = 1_000  # that a listing holds
All = Annotated[bool, typer.Option("--all", help=f"Every dead letter, {MOST:,} at a time.")]
COLUMNS = {"id": "ID", "stage": "Stage", "at": "Since", "error": "Error"}


@app.command("list")
def list_(
    *,
    stage: Annotated[str | None, typer.Option(help="Only of this stage.")] = None,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """List dead letters, the newest first."""
    from newswire_local.api import Api, find
    from newswire_local.printing import listing, rows_of

    with Api(find(data)) as api:
        rows = rows_of(api.call("GET", "/v1/dead", params={"stage": stage} if stage else None))
    listing(rows, COLUMNS, json=json, empty="No dead letters.")


@app.command()
def show(letter: Letter, *, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Show one dead letter whole: its error and the entry as it was on the stream."""
    from newswire_local.api import Api, find
    from newswire_local.printing import as_json, out, properties

    with Api(find(data)) as api:
        found = api.call("GET", _path(letter))
    if json:
        as_json(found)
    else:
        out().print(properties({**found.pop("fields", {}), **found}))


@app.command()
def retry(letters: Letters = None, *, every: All = False, data: Data = DEFAULT_DATA) -> None:
    """Have the stage work on dead letters once more, within a second or two."""
    _each("POST", "/retry", "retried", letters, every=every, data=data)


@app.command()
def drop(
    letters: Letters = None, *, every: All = False, yes: Yes = False, data: Data = DEFAULT_DATA
) -> None:
    """Remove dead letters for good."""
    if every and not yes:
        typer.confirm("Drop every dead letter for good?", abort=True)
    _each("DELETE", "", "dropped", letters, every=every, data=data)


def _each(
    method: str, suffix: str, done: str, letters: list[str] | None, *, every: bool, data: Data
) -> None:
    from newswire_local.api import Api, find
    from newswire_local.printing import out

    if bool(letters) == every:
        raise typer.BadParameter("give ids, or --all")
    with Api(find(data)) as api:
        chosen = letters or [row["id"] for row in _every(api)]
        for letter in chosen:
            api.call(method, _path(letter) + suffix)
            out().print(f"{done} {letter}")


def _every(api: "Api") -> list[dict[str, Any]]:
    from newswire_local.printing import rows_of

    return rows_of(api.call("GET", "/v1/dead", params={"limit": MOST}))


def _path(letter: str) -> str:
    return f"/v1/dead/{quote(letter, safe='')}"
