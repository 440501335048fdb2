"""Where in the body the terms of a topic stand, in code points.

The terms are found among the article's words, which say nothing of their places: only the few that
are shown are looked for in the text.
"""

from collections.abc import Sequence

_MOST_TRIES = 50  # places of a word's letters that are no whole word: a bound for hostile text
_LONGEST_GAP = 8  # characters between two words of a term: spaces, quotes, "d'"


def place(text: str, plain: Sequence[str]) -> tuple[int, int] | None:
    """The first place of some words, written like this and one after the other, or None.

    The text's own letters may differ from its words in compatibility characters ("ﬁ").
    """
    start = -1
    for _ in range(_MOST_TRIES):
        start = text.find(plain[0], start + 1)
        if start < 0:
            return None
        end = start + len(plain[0])
        if _is_whole(text, start, end) and (last := _after(text, end, plain[1:])) is not None:
            return start, last
    return None


def place_unspaced(text: str, pairs: Sequence[str]) -> tuple[int, int] | None:
    """The same in a script without spaces, whose words are overlapping pairs of characters."""
    written = pairs[0] + "".join(pair[-1] for pair in pairs[1:])
    start = text.find(written)
    return None if start < 0 else (start, start + len(written))


def _after(text: str, end: int, plain: Sequence[str]) -> int | None:
    """Where the words end that follow each other from ``end`` on."""
    for word in plain:
        start = text.find(word, end + 1, end + _LONGEST_GAP + len(word))
        if start < 0 or not _is_whole(text, start, start + len(word)):
            return None
        end = start + len(word)
    return end


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not text[end : end + 1].isalnum()
