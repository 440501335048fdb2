"""The demo's own reckoning of what must be published and delivered."""

from collections import Counter

import orjson
import pytest

from newswire_local.demo import feeds
from newswire_local.demo.expectation import Sent, Told, differences, due, miscounts, visible


def _sent(outcome: str, version: int, kind: str = "new", *, embargoed: bool = False) -> Sent:
    return Sent("headline", outcome, "urn:newswire:a", version, kind, embargoed)


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        (_sent("created", 1), "article.published"),
        (_sent("created", 1, "update"), "article.published"),
        (_sent("revised", 2), "article.updated"),
        (_sent("revised", 2, "correction"), "article.corrected"),
        (_sent("revised", 2, "kill"), "article.withdrawn"),
        (_sent("revised", 2, "takedown"), "article.withdrawn"),
    ],
)
def test_every_new_version_is_told_once(sent: Sent, event: str) -> None:
    """The rules of the interface, not of the code that they check."""
    assert due([sent]) == {Told("urn:newswire:a", sent.version, event): 1}


@pytest.mark.parametrize(
    "sent", [_sent("unchanged", 1), _sent("stale", 1), _sent("created", 1, embargoed=True)]
)
def test_what_changes_nothing_is_not_told(sent: Sent) -> None:
    """Repetitions, stale versions and embargoed articles stay silent."""
    assert not due([sent])


def test_a_withdrawn_article_is_to_be_seen_as_such() -> None:
    """Readers must be told to let go of it."""
    assert visible([_sent("created", 1), _sent("revised", 2)]) == {"urn:newswire:a": 2}
    assert visible([_sent("created", 1), _sent("revised", 2, "kill")]) == {"urn:newswire:a": 0}


def test_missing_extra_and_double_events_are_all_differences() -> None:
    """Exit code 1 for a lost event, for one nobody expected, and for one that came twice."""
    first, second, third = (Told("urn:newswire:a", n, "article.updated") for n in (1, 2, 3))
    lines = differences("delivered", Counter([first, second]), Counter([second, second, third]))
    assert lines == [
        "delivered: missing article.updated of urn:newswire:a v1",
        "delivered: too many article.updated of urn:newswire:a v2",
        "delivered: too many article.updated of urn:newswire:a v3",
    ]
    assert not differences("delivered", Counter([first]), Counter([first]))


def test_a_wrong_figure_is_named() -> None:
    """Against the hand count of the sample."""
    assert miscounts("accepted", {"created": 2}, {"created": 1, "stale": 1}) == [
        "accepted: 1 created, but 2 expected",
        "accepted: 1 stale, but 0 expected",
    ]
    assert not miscounts("accepted", {"stale": 0}, {})


@pytest.mark.parametrize("form", feeds.FORMS)
def test_a_feed_that_does_not_parse_is_named(form: str) -> None:
    """Broken XML or JSON is a failure of the demo, not a traceback."""
    [trouble] = feeds.troubles(form, b"<rss><channel", {})
    assert trouble.startswith(f"feed all.{form} does not parse")


def test_a_feed_must_show_exactly_the_visible_articles() -> None:
    """One too few, one too many, one withdrawn that still shows: each is named."""
    items: list[dict[str, object]] = [{"id": uri, "_newswire": {}} for uri in ("urn:b", "urn:c")]
    body = orjson.dumps({"items": items})
    assert feeds.troubles("json", body, {"urn:a": 1, "urn:b": 1, "urn:c": 0}) == [
        "feed all.json: urn:a is missing",
        "feed all.json: urn:c should not be there (again)",
        "feed all.json, withdrawn: urn:c is missing",
    ]
