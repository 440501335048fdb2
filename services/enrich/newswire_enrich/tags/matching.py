"""The text as the automaton sees it, and where words begin and end in it."""

import re

# One code point for one, so that offsets into the flat text are offsets into the text.
_FLATTENED = (
    ("\u2019", "'"), ("\u2018", "'"), ("\u02bc", "'"), ("\u00a0", " "), ("\u202f", " "),
    ("\u2009", " "), ("\u2011", "-"), ("\u2010", "-"),
)  # fmt: skip
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Arabic writes these short words (and, so, with, to, as) together with the name after them.
_ARABIC_PROCLITICS = frozenset("وفبلك")
_LONGEST_PROCLITIC = 3
_NO_WORD_BEFORE = frozenset("@_/")  # handles and addresses are no names
_NO_WORD_AFTER = frozenset("_@$")  # "US$5 million" is a sum


def flatten(text: str) -> str:
    """The text with one form of apostrophe, hyphen and space; as many code points as before.

    A single line end is a space (wrapped text), an empty line stays a break. A lone surrogate,
    which no valid text has, becomes U+FFFD.
    """
    if not text.isascii():
        for character, plain in _FLATTENED:
            text = text.replace(character, plain)
        text = _without_surrogates(text)
    text = text.replace("\t", " ").replace("\n\n", "\0\0").replace("\n", " ")
    return text.replace("\0", "\n")


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def is_whole(flat: str, start: int, end: int) -> bool:
    """Whether ``[start, end)`` begins and ends where words do."""
    after = flat[end : end + 1]
    if after.isalnum() or after in _NO_WORD_AFTER:
        return False
    before = flat[start - 1] if start else ""
    if before.isalnum():
        return _follows_proclitic(flat, start)
    return before not in _NO_WORD_BEFORE


def _follows_proclitic(flat: str, start: int) -> bool:
    first = start
    while first and flat[first - 1] in _ARABIC_PROCLITICS and start - first < _LONGEST_PROCLITIC:
        first -= 1
    return first < start and not flat[first - 1 : first].isalnum()


def word_before(flat: str, start: int) -> str:
    """The word that one space parts from ``start``; empty where there is none."""
    if start < 2 or flat[start - 1] != " ":  # noqa: PLR2004 - a letter and a space
        return ""
    return flat[max(0, start - 40) : start - 1].rpartition(" ")[2]


def word_after(flat: str, end: int) -> str:
    """The word that one space parts from ``end``; empty where there is none."""
    if flat[end : end + 1] != " ":
        return ""
    return flat[end + 1 : end + 41].partition(" ")[0]
