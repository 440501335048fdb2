"""`newswire topics`: a model of topics from the newsroom's own archive."""

from pathlib import Path
from typing import Annotated

import typer

from newswire_local.commands.options import Json

app = typer.Typer(help="Topics, learnt from your own tagged articles.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `train` a command of its own: there is only one."""


@app.command()
def train(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="JSON, an article a line; - is standard input."),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="WEIGHTS", help="Where to write the model.")
    ] = Path("topics.npz"),
    json: Json = False,
) -> None:
    """Fit a model on tagged articles, and say how good it is on some that it has not seen."""
    from newswire_local.training import run

    run(files, out=out, json=json)
