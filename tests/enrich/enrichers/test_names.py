"""From a model's spans to tags: canonical where the lists agree, trimmed, and never overlapping."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers.names import READ_CHARACTERS, Name, derived, mentions
from newswire_enrich.tags.gazetteer import Gazetteer

BODY = "The Zyx Corp.'s Ann Teak met the United Nations in Japan. Jordan Zed of Peru spoke."


def at(word: str, kind: str) -> Name:
    start = BODY.index(word)
    return Name(start, start + len(word), kind)  # type: ignore[arg-type]  # of a test's table


def test_articles_and_possessives_are_no_part_of_a_name() -> None:
    """A body has one name, however the sentence goes on."""
    (found, _) = mentions(
        BODY, [at("The Zyx Corp.'s", "organisation"), at("Ann Teak", "person")], []
    )
    assert (found.name, BODY[found.start : found.end]) == ("Zyx Corp.", "Zyx Corp.")


def test_what_the_lists_know_has_its_name_and_country_from_there(gazetteer: Gazetteer) -> None:
    """Feeds of one body are one, whichever tagger found it."""
    text = "Talks with Emmanuel Macron failed."
    (listed,) = gazetteer.find(text, "en")
    (found,) = mentions(text, [Name(listed.start, listed.end, "person")], [listed])
    assert found == listed
    assert found.iso3 == "FRA"


def test_a_place_within_a_persons_name_is_none(
    gazetteer: Gazetteer, make: Callable[..., EnrichedArticle]
) -> None:
    """Whom the model takes for a person, the gazetteer does not take for a country."""
    names = [at("Jordan Zed", "person"), at("the United Nations", "organisation")]
    tags = derived(make(body=BODY), [], names, gazetteer, "a model")
    value = {field: [one.name for one in tags[field].value] for field in tags}  # type: ignore[attr-defined]  # tags
    assert value == {
        "tags.people": ["Jordan Zed"],
        "tags.organisations": ["United Nations"],
        "tags.places": ["Japan", "Peru"],
    }


def test_what_was_cut_is_said(gazetteer: Gazetteer, make: Callable[..., EnrichedArticle]) -> None:
    """The end of a long body is not read, and provenance says so."""
    tags = derived(make(body="word " * READ_CHARACTERS), [], [], gazetteer, "a model")
    assert all(str(READ_CHARACTERS) in one.method for one in tags.values())


@given(
    text=st.text(alphabet="aB ’'s.the\n", max_size=40),
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))),
)
def test_mentions_cut_themselves_out_of_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """Whatever spans a model gives: in order, within the text, none over another."""
    names = [Name(*sorted(span), "person") for span in spans if max(span) <= len(text)]
    found = mentions(text, names, [])
    assert all(text[one.start : one.end] == one.text and one.text for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
