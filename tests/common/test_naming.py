"""When names are the same, what they are in a URL, and which words a text has."""

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_common.countries import ISO3
from newswire_common.naming import MAX_SLUG, folded, phrase, slug_of, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("World", "world"),
        ("  Arts & Culture ", "arts culture"),
        ("Dockers’ Union", "dockers union"),
        ("ＮＡＴＯ\u00a0Parliament", "nato parliament"),
        ("STRASSE straße", "strasse strasse"),
        ("हिन्दी समाचार", "हिन्दी समाचार"),
        ("E\u0301conomie", "économie"),
        ("-_!", ""),
    ],
)
def test_names_are_compared_by_their_words(text: str, expected: str) -> None:
    """Case, width, punctuation and normal forms make no other name."""
    assert words(text) == expected


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_and_parting_settle_at_once(text: str) -> None:
    """What was made comparable once stays as it is."""
    assert folded(folded(text)) == folded(text)
    assert words(words(text)) == words(text)
    assert phrase(phrase(text)) == phrase(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_names_with_the_same_words_have_one_slug(text: str) -> None:
    """A filter and a feed can not disagree on what a name is."""
    assert slug_of(words(text)) == slug_of(text)
    assert len(slug_of(text)) <= MAX_SLUG
    assert slug_of(text) == slug_of(text).lower()


@pytest.mark.parametrize(
    ("name", "slug"), [("Κόσμος Νέα", "κόσμος-νέα"), ("ΚΌΣΜΟΣ", "κόσμος"), ("Straße", "strasse")]
)
def test_a_slug_is_written_as_its_readers_write(name: str, slug: str) -> None:
    """Greek words end as Greek words do, though comparing knows but one sigma."""
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("needle", "text", "found"),
    [
        ("pact", "The pact: signed", True),
        ("pact", "impact", False),
        ("grave concerns", "“grave\nconcerns”", True),
        ("協定", "日中協定が", True),
        ("ข่าว", "สำนักข่าวไทย", True),
        ("협정", "협정을", False),
        ("日 NATO", "日NATO", True),
    ],
)
def test_words_are_found_as_words(needle: str, text: str, found: bool) -> None:
    """No word is found within another, and scripts without spaces are searched too."""
    assert (phrase(needle) in phrase(text)) is found


def test_the_codes_of_countries_are_those_that_enrich_finds() -> None:
    """A country that articles are tagged with can be asked for."""
    listed = (files("newswire_enrich.data") / "lists" / "countries.txt").read_text("utf-8")
    rows = [line for line in listed.splitlines() if line and not line.startswith("#")]
    assert {row.split("|")[0].strip() for row in rows} == ISO3
