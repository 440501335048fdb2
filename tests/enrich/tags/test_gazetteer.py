"""Names of the list: found where they stand, and only where they are what they look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Mention

NAMES = st.sampled_from([
    "South Korea", "North Korean", "U.S.", "the White House", "Kim Jong Un", "Côte d’Ivoire",
    "Xi’an", "Türkei", "NATO", "Brussels", "Foreign Minister Anna Lindqvist", "الصين",
])  # fmt: skip
GAZETTEER = Gazetteer.load()  # hypothesis and fixtures do not mix
GLUE = st.text(max_size=12)


def countries(mentions: list[Mention]) -> list[str | None]:
    return [mention.iso3 for mention in mentions if mention.kind == "place"]


@given(st.lists(st.one_of(NAMES, GLUE, st.sampled_from([" ", ". ", "’s ", "\n", "\n\n", "😀"]))))
def test_every_mention_is_the_very_text_that_its_offsets_cut(parts: list[str]) -> None:
    """Offsets count code points of the text as given, whatever stands around a name."""
    text = "".join(parts)
    mentions = GAZETTEER.find(text)
    assert all(text[one.start : one.end] == one.text for one in mentions)


@given(st.lists(st.one_of(NAMES, GLUE, st.sampled_from([" ", " of ", ", "]))))
def test_mentions_come_in_order_and_do_not_overlap(parts: list[str]) -> None:
    """Who counts or attributes mentions needs no check of their order."""
    mentions = GAZETTEER.find("".join(parts))
    ends = [0, *(one.end for one in mentions)]
    assert all(end <= one.start for end, one in zip(ends, mentions, strict=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Japan and South Korea", ["JPN", "KOR"]),
        ("South\nKorea’s army", ["KOR"]),
        ("Côte d'Ivoire, Côte d’Ivoire and the Ivory Coast", ["CIV", "CIV", "CIV"]),
        ("the U.S., the US, the USA and America", ["USA", "USA", "USA", "USA"]),
        ("the U.K. and the UK", ["GBR", "GBR"]),
        ("a U.S.-led and Russia-backed, non-US force", ["USA", "RUS", "USA"]),
        ("Nigerians in Niger", ["NGA", "NER"]),
        ("Czechs in the Czech Republic", ["CZE", "CZE"]),
        ("the Dutch and the Swiss", ["NLD", "CHE"]),
        ("Seoul, Pyongyang, Tokyo and Beijing", ["KOR", "PRK", "JPN", "CHN"]),
        ("the Kremlin, Downing Street and the White House", ["RUS", "GBR", "USA"]),
        ("the United States and its Asian allies", ["USA"]),
        ("Turkey, Chad and Jordan", ["TUR", "TCD", "JOR"]),
    ],
)
def test_countries_are_found_by_name_demonym_capital_and_seat(
    gazetteer: Gazetteer, text: str, expected: list[str]
) -> None:
    """A country is meant by each of the words that newsrooms use for it."""
    assert countries(gazetteer.find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "please polish the turkey for us",
        "may they come in march",
        "Chad Smith plays the drums",
        "Michael Jordan and Jack London",
        "the Gulf of Mexico and South America",
        "the U.S.S.R. fell",
        "US$5 million and @US_Open",
        "Omanisation and Japanned boxes",
        "Native Americans",
    ],
)
def test_words_that_only_look_like_a_country_are_none(gazetteer: Gazetteer, text: str) -> None:
    """A wrong country in a feed is worse than a missing one."""
    assert countries(gazetteer.find(text)) == []


def test_georgia_is_the_country_unless_the_text_speaks_of_america(gazetteer: Gazetteer) -> None:
    """Two Georgias: the company it keeps decides."""
    assert countries(gazetteer.find("Moldova and Georgia applied")) == ["MDA", "GEO"]
    assert countries(gazetteer.find("In Georgia the United States votes")) == ["USA"]
    assert "GEO" in countries(gazetteer.find("the US and Georgia, said Georgian officials"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Türkei und Russlands Präsident", ["TUR", "RUS"]),
        ("La Corée du Nord et les États-Unis", ["PRK", "USA"]),
        ("Estados Unidos y Japón", ["USA", "JPN"]),
        ("o Reino Unido e a Alemanha", ["GBR", "DEU"]),
        ("la Svizzera e il Giappone", ["CHE", "JPN"]),
        ("Zuid-Korea en Frankrijk", ["KOR", "FRA"]),
        ("وقالت الصين واليابان وروسيا", ["CHN", "JPN", "RUS"]),
    ],
)
def test_countries_are_found_in_the_languages_of_the_list(
    gazetteer: Gazetteer, text: str, expected: list[str]
) -> None:
    """Names of CLDR in seven languages, Arabic ones also behind the words written to them."""
    assert countries(gazetteer.find(text)) == expected


def test_the_language_settles_a_word_of_two_languages(gazetteer: Gazetteer) -> None:
    """ "Island" is Iceland in German and a piece of land in English."""
    text = "Die Aschewolke aus Island zieht weiter"
    assert countries(gazetteer.find(text, "de")) == ["ISL"]
    assert countries(gazetteer.find("Long Island", "en")) == []


def test_a_metonym_keeps_its_own_name_beside_the_country(gazetteer: Gazetteer) -> None:
    """A reaction of "Seoul" can say both who was named and who is meant."""
    (mention,) = gazetteer.find("said Seoul.")
    assert (mention.name, mention.form, mention.iso3) == ("Seoul", "metonym", "KOR")


def test_brussels_speaks_for_the_union(gazetteer: Gazetteer) -> None:
    """What Brussels says is said by the EU, not by Belgium."""
    (mention,) = gazetteer.find("Brussels will reply")
    assert (mention.name, mention.kind, mention.form) == (
        "European Union", "organisation", "metonym",
    )  # fmt: skip


def test_a_short_acronym_in_a_shouted_line_needs_support(gazetteer: Gazetteer) -> None:
    """In capitals "WHO" and "US" are words."""
    assert gazetteer.find("WHO IS GOING TO LEAVE US ALONE") == []
    found = gazetteer.find("NORTH KOREA AND RUSSIA SIGN PACT AT LAST")
    assert countries(found) == ["PRK", "RUS"]


def test_a_lone_surrogate_does_not_move_offsets(gazetteer: Gazetteer) -> None:
    """Text that no valid source can send still gives true offsets."""
    text = "\ud83d Japan \udc00"
    assert [text[one.start : one.end] for one in gazetteer.find(text)] == ["Japan"]
