"""The command `newswire`: everything on one machine, and a look into what runs.

Exit codes: 0 done, 1 failed, 2 wrong usage (an option, a setting, a file of a kind not taken).
"""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from newswire_common.errors import ConfigurationError, NewswireError
from newswire_local.commands import dead, keys, names, sources, topics, webhooks
from newswire_local.commands.options import DEFAULT_DATA, Data, Json

FAILED, WRONG_USAGE = 1, 2


class _Commands(TyperGroup):
    """Says every expected error in one line, with the exit code that it has everywhere."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - a type that the library keeps to itself
        from newswire_local.printing import fail
        from newswire_local.reading import WrongUsage

        try:
            return super().invoke(ctx)
        except NewswireError as error:
            fail(error)
            wrong = isinstance(error, ConfigurationError | WrongUsage)
            raise typer.Exit(WRONG_USAGE if wrong else FAILED) from error


app = typer.Typer(
    cls=_Commands,
    help="Newswire: open news syndication on one machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold keys
)
app.add_typer(dead.app, name="dead")
app.add_typer(keys.app, name="keys")
app.add_typer(names.app, name="names")
app.add_typer(sources.app, name="sources")
app.add_typer(topics.app, name="topics")
app.add_typer(webhooks.app, name="webhooks")


@app.command()
def demo(
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the data folder and its logs.")
    ] = False,
) -> None:
    """Run the bundled sample through everything, and check what comes out."""
    from newswire_local.demo import run
    from newswire_local.printing import errors, out

    if not run(out(), errors(), keep=keep):
        raise typer.Exit(FAILED)


@app.command()
def up(*, data: Data = DEFAULT_DATA) -> None:
    """Run everything on this machine until Ctrl-C."""
    from newswire_local import up as everything
    from newswire_local.printing import errors, out

    everything.run(data, out(), errors())


@app.command()
def ingest(
    what: Annotated[list[str], typer.Argument(metavar="PATH|URL|-…", help="What to send.")],
    *,
    source: Annotated[
        str | None,
        typer.Option(help="Of pages: their source; if not given, the name of the file's folder."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Of a page: its address; if not given, made of its name.")
    ] = None,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Send articles: .json, .ndjson, .html or .txt (page text); - is standard input."""
    from newswire_local.ingest import run

    if url and len(what) > 1:
        raise typer.BadParameter("--url is the address of one page")
    if not run(what, source=source, url=url, data=data, json=json):
        raise typer.Exit(FAILED)


@app.command()
def replay(
    *,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="Only what was published since: a date, or RFC 3339."),
    ] = None,
    filter_: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="F",
            help="Only what this filter holds of: section:World, language:en …",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and send nothing.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the same replay was interrupted.")
    ] = False,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="Articles a second that may change.")
    ] = None,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Enrich stored articles with the enricher of now, and publish only what changed."""
    from newswire_local.replay import Options, run

    options = Options(since, filter_, dry_run, resume, rate, json)
    if not run(data, options):
        raise typer.Exit(FAILED)


@app.command()
def status(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Show the services, the backlog of every stage, dead letters, and endpoints by state."""
    from newswire_local.status import run

    if not run(data, json=json):
        raise typer.Exit(FAILED)


@app.command()
def tail(
    *,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="From there on; if not given, from now.")
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=0, help="First the last so many.")] = 10,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Follow published events live, until Ctrl-C."""
    from newswire_local.tail import run

    run(data, after=after, last=last, json=json)
