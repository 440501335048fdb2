"""What follows a cue, and so whether the word is one in its place: "claims that", "claims of"."""

from typing import NamedTuple

from newswire_enrich.attribution.kinds import (
    ADVERB,
    AUXILIARY,
    COORDINATOR,
    CUE,
    DETERMINER,
    NEGATION,
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PRONOUN,
    QUESTION,
    SIGN,
    SUBORDINATOR,
    THAT,
    TIME,
    TO,
)
from newswire_enrich.attribution.lexicon import Frame
from newswire_enrich.attribution.text import Range, Text

_REACH = 14  # "told reporters outside the court in Lyon on Monday that …"
_WITHIN = frozenset({"'", "’", "&", "$", "."})
_MAY_BEGIN = frozenset({"$", "#", "@", "‘", "[", "(", "£", "€"})


class Complement(NamedTuple):
    """The letter of `lexicon`, the token where it begins, and the one where the cue has ended."""

    letter: str
    begins: int
    cue_end: int


def complement(
    text: Text, index: int, sentence: Range, frames: tuple[Frame, ...]
) -> Complement | None:
    """What follows the cue at ``index``: a particle, or what the first fitting frame takes."""
    after = index + 1
    low = text.low(after, sentence)
    if after + 1 < sentence[1] and any(low in frame.particles for frame in frames):
        return Complement("p", after + 1, after + 1)
    for frame in frames:
        if low not in frame.unlike and (found := _in_frame(text, after, sentence, frame.takes)):
            return found
    return None


def _in_frame(text: Text, after: int, sentence: Range, takes: frozenset[str]) -> Complement | None:
    letter, begins = _letter(text, after, sentence)
    if letter == "c" and "o" in takes:
        return _told(text, begins, sentence, after)
    if letter in takes:
        return Complement(letter, begins, after)
    if letter in "cq":
        return Complement("n", begins, after) if "n" in takes else None
    if "e" in takes and (letter == "p" or (letter == "i" and _is_addressee(text, begins + 1))):
        return Complement(*_past_circumstance(text, begins, sentence), after)
    return None


def _letter(text: Text, index: int, sentence: Range) -> tuple[str, int]:
    """What stands at ``index``, adverbs and times left out; "-" where nothing can."""
    kinds, quoted, last = text.kinds, text.quoted, sentence[1]
    while index < last and quoted[index] < 0 and _is_circumstance(kinds[index]):
        index += 1
    if index >= last:
        return "e", index
    kind = kinds[index]
    if quoted[index] >= 0 or kind & SIGN:
        return _letter_of_sign(text, index, last)
    return _letter_of_word(text.lows[index], kind), index


def _is_circumstance(kind: int) -> bool:
    return bool(kind & (TIME | ADVERB)) and not kind & (DETERMINER | PRONOUN | CUE)


def _letter_of_sign(text: Text, index: int, last: int) -> tuple[str, int]:
    if text.quoted[index] >= 0:
        return "q", index
    low, opens = text.lows[index], index + 1 < last and text.quoted[index + 1] >= 0
    if low == ":" or (low == "," and opens):
        return "q", index + 1
    return ("c" if low in _MAY_BEGIN else "e"), index


def _letter_of_word(low: str, kind: int) -> str:
    for bits, letter in ((THAT, "t"), (TO, "i"), (QUESTION, "w")):
        if kind & bits:
            return letter
    if kind & PREPOSITION and not kind & DETERMINER:
        return "p"
    if kind & PRONOUN:
        return "c"
    if kind & (COORDINATOR | SUBORDINATOR):
        return "t" if low == "so" else "e"
    return "-" if kind & (AUXILIARY | NEGATION) and not kind & DETERMINER else "c"


def _is_addressee(text: Text, index: int) -> bool:
    """Whether "to" stands before somebody: "said to reporters", but not "continued to say"."""
    if index >= len(text.words):
        return False
    kind, word = text.kinds[index], text.words[index]
    if kind & CUE:
        return False
    return bool(kind & (DETERMINER | OBJECT)) or word[0].isupper() or word.endswith("s")


def _told(text: Text, index: int, sentence: Range, after: int) -> Complement:
    """What is told after "told reporters in Iowa"."""
    kinds, last = text.kinds, min(sentence[1], index + _REACH)
    at = index
    if kinds[at] & (OBJECT | PRONOUN):
        at += 1
    else:
        while at < last and text.quoted[at] < 0 and not _ends_object(text, at):
            at += 1
    letter, begins = _letter(text, at, sentence)
    return Complement("e" if letter in "p-" else letter, begins, after)


def _ends_object(text: Text, index: int) -> bool:
    kind = text.kinds[index]
    if kind & SIGN and text.lows[index] not in _WITHIN:
        return True
    if kind & AUXILIARY:
        return not kind & POSSESSIVE
    clause = kind & (TO | QUESTION | PRONOUN) and not kind & DETERMINER
    return bool(clause or kind & THAT)


def _past_circumstance(text: Text, index: int, sentence: Range) -> tuple[str, int]:
    """What comes after "said in a statement on Monday": the content, or nothing."""
    last = min(sentence[1], index + _REACH)
    at = index
    while at < last and text.quoted[at] < 0:
        kind = text.kinds[at]
        if kind & THAT:
            return "t", at
        if kind & SIGN and text.lows[at] not in _WITHIN:
            return _letter_of_sign(text, at, sentence[1])
        if kind & (QUESTION | PRONOUN) and not kind & DETERMINER:
            return "c", at
        at += 1
    return ("q" if at < sentence[1] and text.quoted[at] >= 0 else "e"), at
