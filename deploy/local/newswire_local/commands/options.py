"""What several commands take."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

DEFAULT_DATA = Path("newswire-data")

Data: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--data", envvar="NEWSWIRE_DATA", metavar="DIR", show_default=True,
        help="The data folder of `newswire up`, which tells where it answers.",
    ),
]  # fmt: skip
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]
