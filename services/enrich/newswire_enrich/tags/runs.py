"""Runs of capitalised words: where names that no list holds may stand.

Capitals are those of the Latin, Greek, Cyrillic and Armenian scripts; other scripts have none, and
their names are found by the gazetteer alone.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LAST_CASED = 0x0587  # the end of Armenian
_LATIN_ADDITIONAL = range(0x1E00, 0x1F00)
_CAPITALS = "".join(
    chr(code) for code in (*range(0x41, _LAST_CASED), *_LATIN_ADDITIONAL) if chr(code).isupper()
)
_ABBREVIATIONS = frozenset({
    "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Sen", "Rep", "Gov", "Gen", "Lt",
    "Col", "Capt", "Sgt", "Adm", "Cmdr", "Maj", "Brig", "Rev", "St", "Jr", "Sr",
    "Corp", "Inc", "Ltd", "Co", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec",
})  # fmt: skip
_PARTICLES = "de|da|do|dos|das|di|del|della|la|van|von|der|den|ter|ten|bin|bint|ibn|abu"
# Every word starts with a class of characters: the scan skips all else at the speed of C.
_WORD = rf"[{_CAPITALS}]\w*(?:[-'.]\w+)*\.?"
_RUN = re.compile(rf"{_WORD}(?: (?:(?:{_PARTICLES}) )*(?:(?:al|el|ul|as|ar)-|[dl]')?{_WORD})*")
# Whole words only, and none given back: one long word would be tried from each of its letters.
_PAIR = re.compile(rf"([{_CAPITALS}](?<!\w.)\w++)(?= ([{_CAPITALS}]\w++))")


class Token(NamedTuple):
    """A word of a run at ``[start, end)`` of the flat text, without a possessive 's."""

    start: int
    end: int
    text: str


def find_runs(flat: str) -> Iterator[tuple[int, str]]:
    """Start and text of the runs of capitalised words of a flat text, in order. Linear."""
    for match in _RUN.finditer(flat):
        start, run = match.start(), match[0]
        if start and flat[start - 1].isalnum():  # "eBay Chief": a name begins with the next word
            first, _, run = run.partition(" ")
            start += len(first) + 1
        if run[:1].isupper():
            yield start, run


def find_pairs(flat: str) -> list[tuple[str, str]]:
    """Capitalised words that one space parts, each with the next; linear."""
    return _PAIR.findall(flat)


def split_run(start: int, run: str) -> list[list[Token]]:
    """The words of a run, parted where one ends a sentence."""
    if " " not in run and run[-1] not in ".s":  # most runs by far: spares them the loop
        return [[Token(start, start + len(run), run)]]
    parts: list[list[Token]] = []
    tokens: list[Token] = []
    for word in run.split(" "):
        text, closes = _bare(word)
        tokens.append(Token(start, start + len(text), text))
        start += len(word) + 1
        if closes:
            parts.append(tokens)
            tokens = []
    if tokens:
        parts.append(tokens)
    return parts


def bare_word(word: str) -> str:
    """The word without a possessive 's or the full stop that closes a sentence."""
    return _bare(word)[0] if word.endswith((".", "'s")) else word


def _bare(word: str) -> tuple[str, bool]:
    """The word without the possessive or the full stop that closes a sentence, and if it did."""
    if word.endswith("."):
        abbreviated = word[:-1] in _ABBREVIATIONS or len(word) == len("J.") or "." in word[:-1]
        return (word, False) if abbreviated else (word[:-1], True)
    if word.endswith("'s"):
        return word[:-2], False
    return word, False
