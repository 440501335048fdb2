"""The example of docs/enrichers.md is what a newcomer copies: it is installed from the page."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import orjson

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers.loading import GROUP, load
from newswire_enrich.enrichers.running import Enrichers

PAGE = Path(__file__).parents[3] / "docs/enrichers.md"
TWENTY_LINES = 20


def block(language: str) -> str:
    """The first block of the page in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_example_works_as_it_stands_on_the_page(
    install: Callable[[str, str], None], make: Callable[..., EnrichedArticle]
) -> None:
    """Copied, installed and chosen, it does what the page shows, to the letter."""
    points = tomllib.loads(block("toml"))["project"]["entry-points"][GROUP]
    install(block("python"), "\n".join(f"{name} = {value}" for name, value in points.items()))
    (article,) = Enrichers(load(("reading-time",)), allowed_s=10).extend([make(body="word " * 23)])
    shown = orjson.loads(block("json"))["enrichment"]
    written = orjson.loads(article.model_dump_json(exclude_none=True))["enrichment"]
    assert {name: written[name] for name in shown} == shown


def test_the_example_takes_its_argument_from_the_setting(
    install: Callable[[str, str], None], make: Callable[..., EnrichedArticle]
) -> None:
    """``reading-time:180`` is the class with ``180``, as the page says."""
    install(block("python"), "reading-time = reading_time:ReadingTime")
    (article,) = Enrichers(load(("reading-time:10",)), allowed_s=10).extend(
        [make(body="word " * 23)]
    )
    assert article.enrichment.extra == {"reading-time": {"minutes": 2.3}}


def test_the_example_is_as_short_as_it_is_said_to_be() -> None:
    """Twenty lines, those of nothing aside."""
    assert len([line for line in block("python").splitlines() if line]) <= TWENTY_LINES
