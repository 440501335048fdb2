"""`newswire sources`: the feeds that are polled, and OPML both ways."""

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from newswire_local.commands.options import DEFAULT_DATA, Data, Json, Yes

app = typer.Typer(help="Feeds that are polled, and how they are.", no_args_is_help=True)

PAGE = 1_000  # sources a request
COLUMNS = {
    "id": "ID", "state": "State", "articles_24h": "Articles, 24 h", "last_status": "Status",
    "last_fetch_at": "Last fetch", "next_poll_at": "Next", "feed_url": "Feed",
}  # fmt: skip
ERROR_COLUMNS = {"title": "Title", "feed_url": "Feed", "error": "Why not"}

Source = Annotated[str, typer.Argument(metavar="ID", help="As `newswire sources list` shows it.")]


@app.command("list")
def list_(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """List the sources with their health."""
    from newswire_local.printing import listing

    rows = _all(data)
    if not json:
        rows = [{**row, **row["health"]} for row in rows]
    listing(rows, COLUMNS, json=json, empty="No sources. Add one: newswire sources add ID URL")


@app.command()
def add(  # noqa: PLR0913 - an option each
    source: Annotated[str, typer.Argument(metavar="ID", help="The `source` of its articles.")],
    feed_url: Annotated[str, typer.Argument(metavar="URL", help="Where its feed is.")],
    *,
    name: str | None = None,
    section: Annotated[
        str | None, typer.Option(help="Of articles that name none themselves.")
    ] = None,
    interval: Annotated[
        int | None, typer.Option(min=1, help="Seconds between polls; if not given, it adapts.")
    ] = None,
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the page where the feed has a summary.")
    ] = False,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Poll a feed from now on."""
    from newswire_local.printing import as_json, out, properties

    given = {"name": name, "section": section, "interval_s": interval, "full_text": full_text}
    body = {"id": source, "feed_url": feed_url} | {k: v for k, v in given.items() if v}
    made = _call("POST", "", data, body)
    if json:
        as_json(made)
    else:
        out().print(properties(made))


@app.command()
def remove(source: Source, *, yes: Yes = False, data: Data = DEFAULT_DATA) -> None:
    """Poll a source no more; its articles stay."""
    from newswire_local.printing import out

    if not yes:
        typer.confirm(f"Remove {source}?", abort=True)
    _call("DELETE", f"/{quote(source, safe='')}", data)
    out().print(f"removed {source}")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="OPML; - is standard input.")],
    *,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Add the feeds of an OPML document; exit code 1 where one of them could not be."""
    from newswire_local.api import Api, find
    from newswire_local.printing import as_json, out, table

    body = _read(file)
    with Api(find(data)) as api:
        found = api.post(
            "/v1/sources/opml", service="ingest", params={}, content_type="text/x-opml", body=body
        )
    if json:
        as_json(found)
    else:
        out().print("{added} added, {known} known already, {rejected} refused".format(**found))
        if found["errors"]:
            out().print(table(found["errors"], ERROR_COLUMNS))
    if found["rejected"]:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where to; - is standard output.")
    ] = "-",
    *,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write all sources as OPML, in the outlines that they were imported in."""
    from newswire_common.errors import NewswireError
    from newswire_local.api import Api, find

    with Api(find(data)) as api:
        document = api.text("/v1/sources.opml", service="ingest").encode()
    if file == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        Path(file).write_bytes(document)
    except OSError as error:
        raise NewswireError(f"{file}: {error.strerror}") from error


def _read(file: str) -> bytes:
    from newswire_local.reading import WrongUsage

    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror}") from error


def _all(data: Path) -> list[dict[str, Any]]:
    from newswire_local.api import Api, find

    rows: list[dict[str, Any]] = []
    with Api(find(data)) as api:
        cursor: str | None = ""
        while cursor is not None:
            query = {"limit": PAGE, "cursor": cursor}
            page = api.call("GET", "/v1/sources", service="ingest", params=query)
            rows += page["sources"]
            cursor = page["cursor"]
    return rows


def _call(method: str, path: str, data: Path, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - whatever JSON can say
    from newswire_local.api import Api, find

    with Api(find(data)) as api:
        return api.call(method, "/v1/sources" + path, service="ingest", json=body)
