"""The judge of reactions judged: matching of actors, precision and recall, two annotators."""

import pytest
from sklearn.metrics import cohen_kappa_score

from newswire_common.reaction import Actor, Evidence, Reaction
from tests.enrich.reactions.gold import Record, load
from tests.enrich.reactions.gold.agreement import agreement, align, kappa
from tests.enrich.reactions.gold.scoring import (
    Score,
    Told,
    judge,
    normalised,
    of_reaction,
    of_record,
    total,
)


def told(
    name: str, act: str = "statement", stance: str = "oppose", iso3: str | None = None
) -> Told:
    return Told(frozenset({normalised(name)}), act, stance, iso3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the Students’ Union", "students' union"),
        ("Prof. Dr. Ada Holm", "Ada Holm"),
        ("Ms Holm", "Holm"),
        ("L’association des usagers", "association des usagers"),
        ("Die Regierung in Warschau", "regierung in warschau"),
        ("El obispado", "Obispado"),
        ("Its chief executive", "chief executive"),
        ("“Blue Shelf”", "Blue Shelf"),
        ("Puffin Air's", "Puffin Air"),
        ("Ｂｌｕｅ Shelf", "Blue Shelf"),
    ],
)
def test_a_name_is_the_same_in_other_dress(one: str, other: str) -> None:
    """Case, articles, titles and marks do not decide whether an actor was found."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Holm", "Ada Holm"),
        ("students' union", "students"),
        ("Tarn & Wexley", "Tarn Wexley"),
        ("conservation group Blue Shelf", "Blue Shelf"),
    ],
)
def test_a_part_of_a_name_is_another_name(one: str, other: str) -> None:
    """The fullest name is asked for, and the role apart from it."""
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("name", ["", "The", "Mr", "…", "’s"])
def test_a_name_of_nothing_but_dress_does_not_fail(name: str) -> None:
    """Extraction may hand over anything."""
    assert normalised(normalised(name)) == normalised(name)


def test_the_same_country_is_the_same_actor() -> None:
    """Stockholm and Sweden are one; without a code on both sides names decide."""
    stockholm = told("Stockholm", iso3="SWE")
    assert stockholm.is_same_actor(told("Sweden", iso3="SWE"))
    assert not stockholm.is_same_actor(told("Sweden"))
    assert not told("Oslo").is_same_actor(told("Bergen"))


def test_precision_and_recall_by_hand() -> None:
    """Two of three wanted found, and two besides: 2/4 and 2/3."""
    wanted = [told("A"), told("B"), told("C", "demand")]
    found = [told("A"), told("B"), told("C"), told("D")]
    score = total([judge(wanted, found)])
    assert score == Score(hits=2, missed=1, extra=2)
    assert (score.precision, score.recall, score.f1) == (0.5, 2 / 3, 4 / 7)


def test_what_is_said_twice_counts_once() -> None:
    """One actor who denies in three sentences is one triple on both sides."""
    judged = judge([told("A"), told("A")], [told("A"), told("a"), told("B"), told("B")])
    assert (len(judged.hits), len(judged.missed), len(judged.extra)) == (1, 0, 1)


def test_one_answer_does_not_stand_for_two_actors() -> None:
    """A name that fits two records of the gold is paired with one, and the others as fits best."""
    both = Told(frozenset({"a", "b"}), "statement", "oppose")
    judged = judge([both, told("B", "demand"), told("C")], [told("B"), told("A"), told("C")])
    assert (len(judged.hits), len(judged.missed), len(judged.extra)) == (2, 1, 0)
    chained = judge([Told(frozenset({"a", "b"}), "muted", "neutral"), told("c")], [told("c")])
    assert [one.names for one in chained.missed] == [frozenset({"a", "b"})]


def test_nothing_wanted_and_nothing_found_is_no_error() -> None:
    """A paragraph without reactions neither helps nor hurts, one told in it costs precision."""
    assert total([judge([], [])]) == Score(0, 0, 0)
    assert Score(0, 0, 0).f1 == 1.0
    assert total([judge([], [told("A")])]).precision == 0.0
    assert total([judge([told("A")], [])]).recall == 0.0


def test_a_record_is_found_by_any_of_its_names() -> None:
    """``also`` holds names that are as good."""
    record = Record("chief executive", "statement", "oppose", also=("Puffin Air",))
    assert judge([of_record(record)], [told("Puffin Air")]).missed == ()


def test_a_reaction_is_judged_by_its_name_and_country() -> None:
    """The mention is not scored; a metonym brings the code."""
    reaction = Reaction(
        id="r",
        actor=Actor(mention="Seoul", name="Seoul", metonym_of="KOR"),
        act="no_comment_yet",
        evidence=Evidence(start=0, end=5, confidence=1, method="m", version="1"),
    )
    assert of_reaction(reaction) == told("Seoul", "no_comment_yet", "none", "KOR")


def test_the_gold_judged_by_itself_is_without_fault() -> None:
    """No two records of a paragraph hide each other from the matching."""
    told_by_gold = [[of_record(one) for one in paragraph.records] for paragraph in load()]
    score = total(judge(one, one) for one in told_by_gold)
    assert (score.precision, score.recall) == (1.0, 1.0)


def test_annotators_are_compared_on_what_both_found() -> None:
    """Three of four records share an actor; of the labels one act and one stance differ."""
    first = {"p": [told("A"), told("B", "demand"), told("C", "muted", "neutral")], "q": []}
    second = {
        "p": [told("C", "statement", "neutral"), told("A"), told("B", "demand", "concern")],
        "q": [told("D")],
    }
    both = agreement(first, second)
    assert (both.first, both.second, both.aligned) == (3, 4, 3)
    assert both.actors_f1 == 6 / 7
    assert both.triples.f1 == 2 / 7
    assert both.kappa_act == pytest.approx(0.5)
    assert both.kappa_stance == pytest.approx(0.5)


def test_agreement_does_not_depend_on_who_is_first() -> None:
    """Neither annotator is the gold."""
    first = {"p": [told("A"), told("A", "demand"), told("B")]}
    second = {"p": [told("A", "demand", "concern"), told("B"), told("C")]}
    one, other = agreement(first, second), agreement(second, first)
    assert one.triples.f1 == other.triples.f1
    assert (one.kappa_act, one.kappa_stance) == (other.kappa_act, other.kappa_stance)


def test_records_of_one_actor_are_aligned_by_their_labels() -> None:
    """Order of writing is not disagreement, and no actor is left over for a better label."""
    pairs = align([told("A"), told("A", "demand")], [told("A", "demand"), told("A")])
    assert all(one.act == other.act for one, other in pairs)
    assert len(align([told("A"), told("A", "demand")], [told("A", "threat"), told("A")])) == 2


def test_annotations_of_other_paragraphs_are_refused() -> None:
    """A paragraph that one did not read is no disagreement."""
    with pytest.raises(ValueError, match="not read by both: \\['q'\\]"):
        agreement({"p": []}, {"p": [], "q": []})


@pytest.mark.parametrize(
    "labels",
    [
        [("a", "a"), ("a", "b"), ("b", "b"), ("c", "c"), ("c", "a")],
        [("a", "b"), ("b", "a")],
        [("a", "a"), ("b", "b")],
        [("a", "a"), ("a", "b")],
    ],
)
def test_kappa_is_that_of_scikit_learn(labels: list[tuple[str, str]]) -> None:
    """Cohen's kappa, by somebody else's computation."""
    ours, theirs = zip(*labels, strict=True)
    assert kappa(labels) == pytest.approx(cohen_kappa_score(ours, theirs))


@pytest.mark.parametrize("labels", [[], [("a", "a")], [("a", "a")] * 3])
def test_kappa_without_a_choice_is_one(labels: list[tuple[str, str]]) -> None:
    """Where only one label is ever used there is no chance to disagree."""
    assert kappa(labels) == 1.0
