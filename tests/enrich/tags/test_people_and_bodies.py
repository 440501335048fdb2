"""The tags for people and organisations."""

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.organisations import organisations
from newswire_enrich.tags.people import people


def found(gazetteer: Gazetteer, body: str, headline: str = "") -> Found:
    return Found(gazetteer.find(headline), gazetteer.find(body))


def counts(tags: tuple[Named, ...]) -> dict[str, int]:
    return {tag.name: tag.mentions for tag in tags}


def test_all_ways_to_name_a_person_count_as_one(gazetteer: Gazetteer) -> None:
    """Full name, surname and headline make one tag."""
    mentions = found(
        gazetteer,
        "Spokesperson Jane Roe spoke. Roe left. Vladimir Putin stayed; Putin slept.",
        headline="Putin waits",
    )
    assert counts(people(mentions.of("person"))) == {"Vladimir Putin": 3, "Jane Roe": 2}


def test_a_surname_before_the_full_name_still_counts(gazetteer: Gazetteer) -> None:
    """ "Mr Smith" on top is the John Smith below."""
    mentions = found(gazetteer, "Nobody saw Mr Smith leave. The lawyer John Smith came back.")
    assert counts(people(mentions.of("person"))) == {"John Smith": 2}


def test_a_bare_surname_that_is_never_explained_does_not_tag(gazetteer: Gazetteer) -> None:
    """A feed of "Smith" would be of no use to anybody."""
    assert people(found(gazetteer, "Nobody saw Mr Smith leave the house.").of("person")) == ()


def test_headline_and_body_name_one_person_although_only_one_says_of_where(
    gazetteer: Gazetteer,
) -> None:
    """The office that tells a country stands in one of them."""
    (tag,) = people(
        found(
            gazetteer, "Norwegian Prime Minister Anna Lunde spoke.", headline="Anna Lunde to go"
        ).of("person")
    )
    assert (tag.name, tag.iso3, tag.mentions) == ("Anna Lunde", "NOR", 2)


def test_acronym_and_full_name_are_one_organisation(gazetteer: Gazetteer) -> None:
    """UN, U.N. and United Nations."""
    mentions = found(gazetteer, "The United Nations met. The U.N. (or UN) voted. NATO did not.")
    assert counts(organisations(mentions.of("organisation"))) == {"United Nations": 3, "NATO": 1}


def test_a_ministry_without_a_country_does_not_tag(gazetteer: Gazetteer) -> None:
    """Every country has a Foreign Ministry."""
    mentions = found(gazetteer, "The Foreign Ministry refused to say anything more about it.")
    assert organisations(mentions.of("organisation")) == ()
