"""Languages that an identifier by letters takes for one another in a few words."""

import pytest

from newswire_enrich import neighbours
from newswire_enrich.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Grupo de pessoas ligadas por laços de sangue", "pt"),
        ("Personas unidas por lazos de sangre y matrimonio", "es"),
        ("Politiske forslag fra enkeltpersoner, der bruges af mange", "da"),
        ("Politiske forslag som brukes av mange enkeltpersoner", "no"),
        ("Politiska förslag som används av många enskilda", "sv"),
    ],
)
def test_seven_words_are_enough_to_tell_neighbours_apart(text: str, language: str) -> None:
    """A flash is no longer than that."""
    assert detect(text, None).language == language


def test_a_sure_guess_and_a_language_without_neighbours_are_left_alone() -> None:
    """The second look costs time and is for doubt alone."""
    assert not neighbours.may_mistake("pt", 0.99)
    assert not neighbours.may_mistake("ja", 0.4)


def test_the_share_of_a_neighbour_is_no_more_than_that_of_its_family() -> None:
    """A confidence stays one: 0 to 1, and low where another family is likely."""
    guess, share = neighbours.weigh("o presidente da câmara não falou", {"es": 0.3, "ro": 0.6})
    assert guess == "pt"
    assert share <= 0.3
