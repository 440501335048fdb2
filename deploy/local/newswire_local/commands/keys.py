"""`newswire keys`: API keys and what they may do."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

import typer

from newswire_local.commands.options import DEFAULT_DATA, Data, Json

app = typer.Typer(help="API keys.", no_args_is_help=True)


class Scope(StrEnum):
    INGEST = "ingest"
    SUBSCRIBE = "subscribe"
    ADMIN = "admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, for the list.")],
    *,
    scope: Annotated[list[Scope], typer.Option(help="What it may do; repeat for several.")],
    source: Annotated[
        list[str] | None,
        typer.Option(help="Bind an ingest key to a source; repeat for several."),
    ] = None,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Make a key and print it: it is shown this once."""
    from newswire_local.api import Api, find
    from newswire_local.printing import as_json, out, properties

    body = {"name": name, "scopes": [str(one) for one in scope], "sources": source or []}
    with Api(find(data)) as api:
        made = api.call("POST", "/v1/keys", json=body)
    if json:
        as_json(made)
    else:
        out().print(properties(made))


@app.command("list")
def list_(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """List the keys by name; the keys themselves are kept as hashes only."""
    from newswire_local.api import Api, find
    from newswire_local.printing import listing, rows_of

    with Api(find(data)) as api:
        rows = rows_of(api.call("GET", "/v1/keys"))
    columns = {"id": "ID", "name": "Name", "scopes": "Scopes", "sources": "Sources"}
    listing(rows, columns, json=json, empty="No keys but the admin key.")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="As `newswire keys list` shows it.")],
    *,
    data: Data = DEFAULT_DATA,
) -> None:
    """Revoke a key; it stops working within two seconds."""
    from newswire_local.api import Api, find
    from newswire_local.printing import out

    with Api(find(data)) as api:
        api.call("DELETE", f"/v1/keys/{quote(key, safe='')}")
    out().print(f"revoked {key}")
