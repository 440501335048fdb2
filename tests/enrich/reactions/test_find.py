"""What single sentences yield: speakers, quotes, silence, modality, principals, ids."""

from collections.abc import Callable

import pytest

from newswire_common.reaction import Reaction
from newswire_enrich.reactions import find_reactions
from newswire_enrich.reactions.lexicon import lexicon_for
from newswire_enrich.tags.gazetteer import Gazetteer

React = Callable[..., list[Reaction]]


def told(reactions: list[Reaction]) -> list[tuple[str, str, str]]:
    """Who, act and stance of each."""
    return [(each.actor.iso3 or each.actor.name, each.act, each.stance) for each in reactions]


@pytest.mark.parametrize(
    ("text", "actors", "act", "stance"),
    [
        ("Neither Volkan nor Ryland commented.", ["Volkan", "Ryland"], "no_comment_yet", "none"),
        ("The White House said: “No comment.”", ["USA"], "declined_comment", "none"),
        ("The bank had no comment.", ["bank"], "declined_comment", "none"),
        (
            "Officials in Berlin and Paris would not comment.",
            ["DEU", "FRA"],
            "declined_comment",
            "none",
        ),
        (
            "The guild, which is based in Oslo, did not respond.",
            ["guild"],
            "no_comment_yet",
            "none",
        ),
        ("The guild has yet to comment.", ["guild"], "no_comment_yet", "none"),
        ("India gave a muted response.", ["IND"], "muted", "neutral"),
        ("Hundreds of farmers blocked roads near Lyon.", ["farmers"], "protest", "oppose"),
        ("According to Halden, it is “a disaster”.", ["Halden"], "statement", "oppose"),
        ("Police said nobody was hurt.", ["Police"], "statement", "neutral"),
    ],
)
def test_each_way_of_telling_a_reaction(
    react: React, text: str, actors: list[str], act: str, stance: str
) -> None:
    """Refusal, silence, muted response, protest and source are told in many ways."""
    reactions = react("Fog lay over the harbour. " + text)

    assert told(reactions) == [(actor, act, stance) for actor in actors]


@pytest.mark.parametrize(
    "text",
    [
        "The song was written by Lena Holt.",
        "The company added 400 jobs and posted record profits.",
        "A report by the firm is due in May.",
        "Ten Downing Street may continue to elude him.",
        "The minister's claims of progress, the union's calls and Japan's support are in the file.",
    ],
)
def test_no_reaction_is_made_of_other_sentences(react: React, text: str) -> None:
    """Nouns that look like verbs, and verbs that say nothing, are no reactions."""
    assert react(text) == []


def test_a_spokesperson_is_the_one_spoken_for(react: React) -> None:
    """The actor is the ministry's state; the speaker is kept beside it."""
    (reaction,) = react("A spokesperson for Japan's foreign ministry said it was “alarmed”.")

    assert reaction.actor.iso3 == "JPN"
    assert reaction.attribution.speaker == "A spokesperson for Japan's foreign ministry"
    assert reaction.attribution.role == "spokesperson"


def test_a_named_minister_is_an_actor_of_their_own(react: React) -> None:
    """The person is the actor, with role and state beside the name."""
    (reaction,) = react("Norwegian Fisheries Minister Kari Lunde welcomed the deal.")

    assert (reaction.actor.name, reaction.actor.iso3) == ("Kari Lunde", "NOR")
    assert reaction.attribution.speaker == "Kari Lunde"
    assert "Minister" in (reaction.attribution.role or "")


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("The plan was praised by Norway, Sweden and Poland.", ["NOR", "SWE", "POL"]),
        ("“It is good,” said Norway, Sweden and Poland.", ["NOR", "SWE", "POL"]),
        ("It was hailed by the union, the guild and the police.", ["union", "guild", "police"]),
        ("“It is good,” said Mira Lund, the union's leader and founder.", ["Mira Lund"]),
        ("Two lenders, Orrin Bank and Velt Bank, praised it.", ["Orrin Bank", "Velt Bank"]),
    ],
)
def test_all_of_a_list_are_actors(react: React, text: str, actors: list[str]) -> None:
    """Behind a verb as before it; a description of the one who speaks is nobody else."""
    reactions = react("Fog lay over the harbour. " + text)

    assert told(reactions) == [(actor, "statement", "support") for actor in actors]


@pytest.mark.parametrize(
    ("text", "stance", "modality"),
    [
        ("Russia said it would not accept the deal.", "oppose", "asserted"),
        ("Russia said it did not condemn the deal.", "neutral", "asserted"),
        ("If Norway had condemned the raid, it would be over.", "oppose", "hypothetical"),
        ("Few lawmakers welcomed it.", "none", "negated"),
        ("A few lawmakers welcomed it.", "support", "asserted"),
        ("“There is nothing wrong with the plan,” said Ana Duarte.", "neutral", "asserted"),
        ("“I do not think it is a mistake,” said Ana Duarte.", "neutral", "asserted"),
        ("“It is not new, but it is a mistake,” said Ana Duarte.", "oppose", "asserted"),
    ],
)
def test_what_is_denied_or_supposed_is_not_asserted(
    react: React, text: str, stance: str, modality: str
) -> None:
    """A negation reaches the word that it denies, and no further than its clause."""
    (reaction,) = react("Fog lay over the harbour. " + text)

    assert (reaction.stance, reaction.modality) == (stance, modality)


def test_a_capital_is_one_actor_with_its_country(gazetteer: Gazetteer) -> None:
    """Canberra and Australia in one article are one name; what was written is kept beside it."""
    text = "Australia praised the deal. Canberra condemned the raid."
    mentions = gazetteer.find(text)
    reactions = find_reactions(text, "", mentions, None, "en", gazetteer.countries)

    assert [(each.actor.name, each.actor.mention) for each in reactions] == [
        ("Australia", "Australia"), ("Australia", "Canberra"),
    ]  # fmt: skip


def test_wrapped_lines_are_one_sentence(react: React) -> None:
    """Copy that is wrapped at a column loses neither subject nor quote at a line's end."""
    text = (
        "After three days of talks in the old town hall the government of\n"
        "Norway condemned the raid. “We will not accept it and we will go to\n"
        "Geneva,” said coach Ana Duarte."
    )
    first, second = react(text)

    assert (first.actor.iso3, first.stance) == ("NOR", "oppose")
    assert second.quote
    assert second.quote.exact == text[second.quote.start : second.quote.end]
    assert second.quote.exact.endswith("go to\nGeneva,")


def test_a_chain_of_reports_names_the_reporter(react: React) -> None:
    """In "X said that Y had condemned it", the reaction is Y's; X only reports it."""
    (norway,) = react("Analyst Tom Berg said that Norway had condemned the raid.")

    assert norway.actor.iso3 == "NOR"
    assert norway.attribution.reported_by == "Tom Berg"
    assert norway.modality == "historical"


def test_a_quote_goes_on_after_its_attribution(react: React) -> None:
    """A second quote without a speaker is the same speaker's, at lower confidence."""
    first, second = react("“We lost,” said coach Ana Duarte. “The referee was a disgrace.”")

    assert first.actor == second.actor
    assert second.verb is None
    assert second.evidence.confidence < first.evidence.confidence
    assert second.quote
    assert second.quote.exact == "The referee was a disgrace."


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("The union may sue the port.", "hypothetical"),
        ("The union will boycott the talks.", "future"),
        ("The union is expected to protest on Monday.", "future"),
        ("The union had condemned the plan.", "historical"),
        ("The union refused to condemn the plan.", "negated"),
        ("The union refused to accept the plan.", "asserted"),
        ("The union has condemned the plan.", "asserted"),
    ],
)
def test_modality_is_kept_apart_from_the_act(react: React, text: str, modality: str) -> None:
    """What may, will, or did not happen is never asserted."""
    (reaction,) = react("Fog lay over the harbour. " + text)

    assert reaction.modality == modality


def test_a_negated_reaction_has_no_polarity(react: React) -> None:
    """Not to condemn is not to approve."""
    (reaction,) = react("China did not condemn the launch.")

    assert (reaction.stance, reaction.polarity, reaction.codes.schema_org) == ("none", None, None)


def test_two_verbs_that_take_two_sides_are_two_reactions(react: React) -> None:
    """Praise and blame by one actor are two records, with ids of their own."""
    first, second = react("The guild welcomed the money but criticised the paperwork.")

    assert (first.stance, second.stance) == ("support", "oppose")
    assert first.id != second.id


def test_one_judgment_with_two_sides_is_mixed(react: React) -> None:
    """Both sides in one act of speech make one record."""
    (reaction,) = react("The guild called the sentence harsh but deserved.")

    assert (reaction.stance, reaction.polarity) == ("mixed", 0)


def test_whoever_made_the_news_does_not_react_to_it(react: React) -> None:
    """The subject of headline and lead is a principal, also under other names."""
    headline = "Estonia expels two diplomats"
    text = "Estonia expelled two diplomats on Friday. Tallinn said it was right. Latvia backed it."

    assert told(react(text, headline)) == [("LVA", "endorsement", "support")]


def test_a_headline_that_tells_a_reaction_has_no_principal(react: React) -> None:
    """ "Union slams …" is the reaction itself."""
    text = "The Harbour Union slammed the port's plan on Monday."

    assert told(react(text, "Harbour Union slams plan")) == [
        ("Harbour Union", "statement", "oppose")
    ]


def test_ids_survive_edits_elsewhere_in_the_text(react: React) -> None:
    """An id is made of actor, act and evidence text, not of offsets."""
    sentence = "Norway condemned the raid. Sweden has not commented."
    before = react(sentence)
    after = react("Fog lay over the harbour.\n\n" + sentence.replace(". ", ".\n\n"))

    assert [each.id for each in before] == [each.id for each in after]
    assert before[0].evidence.start != after[0].evidence.start


def test_a_sentence_printed_twice_counts_once(react: React) -> None:
    """The same actor, act and words are one reaction."""
    assert len(react("Norway condemned the raid. Norway condemned the raid.")) == 1


def test_every_record_says_where_it_comes_from(react: React) -> None:
    """Method, version, confidence and the sentence are on each record."""
    text = "Fog lay over the harbour. Norway condemned the raid."
    (reaction,) = react(text)

    evidence = reaction.evidence
    assert text[evidence.start : evidence.end] == "Norway condemned the raid."
    assert (evidence.method, evidence.version) == ("reactions.rules.en", "1")
    assert 0 < evidence.confidence <= 1
    assert reaction.verb
    assert text[reaction.verb.start : reaction.verb.end] == "condemned"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Am Montag verurteilte Japan den Test.", ("JPN", "statement", "oppose")),
        ("de", "Österreich hat den Beschluss scharf kritisiert.", ("AUT", "statement", "oppose")),
        (
            "de",
            "Polen hat am 3. Oktober den Test scharf verurteilt.",
            ("POL", "statement", "oppose"),
        ),
        (
            "de",
            "Eine Sprecherin der Europäischen Fährbank lehnte eine Stellungnahme ab.",
            ("Europäischen Fährbank", "declined_comment", "none"),
        ),
        ("de", "Polen hat sich noch nicht geäußert.", ("POL", "no_comment_yet", "none")),
        ("de", "Polen wollte sich nicht äußern.", ("POL", "declined_comment", "none")),
        ("fr", "L'Espagne a salué l'accord.", ("ESP", "statement", "support")),
        ("fr", "Le Kenya n'a pas encore réagi.", ("KEN", "no_comment_yet", "none")),
        ("fr", "« C'est injuste », a dénoncé l'Espagne.", ("ESP", "statement", "oppose")),
        ("es", "Lima rechazó la medida.", ("PER", "statement", "oppose")),
        ("es", "Kenia no quiso hacer declaraciones.", ("KEN", "declined_comment", "none")),
    ],
)
def test_word_order_of_other_languages(
    react: React, language: str, text: str, expected: tuple[str, str, str]
) -> None:
    """Verbs before their subjects and at the end of the clause are read as well."""
    assert told(react(text, "", language)) == [expected]


@pytest.mark.parametrize("language", ["sw", "zh-Hans", "xx"])
def test_a_language_without_rules_yields_nothing(react: React, language: str) -> None:
    """English rules are not tried on other languages."""
    assert react("Norway condemned the raid.", "", language) == []


def test_no_language_tag_costs_memory_or_time(react: React) -> None:
    """A source may invent as many regions as it likes: the rules are read once a language."""
    assert react("Norway condemned the raid.", "", "en-AA") != []
    read = lexicon_for("en")

    assert all(lexicon_for(f"EN-x-{number}") is read for number in range(3))


def test_a_language_tag_with_a_region_is_its_language(react: React) -> None:
    """ "en-GB" is English, and an unknown language is taken for English."""
    text = "Norway condemned the raid."

    assert told(react(text, "", "en-GB")) == told(react(text, "", None)) != []
