"""Pages: HTML to a draft with its blocks, beside bare trafilatura on the same pages.

    html > page_of_html            tree, data for machines, parts around, trafilatura, clean HTML
    html > trafilatura.extract     the text alone, in its default mode, without metadata

The pages from outside where NEWSWIRE_TEST_DATA names them, else the bundled ones. In one process
and one thread, no server; each side is warmed up, since trafilatura loads word lists at first.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trafilatura import extract

from newswire_ingest.parsing.found import Origin
from newswire_ingest.parsing.html import page_of_html
from tests.benchmarks.measure import interleaved, per_cpu, result

BUNDLED = Path(__file__).parents[1] / "ingest" / "pages"
ORIGIN = Origin("bench", "https://bench.example/page")
MIN_PAGES = 60  # a run of less is over too soon to be measured


def pages() -> tuple[str, list[str]]:
    """Where they are from, and the pages."""
    data = os.environ.get("NEWSWIRE_TEST_DATA")
    if data:
        folder = Path(data) / "pages"
        files = [
            page["file"] for page in json.loads((folder / "expected.json").read_text()).values()
        ]
        return "outside", [
            (folder / "html" / name).read_bytes().decode("utf-8", "replace") for name in files
        ]
    bundled = [path.read_text() for path in sorted(BUNDLED.glob("*.html"))]
    return "bundled", bundled * (MIN_PAGES // len(bundled))


def ours(html: str) -> None:
    page_of_html(html, ORIGIN)


def bare(html: str) -> None:
    extract(html, include_comments=False)


def runner(work: Callable[[str], None], htmls: list[str], cpu: list[float]) -> Any:
    """A run over all pages: pages a second, by the clock; by CPU time into ``cpu``."""

    async def run() -> float:
        started, used = time.perf_counter(), time.process_time()
        for html in htmls:
            work(html)
        cpu.append(len(htmls) / (time.process_time() - used))
        return len(htmls) / (time.perf_counter() - started)

    return run


async def run(runs: int) -> list[dict[str, Any]]:
    origin, htmls = pages()
    for work in (ours, bare):
        for html in htmls[:10]:
            work(html)
    our_cpu: list[float] = []
    bare_cpu: list[float] = []
    rates = await interleaved(runner(ours, htmls, our_cpu), runner(bare, htmls, bare_cpu), runs)
    size = sum(map(len, htmls)) // len(htmls)
    return [result("pages", *rates, **per_cpu(our_cpu, bare_cpu), pages=len(htmls), from_=origin,
                   characters_each=size)]  # fmt: skip
