"""The bundled sample news: what `newswire demo` sends through the whole system.

    articles.ndjson ──▶ POST /v1/articles ─┐
    page.txt, page.html ▶ POST /v1/pages ──┴▶ … ──▶ must come to expected.json

Every article was written for this sample: events, companies and the people quoted are invented;
countries and public institutions are real, but did not say what they are made to say here. The
agencies (`kestrel`, `dnm`, `alp` …) are invented too, and their addresses end in ``.example``.

The lines tell several stories, each through several sources and languages, and put every path of
an article on show: an update in which a silent actor speaks, a correction, a kill, two near-copies
of one wire text, an embargo, a line sent twice, and a first flash that arrives after its update.
They are to be posted in file order. ``expected.json`` was counted by hand, not by the code.
"""

from importlib.resources import files
from typing import Any, NamedTuple

import orjson


class Page(NamedTuple):
    """A scraped page; ``body`` is what the web server sent, in UTF-8."""

    name: str
    source: str
    url: str
    content_type: str
    body: bytes


class Expected(NamedTuple):
    """What must come of all drafts, posted in order, and then all pages.

    ``accepted`` counts outcomes (created, revised, unchanged, stale); ``visible`` the articles
    that can be read at the end, ``withdrawn`` those killed, ``withheld`` those still embargoed;
    ``events`` counts entries of the public sequence by type, of the types that are named.
    """

    accepted: dict[str, int]
    visible: int
    withdrawn: int
    withheld: int
    events: dict[str, int]


def drafts() -> list[dict[str, Any]]:
    """Each line of ``articles.ndjson``, in order, as a body for ``POST /v1/articles``."""
    return [orjson.loads(line) for line in _read("articles.ndjson").splitlines()]


def pages() -> list[Page]:
    """The scraped pages, in order, each for ``POST /v1/pages?source=…&url=…``."""
    return [
        Page(
            name=entry["file"],
            source=entry["source"],
            url=entry["url"],
            content_type=entry["content_type"],
            body=_read(entry["file"]),
        )
        for entry in orjson.loads(_read("pages.json"))
    ]


def expected() -> Expected:
    """The hand count. Raises TypeError where the file names a figure that `Expected` lacks."""
    return Expected(**orjson.loads(_read("expected.json")))


def _read(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
