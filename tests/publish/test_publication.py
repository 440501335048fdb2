"""The pure decision: what an article is to its readers, and where it belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle
from newswire_common.naming import MAX_SLUG, slug_of
from newswire_publish.library.publication import (
    MAX_FEEDS,
    Publication,
    feeds_of,
    publication,
)
from tests.publish.desk import enriched, killed


def decided(article: EnrichedArticle) -> Publication:
    return publication(article, accepted_ms=1, trace=b"", body=b"the body as it came")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("World", "world"),
        ("Arts & Culture", "arts-culture"),
        ("  --Économie/Été--  ", "économie-été"),
        ("ＷＯＲＬＤ", "world"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("feed-1", "feed-1"),
        ("Formula 1", "formula-1"),
        ("../../etc", "etc"),
        ("!!!", ""),
    ],
)
def test_a_slug_is_lower_case_letters_joined_by_hyphens(name: str, slug: str) -> None:
    """Whatever a source calls its section, the feed's name can stand in a URL."""
    assert slug_of(name) == slug


@given(st.text(max_size=400))
def test_a_slug_of_anything_is_bounded_and_its_own_slug(name: str) -> None:
    """No name breaks out of its place in a key or a URL, and slugs are stable."""
    slug = slug_of(name)
    assert len(slug) <= MAX_SLUG
    assert not set(slug) & set("/:{}. \n\0")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


def test_an_article_is_in_all_its_section_its_source_and_its_places() -> None:
    """Every feed that a subscriber may choose carries the article, once."""
    places = [{"name": "Japan", "iso3": "JPN"}, {"name": "Nippon", "iso3": "JPN"}, {"name": "Oz"}]
    article = enriched(section="World", enrichment={"tags": {"places": places}})
    assert feeds_of(article) == ("all", "section/world", "source/agency", "place/JPN")


def test_an_article_of_very_many_places_is_in_a_bounded_number_of_feeds() -> None:
    """One article can not make the server write without end."""
    codes = [f"{a}{b}X" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"]
    places = [{"name": code, "iso3": code} for code in codes]
    assert len(feeds_of(enriched(enrichment={"tags": {"places": places}}))) == MAX_FEEDS


def test_what_has_no_section_has_no_section_feed() -> None:
    """There is never a feed without a name."""
    assert feeds_of(enriched(section="!!!")) == ("all", "source/agency")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "updated"),
        ({"revision_kind": "correction"}, "corrected"),
        ({"revision_kind": "kill"}, "withdrawn"),
        ({"revision_kind": "takedown"}, "withdrawn"),
        ({"pub_status": "canceled"}, "withdrawn"),
        ({"pub_status": "withheld"}, "withdrawn"),
    ],
)
def test_the_kind_follows_status_and_revision(fields: dict[str, str], kind: str) -> None:
    """Subscribers can tell a correction from an update, and a withdrawal from both."""
    assert decided(enriched(**fields)).kind == kind


def test_the_document_is_stored_as_it_came() -> None:
    """What enrich wrote is what readers get, without a second encoding."""
    assert decided(enriched()).body == b"the body as it came"


def test_a_tombstone_has_none_of_the_article_s_words() -> None:
    """A killed text is nowhere in what is kept of it, and what is kept is still an article."""
    article = killed(
        headline="LIBEL", body_text="LIBEL", body_html="LIBEL", summary="LIBEL", by="LIBEL",
        people=["LIBEL"], ed_note="legal reasons", canonical_url="https://agency.example/1",
        enrichment={"tags": {"people": [{"name": "LIBEL"}]}, "related": [{"headline": "LIBEL"}]},
    )  # fmt: skip
    body = decided(article).body
    assert b"LIBEL" not in body
    kept = EnrichedArticle.model_validate_json(body)
    assert (kept.id, kept.version, kept.pub_status) == (article.id, 2, "canceled")
    assert kept.ed_note == "legal reasons"


def test_an_embargo_for_a_day_ends_as_the_day_begins_in_utc() -> None:
    """A date without a time is the first instant of that day."""
    embargo = {"value": "2026-11-24", "precision": "day"}
    assert decided(enriched(embargoed_until=embargo)).embargo_ms == 1_795_478_400_000


def test_an_embargo_that_is_no_date_is_an_error() -> None:
    """What can not be understood is never published by accident."""
    with pytest.raises(ValueError, match="soon"):
        decided(enriched(embargoed_until={"value": "soon", "precision": "day"}))
