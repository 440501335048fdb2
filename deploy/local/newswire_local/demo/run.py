"""The flow of the demo, on a throw-away folder.

start everything ─▶ register a webhook ─▶ send the sample ─▶ wait: /v1/changes, the receiver
  ─▶ hold what came against what had to come ─▶ show it ─▶ stop
"""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from newswire_common.article import PublishedArticle
from newswire_local import sample
from newswire_local.demo import expectation, feeds
from newswire_local.demo.client import Client, DemoFailed
from newswire_local.demo.expectation import Sent, Told
from newswire_local.demo.receiver import Receiver
from newswire_local.demo.report import articles_table, fullest, reactions_table, related_lines
from newswire_local.ingest import progress_bar
from newswire_local.plan import Plan, plan_demo
from newswire_local.signals import ended_by_signals
from newswire_local.supervisor import Supervisor

ARRIVAL_S = 30.0  # the sample arrives within a second; this is for a machine that is very busy


def run(console: Console, errors: Console, *, keep: bool) -> bool:
    """Whether all went as it must; the folder of one that failed is kept to be looked at.

    Raises DoesNotStart, DemoFailed.
    """

    def report(line: str) -> None:
        errors.print(Text(line), style="yellow", soft_wrap=True)

    with throw_away_folder(console) as folder:
        plan = plan_demo(folder.path)
        passed = asyncio.run(_run(plan, Supervisor(plan, report), console, errors))
        folder.keep = keep or not passed
    return passed


@dataclass
class Folder:
    """``keep`` until it is known that nobody wants to look into it."""

    path: Path
    keep: bool = True


@contextmanager
def throw_away_folder(console: Console) -> Iterator[Folder]:
    """A folder that is gone in the end, unless it is to be kept or something was raised."""
    folder = Folder(Path(tempfile.mkdtemp(prefix="newswire-demo-")))
    try:
        yield folder
    finally:
        if folder.keep:
            console.print(Text(f"Kept: {folder.path}"), soft_wrap=True)
            console.print(
                Text(f"To go on with it: newswire up --data {folder.path}"), soft_wrap=True
            )
        else:
            shutil.rmtree(folder.path)


async def _run(plan: Plan, supervisor: Supervisor, console: Console, errors: Console) -> bool:
    with ended_by_signals(supervisor.hurry):
        try:
            started = time.monotonic()
            console.print("Starting the server and the services …")
            async with supervisor.running():
                took = f"{time.monotonic() - started:.1f}"
                console.print(f"Ready after {took} s: ingest, enrich, publish.\n")
                troubles = await _through(plan, console)
        except asyncio.CancelledError:
            troubles = ["interrupted"]
    for trouble in troubles:
        errors.print(Text(trouble), style="red", soft_wrap=True)
    return not troubles


async def _through(plan: Plan, console: Console) -> list[str]:
    """Everything but starting and stopping; what went wrong, a line each."""
    receiver = Receiver()
    async with Client(plan.running, plan.admin_key) as client, receiver.listening():
        endpoint, receiver.secret = await client.subscribe(receiver.url)
        sent = await _send(client, console)
        due = expectation.due(sent)
        await receiver.has(due, ARRIVAL_S)
        # By the time that a test sent now arrives, anything beyond what was due has arrived too.
        await client.send_test(endpoint)
        tested = await receiver.has_test(ARRIVAL_S)
        published = await client.changes(due, ARRIVAL_S)
        troubles = [
            *_not_as_counted_by_hand(sent, due),
            *expectation.differences("published", due, published),
            *expectation.differences("delivered", due, receiver.told),
            *([] if tested else ["delivered: the test event did not arrive"]),
            *await _wrong_in_feeds(client, sent),
        ]
        try:
            await _show(client, console, sent)
        except DemoFailed as error:
            troubles.append(str(error))
        console.print(
            f"{receiver.received} deliveries received, {receiver.verified} verified", style="bold"
        )
        if receiver.received != receiver.verified:
            troubles.append(f"{receiver.received - receiver.verified} deliveries not verified")
        return troubles


async def _send(client: Client, console: Console) -> list[Sent]:
    total = len(sample.drafts()) + len(sample.pages())
    sent: list[Sent] = []
    with progress_bar(console) as progress:
        task = progress.add_task("Sending the sample", total=total)
        async for one in client.send_sample():
            sent.append(one)
            progress.advance(task)
    return sent


def _not_as_counted_by_hand(sent: list[Sent], due: Counter[Told]) -> list[str]:
    by_hand = sample.expected()
    seen = expectation.visible(sent)
    readable = {
        "visible": sum(version > 0 for version in seen.values()),
        "withdrawn": sum(version == 0 for version in seen.values()),
        "withheld": len({one.uri for one in sent} - set(seen)),
    }
    figures = {name: getattr(by_hand, name) for name in readable}
    return [
        *expectation.miscounts("accepted", by_hand.accepted, expectation.outcomes(sent)),
        *expectation.miscounts("due", by_hand.events, Counter(told.type for told in due)),
        *expectation.miscounts("articles", figures, readable),
    ]


async def _wrong_in_feeds(client: Client, sent: list[Sent]) -> list[str]:
    visible = expectation.visible(sent)
    return [
        trouble
        for form in feeds.FORMS
        for trouble in feeds.troubles(form, await client.feed("all", form), visible)
    ]


async def _show(client: Client, console: Console, sent: list[Sent]) -> None:
    visible = [uri for uri, version in expectation.visible(sent).items() if version]
    articles = await client.articles(visible)
    console.print(articles_table(articles))
    _show_one(console, fullest(articles))
    told = ", ".join(f"{n} {outcome}" for outcome, n in expectation.outcomes(sent).items())
    console.print(f"Sent: {told}")
    console.print("Feeds, while it ran:")
    for name, urls in (await client.feed_urls()).items():
        if name == "all" or name.startswith("section/"):
            console.print(Text(f"  {urls['rss']}  .atom  .json"), soft_wrap=True)


def _show_one(console: Console, article: PublishedArticle) -> None:
    console.print(reactions_table(article))
    lines = related_lines(article)
    if lines:
        console.print("Related:")
        for line in lines:
            console.print(line)
        console.print()
