"""Who did what, on which side: verbs with their CAMEO codes."""

import pytest

from newswire_enrich.attribution import Deed, find_deeds
from newswire_enrich.reactions.sentences import Span


def told(text: str) -> list[tuple[str, str, int]]:
    """The actor, the class of the code and the polarity of each deed."""
    return [
        (text[slice(*deed.actor)], deed.code[:2], deed.polarity) for deed in find_deeds(text, "en")
    ]


@pytest.mark.parametrize(
    ("text", "actor", "polarity"),
    [
        ("Norvia rejected the offer on Tuesday.", "Norvia", -1),
        ("The two parties agreed to share the costs.", "The two parties", 1),
        ("Sailors from Velt donated food to the island.", "Sailors from Velt", 1),
        ("The island was shelled by Norvian gunboats.", "Norvian gunboats", -1),
        ("The junta has arrested nine judges.", "The junta", -1),
        ("The court lifted the sanctions.", "The court", 1),
        ("Norvia will not accept the treaty.", "Norvia", -1),
        ("Norvia plans to impose sanctions on Velt.", "Norvia", -1),
        ("Farmers blocked the road to the port.", "Farmers", -1),
    ],
)
def test_a_deed_has_its_actor_and_its_side(text: str, actor: str, polarity: int) -> None:
    """By the verb, the words after it, its negation and what it plans."""
    assert (actor, polarity) in [(who, side) for who, _, side in told(text)]


def test_a_pronoun_means_the_actor_before() -> None:
    """What Norvia says it has done is Norvia's deed."""
    actors = {actor for actor, _, _ in told("Norvia said on Tuesday it had halted aid to Velt.")}
    assert actors == {"Norvia"}


def test_the_code_is_that_of_the_words_after_the_verb() -> None:
    """An ultimatum is a threat, a statement is none."""
    assert told("Velt issued an ultimatum.") == [("Velt", "13", -1)]
    assert told("Velt issued a statement.") != [("Velt", "13", -1)]


def test_words_within_quotes_are_no_deeds() -> None:
    """They are what somebody says was done."""
    assert [text for text, _, _ in told("“Norvia attacked Velt,” the envoy said.")] == ["the envoy"]


@pytest.mark.parametrize("text", ["", "The attack was short.", "A ban.", "Attacks", "ban"])
def test_nouns_are_no_deeds(text: str) -> None:
    """Nobody acts in them."""
    assert find_deeds(text, "en") == []


def test_spans_lie_in_the_text() -> None:
    """The verb is cut out with its auxiliaries."""
    text = "Norvia has not yet signed the treaty."
    assert find_deeds(text, "en") == [
        Deed(actor=Span(0, 6), verb=Span(7, 25), code="057", polarity=-1)
    ]
