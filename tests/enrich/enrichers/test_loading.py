"""Choosing enrichers: what is not there stops the start or is worked without, and says so."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from newswire_common import settings
from newswire_common.article import EnrichedArticle
from newswire_common.errors import ConfigurationError
from newswire_enrich.enrichers.loading import load
from newswire_enrich.enrichers.running import Enrichers

Install = Callable[..., None]
GOOD = """
class Good:
    version = "1"
    fields = ("extra", "tags.people")
    def enrich(self, articles):
        return [{} for one in articles]
"""


def test_they_come_in_the_order_of_the_setting(install: Install) -> None:
    """A later one sees what an earlier one found, so the order is the operator's."""
    install(GOOD, "a = good:Good\nb = good:Good\nc = good:Good", "good")
    assert list(load(("c", "a"))) == ["c", "a"]


def test_none_are_run_that_nobody_chose(install: Install) -> None:
    """To install a package is not to run it."""
    install("raise SystemExit(3)", "a = good:Good", "good")
    assert load(()) == {}


def test_a_name_that_nobody_offers_stops_the_start(install: Install) -> None:
    """A typing error is one line, with what there is."""
    install(GOOD, "reading-time = good:Good", "good")
    with pytest.raises(
        ConfigurationError, match=r"NEWSWIRE_ENRICHERS: .*reading-tme.*reading-time"
    ):
        load(("reading-tme",))


def test_a_name_that_two_packages_offer_stops_the_start(install: Install) -> None:
    """Nobody can say which of them was meant."""
    install(GOOD, "a = good:Good", "good")
    install(GOOD, "a = other:Good", "other")
    with pytest.raises(ConfigurationError, match="good:Good, other:Good"):
        load(("a",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: .*nowhere_to_be_found"),
        ("raise SystemExit(3)", "exit 3"),
        ("Good = 3", "TypeError"),
        ("class Other: pass", "AttributeError"),
        (GOOD.replace('"1"', "1"), "TypeError: its version"),
        (GOOD.replace('"1"', '"1" * 101'), "TypeError: its version"),
        (GOOD.replace('"extra"', '"headline"'), "ValueError: its fields"),
        (GOOD.replace('("extra", "tags.people")', "()"), "ValueError: its fields"),
        (GOOD.replace('("extra", "tags.people")', '"extra"'), "ValueError: its fields"),
        (GOOD.replace("def enrich", "def other"), "AttributeError"),
        (GOOD + "    def __init__(self): 1 / 0", "ZeroDivisionError"),
    ],
)
def test_one_that_can_not_be_had_is_worked_without(
    install: Install, make: Callable[..., EnrichedArticle], text: str, reason: str
) -> None:
    """The service runs, a warning is in the log once, and each article says what it lacks."""
    install(text, "good = good:Good", "good")
    with structlog.testing.capture_logs() as logs:
        enrichers = Enrichers(load(("good",)), allowed_s=10)
    assert [line["enricher"] for line in logs if line["log_level"] == "warning"] == ["good"]
    for article in enrichers.extend([make("a"), make("b")]):
        told = article.enrichment.provenance
        assert told
        assert {one.field for one in told} <= {"extra.good", "tags.people"}
        for one in told:
            assert (one.method, one.version) == ("good", "none")
            assert one.error is not None
            assert re.search(reason, one.error)


@pytest.mark.parametrize(
    "value", ["Reading", "a:", "a,a", "a:1,a:2", "a b", "ü", ",".join("abcdefghi")]
)
def test_a_setting_that_names_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    """One line, as for every setting."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSWIRE_REDIS_URL", "redis://localhost")
    monkeypatch.setenv("NEWSWIRE_ENRICHERS", value)
    with pytest.raises(ConfigurationError, match=r"^NEWSWIRE_ENRICHERS: ") as refused:
        settings.load()
    assert "\n" not in str(refused.value)


def test_the_setting_is_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Comma-separated, as in a .env file, each with its argument."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSWIRE_REDIS_URL", "redis://localhost")
    monkeypatch.setenv("NEWSWIRE_ENRICHERS", "reading-time, crf:models/names.crf ,")
    assert settings.load().enrichers == ("reading-time", "crf:models/names.crf")
