"""Names that neither list nor rule tells, judged by the words in and around them (English)."""

from itertools import pairwise

import pytest

from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Mention
from newswire_enrich.tags.organisations import organisations

PLAIN = " The meeting in the small town hall was long, and nothing was agreed on by anybody there."


def found(gazetteer: Gazetteer, text: str, language: str | None = "en") -> list[Mention]:
    return gazetteer.find(text + PLAIN, language)


def named(mentions: list[Mention], kind: str) -> set[str]:
    return {one.name for one in mentions if one.kind == kind}


def test_a_person_of_an_unknown_given_name_is_told_by_the_words_around(
    gazetteer: Gazetteer,
) -> None:
    """Nobody's list has every name of the world."""
    mentions = found(gazetteer, "He was succeeded by Tuomari Vesikansa, who was born in 1961.")
    assert named(mentions, "person") == {"Tuomari Vesikansa"}


def test_an_acronym_is_the_body_whose_initials_it_has(gazetteer: Gazetteer) -> None:
    """One body, one tag, however the text goes on to name it."""
    text = "It joined the Kelp Growers Federation (KGF) in May. The KGF has offices in the town."
    assert named(found(gazetteer, text), "organisation") == {"Kelp Growers Federation"}


def test_a_body_takes_the_place_that_its_name_begins_with(gazetteer: Gazetteer) -> None:
    """The "Oslo Fishing Society" is no "Fishing Society" of somewhere."""
    (body,) = (
        one
        for one in found(gazetteer, "She chairs the Oslo Fishing Society, a charity.")
        if one.kind == "organisation"
    )
    assert (body.name, body.iso3) == ("Oslo Fishing Society", "NOR")


def test_a_given_name_before_a_kind_of_body_is_no_person(gazetteer: Gazetteer) -> None:
    """The "Anna Lund Foundation" is a body."""
    mentions = found(gazetteer, "Money came from the Anna Lund Foundation in the spring.")
    assert named(mentions, "person") == set()
    assert named(mentions, "organisation") == {"Anna Lund Foundation"}


@pytest.mark.parametrize("language", ["de", None])
def test_other_languages_are_left_to_list_and_rules(
    gazetteer: Gazetteer, language: str | None
) -> None:
    """Every German noun has a capital: the weights of English prose say nothing there."""
    text = "Der Vorstand der Vereinigung traf sich im Rathaus mit dem Kreisverband der Region."
    assert gazetteer.find(text, language) == []


@pytest.mark.parametrize(
    "text", ["Every Word Here Begins With Capital Letters Alone", "A&B&C", "&"]
)
def test_a_text_in_title_case_names_nobody(gazetteer: Gazetteer, text: str) -> None:
    """Capitals that stand everywhere tell nothing."""
    assert gazetteer.find(text, "en") == []


def test_mentions_are_cut_out_of_the_text_and_do_not_overlap(gazetteer: Gazetteer) -> None:
    """Evidence can be read back, curly apostrophes and all."""
    text = (
        "The Oslo Fishing Society’s chair, Tuomari Vesikansa, spoke. Members of The Blue Herons, "
        "a band, and the University of Oslo’s own Kelp Growers Federation listened to Vesikansa."
    )
    mentions = gazetteer.find(text, "en")
    assert all(text[one.start : one.end] == one.text for one in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


def test_a_ministry_named_again_is_that_of_the_country_told_before(gazetteer: Gazetteer) -> None:
    """ "The Foreign Ministry" is the only one that the text speaks of."""
    text = "The Chinese Foreign Ministry objected to it. On Monday the Foreign Ministry was silent."
    (tag,) = organisations(Found([], found(gazetteer, text)).of("organisation"))
    assert (tag.name, tag.iso3, tag.mentions) == ("Chinese Foreign Ministry", "CHN", 2)


def test_of_two_ministries_a_third_mention_is_neither(gazetteer: Gazetteer) -> None:
    """Where two countries' ministries speak, "the Foreign Ministry" stays nobody's."""
    text = (
        "The Chinese Foreign Ministry objected to it, and the Swedish Foreign Ministry did not. "
        "On Monday the Foreign Ministry was silent."
    )
    tags = organisations(Found([], found(gazetteer, text)).of("organisation"))
    assert {(tag.iso3, tag.mentions) for tag in tags} == {("CHN", 1), ("SWE", 1)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Rat der Europäischen Zentralbank tagte.", "de"),
        ("La Banque centrale européenne a parlé.", "fr"),
        ("El Banco Central Europeo calló.", "es"),
    ],
)
def test_a_listed_body_is_found_in_other_languages_and_cases(
    gazetteer: Gazetteer, text: str, language: str
) -> None:
    """One European Central Bank, whatever the language and the case."""
    assert named(gazetteer.find(text, language), "organisation") == {"European Central Bank"}
