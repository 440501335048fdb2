"""The gold standard keeps to its own guide, and covers what it is there to judge."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from newswire_common.reaction import Act, Stance
from tests.enrich.reactions.gold import (
    HERE,
    Paragraph,
    Record,
    counts,
    load,
    load_annotations,
    problems,
)
from tests.enrich.reactions.gold.agreement import agreement
from tests.enrich.reactions.gold.scoring import of_record

GOLD = load()
SAID = Record("Ada Holm", "statement", "oppose", quote="a shame")
PARAGRAPH = Paragraph("one", "en", f"Ada Holm called it “a shame”. {'And so on. ' * 12}", (SAID,))


def test_nothing_in_the_gold_contradicts_the_guide() -> None:
    """Quotes and mentions are in the text, labels are of the schema, silence is not scored."""
    assert problems(GOLD) == []


def test_the_gold_is_large_enough() -> None:
    """At least 60 paragraphs, 16 of them without a reaction, in four languages."""
    assert len(GOLD) >= 60
    assert sum(not paragraph.records for paragraph in GOLD) >= 16
    languages = [paragraph.language for paragraph in GOLD]
    assert all(
        languages.count(code) >= least
        for code, least in {"en": 50, "de": 6, "fr": 4, "es": 4}.items()
    )


def test_a_second_annotator_agrees() -> None:
    """The labels are the guide's, not one reader's: twenty paragraphs, read twice."""
    second = load_annotations(HERE / "second.json")
    first = {each.id: each.records for each in GOLD if each.id in second}
    assert len(second) == len(first) == 20
    found = agreement(
        {name: [of_record(one) for one in records] for name, records in first.items()},
        {name: [of_record(one) for one in records] for name, records in second.items()},
    )
    told = (found.triples.f1, found.actors_f1, found.kappa_act, found.kappa_stance)
    assert [round(value, 2) for value in told] == [0.92, 0.98, 0.95, 0.98]  # as README.md says


@pytest.mark.parametrize("label", [*get_args(Act), *get_args(Stance)])
def test_every_act_and_stance_is_covered(label: str) -> None:
    """A label that hardly occurs is not judged."""
    assert counts(GOLD)[label] >= 4


def test_every_modality_occurs() -> None:
    """What may be, will be, was and was not are told from what is."""
    covered = counts(GOLD)
    assert all(covered[name] >= 2 for name in ("future", "hypothetical", "negated", "historical"))


def test_a_quote_is_placed_in_code_points() -> None:
    """Offsets are derived from the text."""
    start, end = PARAGRAPH.place("a shame")
    assert PARAGRAPH.body[start - 1 : end + 1] == "“a shame”"


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (replace(SAID, quote="a pity"), "not once in the body: a pity"),
        (replace(SAID, actor="Bo Lund"), "not in the body: Bo Lund"),
        (replace(SAID, mention="she"), "not in the body: she"),
        (replace(SAID, reported_by="the paper"), "not in the body: the paper"),
        (replace(SAID, act="shouted"), "no such label: shouted, oppose"),
        (replace(SAID, modality="perhaps"), "no such modality: perhaps"),
        (replace(SAID, stance="none"), "statement of Ada Holm cannot be none"),
        (replace(SAID, modality="negated"), "statement of Ada Holm cannot be oppose"),
        (replace(SAID, iso3="se"), "not an ISO 3166-1 alpha-3 code: se"),
        (replace(SAID, awaiting=True), "awaiting of Ada Holm is wrong"),
    ],
)
def test_a_record_against_the_guide_is_named(record: Record, complaint: str) -> None:
    """A slip of the annotator is found when it is made."""
    assert problems([replace(PARAGRAPH, records=(record,))]) == [f"one: {complaint}"]


@pytest.mark.parametrize(
    ("paragraph", "complaint"),
    [
        (replace(PARAGRAPH, body=f"{PARAGRAPH.body} {'word ' * 200}"), "one: 242 words"),
        (replace(PARAGRAPH, records=(SAID,) * 6), "one: 6 records"),
        (replace(PARAGRAPH, principals=("Hearth",)), "one: principal not in the text: Hearth"),
        (replace(PARAGRAPH, principals=("Ada Holm",)), "one: a principal reacts: Ada Holm"),
        (replace(PARAGRAPH, body=f"{PARAGRAPH.body} cafe\u0301"), "one: the body is not NFC"),
    ],
)
def test_a_paragraph_against_the_guide_is_named(paragraph: Paragraph, complaint: str) -> None:
    """Length, number of records and principals are part of the promise."""
    assert problems([paragraph]) == [complaint]


def test_an_id_is_given_once() -> None:
    """Two annotations are compared by it."""
    assert problems([PARAGRAPH, PARAGRAPH]) == ["one: 2 times"]


def test_annotations_are_read_without_their_texts(tmp_path: Path) -> None:
    """A second annotator hands in ids and records."""
    file = tmp_path / "second.json"
    file.write_text(
        '[{"id": "one", "records": [{"actor": "Ada", "act": "muted", "stance": "neutral"}]}]'
    )
    assert load_annotations(file) == {"one": (Record("Ada", "muted", "neutral"),)}
