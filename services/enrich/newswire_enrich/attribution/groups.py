"""The verb group before a cue: its auxiliaries, negations and adverbs.

::

    Berg   has  not yet   said      declined to  say      continued to  say
           ├── group ───▶ cue       ├─ group ──▶ cue      ├── group ──▶ cue
"""

from typing import NamedTuple

from newswire_enrich.attribution.kinds import (
    ADVERB,
    AUXILIARY,
    BE,
    CATENATIVE,
    CUE,
    NEGATION,
    PRONOUN,
    TO,
)
from newswire_enrich.attribution.text import Text

_MAX_GROUP = 8
_SHORTEST_ADVERB = 5  # "early", but not "fly"


class Group(NamedTuple):
    """The words from token ``start`` up to the verb.

    ``infinitive``: they end with a "to" that nothing among them governs. ``copula``: one of them
    is a form of "be", so that a participle is passive and an adjective predicative.
    """

    start: int
    auxiliary: bool = False
    copula: bool = False
    infinitive: bool = False
    negated: bool = False


def group_before(text: Text, index: int, first: int) -> Group:
    """The group that ends before the word at ``index`` of a sentence that begins at ``first``."""
    start, seen, infinitive = index, 0, False
    floor = max(first, index - _MAX_GROUP)
    while start > floor:
        kind = text.kinds[start - 1]
        if kind & AUXILIARY and kind & PRONOUN:  # "I've": the subject as well
            seen |= kind
            break
        if kind & TO and not infinitive:
            infinitive = True
        elif kind & AUXILIARY or (infinitive and kind & CATENATIVE):
            infinitive = False
            seen |= kind | AUXILIARY
        elif kind & NEGATION or _is_adverb(text, start - 1, kind):
            seen |= kind & NEGATION
        else:
            break
        start -= 1
    start = _without_opening(text, start, index, first)
    copula = bool(seen & BE)
    return Group(start, bool(seen & AUXILIARY), copula, infinitive, bool(seen & NEGATION))


def _is_adverb(text: Text, index: int, kind: int) -> bool:
    if kind & ADVERB:
        return not kind & CUE
    low = text.lows[index]
    return low.endswith("ly") and len(low) >= _SHORTEST_ADVERB


def _without_opening(text: Text, start: int, index: int, first: int) -> int:
    """An adverb that begins the sentence belongs to all of it: "Earlier said Berg"."""
    while first == start < index and text.kinds[start] & ADVERB:
        start += 1
        first += 1
    return start
