"""Finds quotations: curly, straight, guillemets, German „low-high“ and those over paragraphs.

Only the outermost marks count: a quote within a quote is part of what its speaker said. A quote
that is never closed ends with its paragraph if the next one opens again (the convention for
speech over several paragraphs), and is otherwise no quote, so that one stray mark costs one
paragraph and not the rest of the text.
"""

import re
from typing import Literal, NamedTuple

QuoteKind = Literal["direct", "partial", "indirect"]

# A single quote longer than this is a page that lost a mark, not speech.
MAX_QUOTE = 4_000
_CLOSERS = {
    "“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "”": "”", "‘": "’", "‹": "›", "「": "」",
    "'": "'",
}  # fmt: skip
# A plain ' is an apostrophe, unless it stands before a capital or behind a sign of punctuation.
# One set of signs begins every match, so that the search runs from one to the next.
_MARK = re.compile(
    r"[\"“”„«»‘’‹›「」'\n](?:(?<=\n)\s*|(?<![\n'])"
    r"|(?<=')(?:(?<![^\s(\[—–-]')(?=[^\W\d_a-z])|(?<=[,.!?…]')(?!\w)))"
)
_MAY_BEGIN = frozenset("‘'“\"«…([$€£#@¿¡-–—")
_WORDS_OF_A_CLAUSE = 5


class Quote(NamedTuple):
    """``[start, end)`` are the quoted words, ``[outer_start, outer_end)`` with their marks."""

    start: int
    end: int
    outer_start: int
    outer_end: int


def find_quotes(text: str) -> list[Quote]:
    """The quotations of ``text``, in order, without overlap. Linear in the length of ``text``."""
    quotes: list[Quote] = []
    opened = -1
    for match in _MARK.finditer(text):
        position, mark = match.start(), match.group()
        if opened >= 0 and position - opened > MAX_QUOTE:
            opened = -1
        if opened < 0:
            opened = position if _opens(text, position) else -1
        elif mark[0] == "\n":
            opened = _over_paragraphs(text, quotes, opened, match)
        elif mark in _CLOSERS[text[opened]] and _closes(text, position):
            _add(text, quotes, opened, position, position + 1)
            opened = -1
    return quotes


def kind_of(text: str, quote: Quote) -> QuoteKind:
    """Direct when the words are a clause of their own, partial when they serve the narrator's.

    Words without marks are indirect: the narrator reports them.
    """
    if quote.start == quote.outer_start:
        return "indirect"
    words = len(text[quote.start : min(quote.end, quote.start + 200)].split())
    before = text[max(0, quote.outer_start - 2) : quote.outer_start].strip()
    introduced = quote.outer_start == 0 or before in {"", ",", ":"} or before[-1] in ",:\n.!?"
    capital = text[quote.start].isupper()
    if words >= _WORDS_OF_A_CLAUSE and (capital or introduced):
        return "direct"
    ended = text[quote.end - 1] in ".,!?…" or text[quote.outer_end : quote.outer_end + 1] == ","
    return "direct" if capital and ended else "partial"


def _over_paragraphs(text: str, quotes: list[Quote], opened: int, gap: re.Match[str]) -> int:
    """Where the quote is open after a line break: it goes on, is taken up again, or is dropped."""
    following = text[gap.end() : gap.end() + 1]
    if following == text[opened]:
        _add(text, quotes, opened, gap.start(), gap.start())
        return -1
    return opened if following.islower() else -1


def _opens(text: str, position: int) -> bool:
    mark = text[position]
    after = text[position + 1 : position + 2]
    if mark not in _CLOSERS or not (after.isalnum() or after in _MAY_BEGIN):
        return mark == "«" and after.isspace()
    before = text[position - 1 : position] if position else ""
    if mark in '"”‘»':
        return not before.isalnum() and before not in {".", ",", "!", "?", "’", "'"}
    return True


def _closes(text: str, position: int) -> bool:
    """A ’ between letters is an apostrophe, a ' behind a letter may be one."""
    if text[position] == "'":
        return text[position - 1] in ".,!?…"
    after = text[position + 1 : position + 2]
    return text[position] != "’" or not after.isalnum()


def _add(text: str, quotes: list[Quote], opened: int, end: int, outer_end: int) -> None:
    inner = text[opened + 1 : end]
    start = opened + 1 + len(inner) - len(inner.lstrip())
    end -= len(inner) - len(inner.rstrip())
    if start < end:
        quotes.append(Quote(start, end, opened, outer_end))
