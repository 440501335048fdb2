"""A model of the newsroom's own archive: read line by line, fitted, stored, and used."""

from pathlib import Path

import numpy as np
import orjson
import pytest

from newswire_common.errors import NewswireError
from newswire_enrich.data import artefacts
from newswire_enrich.related.terms import folded, plain_words
from newswire_enrich.topics import ModelError, Topics, Words
from newswire_enrich.topics.archive import ArchiveError, Example, example, examples
from newswire_enrich.topics.model import write
from newswire_enrich.topics.rules import Rules
from newswire_enrich.topics.terms import term_lists
from newswire_enrich.topics.training import TrainingError, train
from newswire_enrich.topics.vocabulary import Vocabulary

ARTEFACT = artefacts.read("media_topics")
VOCABULARY = Vocabulary.of(ARTEFACT)
RULES = Rules(VOCABULARY, term_lists({"en": ARTEFACT["terms"]["en"]}))
HARBOURS, ORCHARDS = "20000343", "20000728"  # made-up words for topics that have names


def archive(count: int = 30) -> list[Example]:
    """Two topics of a newsroom with a language of its own."""
    found = []
    for number in range(count):
        first = number % 2 == 0
        text = f"{'quay berth tugboat' if first else 'graft pippin rootstock'} day {number} news"
        code = HARBOURS if first else ORCHARDS
        found.append(Example(text.split(), frozenset(VOCABULARY.line(code)), {}))
    return found


def words(text: str) -> Words:
    plain = plain_words(text)
    return Words((), folded(plain), plain)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sklearn")
    path = tmp_path_factory.mktemp("model") / "topics.npz"
    write(train(archive(), VOCABULARY)[0], path)
    return path


def test_what_was_learnt_is_tagged_with_evidence(model: Path) -> None:
    """The newsroom's own words decide, and the spans show which."""
    body = "A tugboat left the quay."
    found = Topics.load(model).tag((), body, words(body), "en")
    assert {topic.code for topic in found} >= {f"medtop:{HARBOURS}", "medtop:04000000"}
    (own,) = (topic for topic in found if topic.code == f"medtop:{HARBOURS}")
    assert {body[one.start : one.end] for one in own.evidence} == {"tugboat", "quay"}


def test_where_the_model_is_silent_the_rules_speak(model: Path) -> None:
    """An archive without weather does not take weather away."""
    body = "Snow, hail and gales: the Met Office issued a weather warning."
    found = Topics.load(model).tag((), body, words(body), "en")
    assert found[0].code == "medtop:17000000"


def test_provenance_names_the_model(model: Path) -> None:
    """Another model is another version."""
    with_model, without = Topics.load(model), Topics.load()
    assert "linear model" in with_model.method("en")
    assert with_model.version.startswith(without.version)
    assert with_model.version != without.version


def test_the_same_archive_gives_the_same_file(tmp_path: Path, model: Path) -> None:
    """Training is repeatable."""
    again = tmp_path / "again.npz"
    write(train(archive(), VOCABULARY)[0], again)
    assert again.read_bytes() == model.read_bytes()


def test_figures_are_of_articles_that_the_model_has_not_seen() -> None:
    """Cross-validated: of an archive without pattern nothing is promised."""
    pytest.importorskip("sklearn")
    _, report = train(archive(60), VOCABULARY)
    assert (report.articles, report.accuracy) == (60, 1.0)
    assert {one.f1 for one in report.topics} == {1.0}
    noise = [
        Example(["same", "words"], frozenset({"04000000" if number % 2 else "13000000"}), {})
        for number in range(60)
    ]
    _, report = train(noise, VOCABULARY)
    assert report.micro_f1 < 0.8


@pytest.mark.parametrize("count", [0, 1, 12])
def test_too_small_an_archive_is_a_clear_error(count: int) -> None:
    """Nobody trusts weights from three articles."""
    pytest.importorskip("sklearn")
    with pytest.raises(TrainingError):
        train(archive(count), VOCABULARY)


def test_an_absent_model_stops_the_start_with_one_line(tmp_path: Path) -> None:
    """It names the setting and the file."""
    with pytest.raises(ModelError, match=r"NEWSWIRE_TOPICS_MODEL: .*absent.npz"):
        Topics.load(tmp_path / "absent.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"\x80\x04N."])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    """Never unpickled, never half read."""
    path = tmp_path / "topics.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        Topics.load(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", np.array(99)),
        ("bias", np.zeros(1, dtype=np.float32)),
        ("bias", np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], dtype=np.float32)),
        ("idf", np.array([np.nan], dtype=np.float32)),
        ("weights", np.array(["x"], dtype=object)),
        ("codes", np.frombuffer(b"99999999", dtype=np.uint8)),
    ],
)
def test_a_changed_model_is_refused(
    tmp_path: Path, model: Path, name: str, value: np.ndarray
) -> None:
    """Weights that were damaged or made for something else tag nothing."""
    with np.load(model) as stored:
        content = dict(stored)
    content[name] = value
    path = tmp_path / "topics.npz"
    np.savez(path, **content)
    with pytest.raises(ModelError):
        Topics.load(path)


@pytest.mark.parametrize(
    "value",
    [
        {"headline": "A", "body_text": "B c", "subjects": [{"name": "sport"}]},
        {"headline": "A", "body_text": "B c", "topics": ["medtop:15000000"]},
        {"body_text": "B c", "topics": [{"code": "medtop:20001065", "name": "x"}]},
        {"data": {"article": {"body_text": "B c", "subjects": [{"name": "sport"}]}}},
        {"article": {"body_text": "B c", "topics": ["x:/mediatopic/15000000"]}},
    ],
)  # fmt: skip
def test_articles_are_read_in_each_form(value: object) -> None:
    """Drafts, documents and events of Newswire, or a line that somebody's script made."""
    found = example(orjson.dumps(value), VOCABULARY, RULES)
    assert "15000000" in found.codes
    assert "bc" not in found.words


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON"),
        (b"[1]", "valid dictionary"),
        (b'{"body_text": "x"}', "no topic"),
        (b'{"body_text": ""}', "body_text"),
        (b'{"body_text": "x", "topics": ["nonsense"]}', "no topic"),
        (b'{"body_text": "x", "topics": 3}', "topics"),
        (b'{"body_text": "x", "enrichment": {"tags": {"topics": ["sport"]}}}', "no topic"),
        (b"[" * 100_000, "no JSON"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_tagged_article_says_why(line: bytes, reason: str) -> None:
    """What the enricher itself tagged is no lesson either."""
    with pytest.raises(ArchiveError, match=reason):
        example(line, VOCABULARY, RULES)


def test_lines_are_told_by_their_number() -> None:
    """Blank lines count, and are no articles."""
    lines = [b'{"body_text": "x", "topics": ["sport"]}\n', b"\n", b"{\n"]
    found = list(examples(lines, VOCABULARY, RULES))
    assert [(number, type(one)) for number, one in found] == [(1, Example), (3, ArchiveError)]


def test_training_errors_are_of_the_one_tree() -> None:
    """The command says them in one line."""
    assert issubclass(TrainingError, NewswireError)
    assert issubclass(ModelError, NewswireError)
