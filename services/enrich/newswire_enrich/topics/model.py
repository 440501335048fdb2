"""A linear model of topics that was fitted on a newsroom's own archive (`newswire topics train`).

One weight for each word and topic over TF-IDF (sublinear, cosine-normalised; Salton and Buckley,
1988), and one for what the rules say of each top-level topic, so that a small archive suffices;
then a logistic function for each topic. A file of plain arrays (npz, no pickles); scored in numpy
alone, so that a service needs nothing that training needs.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from newswire_common.errors import ConfigurationError
from newswire_enrich.topics.vocabulary import Vocabulary

FORMAT = 1  # raised when the arrays change
HEADLINE_TIMES = 2  # a word of the headline counts as if it were said so often
_MOST_BYTES = 1_000_000_000  # unpacked: a million words and two hundred topics
_TELLING = 8  # words told for a topic
WORTH_SAYING = 0.15  # the least chance of a topic that is told of at all
_DIGITS = 4

_NAMES = ("words", "codes", "tops")
_NUMBERS = ("idf", "weights", "top_weights", "bias")

Floats = npt.NDArray[np.float32]


class ModelError(ConfigurationError):
    """The file of a model is absent, damaged, or not one of this version."""


class Score(NamedTuple):
    """A topic, how likely it is (0 to 1), and the words that say most for it, the most first."""

    code: str
    confidence: float
    words: tuple[str, ...]


class Arrays(NamedTuple):
    """A model's content: ``weights`` is of shape (words, codes); codes are eight digits.

    ``top_weights``, of shape (tops, codes), is for what the rules say of each top-level topic.
    """

    words: tuple[str, ...]
    codes: tuple[str, ...]
    tops: tuple[str, ...]
    idf: Floats
    weights: Floats
    top_weights: Floats
    bias: Floats

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        return (self.words, self.codes, self.tops)

    @property
    def numbers(self) -> tuple[Floats, ...]:
        return (self.idf, self.weights, self.top_weights, self.bias)


class Model:
    """Immutable."""

    def __init__(self, arrays: Arrays) -> None:
        self.codes = arrays.codes
        self.version = _digest(arrays)[:12]
        self._rows = {word: row for row, word in enumerate(arrays.words)}
        self._words = arrays.words
        self._arrays = arrays

    @classmethod
    def read(cls, path: Path, vocabulary: Vocabulary) -> Self:
        """Raises ModelError, one line that names the file and what is wrong with it."""
        try:
            return cls(_checked(_unpacked(path), vocabulary))
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"NEWSWIRE_TOPICS_MODEL: {path}: {error}") from error

    def scores(
        self, headline: Sequence[str], body: Sequence[str], leaning: Mapping[str, float]
    ) -> list[Score]:
        """All topics of the model, the likeliest first; none where it knows no word of the text.

        ``leaning`` is what the rules say of the text (`newswire_enrich.topics.rules.leaning`).
        """
        counts = Counter(body)
        for word in headline:
            counts[word] += HEADLINE_TIMES
        find = self._rows.get
        known = [(row, count) for word, count in counts.items() if (row := find(word)) is not None]
        if not known:
            return []
        rows = np.array([row for row, _ in known])
        said = np.array([count for _, count in known], dtype=np.float64)
        values = (1.0 + np.log(said)) * self._arrays.idf[rows]
        values /= np.sqrt((values * values).sum())
        says = self._arrays.weights[rows] * values[:, np.newaxis]
        leans = np.array([leaning.get(top, 0.0) for top in self._arrays.tops])
        sums = says.sum(axis=0) + (self._arrays.top_weights * leans[:, np.newaxis]).sum(axis=0)
        chances = 1.0 / (1.0 + np.exp(-(sums + self._arrays.bias)))
        return [
            Score(
                self.codes[column],
                round(float(chances[column]), _DIGITS),
                self._telling(rows, says[:, column]) if chances[column] >= WORTH_SAYING else (),
            )
            for column in np.argsort(-chances, kind="stable").tolist()
        ]

    def _telling(self, rows: npt.NDArray[Any], says: npt.NDArray[Any]) -> tuple[str, ...]:
        most = np.argsort(-says, kind="stable")[:_TELLING]
        return tuple(self._words[rows[number]] for number in most.tolist() if says[number] > 0)


def write(arrays: Arrays, path: Path) -> str:
    """Store a model in one piece; its version. The same content gives the same bytes."""
    packed = io.BytesIO()
    content: dict[str, Any] = {
        "format": np.array(FORMAT),
        "digest": np.array(_digest(arrays)),
        **{name: _letters(getattr(arrays, name)) for name in _NAMES},
        **{name: getattr(arrays, name) for name in _NUMBERS},
    }
    np.savez_compressed(packed, **content)
    part = path.with_name(path.name + ".part")
    part.write_bytes(packed.getvalue())
    part.replace(path)
    return _digest(arrays)[:12]


def _unpacked(path: Path) -> Arrays:
    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > _MOST_BYTES:
            raise ValueError("is too large")
    with np.load(path, allow_pickle=False) as stored:
        if int(stored["format"]) != FORMAT:
            raise ValueError("was made by another version: train it again")
        names = [tuple(_lines(stored[name])) for name in _NAMES]
        arrays = Arrays(*names, *(stored[name] for name in _NUMBERS))  # type: ignore[arg-type]  # in the order of the fields
        digest = str(stored["digest"])
    _check_shape(arrays)
    if _digest(arrays) != digest:
        raise ValueError("is damaged")
    return arrays


def _check_shape(arrays: Arrays) -> None:
    words, codes, tops = map(len, arrays.names)
    shapes = tuple(array.shape for array in arrays.numbers)
    if not words or not codes or shapes != ((words,), (words, codes), (tops, codes), (codes,)):
        raise ValueError("its arrays do not fit one another")
    if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.numbers):
        raise ValueError("its weights are no numbers")


def _checked(arrays: Arrays, vocabulary: Vocabulary) -> Arrays:
    unknown = [code for code in arrays.codes if vocabulary.current(code) != code]
    if unknown:
        raise ValueError(f"medtop:{unknown[0]} is no topic in use: train it again")
    return arrays


def _digest(arrays: Arrays) -> str:
    """Of the words, the codes and every weight."""
    digest = sha256()
    for name in arrays.names:
        digest.update(_letters(name).tobytes())
    for array in arrays.numbers:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _letters(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(letters: npt.NDArray[np.uint8]) -> list[str]:
    """Empty where there are none: nothing spoke for any topic."""
    return letters.tobytes().decode().split("\n") if letters.size else []
