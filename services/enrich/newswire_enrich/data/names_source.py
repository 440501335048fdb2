"""The weights that judge names: an averaged perceptron in whole numbers (build time only).

::

    Wikigold, first two thirds ─ list and rules ─▶ candidates: their clues and kinds ─┐
    PETRARCH: people, bodies ─▶ clues within the words, one told from the other ──────┴▶ weights

Collins, 2002, "Discriminative Training Methods for Hidden Markov Models". Whole numbers, and an
order of the examples that a hash gives, make the same bytes on any machine.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newswire_enrich.data import artefacts, lists, wikigold
from newswire_enrich.tags.candidates import Candidate, Words, find_candidates
from newswire_enrich.tags.clues import Clue, clues, clues_within, surroundings
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.judging import KINDS, LANGUAGE
from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.matching import flatten

_WIKIGOLD_SOURCE = (
    "Wikigold (Balasuriya, Ringland, Nothman, Murphy and Curran, 2009), CC BY 4.0; weights "
    "learned from its first two thirds"
)
SOURCES = (
    _WIKIGOLD_SOURCE,
    "PETRARCH dictionaries (Open Event Data Alliance, 2014), MIT; words of names, and weights",
    "Newswire's own lists (Apache-2.0)",
)
_DICTIONARIES = "petrarch2/data/dictionaries"
_PERSON = re.compile(r"([A-Z][A-Z_]+)_\s+# CountryInfo")
_BODY = re.compile(r"([A-Z][A-Z_&' ]+?)_?\s*\[(?:NGO|NGM|IGO|MNC)")
_NO_BODY = ("ELI", "rulers")
_SMALL = frozenset({"OF", "THE", "AND", "FOR", "IN", "ON", "DE", "LA"})
_TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_LEAST_LETTERS = 3
_LEAST_GIVEN = 3  # people with a given name for it to be one
_LEAST_SURNAME = 2
_LEAST_SEEN = 3  # times that a clue is seen in Wikigold, or it is chance
_LEAST_SEEN_IN_NAMES = 3
_TAUGHT = 2_000  # of the people, and of the bodies, of PETRARCH
_ROUNDS = 10
_LEARNERS = 4  # that see the examples in other orders; their weights are added up
_SCALE = 25  # of a weight, before it is cut to a whole number


class _Example(NamedTuple):
    clues: tuple[Clue, ...]
    kind: int  # an index of `KINDS`
    rivals: range  # the kinds that it is told apart from


def artefact(version: str, source: Path, gazetteer: Mapping[str, Any]) -> dict[str, Any]:
    """``names.json``. ``gazetteer`` is the artefact of that name, by which candidates are found."""
    people, bodies = _people(source), _bodies(source)
    lists_and_rules = Gazetteer.from_artefact(gazetteer)
    words = _words(people, lists_and_rules.lexicon)
    examples = [
        *_of_wikigold(source, lists_and_rules, words),
        *_of_names(people, KINDS.index("person"), lists_and_rules.lexicon, words),
        *_of_names(bodies, KINDS.index("organisation"), lists_and_rules.lexicon, words),
    ]
    return {
        "artefact": "names",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": SOURCES,
        "words": {name: sorted(getattr(words, name)) for name in Words._fields},
        "weights": _learn(_without_rare(examples)),
    }


def _words(people: Sequence[str], lexicon: Lexicon) -> Words:
    given = Counter(name.split()[0].lower() for name in people)
    surnames = Counter(name.split()[-1].lower() for name in people)
    taken = {
        word.lower()
        for words in (
            lexicon.not_names, lexicon.organisation_words, lexicon.titles, lexicon.function_words,
        )
        for word in words
    }  # fmt: skip
    return Words(
        frozenset(" ".join(lists.lines("joining_words")).split()),
        frozenset(_frequent(given, _LEAST_GIVEN)) - taken,
        frozenset(_frequent(surnames, _LEAST_SURNAME)),
    )


def _frequent(counts: Mapping[str, int], least: int) -> Iterator[str]:
    return (
        word for word, count in counts.items() if count >= least and len(word) >= _LEAST_LETTERS
    )


def _of_wikigold(source: Path, gazetteer: Gazetteer, words: Words) -> Iterator[_Example]:
    """One example a spelling of an article; its kind is what it mostly is there."""
    for article in wikigold.first_two_thirds(wikigold.documents(source)):
        flat = flatten(article.text)
        told = gazetteer.told(flat, LANGUAGE)
        grouped = find_candidates(flat, told.runs, told.firm, gazetteer.lexicon, words)
        around = surroundings(grouped, told.firm)
        kinds = {(start, end): _TYPES.get(label) for start, end, label in article.names}
        for group in grouped.values():
            found = clues(flat, group, around, gazetteer.lexicon, words)
            counts = Counter(
                kinds.get((one.start, one.end), kinds.get((one.opens, one.end))) for one in group
            )
            kind = KINDS.index(counts.most_common(1)[0][0])
            yield _Example(tuple(found), kind, range(len(KINDS)))


def _of_names(
    names: Sequence[str], kind: int, lexicon: Lexicon, words: Words
) -> Iterator[_Example]:
    """Names without a text: a person is told from a body there, and from nothing else."""
    for name in _drawn(names, _TAUGHT):
        named = tuple(word for word in name.split() if word[0].isupper())
        candidate = Candidate(0, len(name), name, named, None, None, 0)
        yield _Example(
            tuple(dict.fromkeys(clues_within(candidate, lexicon, words))), kind, range(2)
        )


def _people(source: Path) -> list[str]:
    names = set()
    for match in _matches(source / _DICTIONARIES / "Phoenix.Countries.actors.txt", _PERSON):
        words = match[1].split("_")
        if 2 <= len(words) <= 4:  # noqa: PLR2004 - others are lists, or single words
            names.add(" ".join(map(str.capitalize, words)))
    return sorted(names)


def _bodies(source: Path) -> list[str]:
    names = set()
    for match in _matches(source / _DICTIONARIES / "Phoenix.International.actors.txt", _BODY):
        words = match[1].replace("_", " ").split()
        if len(words) > 1 and not any(sign in match.string for sign in _NO_BODY):
            names.add(" ".join(_cased(word, index) for index, word in enumerate(words)))
    return sorted(names)


def _cased(word: str, index: int) -> str:
    if index and word in _SMALL:
        return word.lower()
    return word if len(word) <= _LEAST_LETTERS else word.capitalize()


def _matches(path: Path, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        match = pattern.match(line)
        if match:
            yield match


def _drawn(names: Sequence[str], most: int) -> list[str]:
    return sorted(names, key=_hash)[:most]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _without_rare(examples: Sequence[_Example]) -> list[_Example]:
    """The examples without the clues that are too rare to be more than chance."""
    whole = Counter(clue for one in examples if len(one.rivals) > 2 for clue in one.clues)  # noqa: PLR2004
    every = Counter(clue for one in examples for clue in one.clues)
    return [
        one._replace(
            clues=tuple(
                clue
                for clue in one.clues
                if whole[clue] >= _LEAST_SEEN or every[clue] >= _LEAST_SEEN_IN_NAMES
            )
        )
        for one in examples
    ]


def _learn(examples: Sequence[_Example]) -> dict[str, dict[str, list[int]]]:
    """Whole weights by clue: of its template, then of its value."""
    total: defaultdict[Clue, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    for learner in range(_LEARNERS):
        for clue, row in _perceptron(examples, learner).items():
            total[clue] = [one + other for one, other in zip(total[clue], row, strict=True)]
    weights: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for (template, value), row in sorted(total.items()):
        if any(row):
            weights[template][value] = row
    return dict(weights)


def _perceptron(examples: Sequence[_Example], learner: int) -> dict[Clue, list[int]]:
    """The weights of one learner, averaged over all that it saw, times `_SCALE`."""
    weights: defaultdict[Clue, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    since: defaultdict[Clue, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    seen = 0
    for round_ in range(_ROUNDS):
        order = sorted(range(len(examples)), key=lambda index: _hash(f"{learner} {round_} {index}"))
        for index in order:
            seen += 1
            one = examples[index]
            rival = _rival(one, weights)
            if rival is not None:
                for clue in one.clues:
                    for kind, step in ((one.kind, 1), (rival, -1)):
                        weights[clue][kind] += step
                        since[clue][kind] += step * seen
    return {
        clue: [
            (weight * (seen + 1) - late) * _SCALE // (seen + 1)
            for weight, late in zip(row, since[clue], strict=True)
        ]
        for clue, row in weights.items()
    }


def _rival(one: _Example, weights: Mapping[Clue, Sequence[int]]) -> int | None:
    """The kind that outdoes the right one, or is as likely; None where it is right."""
    rows = [weights[clue] for clue in one.clues if clue in weights]
    sums = [sum(row[kind] for row in rows) + (kind != one.kind) for kind in one.rivals]
    best = max(one.rivals, key=sums.__getitem__)
    return None if best == one.kind else best
