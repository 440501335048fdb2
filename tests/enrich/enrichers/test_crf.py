"""Names by a model of the user's own texts: read, fitted, stored, and told apart from damage."""

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle, Enrichment
from newswire_enrich.data import wikigold
from newswire_enrich.enrichers.conll import ConllError, documents, names
from newswire_enrich.enrichers.crf import CrfNames, shape, split
from newswire_enrich.enrichers.crf_training import TrainingError, train
from newswire_enrich.enrichers.loading import load
from newswire_enrich.enrichers.names import mentions
from newswire_enrich.enrichers.running import Enrichers

TYPES = {"person": "PER", "organisation": "ORG"}
Make = Callable[..., EnrichedArticle]
IOB1 = b"-DOCSTART- -X- O\n\nZorg I-ORG\nmet O\nKim NNP I-PER\nZed NNP I-PER\n. O\n\nOslo B-LOC\n"


def labelled(count: int) -> bytes:
    """Texts in which only what is around a name tells its kind."""
    return b"".join(
        f"-DOCSTART- O\n\nspeaker O\nXu{one} B-PER\nYa{one} I-PER\nspoke O\n. O\n\n"
        f"firm O\nQo{one} B-ORG\nsold O\nit O\n. O\n\n".encode()
        for one in range(count)
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a model that was fitted on a few texts."""
    pytest.importorskip("pycrfsuite")
    path = tmp_path_factory.mktemp("crf") / "names.crf"
    path.write_bytes(train(documents(labelled(60).splitlines()))[0].packed())
    return path


def test_both_ways_to_label_are_read() -> None:
    """IOB1 begins a name without a B, and columns between word and label are skipped."""
    (document,) = documents(IOB1.splitlines(keepends=True))
    assert document.text == "Zorg met Kim Zed. Oslo"
    assert document.labels == (
        ("B-organisation", "O", "B-person", "I-person", "O"), ("B-place",),
    )  # fmt: skip


def test_two_names_side_by_side_are_two() -> None:
    """B begins a name right behind another; kinds that are none of ours are no names."""
    labels = ("B-PER", "B-PER", "I-PER", "I-ORG", "I-MISC", "S-LOC", "S-LOC", "E-LOC")
    (document,) = documents([f"w {label}\n".encode() for label in labels])
    assert [(one.start, one.end, one.kind) for one in names(document.labels[0])] == [
        (0, 1, "person"), (1, 3, "person"), (3, 4, "organisation"), (5, 6, "place"),
        (6, 8, "place"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reason"), [(b"word", "no label"), (b"\xff O", "UTF-8"), (b"x" * 20_000, "longer")]
)
def test_a_line_that_is_none_is_named(line: bytes, reason: str) -> None:
    """By its number, so that it can be mended."""
    with pytest.raises(ConllError, match=rf"^2: .*{reason}"):
        list(documents([b"a O\n", line + (b" O" if reason == "longer" else b"")]))


@given(st.lists(st.tuples(
    st.text(min_size=1).filter(lambda word: len(word.split()) == 1 and word == word.strip()),
    st.sampled_from(["O", "B-PER", "I-PER", "ORG", "x", "-"]),
)))  # fmt: skip
def test_words_stand_where_they_are_said_to(rows: list[tuple[str, str]]) -> None:
    """Offsets cut each word out of the text that was put together."""
    for document in documents([f"{word} {label}\n".encode() for word, label in rows]):
        for sentence, labels in zip(document.sentences, document.labels, strict=True):
            assert len(sentence) == len(labels)
            assert all(document.text[one.start : one.end] == one.text for one in sentence)


@given(st.text(max_size=400))
def test_a_text_is_cut_into_words_in_order(text: str) -> None:
    """Each where it is said to be, none over another, whatever the text."""
    words = [word for sentence in split(text) for word in sentence]
    assert all(text[one.start : one.end] == one.text for one in words)
    assert all(a.end <= b.start for a, b in pairwise(words))


def test_a_shape_is_what_capitals_and_digits_say() -> None:
    """Words never seen before are known by it."""
    assert [shape(one) for one in ("McDonald's", "U.N.", "2026", "ÅSA")] == [
        "XxXx'x", "X.X.", "9", "X",
    ]  # fmt: skip


def test_it_learns_from_what_is_around_names(model: Path, make: Make) -> None:
    """Names that were in no text it learnt from are tags with evidence."""
    body = "speaker Wu77 Ze77 spoke. firm Jo77 sold it."
    (article,) = Enrichers(load((f"crf:{model}",)), allowed_s=60).extend([make(body=body)])
    tags = article.enrichment.tags
    assert [one.name for one in tags.people] == ["Wu77 Ze77"]
    assert [one.name for one in tags.organisations] == ["Jo77"]
    (span,) = tags.people[0].evidence
    assert body[span.start : span.end] == "Wu77 Ze77"
    assert [one.error for one in article.enrichment.provenance] == [None] * 3


def test_an_article_in_another_language_keeps_what_it_had(model: Path, make: Make) -> None:
    """A model is of the language of its texts."""
    article = make(body="speaker Wu77 Ze77 spoke.", enrichment=Enrichment(language="de"))
    assert Enrichers(load((f"crf:{model}",)), allowed_s=60).extend([article]) == [article]


def test_the_same_texts_give_the_same_model(model: Path) -> None:
    """A version is that of the texts."""
    again, report = train(documents(labelled(60).splitlines()))
    assert again.packed() == model.read_bytes()
    assert (report.sentences, report.names) == (120, 120)
    assert report.figures[-1].f1 == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda whole: whole[:-1], "is damaged"),
        (lambda whole: whole.replace(b" en ", b" de "), "is damaged"),
        (lambda whole: b"newswire names 2" + whole[16:], "train it again"),
        (lambda _: b"", "train it again"),
        (lambda _: b"lCRF" + bytes(100), "train it again"),
    ],
)
def test_a_damaged_model_is_told_apart(
    model: Path, tmp_path: Path, make: Make, change: Callable[[bytes], bytes], reason: str
) -> None:
    """CRFsuite would read beyond its end; the service goes on without it."""
    path = tmp_path / "other.crf"
    path.write_bytes(change(model.read_bytes()))
    (article,) = Enrichers(load((f"crf:{path}",)), allowed_s=10).extend([make()])
    assert reason in str(article.enrichment.provenance[0].error)


def test_without_its_model_or_package_the_service_goes_on(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Provenance says which of the two."""
    (article,) = Enrichers(load((f"crf:{tmp_path / 'none'}",)), 10).extend([make()])
    assert "none" in str(article.enrichment.provenance[0].error)
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    (article,) = Enrichers(load((f"crf:{tmp_path / 'none'}",)), 10).extend([make()])
    assert "newswire-enrich[crf]" in str(article.enrichment.provenance[0].error)


def test_too_few_names_teach_nothing() -> None:
    """The error says how many there are, and how many it takes."""
    with pytest.raises(TrainingError, match="20 labelled names: at least 50"):
        train(documents(labelled(10).splitlines()))


def test_a_model_is_kept_as_long_as_it_is_used(model: Path) -> None:
    """CRFsuite reads from the bytes that it was given: they are not to be freed under it."""
    taggers = [CrfNames(str(model)) for _ in range(3)]
    other = [bytes(len(model.read_bytes())) for _ in range(8)]
    assert len({tuple(one.names("speaker Wu77 Ze77 spoke.")) for one in taggers}) == 1
    assert other


def test_wikigold_teaches_what_the_page_says(outside_data: Path, tmp_path: Path) -> None:
    """The figure of docs/enrichers.md: fitted on two thirds, measured on the third it never saw."""
    pytest.importorskip("pycrfsuite")
    articles = (outside_data / wikigold.PATH).read_bytes().split(b"-DOCSTART- O")
    texts = [b"-DOCSTART- O\n" + one for one in articles if one.strip()]
    learnt = b"".join(wikigold.first_two_thirds(texts))  # type: ignore[arg-type, type-var]  # cut by number
    path = tmp_path / "names.crf"
    path.write_bytes(train(documents(learnt.splitlines()))[0].packed())
    tagger = CrfNames(str(path))
    right = told = true = 0
    for one in wikigold.last_third(wikigold.documents(outside_data)):
        found = {
            (name.start, name.end, TYPES[name.kind])
            for name in mentions(one.text, tagger.names(one.text), [])
            if name.kind in TYPES
        }
        gold = {name for name in one.names if name[2] in TYPES.values()}
        right, told, true = right + len(found & gold), told + len(found), true + len(gold)
    assert 2 * right / (told + true) > 0.66
