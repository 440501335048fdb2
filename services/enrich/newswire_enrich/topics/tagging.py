"""Topics of one article, from all that knows of them.

given (confidence 1) ─▶ the model's, where one is configured ─▶ the rules' ─▶ each with its parents

Pure: subjects, text, words and language in, topics out.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import TypeAdapter

from newswire_common.article import Subject, Topic
from newswire_enrich.data import artefacts
from newswire_enrich.topics.evidence import place, place_unspaced
from newswire_enrich.topics.given import given_codes
from newswire_enrich.topics.model import WORTH_SAYING, Model, Score
from newswire_enrich.topics.rules import Reading, Rules, leaning
from newswire_enrich.topics.terms import TermList, join, term_lists, word_number
from newswire_enrich.topics.vocabulary import Vocabulary, qualified

VERSION = "1"
MOST_TOPICS = 50  # of an article, parents included
_EVIDENCE = 3  # spans of a topic
_LIKELY = 0.5  # the model's own topics; the likeliest top-level one also where none is
_TOPICS = TypeAdapter(tuple[Topic, ...])

Places = tuple[tuple[int, int], ...]


class Words(NamedTuple):
    """The words of an article, computed once for all parts (`newswire_enrich.related.terms`).

    ``headline`` and ``body`` are `folded`, ``plain`` the `plain_words` of the body.
    """

    headline: Sequence[str]
    body: Sequence[str]
    plain: Sequence[str]


class Found(NamedTuple):
    """A topic that the text shows, and where: code points of the body."""

    code: str
    confidence: float
    places: Places


class Topics:
    """Immutable: tasks may share it."""

    def __init__(self, vocabulary: Vocabulary, rules: Rules, model: Model | None = None) -> None:
        self.vocabulary = vocabulary
        self._rules = rules
        self._model = model

    @classmethod
    def load(cls, model: Path | None = None) -> Self:
        """Read the artefact, and the model of the user's own where there is one.

        Raises `newswire_enrich.data.artefacts.ArtefactError`, `ModelError`.
        """
        artefact = artefacts.read("media_topics")
        vocabulary = Vocabulary.of(artefact)
        rules = Rules(vocabulary, term_lists(artefact["terms"]))
        return cls(vocabulary, rules, Model.read(model, vocabulary) if model else None)

    def method(self, language: str | None) -> str:
        """How topics of a text in this language are found, for provenance."""
        told = self.vocabulary.language(language)
        ways = ["subjects of the source"]
        if self._model is not None:
            ways.append("linear model of the archive")
        if self._rules.of(language) is None:
            return f"{', '.join(ways)} (no terms for {told})"
        kind = "terms" if self._rules.listed(language) else "names of topics only"
        return f"{', '.join(ways)}, {kind} for {told}"

    @property
    def version(self) -> str:
        """Of the rules, the artefact and the model."""
        parts = (VERSION, self.vocabulary.version, *((self._model.version,) if self._model else ()))
        return " ".join(parts)

    def tag(
        self, subjects: Iterable[Subject], body: str, words: Words, language: str | None
    ) -> tuple[Topic, ...]:
        """What was given first, then what the text shows, the surest first.

        A topic brings those above it: with its own confidence and evidence, where they have none
        of their own that is surer.
        """
        given = given_codes(subjects, language, self.vocabulary)
        topics: dict[str, tuple[float, Places]] = {}
        for code in given:
            self._add(topics, Found(code, 1.0, ()))
        for found in self._found(body, words, language):
            self._add(topics, found)
        ranked = sorted(topics.items(), key=lambda item: -item[1][0])[:MOST_TOPICS]
        return _TOPICS.validate_python(
            [
                _tag(code, given.get(code) or "", told, self.vocabulary, language)
                for code, told in ranked
            ]
        )

    def _add(self, topics: dict[str, tuple[float, Places]], found: Found) -> None:
        """With its parents, after it; what is there already keeps its confidence if it is surer."""
        known = found.code in self.vocabulary
        for code in self.vocabulary.line(found.code) if known else (found.code,):
            confidence, places = topics.get(code, (0.0, ()))
            topics[code] = (max(confidence, found.confidence), places or found.places)

    def _found(self, body: str, words: Words, language: str | None) -> list[Found]:
        """By the model; the rules complete it below what it found, and speak where it is silent."""
        joined = join(words.body)
        count = len(words.headline) + len(words.body)
        reading = self._rules.read(words.headline, joined, count, language)
        by_rules = _by_rules(self._rules, reading, body, words, joined)
        if self._model is None:
            return list(by_rules)
        scores = self._model.scores(words.headline, words.body, leaning(reading))
        by_model = [
            Found(score.code, score.confidence, _places_of_words(body, words, score.words))
            for score in _kept(scores, self.vocabulary)
        ]
        if not by_model:
            return list(by_rules)
        tops = {self.vocabulary.top(found.code): found.confidence for found in reversed(by_model)}
        learnt = frozenset(self._model.codes)
        return by_model + [
            found._replace(confidence=min(found.confidence, tops[top]))
            for found in by_rules
            if (top := self.vocabulary.top(found.code)) in tops and found.code not in learnt
        ]


def _by_rules(
    rules: Rules, reading: Reading | None, body: str, words: Words, joined: str
) -> Iterator[Found]:
    if reading is None:
        return
    for one in rules.speak(reading):
        places = _places(body, words, joined, reading.terms, one.terms[:_EVIDENCE])
        yield Found(one.code, one.confidence, places)


def _kept(scores: Sequence[Score], vocabulary: Vocabulary) -> list[Score]:
    """What is likely; where no top-level topic is, the likeliest of them that is worth saying."""
    kept = [score for score in scores if score.confidence >= _LIKELY]
    if not kept:
        tops = [one for one in scores if vocabulary.top(one.code) == one.code]
        kept = [one for one in tops[:1] if one.confidence >= WORTH_SAYING]
    return kept


def _places(
    body: str, words: Words, joined: str, terms: TermList, found: Sequence[tuple[int, int]]
) -> Places:
    """Where the terms stand in the body: first in the text first."""
    places = []
    aligned = len(words.plain) == len(words.body)
    for term, start in found:
        first = word_number(joined, start)
        last = first + terms.terms[term].text.count(" ") + 1
        if aligned:
            places.append(place(body, words.plain[first:last]))
        else:
            places.append(place_unspaced(body, words.body[first:last]))
    return tuple(sorted({one for one in places if one is not None}))


def _places_of_words(body: str, words: Words, telling: Sequence[str]) -> Places:
    """Where the first few stand that are in the body; the others are in the headline alone."""
    aligned = len(words.plain) == len(words.body)
    places: set[tuple[int, int]] = set()
    for word in telling:
        if aligned:
            number = _index(words.body, word)
            found = None if number is None else place(body, [words.plain[number]])
        else:
            found = place_unspaced(body, [word])
        if found is not None:
            places.add(found)
        if len(places) == _EVIDENCE:
            break
    return tuple(sorted(places))


def _index(words: Sequence[str], word: str) -> int | None:
    try:
        return words.index(word)
    except ValueError:
        return None


def _tag(
    code: str,
    given_name: str,
    told: tuple[float, Places],
    vocabulary: Vocabulary,
    language: str | None,
) -> dict[str, Any]:
    confidence, places = told
    return {
        "code": qualified(code),
        "name": vocabulary.name(code, language) if code in vocabulary else given_name,
        "confidence": confidence,
        "evidence": [{"start": start, "end": end} for start, end in places],
    }
