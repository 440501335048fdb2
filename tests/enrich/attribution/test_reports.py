"""What is told without quotation marks: speech, thought, wish and attitude, and by whom."""

from collections.abc import Callable

import pytest

from newswire_enrich.attribution import find_attributions

Told = tuple[str | None, str, tuple[str, ...]]
Tell = Callable[[str], list[Told]]

REPORTED = {
    "a clause with that": (
        "The harbour master said that the ferry had sunk.",
        ("The harbour master", "said", ("that the ferry had sunk",)),
    ),
    "a clause without": (
        "Holt says the ferry had sunk.",
        ("Holt", "says", ("the ferry had sunk",)),
    ),
    "the clause first": (
        "The ferry had sunk within minutes, two witnesses said on Friday.",
        ("two witnesses", "said", ("The ferry had sunk within minutes",)),
    ),
    "inserted": (
        "The ferry, Holt said, had sunk.",
        ("Holt", "said", ("The ferry", "had sunk")),
    ),
    "somebody told": (
        "Holt told the council on Monday that the ferry had sunk.",
        ("Holt", "told", ("that the ferry had sunk",)),
    ),
    "a thought": (
        "Most voters believe the bridge is safe.",
        ("Most voters", "believe", ("the bridge is safe",)),
    ),
    "a wish": (
        "The union wants to strike.",
        ("The union", "wants", ("to strike",)),
    ),
    "a refusal": (
        "The airline has repeatedly refused to pay.",
        ("The airline", "has repeatedly refused", ("to pay",)),
    ),
    "an attitude": (
        "Teachers oppose the new timetable.",
        ("Teachers", "oppose", ("the new timetable",)),
    ),
    "a verb with a particle": (
        "The mayor called for a new bridge.",
        ("The mayor", "called for", ("a new bridge",)),
    ),
    "according to": (
        "The bridge is safe, according to the inspectors.",
        ("the inspectors", "according to", ("The bridge is safe",)),
    ),
    "according to, first": (
        "According to the inspectors, the bridge is safe.",
        ("the inspectors", "According to", ("the bridge is safe",)),
    ),
    "a noun": (
        "Since then his claim that the bridge was safe has been tested.",
        ("his", "claim", ("that the bridge was safe has been tested",)),
    ),
    "an adjective": (
        "Engineers were confident that the bridge would hold.",
        ("Engineers", "were confident", ("that the bridge would hold",)),
    ),
    "a relative": (
        "Residents who fear that the bridge will fall met on Sunday.",
        ("who", "fear", ("that the bridge will fall met on Sunday",)),
    ),
    "a verb that carries another": (
        "Lund continued to insist that the bridge was safe.",
        ("Lund", "continued to insist", ("that the bridge was safe",)),
    ),
    "nobody named": (
        "The bridge is expected to open in May.",
        (None, "is expected", ("to open in May",)),
    ),
}


@pytest.mark.parametrize(("text", "wanted"), REPORTED.values(), ids=REPORTED.keys())
def test_what_is_reported_goes_to_its_source(tell: Tell, text: str, wanted: Told) -> None:
    """By verb, noun, adjective or "according to", before or after its content."""
    assert wanted in tell(text)


def test_a_participle_has_the_subject_of_the_clause_before(tell: Tell) -> None:
    """Both are the union's."""
    assert tell("The union criticised the plan, saying that it was late.") == [
        ("The union", "criticised", ("the plan",)),
        ("The union", "saying", ("that it was late",)),
    ]


def test_a_participle_without_one_has_the_subject_of_the_sentence(tell: Tell) -> None:
    """Beyond "In Lyon on Monday,"."""
    text = "In Lyon on Monday, the union walked out, arguing that the plan was late."
    assert tell(text) == [("the union", "arguing", ("that the plan was late",))]


def test_what_somebody_said_of_another_is_theirs_alone(tell: Tell) -> None:
    """A word belongs to one attribution, the outer one."""
    assert tell("Holt said that Lund thinks the bridge is safe.") == [
        ("Holt", "said", ("that Lund thinks the bridge is safe",))
    ]


def test_a_clause_of_its_own_ends_the_content_before(tell: Tell) -> None:
    """Of two speakers in a sentence each has their words."""
    assert tell("Holt said the bridge was safe, but Lund warned that it was not.") == [
        ("Holt", "said", ("the bridge was safe",)),
        ("Lund", "warned", ("that it was not",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The claims of the insurers were paid in March.",
        "A report of the accident was found in the archive.",
        "The call was short.",
        "Prices rose by a third.",
        "The attacks lasted a week.",
        "Its demands and its offers filled two pages.",
        "He was told.",
        "",
        "\n\n",
    ],
)
def test_nouns_that_look_like_cues_attribute_nothing(tell: Tell, text: str) -> None:
    """They are the main source of false attributions."""
    assert tell(text) == []


def test_a_language_without_rules_yields_nothing() -> None:
    """English rules on Polish words would find nonsense."""
    assert find_attributions("Holt said the bridge was safe.", "pl") == []
    assert find_attributions("Holt said the bridge was safe.", "en-GB")
