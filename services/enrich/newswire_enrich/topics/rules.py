"""Topics by the terms that a text says: the shipped classifier, which needs no training.

A term speaks for a topic and for all above it, with the weight of its mark: the more, the more
often it is said (sublinear, as in TF-IDF: Salton and Buckley, 1988), and twice in the headline. A
top-level topic of weight w in a text of n words is as sure as

    w² / Σ w² of all top-level topics  ×  w / (w + √n / 5)

which asks for a clear winner and for enough said of it. Of the figures that this gives, about as
many are right as they say (docs/topics.md has the table). A narrower topic has √share of the
confidence of its top-level topic, where share is how much of the weight of that is its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from newswire_enrich.topics.terms import TermList, join
from newswire_enrich.topics.vocabulary import Vocabulary

LIST_LANGUAGES = frozenset({"de", "en", "es", "fr", "pt"})  # with term lists of our own
_DAMPED = (0, 100, 150, 180, 200)  # hundredths, by how often a term is said; then the last
_HEADLINE_TIMES = 2
_LEAST_WEIGHT = 1_500  # hundredths: a firm term and a plain one, or a firm one in the headline
_LEAST_NARROW, _NARROW_SHARE = 2_000, 0.25  # two firm terms at least, and a fair part of all
_HALF = 20  # hundredths for each square root of a word
_LEAST_CONFIDENCE = 0.35
_MOST_NARROW = 5  # under one top-level topic, the surest
_DIGITS = 4


class Spoken(NamedTuple):
    """A topic that a text speaks for.

    ``terms`` are those of the body that say it, the most telling first: the number of a term and
    where it stands first in the joined words.
    """

    code: str
    confidence: float
    terms: tuple[tuple[int, int], ...]


class _Says(NamedTuple):
    """What a term says: the weight for each top-level topic, and for each narrower one."""

    tops: tuple[tuple[str, int], ...]
    narrow: tuple[tuple[str, int], ...]


class Reading(NamedTuple):
    """The terms of a text: how much each says (hundredths of its weight), and where it is first."""

    terms: TermList
    says: Sequence[_Says]
    said: Mapping[int, int]
    first: Mapping[int, int]
    sums: Mapping[str, int]
    words: int


class Rules:
    """The term lists of all languages. Immutable."""

    def __init__(self, vocabulary: Vocabulary, lists: Mapping[str, TermList]) -> None:
        self._vocabulary = vocabulary
        self._lists = lists
        self._says = {
            language: [_rolled_up(term.weights, vocabulary) for term in terms.terms]
            for language, terms in lists.items()
        }
        self._tops = {
            code: vocabulary.top(code)
            for says in self._says.values()
            for one in says
            for code, _ in one.narrow
        }

    def of(self, language: str | None) -> TermList | None:
        """The terms of a language (BCP 47), of English where it is unknown."""
        return self._lists.get(self._vocabulary.language(language))

    def listed(self, language: str | None) -> bool:
        """Whether there is a list of ours for the language, not only the names of topics."""
        return self._vocabulary.language(language) in LIST_LANGUAGES

    def read(
        self, headline: Iterable[str], joined_body: str, words: int, language: str | None
    ) -> Reading | None:
        """The terms of a text; None in a language without any.

        ``headline`` is words, ``joined_body`` a `join` of words, ``words`` how many there are.
        """
        terms = self.of(language)
        if terms is None:
            return None
        places = terms.find(joined_body)
        counts = Counter([term for term, _, _ in places])
        for term, _, _ in terms.find(join(headline)):
            counts[term] += _HEADLINE_TIMES
        most = len(_DAMPED) - 1
        said = {term: _DAMPED[min(count, most)] for term, count in counts.items()}
        says = self._says[self._vocabulary.language(language)]
        first = {term: start for term, start, _ in reversed(places)}
        return Reading(terms, says, said, first, _top_sums(said, says), words)

    def speak(self, reading: Reading) -> list[Spoken]:
        """The topics of a text: top-level ones, the surest first, then the narrower of theirs."""
        tops = _tops(reading.sums, reading.words)
        found = [(code, confidence) for code, confidence, _ in tops]
        narrow = _sums(reading.said, reading.says) if tops else {}
        for code, confidence, weight in tops:
            found += self._narrower(code, confidence, weight, narrow)
        telling = _telling({code for code, _ in found}, reading)
        return [
            Spoken(code, round(confidence, _DIGITS), telling[code]) for code, confidence in found
        ]

    def _narrower(
        self, top: str, confidence: float, weight: int, sums: Mapping[str, int]
    ) -> list[tuple[str, float]]:
        least = max(_LEAST_NARROW, _NARROW_SHARE * weight)
        found = [
            (code, confidence * min(1.0, sqrt(own / weight)))
            for code, own in sums.items()
            if own >= least and self._tops[code] == top
        ]
        found.sort(key=lambda one: (-one[1], one[0]))
        return found[:_MOST_NARROW]


def _rolled_up(weights: Iterable[tuple[str, int]], vocabulary: Vocabulary) -> _Says:
    tops: defaultdict[str, int] = defaultdict(int)
    narrow: defaultdict[str, int] = defaultdict(int)
    for code, weight in weights:
        *below, top = vocabulary.line(code)
        tops[top] += weight
        for one in below:
            narrow[one] += weight
    return _Says(tuple(tops.items()), tuple(narrow.items()))


def leaning(reading: Reading | None) -> dict[str, float]:
    """How a text leans to the top-level topics: a unit vector of their weights, or nothing."""
    if reading is None or not reading.sums:
        return {}
    length = sqrt(sum(weight * weight for weight in reading.sums.values()))
    return {code: weight / length for code, weight in reading.sums.items()}


def _top_sums(said: Mapping[int, int], says: Sequence[_Says]) -> dict[str, int]:
    """The weight of each top-level topic."""
    sums: defaultdict[str, int] = defaultdict(int)
    for term, times in said.items():
        for code, weight in says[term].tops:
            sums[code] += weight * times
    return sums


def _tops(sums: Mapping[str, int], words: int) -> list[tuple[str, float, int]]:
    """The top-level topics that are sure enough: code, confidence, weight."""
    squares = sum(weight * weight for weight in sums.values())
    half = _HALF * sqrt(words)
    sure = [
        (code, weight * weight / squares * (weight / (weight + half)), weight)
        for code, weight in sums.items()
        if weight >= _LEAST_WEIGHT
    ]
    kept = [one for one in sure if one[1] >= _LEAST_CONFIDENCE]
    return sorted(kept, key=lambda one: (-one[1], one[0]))


def _sums(said: Mapping[int, int], says: Sequence[_Says]) -> dict[str, int]:
    """The weight of each narrower topic."""
    sums: defaultdict[str, int] = defaultdict(int)
    for term, times in said.items():
        for code, weight in says[term].narrow:
            sums[code] += weight * times
    return sums


def _telling(wanted: set[str], reading: Reading) -> dict[str, tuple[tuple[int, int], ...]]:
    """Where the terms stand that say most for each code that is wanted."""
    found: dict[str, list[tuple[int, int, int]]] = {code: [] for code in wanted}
    for term, start in reading.first.items():
        tops, narrow = reading.says[term]
        for code, weight in (*tops, *narrow):
            if code in wanted:
                found[code].append((-weight * reading.said[term], start, term))
    return {
        code: tuple([(term, start) for _, start, term in sorted(terms)])
        for code, terms in found.items()
    }
