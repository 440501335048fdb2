"""The summary: what is counted, who is awaited."""

from collections.abc import Callable

from newswire_common.reaction import Reaction, ReactionSummary
from newswire_enrich.reactions import summarise

React = Callable[..., list[Reaction]]


def test_reactions_are_counted_by_act_stance_sector_and_country(react: React) -> None:
    """A state under two names is one actor."""
    summary = summarise(
        react("Norway condemned the raid. Oslo demanded an apology. The guild praised it.")
    )

    assert summary.by_act == {"demand": 1, "statement": 2}
    assert summary.by_stance == {"oppose": 2, "support": 1}
    assert summary.by_sector == {"GOV": 2, "LAB": 1}
    assert summary.by_country == {"NOR": 2}
    assert summary.actors == 2
    assert summary.dispersion == 1.0


def test_copies_of_a_reaction_count_once(react: React) -> None:
    """Syndicated copies have one id and are one reaction."""
    reactions = react("Norway condemned the raid.")

    assert summarise(reactions * 3) == summarise(reactions)


def test_a_statement_ends_the_wait(react: React) -> None:
    """Whoever has not commented is awaited until they do, under whatever name."""
    silence = react("Sweden and Norway have not commented.")
    later = react("Stockholm said it “regretted” the raid.")

    assert [each.iso3 for each in summarise(silence).awaiting] == ["SWE", "NOR"]
    assert [each.iso3 for each in summarise([*silence, *later]).awaiting] == ["NOR"]
    assert summarise(silence).awaiting[0].reaction == silence[0].id


def test_the_word_of_a_minister_ends_the_wait_for_the_state(react: React) -> None:
    """A named member of the government speaks for it."""
    silence = react("Norway has not commented.")
    later = react("Norwegian Prime Minister Kari Lunde condemned the raid.")

    assert summarise([*silence, *later]).awaiting == ()


def test_an_attitude_ends_no_wait(react: React) -> None:
    """What the narrator tells of an actor's feelings is no comment of theirs."""
    reactions = react("Norway has not commented. Oslo is alarmed. It declined to say more.")

    assert [each.iso3 for each in summarise(reactions).awaiting] == ["NOR"]


def test_a_refusal_begins_no_wait(react: React) -> None:
    """Whoever declined has answered, if only that."""
    assert summarise(react("Norway declined to comment.")).awaiting == ()


def test_a_statement_to_come_ends_no_wait(react: React) -> None:
    """Only what was said was said."""
    silence = react("Norway has not commented.")
    later = react("Norway condemned the raid.")
    expected = [each.model_copy(update={"modality": "future"}) for each in later]

    assert [each.iso3 for each in summarise([*silence, *expected]).awaiting] == ["NOR"]


def test_an_actor_stands_at_one_place_however_often_it_speaks(react: React) -> None:
    """Dispersion is of actors, not of sentences; a statement goes before an attitude told."""
    once = react("Norway condemned the raid. Sweden praised it.")
    often = react("Norway condemned the raid. Norway denounced the raid again. Sweden praised it.")

    assert len(often) > len(once)
    assert summarise(often).dispersion == summarise(once).dispersion == 1.0


def test_silence_is_never_scored(react: React) -> None:
    """Non-reactions take no part in the dispersion of stances."""
    summary = summarise(react("Norway condemned the raid. Sweden has not commented."))

    assert summary.dispersion is None
    assert summary.first_at == summary.last_at is not None


def test_no_reactions_make_an_empty_summary() -> None:
    """An article without reactions says so without a zero division."""
    assert summarise([]) == ReactionSummary()
