"""What benchmarks share: the interleaved runs, the one line that each prints, and the article."""

import json
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newswire_common.article import Article
from newswire_common.streams import article_id, article_uri
from newswire_local.embedded import EmbeddedServer

WORDS = (
    "The ministry said on Tuesday that negotiators had agreed on a text after eleven hours, and "
    "that both governments would put it to their parliaments before the end of the month. "
)
BODY = (WORDS * 12)[:2_000]


def article(number: int) -> Article:
    """An article of 2 kB of text, another for each number."""
    guid = f"bench-{number}"
    identity = article_id("bench", guid)
    return Article(
        id=identity, uri=article_uri(identity), source="bench", guid=guid, section="World",
        headline=f"Negotiators agree on a text, part {number}", body_text=f"{number} {BODY}",
    )  # fmt: skip


@contextmanager
def embedded(*extra: str) -> Iterator[EmbeddedServer]:
    """A throw-away embedded server with AOF everysec, as in production; ``extra`` are its flags."""
    with tempfile.TemporaryDirectory(prefix="newswire-bench-") as folder:
        server = EmbeddedServer(Path(folder), extra=extra)
        server.start()
        try:
            yield server
        finally:
            server.stop()


Run = Callable[[], Awaitable[float]]


async def interleaved(ours: Run, baseline: Run, runs: int) -> tuple[list[float], list[float]]:
    """Rates per second of both, run in turns, so that a noisy neighbour meets both alike."""
    ours_rates, baseline_rates = [], []
    for number in range(runs):
        baseline_rates.append(await baseline())
        ours_rates.append(await ours())
        print(f"run {number + 1} of {runs}: {ours_rates[-1]:,.0f}/s beside "
              f"{baseline_rates[-1]:,.0f}/s", file=sys.stderr)  # fmt: skip
    return ours_rates, baseline_rates


def result(name: str, ours: list[float], baseline: list[float], **more: Any) -> dict[str, Any]:
    """The line of a benchmark: medians, and the ratio of the medians."""
    rate, base = statistics.median(ours), statistics.median(baseline)
    return {
        "name": name, "rate_per_s": round(rate), "baseline_per_s": round(base),
        "ratio": round(rate / base, 3), "runs": len(ours), **more,
    }  # fmt: skip


def per_cpu(ours: Iterable[float], baseline: Iterable[float]) -> dict[str, Any]:
    """The same by what the processes under test used of their core: neighbours change it less.

    Nothing where the kernel does not tell (`processes.cpu_seconds`): the rates are 0 then.
    """
    rate, base = statistics.median(ours), statistics.median(baseline)
    if not rate or not base:
        return {}
    return {"rate_per_cpu_s": round(rate), "baseline_per_cpu_s": round(base),
            "ratio_per_cpu": round(rate / base, 3)}  # fmt: skip


def show(lines: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print one JSON line each, or a table to read."""
    for line in lines:
        if as_json:
            print(json.dumps(line))
        else:
            print("  ".join(f"{key}: {value}" for key, value in line.items()))
