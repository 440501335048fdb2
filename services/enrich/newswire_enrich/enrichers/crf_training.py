"""Fits a model of names on labelled texts, and says how good it is on some it has not seen.

::

    CoNLL files ─▶ documents ─┬─ four of five ─▶ a model ─▶ judged on the fifth ─▶ Report
                              └─ all ─▶ the model
"""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from newswire_common.errors import NewswireError
from newswire_enrich.enrichers.conll import Document, Labelled, names
from newswire_enrich.enrichers.crf import Model, seen
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Kind

LEAST_NAMES = 50
_PARTS = 5
_ROUNDS = 100
_SETTINGS = {
    "c1": 0.1, "c2": 0.05, "max_iterations": _ROUNDS, "feature.possible_transitions": True,
}  # fmt: skip
_SHOWN: tuple[Kind, ...] = ("person", "organisation", "place")

Example = tuple[list[list[str]], tuple[str, ...]]  # what is seen of each word, and its labels


class TrainingError(NewswireError):
    """Nothing can be learnt: the extra is not installed, or there are too few names."""


class Figures(NamedTuple):
    """Of names with both ends and the kind right: shares of 0 to 1. ``kind`` "all" is of all."""

    kind: str
    names: int
    precision: float
    recall: float
    f1: float


class Report(NamedTuple):
    """``figures`` are of the fifth that the judged model had not seen; 0 where there is none."""

    sentences: int
    names: int
    figures: tuple[Figures, ...]


def train(
    documents: Iterable[Document],
    language: str = "en",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Model, Report]:
    """The model and what is measured of it. ``language`` is that of all documents, ISO 639.

    ``progress`` is told how many of how many rounds are done, at most. Raises TrainingError.
    """
    gazetteer = Gazetteer.load()
    learnt: list[Example] = []
    unseen: list[Example] = []
    for number, one in enumerate(documents):
        listed = gazetteer.find(one.text, language)
        part = unseen if number % _PARTS == _PARTS - 1 else learnt
        part += zip(seen(one.sentences, listed), one.labels, strict=True)
    found = sum(len(names(labels)) for part in (learnt, unseen) for _, labels in part)
    if found < LEAST_NAMES:
        raise TrainingError(f"{found} labelled names: at least {LEAST_NAMES} are needed")
    trial = _fitted(learnt, lambda done: progress(done, 2 * _ROUNDS))
    report = Report(len(learnt) + len(unseen), found, _judged(trial, unseen))
    crf = _fitted([*learnt, *unseen], lambda done: progress(_ROUNDS + done, 2 * _ROUNDS))
    return Model(language, crf), report


def _library() -> Any:  # noqa: ANN401 - it ships no types
    try:
        return import_module("pycrfsuite")
    except ImportError as error:
        raise TrainingError(
            "training needs python-crfsuite: install newswire-enrich[crf]"
        ) from error


def _fitted(examples: Sequence[Example], progress: Callable[[int], None]) -> bytes:
    """L-BFGS, in the order of the examples: the same give the same bytes."""
    base: Any = _library().Trainer

    class Trainer(base):  # type: ignore[misc]  # of a library that ships no types
        def message(self, message: str) -> None:
            """CRFsuite's own report: of each round "***** Iteration #7 *****"."""
            _, _, rest = message.partition("Iteration #")
            number = rest.partition(" ")[0]
            if number.isdigit():
                progress(int(number))

    trainer = Trainer(verbose=True)
    trainer.select("lbfgs")
    trainer.set_params(_SETTINGS)
    for features, labels in examples:
        trainer.append(features, labels)
    with TemporaryDirectory() as folder:
        path = Path(folder, "names")
        trainer.train(str(path))
        return path.read_bytes()


def _judged(model: bytes, examples: Sequence[Example]) -> tuple[Figures, ...]:
    tagger = _library().Tagger()
    tagger.open_inmemory(model)
    pairs = [
        (set(names(tagger.tag(features))), set(names(labels))) for features, labels in examples
    ]
    figures = [_figures(kind, [_of(kind, pair) for pair in pairs]) for kind in _SHOWN]
    return (*figures, _figures("all", pairs))


Pair = tuple[set[Labelled], set[Labelled]]  # found, and right


def _of(kind: Kind, pair: Pair) -> Pair:
    found, gold = ({one for one in part if one.kind == kind} for part in pair)
    return found, gold


def _figures(kind: str, pairs: Sequence[Pair]) -> Figures:
    right = sum(len(found & gold) for found, gold in pairs)
    said, true = sum(len(found) for found, _ in pairs), sum(len(gold) for _, gold in pairs)
    precision, recall = right / max(1, said), right / max(1, true)
    return Figures(kind, true, precision, recall, 2 * right / max(1, said + true))
