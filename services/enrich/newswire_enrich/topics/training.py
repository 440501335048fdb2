"""Fits a linear model of topics on a newsroom's own archive (`newswire topics train`).

TF-IDF of words and a logistic regression for each topic, cross-validated (Joachims, 1998, "Text
categorization with support vector machines", on why linear models suit text). Needs scikit-learn,
which the extra ``newswire-enrich[topics]`` brings; the model itself needs numpy alone. The same
archive in the same order gives the same file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newswire_common.errors import NewswireError
from newswire_enrich.topics.archive import Example
from newswire_enrich.topics.model import Arrays
from newswire_enrich.topics.vocabulary import Vocabulary

FOLDS = 5
LEAST_ARTICLES = 10  # with a topic, and without it
_LEAST_DOCUMENTS = 2  # a word of one article tells nothing of others
_MOST_WORDS = 100_000
_REGULARISATION = 30.0  # the inverse strength, C
_LIKELY = 0.5
_LEANING = 0.5  # what the rules say, beside words whose vector has the length 1

Flags = npt.NDArray[np.bool_]
Chances = npt.NDArray[np.float64]


class TrainingError(NewswireError):
    """Nothing can be learnt: the extra is not installed, or the archive has too little."""


class Figures(NamedTuple):
    """Of one topic, cross-validated: shares of 0 to 1."""

    code: str
    name: str
    articles: int
    precision: float
    recall: float
    f1: float


class Report(NamedTuple):
    """``accuracy``: how often the likeliest top-level topic is one of the article's own."""

    articles: int
    topics: tuple[Figures, ...]
    too_few: tuple[str, ...]
    micro_f1: float
    macro_f1: float
    accuracy: float


def train(
    examples: Iterable[Example],
    vocabulary: Vocabulary,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Arrays, Report]:
    """The model and what cross-validation says of it. Raises TrainingError.

    ``progress`` is told how many of how many fits are done.
    """
    learn = _Learner()
    noted: list[_Noted] = []
    matrix = learn.matrix(_noting(examples, noted))
    codes, too_few = _codes([one.codes for one in noted])
    tops = sorted({top for one in noted for top in one.leaning})
    leans = np.array([[one.leaning.get(top, 0.0) for top in tops] for one in noted])
    matrix = learn.beside(matrix, leans * _LEANING)
    parts = np.array([one.fold for one in noted])
    labels = np.array([[code in one.codes for code in codes] for one in noted])
    chances = np.zeros(labels.shape)
    weights, bias = np.zeros((matrix.shape[1], len(codes))), np.zeros(len(codes))
    for column in range(len(codes)):
        chances[:, column] = learn.cross_validated(matrix, labels[:, column], parts)
        weights[:, column], bias[column] = learn.fit(matrix, labels[:, column])
        progress(column + 1, len(codes))
    count = len(learn.words)
    numbers = (learn.idf, weights[:count], weights[count:] * _LEANING, bias)
    arrays = Arrays(
        tuple(learn.words), tuple(codes), tuple(tops), *(one.astype(np.float32) for one in numbers)
    )
    return arrays, _report(labels, chances, codes, too_few, vocabulary)


class _Noted(NamedTuple):
    """Of an article, all but its words. One that is there twice is in one fold."""

    codes: frozenset[str]
    leaning: Mapping[str, float]
    fold: int


def _noting(examples: Iterable[Example], noted: list[_Noted]) -> Iterator[list[str]]:
    """The words, one article at a time."""
    for one in examples:
        fold = sha256(" ".join(one.words).encode()).digest()[0] % FOLDS
        noted.append(_Noted(one.codes, one.leaning, fold))
        yield one.words


def _codes(taken: list[frozenset[str]]) -> tuple[list[str], list[str]]:
    """Those with enough articles, and those without."""
    counts = Counter(code for own in taken for code in own)
    most = len(taken) - LEAST_ARTICLES
    enough = sorted(code for code, count in counts.items() if LEAST_ARTICLES <= count <= most)
    if not enough:
        message = (
            f"{len(taken)} tagged articles: at least one topic has to be on {LEAST_ARTICLES} of "
            f"them and not on {LEAST_ARTICLES} others"
        )
        raise TrainingError(message)
    return enough, sorted({*counts} - {*enough})


class _Learner:
    """scikit-learn, imported only here: who does not train does not need it."""

    def __init__(self) -> None:
        try:
            from scipy.sparse import hstack  # type: ignore[import-untyped]  # it ships no types
            from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]  # it ships no types
            from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types
        except ModuleNotFoundError as error:
            message = "training needs scikit-learn: install newswire-enrich[topics]"
            raise TrainingError(message) from error
        self._vectorizer = TfidfVectorizer(
            analyzer=_as_they_are,
            sublinear_tf=True,
            min_df=_LEAST_DOCUMENTS,
            max_features=_MOST_WORDS,
        )
        self._regression: Callable[[], Any] = lambda: LogisticRegression(
            C=_REGULARISATION, solver="liblinear", random_state=0, max_iter=1_000
        )
        self._hstack = hstack
        self.words: list[str] = []
        self.idf: npt.NDArray[Any] = np.zeros(0)

    def matrix(self, texts: Iterable[list[str]]) -> Any:  # noqa: ANN401 - scipy ships no types
        """Articles by words, sparse."""
        try:
            matrix = self._vectorizer.fit_transform(texts)
        except ValueError as error:  # what it says of an empty vocabulary
            raise TrainingError("the articles have no word in common") from error
        self.words = [str(word) for word in self._vectorizer.get_feature_names_out()]
        self.idf = self._vectorizer.idf_
        return matrix

    def beside(self, matrix: Any, columns: npt.NDArray[Any]) -> Any:  # noqa: ANN401 - scipy ships no types
        """The matrix with more columns."""
        return self._hstack([matrix, columns], format="csr")

    def fit(self, matrix: Any, labels: Flags) -> tuple[npt.NDArray[Any], float]:  # noqa: ANN401 - scipy ships no types
        fitted = self._regression().fit(matrix, labels)
        return fitted.coef_[0], float(fitted.intercept_[0])

    def cross_validated(self, matrix: Any, labels: Flags, parts: npt.NDArray[Any]) -> Chances:  # noqa: ANN401 - scipy ships no types
        """The chance of each article by a model that has not seen it."""
        chances = np.zeros(len(labels))
        for fold in range(FOLDS):
            held = parts == fold
            learnt = labels[~held]
            if held.any() and learnt.any() and not learnt.all():
                fitted = self._regression().fit(matrix[~held], learnt)
                chances[held] = fitted.predict_proba(matrix[held])[:, 1]
        return chances


def _as_they_are(words: list[str]) -> list[str]:
    return words


def _report(
    labels: Flags,
    chances: Chances,
    codes: list[str],
    too_few: list[str],
    vocabulary: Vocabulary,
) -> Report:
    said = chances >= _LIKELY
    topics = tuple(
        Figures(
            code,
            vocabulary.name(code, "en"),
            int(labels[:, n].sum()),
            *_rates(labels[:, n], said[:, n]),
        )
        for n, code in enumerate(codes)
    )
    tops = [n for n, code in enumerate(codes) if vocabulary.top(code) == code]
    right = 0.0
    if tops:
        likeliest = chances[:, tops].argmax(axis=1)
        right = float(labels[:, tops][np.arange(len(labels)), likeliest].mean())
    macro = sum(one.f1 for one in topics) / len(topics)
    micro = _rates(labels.ravel(), said.ravel())[2]
    return Report(len(labels), topics, tuple(too_few), micro, macro, right)


def _rates(labels: Flags, said: Flags) -> tuple[float, float, float]:
    """Precision, recall, F1; 0 where there is nothing to count."""
    right = int((labels & said).sum())
    precision, recall = right / max(1, int(said.sum())), right / max(1, int(labels.sum()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
