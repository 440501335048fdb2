"""What feedparser and gofeed expect of their own feeds, asked of ours."""

import json
import re
from pathlib import Path
from typing import Any

from newswire_ingest.parsing.feed import Feed, FeedError, parse_feed
from tests.ingest.feeds.expectations import (
    SANITISERS,
    Check,
    checks_of,
    holds,
    is_moment,
    is_out_of_scope,
    with_words,
)

_EXPECT = re.compile(r"Expect:\s*(.+)")
WANTED = 0.98
URL = "https://feeds.example/feed.xml"


def parsed(path: Path) -> Feed:
    return parse_feed(with_words(path.read_bytes()), "application/xml", URL)


def failures(folder: Path) -> tuple[list[str], int]:
    """The comparisons in scope that do not hold, and how many there are."""
    failed, total = [], 0
    for path in sorted(folder.glob("*.xml")):
        if path.name in SANITISERS:
            continue
        (expectation,) = _EXPECT.findall(path.read_text("latin-1"))[:1]
        checks = [check for check in checks_of(expectation) if not is_out_of_scope(check.path)]
        total += len(checks)
        failed += [f"{path.name}: {check}" for check in checks if not _holds(check, path)]
    return failed, total


def _holds(check: Check, path: Path) -> bool:
    try:
        return holds(check, parsed(path))
    except (FeedError, LookupError):
        return False


def test_what_feedparser_expects_of_rss_holds(outside_data: Path) -> None:
    """At least 98 % of the comparisons on fields that we carry."""
    failed, total = failures(outside_data / "feeds" / "feedparser" / "wellformed-rss")
    assert total > 80
    assert 1 - len(failed) / total >= WANTED, "\n".join(failed)


def test_what_feedparser_expects_of_entities_holds(outside_data: Path) -> None:
    """Every entity of HTML, declared nowhere, as feeds use them."""
    failed, total = failures(outside_data / "feeds" / "feedparser" / "entities")
    assert total > 250
    assert 1 - len(failed) / total >= WANTED, "\n".join(failed)


def test_what_gofeed_expects_holds(outside_data: Path) -> None:
    """Feed title, number of items, titles, links and dates, in every pair."""
    wrong = []
    paths = sorted((outside_data / "feeds" / "gofeed" / "rss").glob("*.xml"))
    assert paths
    for path in paths:
        expected = json.loads(path.with_suffix(".json").read_text())
        wrong += [f"{path.name}: {what}" for what in differences(parsed(path), expected)]
    assert not wrong, "\n".join(wrong)


def differences(feed: Feed, expected: dict[str, Any]) -> list[str]:
    found = []
    for ours, name in ((feed.title, "title"), (feed.home_url, "link"), (feed.self_url, "feedLink")):
        if (ours or None) != expected.get(name):
            found.append(f"{name} {ours!r} is not {expected.get(name)!r}")
    items = expected.get("items") or []
    if len(feed.entries) != len(items):
        return [*found, f"{len(feed.entries)} entries are not {len(items)}"]
    for entry, item in zip(feed.entries, items, strict=True):
        if item.get("title") and entry.fields["headline"] != item["title"]:
            found.append(f"{entry.fields['headline']!r} is not {item['title']!r}")
        if item.get("link") != entry.fields.get("url"):
            found.append(f"{entry.fields.get('url')!r} is not {item.get('link')!r}")
        found += [
            f"{name} {entry.fields.get(field)!r} is not {item[name]!r}"
            for name, field in (
                ("publishedParsed", "published_at"),
                ("updatedParsed", "updated_at"),
            )
            if name in item and not is_moment(entry.fields.get(field), item[name])
        ]
    return found
