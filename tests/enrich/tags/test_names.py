"""Names that no list holds, told by the words around them."""

import pytest

from newswire_enrich.tags.gazetteer import Gazetteer


def people(gazetteer: Gazetteer, text: str) -> list[tuple[str, str]]:
    found = gazetteer.find(text)
    return [(one.text, one.name) for one in found if one.kind == "person"]


def bodies(gazetteer: Gazetteer, text: str) -> list[tuple[str, str | None]]:
    found = gazetteer.find(text)
    return [(one.name, one.iso3) for one in found if one.kind == "organisation"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Foreign Minister Ylva Sandqvist said", "Ylva Sandqvist"),
        ("the spokesperson Jaroo Roewen declined", "Jaroo Roewen"),
        ("Minister for Health Ruthane Agbaje", "Ruthane Agbaje"),
        ("Anna Lindqvist walked home", "Anna Lindqvist"),
        ("said Marek Dostupil, chief economist at a bank", "Marek Dostupil"),
        ("said Xosel Lamelo, 34, who fishes", "Xosel Lamelo"),
        ("Prof. Jean-Pierre de la Tour wrote", "Jean-Pierre de la Tour"),
        ("President Theodore J. Hallow spoke", "Theodore J. Hallow"),
        ("Chief Executive Jamie Iannone said", "Jamie Iannone"),
        ("Chief Financial Officer Mary Roe said", "Mary Roe"),
        ("eBay Chief Executive Jamie Iannone said", "Jamie Iannone"),
    ],
)
def test_a_person_is_told_by_title_role_given_name_or_description(
    gazetteer: Gazetteer, text: str, name: str
) -> None:
    """The rules that find people whom no list knows."""
    assert people(gazetteer, text) == [(name, name)]


def test_a_surname_goes_back_to_the_full_name(gazetteer: Gazetteer) -> None:
    """One person is one tag, however the text goes on to name her."""
    text = "Spokesperson Jane Roe declined. Roe’s office was shut. Ms Roe left."
    assert people(gazetteer, text) == [
        ("Jane Roe", "Jane Roe"), ("Roe", "Jane Roe"), ("Roe", "Jane Roe"),
    ]  # fmt: skip


def test_a_korean_surname_stands_first(gazetteer: Gazetteer) -> None:
    """Kim Min-seok is Mr Kim."""
    text = "Analyst Kim Min-seok doubted it. Kim pointed to the past."
    assert people(gazetteer, text)[1] == ("Kim", "Kim Min-seok")


def test_a_listed_leader_is_found_by_surname_alone(gazetteer: Gazetteer) -> None:
    """Newsrooms name the best known without their first names."""
    assert people(gazetteer, "said Putin") == [("Putin", "Vladimir Putin")]


def test_a_common_surname_of_a_leader_needs_the_full_name_before(gazetteer: Gazetteer) -> None:
    """Not every Harris was a vice-president."""
    assert people(gazetteer, "the Harris tweed") == []
    text = "Kamala Harris spoke. Harris left."
    assert people(gazetteer, text)[1] == ("Harris", "Kamala Harris")


def test_an_office_takes_the_country_before_it(gazetteer: Gazetteer) -> None:
    """ "Swedish Foreign Minister X" is a person of Sweden."""
    found = gazetteer.find("Swedish Foreign Minister Ylva Sandqvist said")
    assert [(one.text, one.iso3) for one in found] == [
        ("Swedish", "SWE"), ("Ylva Sandqvist", "SWE"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sweden’s Defence Ministry would not explain itself", ("Defence Ministry", "SWE")),
        ("the Chinese Foreign Ministry replied late", ("Chinese Foreign Ministry", "CHN")),
        ("a study by the University of Oslo has found", ("University of Oslo", "NOR")),
        ("the Northern Kelp Association objects", ("Northern Kelp Association", None)),
        ("the U.N. met", ("United Nations", None)),
    ],
)
def test_bodies_are_told_by_list_or_by_their_kind(
    gazetteer: Gazetteer, text: str, expected: tuple[str, str | None]
) -> None:
    """Listed organisations, and those whose last word says that they are one."""
    assert bodies(gazetteer, text) == [expected]


def test_a_headline_in_title_case_names_no_more_than_it_says(gazetteer: Gazetteer) -> None:
    """Where every word is capitalised, capitals tell nothing."""
    headline = "Foreign Minister Ylva Sandqvist Rejects New Deal Before Trade Commission Votes"
    assert people(gazetteer, headline) == [("Ylva Sandqvist", "Ylva Sandqvist")]
    assert bodies(gazetteer, headline) == []


@pytest.mark.parametrize("text", ["", "Word", "A", "’s", "Mr.", "President", "I. J. K.", "أ", "🇯🇵"])
def test_odd_scraps_name_nobody(gazetteer: Gazetteer, text: str) -> None:
    """No scrap of text breaks the finder."""
    assert gazetteer.find(text) == []
