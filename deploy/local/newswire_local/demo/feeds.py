"""Whether a feed parses and shows what it must: the visible articles, the rest as withdrawn."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import feedparser
import orjson

FORMS = ("rss", "atom", "json")
_DELETED = re.compile(rb'<at:deleted-entry[^>]* ref="([^"]+)"')  # feedparser does not know RFC 6721


def troubles(form: str, body: bytes, visible: Mapping[str, int]) -> list[str]:
    """What is wrong with a feed of everything. ``visible`` is uri → version, 0 for withdrawn."""
    try:
        shown, gone = _json(body) if form == "json" else _xml(form, body)
    except (ValueError, KeyError, TypeError) as error:
        return [f"feed all.{form} does not parse: {error}"]
    readable = {uri for uri, version in visible.items() if version}
    return [
        *_compared(f"feed all.{form}", readable, shown),
        *_compared(f"feed all.{form}, withdrawn", set(visible) - readable, gone),
    ]


def _json(body: bytes) -> tuple[list[str], list[str]]:
    items = orjson.loads(body)["items"]
    gone = [item["id"] for item in items if "withdrawn" in item["_newswire"]]
    return [item["id"] for item in items if item["id"] not in gone], gone


def _xml(form: str, body: bytes) -> tuple[list[str], list[str]]:
    parsed = feedparser.parse(body)
    if parsed.bozo:
        raise ValueError(parsed.bozo_exception)
    if form == "atom":
        return [e.id for e in parsed.entries], [ref.decode() for ref in _DELETED.findall(body)]
    # RSS has no word for a withdrawal; its item says so in its title.
    gone = [entry.id for entry in parsed.entries if entry.title == "Withdrawn"]
    return [entry.id for entry in parsed.entries if entry.id not in gone], gone


def _compared(what: str, expected: Iterable[str], found: Iterable[str]) -> list[str]:
    missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    return [
        *(f"{what}: {uri} is missing" for uri in missing),
        *(f"{what}: {uri} should not be there (again)" for uri in extra),
    ]
