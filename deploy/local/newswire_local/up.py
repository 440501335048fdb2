"""`newswire up`: everything on this machine, until Ctrl-C."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from newswire_local.plan import Plan, plan_up
from newswire_local.signals import ended_by_signals
from newswire_local.supervisor import Supervisor


def run(data: Path, console: Console, errors: Console) -> None:
    """Raises ConfigurationError, DoesNotStart."""
    plan = plan_up(data)

    def report(line: str) -> None:
        errors.print(Text(line), style="yellow", soft_wrap=True)

    asyncio.run(_run(plan, Supervisor(plan, report), console))


async def _run(plan: Plan, supervisor: Supervisor, console: Console) -> None:
    with ended_by_signals(supervisor.hurry):
        try:
            async with supervisor.running():
                with plan.folder.announced(plan.running):
                    console.print(_urls(plan))
                    await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            console.print("Stopped.")


def _urls(plan: Plan) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    running, public = plan.running, plan.public_url
    rows = {
        "Newest": f"{public}/feeds/all.rss  .atom  .json",
        "All feeds": f"{public}/feeds",
        "Send to": f"{running.ingest}/v1/articles",
        "Reference": f"{running.ingest}/docs  {public}/docs",
        "Data, logs": str(plan.folder.path),
    }
    if plan.new_key:
        rows["Admin key"] = f"{plan.admin_key}\n(shown this once; kept in admin.key)"
    rows["To stop"] = "Ctrl-C"
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table
