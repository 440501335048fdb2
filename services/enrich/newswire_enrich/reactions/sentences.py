"""Cuts a text into sentences: a quote and the words that attribute it stay together.

``“It is over. We lost,” said Berg.`` is one sentence here: a full stop within a quote ends none.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from newswire_enrich.reactions.quotes import Quote

# A sentence longer than this is a table or a list; it is cut at a space.
MAX_SENTENCE = 1_200
# Words further inside a quote than this are cut into sentences like any other text.
_LONG_QUOTE = 800
# One set of signs begins every match, so that the search runs from one to the next.
_BREAK = re.compile(r"[.!?…\n](?:(?<=\n)\s*|(?<!\n)[.!?…]*[\"'”’»“)\]]*(?=\s))")
_LAST_WORD = re.compile(r"[^\s(\"'“‘„«]*$")


class Span(NamedTuple):
    """Code points ``[start, end)`` of the text, without surrounding space."""

    start: int
    end: int


def split(text: str, quotes: Sequence[Quote], abbreviations: Collection[str]) -> list[Span]:
    """The sentences of ``text`` in order. Linear in the length of ``text``."""
    spans: list[Span] = []
    start = 0
    for end in _ends(text, quotes, abbreviations):
        spans.extend(_bounded(text, start, end))
        start = end
    spans.extend(_bounded(text, start, len(text)))
    return spans


def _ends(text: str, quotes: Sequence[Quote], abbreviations: Collection[str]) -> Iterator[int]:
    nearest = 0
    for match in _BREAK.finditer(text):
        position = match.start()
        while nearest < len(quotes) and quotes[nearest].outer_end <= position:
            nearest += 1
        following = text[match.end() : match.end() + 2].lstrip()[:1]
        if text[position] == "\n":
            if not following.islower():
                yield match.end()
        elif (
            not following.islower()
            and not _inside(quotes, nearest, match)
            and not _abbreviates(text, match, abbreviations)
        ):
            yield match.end()


def _inside(quotes: Sequence[Quote], nearest: int, match: re.Match[str]) -> bool:
    if nearest == len(quotes):
        return False
    quote = quotes[nearest]
    within = quote.outer_start <= match.start() and match.end() < quote.outer_end
    return within and quote.outer_end - quote.outer_start <= _LONG_QUOTE


def _abbreviates(text: str, match: re.Match[str], abbreviations: Collection[str]) -> bool:
    if match.group() != ".":
        return False
    position = match.start()
    found = _LAST_WORD.search(text[max(0, position - 20) : position])
    word = found.group().lower() if found else ""
    return word in abbreviations or (len(word) == 1 and word.isalpha())


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + 1, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start < end:
        yield Span(start, end)
