"""`newswire names`: a model of names from the newsroom's own labelled texts."""

from pathlib import Path
from typing import Annotated

import typer

from newswire_local.commands.options import Json

app = typer.Typer(help="Names, learnt from your own labelled texts.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `train` a command of its own: there is only one."""


@app.command()
def train(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="CoNLL: a word and its label a line; - is stdin."),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="MODEL", help="Where to write the model.")
    ] = Path("names.crf"),
    language: Annotated[
        str, typer.Option("--language", "-l", metavar="CODE", help="Of the texts: en, de, …")
    ] = "en",
    json: Json = False,
) -> None:
    """Fit a model on labelled texts, and say how good it is on some that it has not seen."""
    from newswire_local.names_training import run

    run(files, out=out, language=language, json=json)
