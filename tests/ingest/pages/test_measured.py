"""Against the pages that trafilatura itself is measured with, and against pages made to hurt."""

import contextlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import ValidationError
from trafilatura import extract

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.found import Origin, unquoted
from newswire_ingest.parsing.html import page_of_html
from newswire_ingest.parsing.json_ld import of_json_ld
from newswire_ingest.parsing.markup import NestedTooDeep

WEB = Origin("agency", "https://agency.example/1")
LONGEST = 5 * 2**20  # bytes of a page that is taken
WORDS = "The ministers of both countries met on Tuesday, and said nothing at all afterwards. "


class Score(NamedTuple):
    """Trafilatura's own metric: which of the given pieces of text came out, spaces aside."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missing)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class Read(NamedTuple):
    """A page from outside, the text that it must and must not give, and what we made of it."""

    html: str
    expected: dict[str, list[str]]
    draft: ArticleDraft


@pytest.fixture(scope="module")
def pages(outside_data: Path) -> list[Read]:
    """All pages from outside, read once."""
    folder = outside_data / "pages"
    expected = json.loads((folder / "expected.json").read_text())
    found = []
    for page in expected.values():
        html = (folder / "html" / page["file"]).read_bytes().decode("utf-8", "replace")
        found.append(Read(html, page, page_of_html(html, WEB)[0]))
    return found


def score(pages: list[Read], text_of: Callable[[Read], str | None]) -> Score:
    total = Score()
    for page in pages:
        text = squeezed(text_of(page) or "")
        right = sum(squeezed(piece) in text for piece in page.expected["with"])
        wrong = sum(squeezed(piece) in text for piece in page.expected["without"])
        missing = len(page.expected["with"]) - right
        total = Score(total.right + right, total.wrong + wrong, total.missing + missing)
    return total


def test_no_text_is_lost_against_trafilatura_alone(pages: list[Read]) -> None:
    """Typed blocks are taken out of the body; F1 is no lower, measured in the same run."""
    alone = score(pages, lambda page: extract(page.html, include_comments=False))
    ours = score(pages, lambda page: page.draft.body_text)
    assert ours.f1 >= alone.f1 > 0.9, (ours, alone)


def test_where_a_page_has_json_ld_it_is_believed(pages: list[Read]) -> None:
    """Headline, date and byline of real pages are those of their JSON-LD."""
    scripts = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.DOTALL)
    seen = 0
    for page in pages:
        said = of_json_ld(scripts.findall(page.html))
        if said.get("headline"):
            seen += 1
            assert page.draft.headline == unquoted(str(said["headline"]))
            assert page.draft.published_at == said["published_at"] or not said["published_at"]
            assert page.draft.by == said["by"] or not said["by"]
    assert seen >= 20


HOSTILE = {  # a beginning, and what is repeated after it up to the size
    "nested": ("", "<div>"),
    "nested inline": ("<p>", "<b>x"),
    "nested to the limit": ("", "<div>" * 55 + WORDS + "</div>" * 55),
    "attributes": ("<p ", "a=1 "),
    "one attribute": ('<p class="', "x "),
    "pictures": ("", f'<p><img src="{"x" * 900}"></p>'),
    "paragraphs": ("", f"<p>{WORDS}</p>"),
    "short paragraphs": ("", "<p>x</p>"),
    "text": ("<p>", WORDS),
    "cells": ("<table><tr>", "<td>x"),
    "breaks": ("", "x<hr>"),
    "never closed": ("<p>", "x<wbr>"),
    "ampersands": ("<p>", "&amp;"),
    "angles": ("", "<"),
    "deleted among text": (f"<article><p>{WORDS * 6_000}", "<aside>x</aside>y"),
    "unlikely among text": (f"<article><p>{WORDS * 6_000}", '<i class="foot">x</i>y'),
    "forms": ("", '<div id="respond"><p>Leave a Reply</p></div>'),
    "boxes": ("", '<div class="related"><a href="/x">A title that is long</a></div>'),
    "items": ("", '<div itemscope itemtype="/Article"><p>x</p></div>'),
    "JSON of brackets": ('<script type="application/ld+json">', "["),
    "JSON of spaces": ('<script type="application/ld+json">{"a":1,', " "),
    "NUL": ("", "\x00x"),
    "not in the charset": ("<p>", "\ufffd\U0001f642"),
    "comment": ("<p>x<!--", "x"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_in_time(name: str, *, long: bool) -> None:
    """Whatever it holds, it is an article or refused within moments; with --long at 5 MB."""
    start, again = HOSTILE[name]
    size = LONGEST if long else LONGEST // 8
    html = "<h1>Head</h1>" + start + again * (size // len(again))
    started = time.process_time()
    with contextlib.suppress(ValidationError, NestedTooDeep):
        page_of_html(html, WEB)
    assert time.process_time() - started < 10


def test_attributes_by_the_hundred_thousand_are_no_harm() -> None:
    """Each of another name, where the one name would be kept once."""
    html = "<h1>Head</h1><p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">Body."
    assert page_of_html(html, WEB)[0].body_text == "Body."
