"""Makes the quotation marks of a text such that they can be paired, without moving a code point.

Wires set ''so'' or ``so''; pages mix “so" with "so”.
"""

import re
from collections.abc import Sequence

from newswire_enrich.reactions.quotes import Quote

_PAIRS = frozenset({"''", "``"})
_PAIR = re.compile(r"''|``")
_STRAIGHT = re.compile(r'"')
_BEFORE_OPENING = frozenset("([—–-")
_ENDS = frozenset(".,!?")
_MAY_BEGIN = frozenset("'$.[(#@…")


def plain_marks(text: str) -> str:
    """``text``, as long as it is, its doubled signs as one mark and a space, its marks of a kind.

    Linear in the length of ``text``.
    """
    if '"' in text and "“" in text:
        text = _STRAIGHT.sub(_curly, text)
    return _PAIR.sub(_single, text) if _has_pairs(text) else text


def whole_marks(text: str, quotes: Sequence[Quote]) -> Sequence[Quote]:
    """``quotes``, found in `plain_marks` of ``text``, with both signs of each doubled mark."""
    if not _has_pairs(text):
        return quotes
    return [
        quote._replace(
            outer_start=quote.outer_start - (text[slice(*_before(quote))] in _PAIRS),
            outer_end=quote.outer_end + (text[slice(*_after(quote))] in _PAIRS),
        )
        for quote in quotes
    ]


def _has_pairs(text: str) -> bool:
    return "''" in text or "``" in text


def _before(quote: Quote) -> tuple[int, int]:
    return max(0, quote.outer_start - 1), quote.outer_start + 1


def _after(quote: Quote) -> tuple[int, int]:
    return quote.outer_end - 1, quote.outer_end + 1


def _curly(found: re.Match[str]) -> str:
    before, after = _around(found)
    begins = not before or before.isspace() or before in _BEFORE_OPENING
    return "“" if begins and after and not after.isspace() else "”"


def _single(found: re.Match[str]) -> str:
    before, after = _around(found)
    begins = not (before.isalnum() or before in _ENDS) and (after.isalnum() or after in _MAY_BEGIN)
    return ' "' if begins else '" '


def _around(found: re.Match[str]) -> tuple[str, str]:
    text = found.string
    return text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
