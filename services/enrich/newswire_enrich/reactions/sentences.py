"""Cuts a text into sentences: a quote and the words that attribute it stay together.

``“It is over. We lost,” said Berg.`` is one sentence here: a full stop within a quote ends none.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from newswire_enrich.reactions.quotes import Quote

# A sentence longer than this is a table or a list; it is cut at a space.
MAX_SENTENCE = 1_200
# Of 60,000 code points some six hundred: who ends more has no sentences, and no later one is read.
MAX_SENTENCES = 3_000
# Words further inside a quote than this are cut into sentences like any other text.
_LONG_QUOTE = 800
# One set of signs begins every match, so that the search runs from one to the next.
# A run of signs is read from its first alone and never given back, or it would be tried from each.
_BREAK = re.compile(r"[.!?…\n](?:(?<=\n)\s*+|(?<![.!?…].)(?<!\n)[.!?…]*+[\"'”’»“)\]]*+(?=\s))")
_ORDINAL = re.compile(r"(?:^|[^\d.,])\d{1,2}$")
_LAST_WORD = re.compile(r"[^\s(\"'“‘„«]*+")  # of a text read backwards


# Behind a line of a width that texts are wrapped to: a shorter one may be a heading or an item, a
# longer one is a paragraph.
_WRAP = re.compile(r"\n(?<=[^\n]{40}\n)(?<![^\n]{120}\n)(?=\S)")


class Span(NamedTuple):
    """Code points ``[start, end)`` of the text, without surrounding space."""

    start: int
    end: int


def unwrapped(text: str) -> str:
    """``text`` with a space for each line end within a paragraph that was wrapped; as long."""
    return _WRAP.sub(" ", text)


def split(
    text: str, quotes: Sequence[Quote], abbreviations: Collection[str], *, ordinals: bool = False
) -> list[Span]:
    """The sentences of ``text`` in order, at most some `MAX_SENTENCES`. Linear in its length.

    With ``ordinals`` a full stop after one or two digits ends none: "am 3. Oktober".
    """
    spans: list[Span] = []
    start = 0
    for end in chain(_ends(text, quotes, abbreviations, ordinals=ordinals), (len(text),)):
        while end - start > MAX_SENTENCE:
            cut = text.rfind(" ", start + 1, start + MAX_SENTENCE)
            cut = cut if cut > start else start + MAX_SENTENCE
            _add(spans, text, start, cut)
            start = cut
        _add(spans, text, start, end)
        start = end
        if len(spans) >= MAX_SENTENCES:
            break
    return spans


def _ends(
    text: str, quotes: Sequence[Quote], abbreviations: Collection[str], *, ordinals: bool
) -> Iterator[int]:
    nearest = 0
    for match in _BREAK.finditer(text):
        position, end = match.span()
        while nearest < len(quotes) and quotes[nearest].outer_end <= position:
            nearest += 1
        following = text[end : end + 2].lstrip()[:1]
        if following.islower():
            continue
        if text[position] == "\n" or not (
            (nearest < len(quotes) and _is_inside(quotes[nearest], position, end))
            or (end - position == 1 and _abbreviates(text, position, abbreviations))
            or (ordinals and following.isalpha() and _is_ordinal(text, position))
        ):
            yield end


def _is_inside(quote: Quote, position: int, end: int) -> bool:
    within = quote.outer_start <= position and end < quote.outer_end
    return within and quote.outer_end - quote.outer_start <= _LONG_QUOTE


def _abbreviates(text: str, position: int, abbreviations: Collection[str]) -> bool:
    """Whether the full stop at ``position`` belongs to the word before it."""
    if text[position] != ".":
        return False
    found = _LAST_WORD.match(text[max(0, position - 20) : position][::-1])
    word = found.group()[::-1].lower() if found else ""
    return word in abbreviations or (len(word) == 1 and word.isalpha())


def _is_ordinal(text: str, position: int) -> bool:
    return text[position] == "." and bool(_ORDINAL.search(text[max(0, position - 3) : position]))


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    """Add what ``[start, end)`` holds between its surrounding space, if anything."""
    rest = text[start:end].lstrip()
    sentence = rest.rstrip()
    if sentence:
        start = end - len(rest)
        spans.append(Span(start, start + len(sentence)))
