"""Speakers named before a colon, as in an interview: "RAMOS: Did you lie?", "Berg: ‘No idea’".

A line is taken for one only where a quotation follows, or where its name begins two lines at least,
so that "Correction:" and "Photo:" are not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from newswire_enrich.reactions.sentences import Span

# Up to four words with a capital each, a colon, and words on the same line.
_LABEL = re.compile(
    r"^[“\"']?(?P<name>[^\W\d_a-z][\w.'’-]{0,30}(?: [^\W\d_a-z][\w.'’-]{0,30}){0,3})"
    r"(?P<colon>:)[ \t]+(?P<words>\S[^\n]*)",
    re.MULTILINE,
)
_MARKS = frozenset("“\"‘'")
_LEAST = 2
_MAX_LABELS = 500


class Label(NamedTuple):
    """The spans of the name, of the colon that is its cue, and of the words on the line."""

    name: Span
    colon: Span
    words: Span


def labels_in(text: str) -> Iterator[Label]:
    """The labelled lines of ``text``, in order. Linear in its length."""
    found = [match for match, _ in zip(_LABEL.finditer(text), range(_MAX_LABELS), strict=False)]
    names = Counter(match["name"] for match in found)
    for match in found:
        if names[match["name"]] >= _LEAST or match["words"][0] in _MARKS:
            start, end = match.span("words")
            end = start + len(match["words"].rstrip())
            yield Label(Span(*match.span("name")), Span(*match.span("colon")), Span(start, end))
