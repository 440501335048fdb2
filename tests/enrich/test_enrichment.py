"""One article enriched: every field with its provenance, and no part able to lose the article."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

import pytest

from newswire_common.article import (
    Article,
    Association,
    EnrichedArticle,
    Moment,
    Provenance,
    Subject,
)
from newswire_enrich.enrichment import READ_CHARACTERS, Enricher, Link
from newswire_enrich.reactions import MAX_TEXT
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.terms import Background
from newswire_enrich.revisits import links_to
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.topics import Topics
from newswire_local import sample

BODY = (
    "Canada and Norway will run their rescue ships together.\n\n"
    "Denmark has expressed “deep unease” regarding the accord. "
    "Finland and Iceland have not yet commented on it."
)
FIELDS = {
    "language", "signature", "reactions", "reaction_summary", "related", "story", "tags.topics",
    "tags.places", "tags.people", "tags.organisations", "tags.keywords",
}  # fmt: skip


class BrokenGazetteer(Gazetteer):
    """One that loads and then fails."""

    def find(self, text: str, language: str | None = None) -> NoReturn:
        raise ZeroDivisionError(text[:0], language)


def failing(signature: Signature) -> NoReturn:
    """An index that fails."""
    raise LookupError(signature.id)


@pytest.fixture
def enricher(gazetteer: Gazetteer, background: Background, topics: Topics) -> Enricher:
    return Enricher(gazetteer, background, topics)


@pytest.fixture
def index() -> RelatedIndex:
    return RelatedIndex(timedelta(days=30), capacity=1_000)


@pytest.fixture
def link(index: RelatedIndex) -> Link:
    """Asks the index, and leaves it as it is."""
    return partial(links_to, index)


def article(article_id: str = "a", body: str = BODY, **fields: Any) -> Article:
    given = {
        "uri": f"urn:{article_id}",
        "source": "kestrel",
        "guid": article_id,
        "headline": "Norway and Canada share rescue fleet",
        "version": 1,
        "version_created": datetime(2026, 11, 12, tzinfo=UTC),
        "canonical_url": f"https://kestrel.example/{article_id}",
    }
    return Article(id=article_id, body_text=body, **(given | fields))


def provenance(enriched: EnrichedArticle) -> dict[str, Provenance]:
    return {one.field: one for one in enriched.enrichment.provenance}


def test_every_derived_field_says_how_it_came_to_be(enricher: Enricher, link: Link) -> None:
    """Method and version for each; confidence where it is measured; no errors."""
    enriched, _ = enricher.enrich(article(), link)
    told = provenance(enriched)
    assert set(told) == FIELDS
    assert all(one.method and one.version and one.error is None for one in told.values())
    assert (told["language"].confidence or 0) > 0.5


def test_an_article_gets_tags_reactions_and_a_signature(enricher: Enricher, link: Link) -> None:
    """The whole path, on a text that has something for each part."""
    enriched, signature = enricher.enrich(article(), link)
    enrichment = enriched.enrichment
    assert enrichment.language == "en"
    assert {tag.iso3 for tag in enrichment.tags.places} == {"CAN", "NOR", "DNK", "FIN", "ISL"}
    assert enrichment.tags.keywords
    assert "DNK" in {reaction.actor.iso3 for reaction in enrichment.reactions}
    assert (signature.id, signature.version, signature.language) == ("a", 1, "en")
    assert signature.at_ms == 1_794_441_600_000


def test_all_evidence_is_in_the_body(enricher: Enricher, link: Link) -> None:
    """Spans cut names out of ``body_text``; the headline's mentions have none."""
    enriched, _ = enricher.enrich(article(), link)
    tags = enriched.enrichment.tags
    (norway,) = (tag for tag in tags.places if tag.iso3 == "NOR")
    assert norway.mentions == 2
    assert [enriched.body_text[one.start : one.end] for one in norway.evidence] == ["Norway"]


def test_the_article_itself_is_unchanged_and_the_result_is_valid(
    enricher: Enricher, link: Link
) -> None:
    """Enrichment adds one field; what it adds can be read back by anybody."""
    given = article(published_at=Moment.parse("2026-11-12"), subjects=(Subject(name="x"),))
    enriched, _ = enricher.enrich(given, link)
    assert Article.model_validate(enriched.model_dump()) == given
    assert EnrichedArticle.model_validate_json(enriched.model_dump_json()) == enriched


@pytest.mark.parametrize(
    ("language", "method"),
    [("en", "rules for English"), ("de", "rules for German"), ("sw", "no rules for its language")],
)
def test_reactions_say_by_whose_rules_they_were_found(
    enricher: Enricher, link: Link, language: str, method: str
) -> None:
    """None found in German and none looked for in Swahili are two things."""
    enriched, _ = enricher.enrich(article(body="Haba na haba", language=language), link)
    assert provenance(enriched)["reactions"].method == method


def test_what_was_cut_is_said_of_reactions_too(enricher: Enricher, link: Link) -> None:
    """Whoever wonders where the last page's reactions are can read why they are not there."""
    enriched, _ = enricher.enrich(article(body="word " * (MAX_TEXT // 5 + 1)), link)
    assert str(MAX_TEXT) in provenance(enriched)["reactions"].method


def test_the_same_article_gives_the_same_enrichment(enricher: Enricher, link: Link) -> None:
    """Replay can tell what changed only if nothing changes by itself."""
    assert enricher.enrich(article(), link) == enricher.enrich(article(), link)


def test_related_links_of_the_page_stand_beside_ours(
    enricher: Enricher, link: Link, index: RelatedIndex
) -> None:
    """What the page offered keeps its origin, and is never taken for a finding of ours."""
    _, earlier = enricher.enrich(article("earlier"), link)
    index.add(earlier)
    offered = Association(uri="https://x.example/1", title="Check", origin="source-widget")
    enriched, _ = enricher.enrich(article(associations=(offered,)), link)
    ours, theirs = enriched.enrichment.related
    assert (ours.id, ours.rel, ours.origin) == ("earlier", "duplicate", "newswire")
    assert (theirs.url, theirs.headline, theirs.origin) == (
        "https://x.example/1", "Check", "source-widget",
    )  # fmt: skip


def test_a_part_that_fails_loses_its_own_field_only(
    gazetteer: Gazetteer, background: Background, topics: Topics
) -> None:
    """A broken gazetteer and a broken index leave language, keywords and the article."""
    broken = Enricher(BrokenGazetteer("0", {}, gazetteer.lexicon, {}), background, topics)
    enriched, signature = broken.enrich(article(), failing)
    told = provenance(enriched)
    failed = {field for field, one in told.items() if one.error}
    assert failed == {
        "tags.places", "tags.people", "tags.organisations", "reactions", "related",
    }  # fmt: skip
    assert told["tags.places"].error == "ZeroDivisionError: ('', 'en')"
    assert enriched.body_text == BODY
    assert enriched.enrichment.tags.keywords
    assert signature.terms


class UnspeakableError(Exception):
    """One that fails even to tell what it is."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "error", [UnspeakableError(), KeyError("\ud83d"), ValueError("a\nb" * 10_000)]
)
def test_an_error_that_can_not_be_told_loses_no_article_either(
    enricher: Enricher, error: Exception
) -> None:
    """Provenance says as much of it as there is to say, in one short line."""

    def fails(_: Signature) -> NoReturn:
        raise error

    enriched, _ = enricher.enrich(article(), fails)
    told = provenance(enriched)["related"].error or ""
    assert told.startswith(type(error).__name__)
    assert len(told) <= 200
    assert "\n" not in told
    assert EnrichedArticle.model_validate_json(enriched.model_dump_json()) == enriched


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Word",
        "RUSSIA AND CHINA SIGN PACT. " * 50,
        "وقالت الصين واليابان. " * 50,
        "😀 " * 500,
        "<p>Chad</p>" * 100,
        "\n" * 1_000,
        "\0",
    ],
)
def test_odd_bodies_are_enriched_without_error(enricher: Enricher, link: Link, body: str) -> None:
    """Sensible or empty tags, never a failure."""
    enriched, _ = enricher.enrich(article(body=body), link)
    assert [one for one in enriched.enrichment.provenance if one.error] == []


@pytest.mark.parametrize(
    "unit",
    [
        "Foreign Minister Anna Lindqvist of Japan said “no” to the United Nations. ",
        "Aa ",
        "A.",
        "Kim ",
        "x",
        "A",
        ".",
        "?!",
        "“A. ",
        "U.S.",
        "and ",
    ],
)
def test_time_is_bounded_whatever_the_body(enricher: Enricher, link: Link, unit: str) -> None:
    """A megabyte of anything takes no longer than its beginning, and says that it was cut."""
    body = unit * (1_000_000 // len(unit))
    started = time.process_time()
    enriched, _ = enricher.enrich(article(body=body), link)
    assert time.process_time() - started < 2
    told = provenance(enriched)["tags.places"]
    assert told.error is None
    assert str(READ_CHARACTERS) in told.method


def test_the_bundled_sample_is_enriched_in_its_languages(
    enricher: Enricher, link: Link, index: RelatedIndex
) -> None:
    """Every sample article: no part fails, the language is right, copies are found."""
    copies = 0
    for number, draft in enumerate(sample.drafts()):
        body = draft.get("body_text") or draft.get("body_html") or ""
        given = article(str(number), body, headline=draft["headline"], language=None)
        enriched, signature = enricher.enrich(given, link)
        index.add(signature)
        assert [one for one in enriched.enrichment.provenance if one.error] == []
        if body and draft.get("language"):
            assert enriched.enrichment.language == draft["language"]
        copies += any(link.rel == "duplicate" for link in enriched.enrichment.related)
    assert copies >= 2
