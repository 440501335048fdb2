"""The terms that speak for a topic, and which words of a text they are.

A term is one word or several, or the beginning of a word. All are found in one pass over the words
that the article's other parts use too (Aho and Corasick, 1975, "Efficient string matching"); of
terms that overlap the first counts, and of those the longest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

# How much a term says, in the marks of the lists: "?", none and "!". Integers, so that a sum is
# the same in whatever order it is made.
FAINT, PLAIN, FIRM = 2, 5, 10
_BEGINNING = "*"
# Each word has a space of its own on either side, so that two terms may follow each other.
_BETWEEN = "  "


class Term(NamedTuple):
    """The words of a term, as `newswire_enrich.related.terms.words` gives them, with spaces.

    It has a weight for each code (eight digits) that it speaks for.
    """

    text: str
    weights: tuple[tuple[str, int], ...]


class TermList:
    """The terms of one language."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms

    @cached_property
    def _automaton(self) -> AhoCorasick:
        """Made for the first text of the language: few newsrooms write in all of them."""
        return AhoCorasick(
            [_pattern(term.text) for term in self.terms],
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, joined: str) -> list[tuple[int, int, int]]:
        """Every term of a `join`, in order: its number, and the characters that it takes there."""
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(joined)
        return found


def join(words: Iterable[str]) -> str:
    """The words as `TermList.find` wants them."""
    return f" {_BETWEEN.join(words)} "


def word_number(joined: str, start: int) -> int:
    """Which of the joined words a term begins with that is found at ``start``."""
    return joined.count(_BETWEEN, 0, start + 1)


def term_lists(artefact: Mapping[str, Iterable[Sequence[Any]]]) -> dict[str, TermList]:
    """By language, from the rows ``[code, weight, term, …]`` of the artefact."""
    return {language: TermList(_terms(rows)) for language, rows in artefact.items()}


def _terms(rows: Iterable[Sequence[Any]]) -> list[Term]:
    weights: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for code, weight, *terms in rows:
        for term in terms:
            weights[term].append((code, weight))
    return [Term(text, tuple(told)) for text, told in sorted(weights.items())]


def _pattern(term: str) -> str:
    pattern = join(term.split())
    return pattern[:-2] if term.endswith(_BEGINNING) else pattern
