"""Topics: how often the surest top-level topic of an article is that of its class.

``…_shipped`` is measured on all articles, for nothing was fitted on them. ``…_trained`` is of what
`newswire topics train` makes of a set's training part, on its other part; ``…_other`` is of the
same model on the other set. An article that gets no topic counts as wrong.
"""

import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from newswire_common.article import Topic
from newswire_enrich.data import artefacts
from newswire_enrich.related.terms import folded, plain_words
from newswire_enrich.topics import Topics, Words
from newswire_enrich.topics.archive import Example
from newswire_enrich.topics.model import HEADLINE_TIMES, write
from newswire_enrich.topics.rules import Rules, leaning
from newswire_enrich.topics.terms import join, term_lists
from newswire_enrich.topics.training import TrainingError, train
from newswire_enrich.topics.vocabulary import Vocabulary

# The classes of both sets among the top-level topics.
_CLASSES = {
    "business": "04000000", "entertainment": "01000000", "health": "07000000",
    "politics": "11000000", "religion": "12000000", "sports": "15000000", "sport": "15000000",
    "technology": "13000000", "tech": "13000000",
}  # fmt: skip
_EVERY = 5  # of the BBC's articles one is held out: those that end in 4 or 9
_BINS = 10


class _Story(NamedTuple):
    code: str
    body: str
    words: Words


def measure(data: Path) -> dict[str, float]:
    """Shares of 0 to 1, and milliseconds an article."""
    learn, judge = _masakhanews(data, "train"), _masakhanews(data, "dev")
    bbc = _bbc(data)
    bbc_learn = [story for number, story in bbc if number % _EVERY != _EVERY - 1]
    bbc_judge = [story for number, story in bbc if number % _EVERY == _EVERY - 1]
    both = [story for _, story in bbc]
    shipped = Topics.load()
    started = time.perf_counter()
    figures = {
        "masakhanews_shipped": _accuracy(shipped, [*learn, *judge]),
        "bbc_shipped": _accuracy(shipped, both),
    }
    spent = time.perf_counter() - started
    figures["ms_an_article"] = 1_000 * spent / (len(learn) + len(judge) + len(both))
    figures["calibration_error"] = _calibration_error(shipped, [*learn, *judge, *both])
    return figures | _trained(
        {"masakhanews": (learn, judge), "bbc": (bbc_learn, bbc_judge)}, _learner()
    )


def _trained(
    sets: dict[str, tuple[list[_Story], list[_Story]]], fit: Callable[[Sequence[_Story]], Topics]
) -> dict[str, float]:
    """In-domain and cross-domain; nothing where scikit-learn is not installed."""
    figures = {}
    for name, (learn, judge) in sets.items():
        try:
            model = fit(learn)
        except TrainingError:
            return {}
        figures[f"{name}_trained"] = _accuracy(model, judge)
        for other, (_, unseen) in sets.items():
            if other != name:
                figures[f"{other}_trained_on_{name}"] = _accuracy(model, unseen)
    return figures


def _learner() -> Callable[[Sequence[_Story]], Topics]:
    artefact = artefacts.read("media_topics")
    vocabulary = Vocabulary.of(artefact)
    rules = Rules(vocabulary, term_lists(artefact["terms"]))

    def example(story: _Story) -> Example:
        headline, body, _ = story.words
        reading = rules.read(headline, join(body), len(headline) + len(body), "en")
        told = [*list(headline) * HEADLINE_TIMES, *body]
        return Example(told, frozenset({story.code}), leaning(reading))

    def fit(stories: Sequence[_Story]) -> Topics:
        arrays, _ = train(map(example, stories), vocabulary)
        with TemporaryDirectory() as folder:
            path = Path(folder, "topics.npz")
            write(arrays, path)
            return Topics.load(path)

    return fit


def _accuracy(topics: Topics, stories: Sequence[_Story]) -> float:
    right = 0
    for story in stories:
        tops = _tops(topics.tag((), story.body, story.words, "en"))
        right += bool(tops) and tops[0].code == f"medtop:{story.code}"
    return right / len(stories)


def _calibration_error(topics: Topics, stories: Sequence[_Story]) -> float:
    """Mean distance of confidence and share that is right, by tenths (Naeini et al., 2015)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for story in stories:
        for top in _tops(topics.tag((), story.body, story.words, "en")):
            right = top.code == f"medtop:{story.code}"
            bins[min(int(top.confidence * _BINS), _BINS - 1)].append((top.confidence, right))
    apart = sum(abs(sum(sure for sure, _ in one) - sum(right for _, right in one)) for one in bins)
    return apart / sum(map(len, bins))


def _tops(topics: Sequence[Topic]) -> list[Topic]:
    return [topic for topic in topics if topic.code.endswith("000000")]


def _masakhanews(data: Path, part: str) -> list[_Story]:
    csv.field_size_limit(10_000_000)
    path = data / f"masakhanews/eng-{part}.tsv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [_story(row["category"], row["headline"], row["text"]) for row in rows]


def _bbc(data: Path) -> list[tuple[int, _Story]]:
    """With the number that the set gives each article of a class."""
    stories = []
    for path in sorted((data / "bbc").glob("*/*.txt")):
        headline, _, body = path.read_text(encoding="utf-8", errors="replace").partition("\n")
        stories.append((int(path.stem), _story(path.parent.name, headline, body)))
    return stories


def _story(label: str, headline: str, body: str) -> _Story:
    plain = plain_words(body)
    words = Words(folded(plain_words(headline)), folded(plain), plain)
    return _Story(_CLASSES[label], body, words)
