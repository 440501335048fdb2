"""`newswire webhooks`: endpoints that are told of what happens, and what became of it."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer

from newswire_local.commands.options import DEFAULT_DATA, Data, Json, Yes

app = typer.Typer(help="Webhook endpoints and their deliveries.", no_args_is_help=True)

Endpoint = Annotated[
    str, typer.Argument(metavar="ID", help="As `newswire webhooks list` shows it.")
]
COLUMNS = {"id": "ID", "state": "State", "url": "URL", "events": "Events", "payload": "Payload"}
ATTEMPT_COLUMNS = {
    "at": "At", "type": "Type", "event_id": "Event", "attempt": "Attempt", "status": "Status",
    "error": "Error", "next_attempt": "Next",
}  # fmt: skip


class Payload(StrEnum):
    FULL = "full"
    THIN = "thin"


@app.command("list")
def list_(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """List the endpoints."""
    from newswire_local.printing import listing, rows_of

    rows = rows_of(_call("GET", "", data))
    listing(rows, COLUMNS, json=json, empty="No endpoints. Add one: newswire webhooks add URL")


@app.command()
def add(
    url: str,
    *,
    events: Annotated[list[str] | None, typer.Option("--event", help="Type, or article.*")] = None,
    payload: Annotated[Payload, typer.Option(help="The article, or its id alone.")] = Payload.FULL,
    description: str | None = None,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """Register an endpoint and print its signing secret: it is shown this once."""
    body = {"url": url, "events": events or ["article.*"], "payload": str(payload)}
    if description:
        body["description"] = description
    _show(_call("POST", "", data, body), json=json)


@app.command()
def remove(endpoint: Endpoint, *, yes: Yes = False, data: Data = DEFAULT_DATA) -> None:
    """Remove an endpoint; what waits to be delivered to it is dropped."""
    from newswire_local.printing import out

    if not yes:
        typer.confirm(f"Remove {endpoint}, and what waits for it?", abort=True)
    _call("DELETE", _path(endpoint), data)
    out().print(f"removed {endpoint}")


@app.command("test")
def send_test(endpoint: Endpoint, *, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Send the endpoint a signed test event."""
    _show(_call("POST", _path(endpoint) + "/test", data), json=json)


@app.command()
def deliveries(
    endpoint: Endpoint,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="What was given up.")] = False,
    data: Data = DEFAULT_DATA,
    json: Json = False,
) -> None:
    """List the latest attempts to deliver to an endpoint, the newest first."""
    from newswire_local.printing import listing, rows_of

    path = _path(endpoint) + "/deliveries" + ("?failed=true" if failed else "")
    rows = rows_of(_call("GET", path, data))
    listing(rows, ATTEMPT_COLUMNS, json=json, empty="Nothing yet.")


@app.command()
def rotate(endpoint: Endpoint, *, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Give an endpoint a new secret and print it; the old one signs too for a day."""
    _show(_call("POST", _path(endpoint) + "/rotate", data), json=json)


def _call(method: str, path: str, data: Data, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - whatever JSON can say
    from newswire_local.api import Api, find

    with Api(find(data)) as api:
        return api.call(method, "/v1/webhooks" + path, json=body)


def _path(endpoint: str) -> str:
    return f"/{quote(endpoint, safe='')}"


def _show(answer: Any, *, json: bool) -> None:  # noqa: ANN401 - whatever JSON can say
    from newswire_local.printing import as_json, out, properties

    if json:
        as_json(answer)
    else:
        out().print(properties(answer or {"done": True}))
