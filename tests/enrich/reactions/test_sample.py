"""The sample article yields the table of reactions that the project promises."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from newswire_common.reaction import Reaction, When
from newswire_enrich.reactions import find_reactions, summarise
from newswire_enrich.tags.gazetteer import Gazetteer

DATA = os.environ.get("NEWSWIRE_TEST_DATA")
NAME = "000_18dfdd139e4c5954.txt"
PUBLISHED = When(value="2024-06-20", precision="day")

pytestmark = pytest.mark.skipif(
    not DATA, reason="NEWSWIRE_TEST_DATA does not say where the outside data is"
)
Find = Callable[[str, str], Reaction]


@pytest.fixture(scope="module")
def body() -> str:
    """The paragraphs between the date line and the comment form."""
    page = (Path(DATA or ".").parent / "samples" / NAME).read_text(encoding="utf-8")
    paragraphs = [line for line in page.split("\n") if line.strip()]
    form = next(i for i, line in enumerate(paragraphs) if line.startswith("Leave a Reply"))
    return "\n\n".join(paragraphs[3:form])


@pytest.fixture(scope="module")
def reactions(body: str, gazetteer: Gazetteer) -> list[Reaction]:
    """What is found in the body."""
    headline = "Russia and North Korea Sign Mutual Defense Pact"
    return find_reactions(body, headline, gazetteer.find(body), PUBLISHED, "en")


@pytest.fixture
def find(reactions: list[Reaction]) -> Find:
    """``find(mention, act)``: the one reaction of that actor and act."""

    def find(mention: str, act: str) -> Reaction:
        found = [
            each
            for each in reactions
            if each.actor.mention.removeprefix("the ") == mention and each.act == act
        ]
        assert len(found) == 1, found
        return found[0]

    return find


def test_japan_states_grave_concerns_in_its_own_words(find: Find, body: str) -> None:
    """The quote's offsets cut its very words out of the body."""
    japan = find("Japan", "statement")

    assert (japan.actor.iso3, japan.stance, japan.polarity) == ("JPN", "concern", -1)
    assert (japan.intensity, japan.intensity_cue, japan.codes.cameo) == (3, "grave", "012")
    assert japan.quote
    assert japan.quote.kind == "partial"
    assert body[japan.quote.start : japan.quote.end] == "grave concerns" == japan.quote.exact
    assert japan.quote.prefix.endswith("has expressed “")
    assert japan.quote.suffix.startswith("” regarding")


@pytest.mark.parametrize(("mention", "iso3"), [("South Korea", "KOR"), ("White House", "USA")])
def test_who_has_not_commented_is_on_record_with_the_date(
    find: Find, mention: str, iso3: str
) -> None:
    """Silence has no stance and no polarity, and holds as of the article's date."""
    silent = find(mention, "no_comment_yet")

    assert (silent.actor.iso3, silent.stance, silent.polarity) == (iso3, "none", None)
    assert silent.quote is None
    assert silent.as_of == PUBLISHED


def test_chinas_muted_response_is_neutral(find: Find) -> None:
    """A muted response is a response, though the possessor stands half a sentence before it."""
    china = find("China", "muted")

    assert (china.actor.iso3, china.stance, china.polarity) == ("CHN", "neutral", 0)
    assert china.intensity == 1


@pytest.mark.parametrize(("mention", "iso3"), [("Washington", "USA"), ("Seoul", "KOR")])
def test_alarm_is_the_narrators_account(find: Find, mention: str, iso3: str) -> None:
    """Capitals stand for their states, and a feeling is told by the narrator."""
    alarmed = find(mention, "attitude_reported")

    assert (alarmed.actor.iso3, alarmed.actor.metonym_of) == (iso3, iso3)
    assert (alarmed.stance, alarmed.polarity, alarmed.intensity) == ("concern", -1, 3)
    assert (alarmed.attribution.voice, alarmed.codes.cameo) == ("narrator", "012")
    assert alarmed.quote is None


@pytest.mark.parametrize("mention", ["Washington", "Seoul"])
def test_they_accused_the_two_nations(find: Find, mention: str) -> None:
    """ "They" and "the two nations" are resolved, and an accusation is aimed at the accused."""
    accusation = find(mention, "statement")

    assert accusation.codes.cameo == "112"
    assert accusation.target == "Russia and North Korea"


def test_growing_concern_of_a_state_and_its_allies(find: Find) -> None:
    """Both halves of "the United States and its Asian allies" are actors."""
    for mention in ("The United States", "its Asian allies"):
        concern = find(mention, "attitude_reported")
        assert (concern.stance, concern.intensity_cue) == ("concern", "growing")


def test_a_claim_is_not_about_the_pact(find: Find) -> None:
    """What Ukrainian officials claim to have found is no word on the pact itself."""
    claim = find("Ukrainian officials", "statement")

    assert (claim.actor.iso3, claim.target) == ("UKR", "claim")


def test_those_who_signed_do_not_react_to_it(reactions: list[Reaction]) -> None:
    """Russia and North Korea only deny a claim."""
    of_principals = [each for each in reactions if each.actor.iso3 in {"RUS", "PRK"}]

    assert {each.target for each in of_principals} == {"claim"}
    assert {each.verb and each.verb.lemma for each in of_principals} == {"deny"}


def test_south_korea_and_the_united_states_are_awaited(reactions: list[Reaction]) -> None:
    """Neither an attitude nor an accusation of somebody ends the wait for a comment."""
    summary = summarise(reactions)

    assert {each.iso3 for each in summary.awaiting} == {"KOR", "USA"}
    assert len(summary.awaiting) == 2
    assert summary.by_act["no_comment_yet"] == 2


def test_the_whole_page_yields_no_reaction_more(
    reactions: list[Reaction], body: str, gazetteer: Gazetteer
) -> None:
    """Breadcrumb, form and "Check Also" hold no reaction, should a page ever be sent whole."""
    page = (Path(DATA or ".").parent / "samples" / NAME).read_text(encoding="utf-8")
    headline = "Russia and North Korea Sign Mutual Defense Pact"
    on_page = find_reactions(page, headline, gazetteer.find(page), PUBLISHED, "en")

    assert {each.id for each in on_page} == {each.id for each in reactions}
    assert len(body) < len(page)
