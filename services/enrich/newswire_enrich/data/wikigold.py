"""Reads Wikigold: 145 articles of Wikipedia with their names (build and evaluation only).

Balasuriya, Ringland, Nothman, Murphy and Curran, 2009, "Named Entity Recognition in Wikipedia".
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PATH = "wikigold/CONLL-format/data/wikigold.conll.txt"
NEW_DOCUMENT = "-DOCSTART-"
_OUTSIDE = "O"
_TIGHT_BEFORE = frozenset({
    ",", ".", ";", ":", "!", "?", ")", "]", "%", "'s", "n't", "'d", "'re", "'ll", "'ve", "'", "...",
})  # fmt: skip
_TIGHT_AFTER = frozenset({"(", "[", "$", "£", "#"})

_Word = tuple[str, str]  # as it stands, and its label


class Labelled(NamedTuple):
    """A text and the names in it: code points ``(start, end, type)``, type as in CoNLL-2003."""

    text: str
    names: frozenset[tuple[int, int, str]]


def documents(source: Path) -> list[Labelled]:
    """The articles in their order, one paragraph each, spaced as people write."""
    read: list[list[list[_Word]]] = [[[]]]
    for line in (source / PATH).read_text(encoding="utf-8").splitlines():
        word, _, label = line.partition(" ")
        if word == NEW_DOCUMENT:
            read.append([[]])
        elif word:
            read[-1][-1].append((word, label))
        else:
            read[-1].append([])
    return [_labelled(document) for document in read if any(document)]


def first_two_thirds(articles: Sequence[Labelled]) -> Sequence[Labelled]:
    """What may be learned from, rounded up; `last_third` is left to measure names on."""
    return articles[: _two_thirds(articles)]


def last_third(articles: Sequence[Labelled]) -> Sequence[Labelled]:
    """What nothing that ships was fitted to."""
    return articles[_two_thirds(articles) :]


def _two_thirds(articles: Sequence[Labelled]) -> int:
    return -(-len(articles) * 2 // 3)


def _labelled(sentences: Sequence[Sequence[_Word]]) -> Labelled:
    text = ""
    names: list[tuple[int, int, str]] = []
    for sentence in sentences:
        last = _OUTSIDE
        for space, (word, label) in zip(
            spaces([word for word, _ in sentence]), sentence, strict=True
        ):
            text += (space if text else "") + word
            if label != _OUTSIDE:
                start = names.pop()[0] if label == last else len(text) - len(word)
                names.append((start, len(text), label.partition("-")[2]))
            last = label
    return Labelled(text, frozenset(names))


def spaces(words: Sequence[str]) -> Iterator[str]:
    """What stands before each word: a space, or nothing where people write none."""
    before, quoted = "", False
    for word in words:
        closes = word == '"' and quoted
        yield "" if closes or word in _TIGHT_BEFORE or before in _TIGHT_AFTER else " "
        quoted ^= word == '"'
        before = "(" if word == '"' and quoted else word
