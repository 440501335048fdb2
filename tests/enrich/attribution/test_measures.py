"""The measures of attribution count what they say, and what was reached is not lost unseen."""

import json
from pathlib import Path

import pytest

from newswire_enrich.data import cameo_source
from tests.benchmarks.quality import attribution, command, plover

TEXT = "“The ferry is lost,” Holt said. Lund denied it. Prices rose."
# Of the two quotations the second is nobody's in our reading, of the relations two are found.
ANNOTATIONS = """\
T1\tSource 21 25\tHolt
T2\tCue 26 30\tsaid
T3\tContent 0 20\t“The ferry is lost,”
T4\tAttribution 26 30\tsaid
E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3
T5\tSource 32 36\tLund
T6\tCue 37 43\tdenied
T7\tContent 44 46\tit
E2\tAttribution:T6 Source:T5 Cue:T6 Content:T7
T8\tSource 48 54\tPrices
T9\tCue 55 59\trose
T10\tContent 44 46\tit
E3\tAttribution:T9 Source:T8 Cue:T9 Content:T10
"""
TOKENS = [
    "``",
    "The",
    "ferry",
    "is",
    "lost",
    ",",
    "''",
    "Holt",
    "said",
    ".",
    "Lund",
    "denied",
    "it",
    ".",
]
LABELS = [
    *["B-content", *["I-content"] * 6], "B-source", "B-cue", "O",
    "B-source", "B-cue", "B-content", "O",
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder as the sets have it, with one article of our own in each."""
    for folder in ("polnear/dev/text", "polnear/dev/attributions", "cofenet", "plover"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "polnear/dev/text/a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "polnear/dev/attributions/a_1a2b.ann").write_text(ANNOTATIONS, encoding="utf-8")
    entry = json.dumps({"tokens": TOKENS, "labels": LABELS, "id": "a_1a2b"})
    (tmp_path / "cofenet/polnear_valid.txt").write_text(entry, encoding="utf-8")
    return tmp_path


def test_an_attribution_is_right_where_all_its_roles_overlap_one_of_gold(data: Path) -> None:
    """Two of three are found, and both that we found are there."""
    figures = attribution.measure(data)
    assert figures["polnear_relation_precision"] == 1
    assert figures["polnear_relation_recall"] == pytest.approx(2 / 3)
    assert figures["polnear_half_relation_f1"] == pytest.approx(2 * 2 / (2 + 3))
    assert figures["polnear_direct_right"] == figures["polnear_direct_precision"] == 1


def test_tokens_are_joined_to_a_text_that_reads_like_one(data: Path) -> None:
    """Marks against their words, so that the same rules read it; the labels keep their places."""
    (entry,) = attribution.cofenet(data)
    assert entry.text == "“The ferry is lost,” Holt said. Lund denied it."
    cut = [[entry.text[start:end] for start, end in gold.content] for gold in entry.gold]
    assert cut == [["“The ferry is lost,”"], ["it"]]
    assert attribution.measure(data)["cofenet_relation_f1"] == 1


def test_an_actor_is_found_by_name_or_code_and_its_side_is_the_class_s(data: Path) -> None:
    """A demand has no side; a sentence without an actor of ours counts against us."""
    entries = [
        ("REJECT", "Norway", "NOR", "Norway rejected the offer."),
        ("AGREE", "harbour workers", "", "The harbour workers rejected the offer."),
        ("DEMAND", "Holt", "", "Holt demanded an answer."),
        ("FIGHT", "Velt", "", "Nothing else is known."),
    ]
    path = data / "plover/gold_even.json"
    path.write_text(
        json.dumps(
            [
                {"event": event, "source": [{"actorText": name, "code": code}], "text": text}
                for event, name, code, text in entries
            ]
        )
    )
    figures = plover.measure(data)
    assert figures["actor_found"] == 0.75
    assert figures["polarity_right"] == 0.5


def test_missing_data_are_named(tmp_path: Path) -> None:
    """The command tells what to fetch."""
    with pytest.raises(FileNotFoundError):
        attribution.measure(tmp_path)


@pytest.mark.parametrize("name", ["attribution", "plover"])
def test_a_measure_reaches_what_is_wanted_of_it(name: str, outside_data: Path) -> None:
    """What was reached once does not get lost unseen."""
    figures = command.figures_of(name, outside_data)
    assert [figure for figure in figures if not figure.is_reached] == []


def test_the_dictionary_of_deeds_is_read_as_its_authors_meant(tmp_path: Path) -> None:
    """Sets of synonyms, irregular forms, particles, codes of verbs and of patterns."""
    folder = tmp_path / "petrarch2/data/dictionaries"
    folder.mkdir(parents=True)
    (folder / "CAMEO.2.0.txt").write_text(
        "# Notes\n&AID\n+HELP_\n+FOOD PARCEL\n+BLANKET\n\n"
        "---  GIVE   [070]  ---\nGIVE {GIVES GIVING GAVE GIVEN }  # a note\n+HAND_OVER [071]\n"
        "- * (TO {THE ENEMY}) [080:081] # GIVE\n- * &AID [0733]\n- MUST * [100]\n- * ADVICE [---]\n"
    )
    read = cameo_source.artefact("1", tmp_path)
    rows = {
        (form, particle): code for form, _, particle, code, number in read["verbs"] if not number
    }
    assert rows["gave", ""] == rows["given", ""] == "070"
    assert rows["hand", "over"] == "071"
    assert read["patterns"][0] == [(["enemy"], "080"), (["&aid"], "0733"), (["advice"], "")]
    assert read["sets"]["&aid"] == ["blanket", "blankets", "food", "foods", "help"]
