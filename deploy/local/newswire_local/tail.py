"""`newswire tail`: published events as they happen."""

from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from newswire_local.api import Api, NotRunning, Refused, find
from newswire_local.changes import Event, follow, until_now
from newswire_local.printing import as_json_line, errors, out

STYLES = {
    "article.published": "green", "article.updated": "cyan", "article.corrected": "yellow",
    "article.withdrawn": "red",
}  # fmt: skip


def run(data: Path, *, after: str | None, last: int, json: bool) -> None:
    """Until Ctrl-C. Raises NotRunning where nothing answers at the start, Refused."""
    console, troubles = out(), errors()

    def report(line: str) -> None:
        troubles.print(Text(line), style="yellow", soft_wrap=True)

    with Api(find(data)) as api:
        events, cursor = until_now(api, after, last=None if after else last)
        _tell(console, api, events, json=json)
        try:
            for events in follow(api, cursor, report):
                _tell(console, api, events, json=json)
        except KeyboardInterrupt:
            return  # the way to end it


def _tell(console: Console, api: Api, events: list[Event], *, json: bool) -> None:
    for event in events:
        if json:
            as_json_line(event)
        else:
            console.print(_line(event, _headline(api, event)), soft_wrap=True)


def _line(event: Event, headline: str) -> Text:
    kind = event["type"]
    at = datetime.fromisoformat(event["occurred_at"]).astimezone().strftime("%H:%M:%S")
    name, version = f"{kind.removeprefix('article.'):<10}", f"v{event['version']:<3}"
    return Text.assemble(
        (at, "dim"), " ", (name, STYLES.get(kind, "")), f" {version} {event['id']}  {headline}"
    )


def _headline(api: Api, event: dict[str, Any]) -> str:
    """Of the newest version; empty where it is withdrawn, or can not be had."""
    try:
        return str(api.call("GET", f"/v1/articles/{event['id']}").get("headline", ""))
    except (NotRunning, Refused):
        return ""
