"""Finds noun phrases by their small words.

A source may be anyone and anything ("the poll", "voters in the north"), so that no list of nouns
finds where it begins and ends, while determiners, prepositions and signs do.

``subject_before`` reads leftwards from a verb, ``phrase_after`` rightwards, ``opening_subject``
from the start of a sentence. None of them reads more than a bounded number of words.
"""

from newswire_enrich.attribution.kinds import (
    ADVERB,
    AUXILIARY,
    COORDINATOR,
    CUE,
    DEED,
    DETERMINER,
    LINK,
    OBJECT,
    OCCASION,
    POSSESSIVE,
    PREPOSITION,
    PRONOUN,
    QUANTITY,
    QUESTION,
    RELATIVE,
    SIGN,
    SUBORDINATOR,
    THAT,
    TIME,
    TO,
)
from newswire_enrich.attribution.text import Range, Text

_MAX_PHRASE = 24
_MAX_INSERTION = 40
_MAX_OPENING = 60
_OCCASION_REACH = 4
_DASHES = frozenset({"–", "—", "-", "--", "―"})
_WITHIN = frozenset({".", "-", "&", "/", "#", "@", "%", "$", "'", "’"})
_NO_HEAD = PREPOSITION | SUBORDINATOR | COORDINATOR | TO | DETERMINER | OBJECT | AUXILIARY
_BEFORE_LINK = SIGN | COORDINATOR | SUBORDINATOR | AUXILIARY | TO | PREPOSITION | TIME
_NO_BEGINNING = PREPOSITION | TO | AUXILIARY | SUBORDINATOR | COORDINATOR | SIGN | THAT
_INNER_LINKS = frozenset({"of", "for", "at", "from", "with", "in"})
_OF_OCCASIONS = frozenset({"in", "at", "with", "from"})


def subject_before(text: Text, end: int, first: int) -> Range | None:
    """The phrase, pronoun or relative that ends before token ``end``; None where none does."""
    at = _before_circumstance(text, end, first)
    if at < first or text.quoted[at] >= 0:
        return None
    kind, low = text.kinds[at], text.lows[at]
    if kind & RELATIVE and not (kind & THAT and at == first):
        return at, at + 1
    if kind & PRONOUN:
        return at, at + 1
    if low in {",", ")"} or low in _DASHES:
        return _around_insertion(text, at, first)
    return _with_peer(text, phrase_before(text, at, first, at + 1), first)


def _with_peer(text: Text, phrase: Range | None, first: int) -> Range | None:
    """Read “…,” the senator and candidate said": both are what stands behind the quotation."""
    if phrase is None or phrase[0] - 1 <= first or not text.kinds[phrase[0] - 1] & COORDINATOR:
        return phrase
    joint = phrase[0] - 1
    peer = phrase_before(text, joint - 1, first, joint)
    behind_quote = peer is not None and peer[0] > first and text.quoted[peer[0] - 1] >= 0
    return (peer[0], phrase[1]) if peer and behind_quote else phrase


def _before_circumstance(text: Text, end: int, first: int) -> int:
    """The last token before "on Monday", "late last week", "recently"."""
    at = end - 1
    while at >= first and _is_circumstance(text, at):
        at -= 1
    if first <= at < end - 1 and text.kinds[at] & PREPOSITION:
        at -= 1
    return at


def _is_circumstance(text: Text, at: int) -> bool:
    kind = text.kinds[at]
    if kind & (TIME | ADVERB):
        return not kind & (PRONOUN | POSSESSIVE)
    return text.lows[at].isdigit()


def _around_insertion(text: Text, closing: int, first: int) -> Range | None:
    """The phrase before "Berg, who leads the union, said", with the insertion."""
    mark = text.lows[closing]
    opening = {"(", "["} if mark == ")" else _DASHES if mark in _DASHES else {mark}
    for at in range(closing - 1, max(first, closing - _MAX_INSERTION), -1):
        if text.quoted[at] >= 0:
            return None
        if text.lows[at] in opening:
            if text.kinds[at - 1] & PRONOUN:
                return at - 1, at
            return phrase_before(text, at - 1, first, closing + (mark == ")"))
    return None


def phrase_before(text: Text, head: int, first: int, end: int) -> Range | None:
    """The phrase whose last word is at ``head``, as the tokens up to ``end``."""
    kind = text.kinds[head]
    if head < first or text.quoted[head] >= 0 or (kind & _NO_HEAD and not kind & PRONOUN):
        return None
    if kind & SIGN and text.lows[head] not in {".", "'", "’", ")"}:
        return None
    floor = max(first, head - _MAX_PHRASE)
    start = _opened(text, head, floor)
    while start > floor and text.quoted[start - 1] < 0 and _widens(text, start - 1, first):
        start = _opened(text, start - 1, floor)
    start = _without_opening(text, start, head)
    return (start, end) if text.words[start][0].isalnum() else None


def _opened(text: Text, at: int, floor: int) -> int:
    """``at``, or where the bracket that closes there is opened: "the group (AKK) said"."""
    if text.lows[at] != ")":
        return at
    return next((k for k in range(at - 1, floor, -1) if text.lows[k] == "("), at)


def _widens(text: Text, at: int, first: int) -> bool:
    """Whether the word at ``at`` belongs to the phrase that begins right after it."""
    kind = text.kinds[at]
    if text.kinds[at + 1] & DETERMINER and not kind & (DETERMINER | PREPOSITION):
        return False
    if kind & POSSESSIVE:
        return True
    if kind & SIGN:
        return text.lows[at] in _WITHIN or text.lows[at] == ")"
    if kind & COORDINATOR:
        return _joins_names(text, at, first)
    if kind & PREPOSITION:
        return _links(text, at, first)
    return _is_part(text, at, first)


def _links(text: Text, at: int, first: int) -> bool:
    """Whether the preposition hangs on a noun: "voters in the north", but not "was in"."""
    return bool(text.kinds[at] & LINK) and at > first and not text.kinds[at - 1] & _BEFORE_LINK


def _is_part(text: Text, at: int, first: int) -> bool:
    kind = text.kinds[at]
    if kind & DETERMINER:
        return not kind & THAT
    if kind & (SUBORDINATOR | RELATIVE | TO | OBJECT | PRONOUN | AUXILIARY | ADVERB):
        return False
    return not (kind & TIME and text.words[at][:1].isupper() and at == first)


def _joins_names(text: Text, at: int, first: int) -> bool:
    """Whether "and" stands between names: "Lund and Berg", but not "resigned and Berg"."""
    named = text.words[at + 1][:1].isupper() and text.words[at - 1][:1].isupper()
    return at > first and named and text.lows[at] in {"and", "&", "or"}


def _without_opening(text: Text, start: int, head: int) -> int:
    """Without the "But", "Earlier", "In" that only begin the sentence."""
    opening = COORDINATOR | ADVERB | PREPOSITION | SIGN
    while start < head and text.kinds[start] & opening and not text.kinds[start] & DETERMINER:
        start += 1
    return start


def phrase_after(text: Text, index: int, last: int) -> Range | None:
    """The phrase that begins at ``index``, up to the first word that does not belong to it."""
    if index >= last or text.quoted[index] >= 0:
        return None
    kind = text.kinds[index]
    if kind & _NO_BEGINNING and not kind & (PRONOUN | DETERMINER):
        return None
    if kind & PRONOUN and not kind & (DETERMINER | QUANTITY):
        return index, index + 1
    at, stop = index, min(last, index + _MAX_PHRASE)
    while at < stop and text.quoted[at] < 0 and _goes_on(text, at, index, last):
        at += 1
    while at > index and text.kinds[at - 1] & (PREPOSITION | COORDINATOR | DETERMINER):
        at -= 1
    return (index, at) if at > index else None


def _goes_on(text: Text, at: int, index: int, last: int) -> bool:
    kind, low = text.kinds[at], text.lows[at]
    if kind & POSSESSIVE:
        return True
    if kind & SIGN:
        return low in {"&", "-", "/", "'", "’"} or (low == "." and at + 1 < last)
    if kind & DETERMINER:
        return not kind & THAT or at == index
    if kind & (SUBORDINATOR | RELATIVE | TO | AUXILIARY):
        return False
    if kind & PREPOSITION:
        return low in _INNER_LINKS and not (low in _OF_OCCASIONS and _is_occasion(text, at, last))
    return not kind & TIME or at == index or bool(text.kinds[at - 1] & (DETERMINER | LINK))


def _is_occasion(text: Text, at: int, last: int) -> bool:
    """Whether "in a statement" begins at ``at``."""
    if at + 1 >= last or not text.kinds[at + 1] & DETERMINER:
        return False
    end = min(last, at + 1 + _OCCASION_REACH)
    return any(text.kinds[k] & OCCASION for k in range(at + 2, end))


def described(text: Text, phrase: Range, last: int) -> Range:
    """``phrase`` with the description after its comma: "Ida Berg, who leads the union"."""
    start, comma = phrase
    if comma + 1 >= last or text.lows[comma] != ",":
        return phrase
    kind = text.kinds[comma + 1]
    if not (kind & (DETERMINER | RELATIVE) or _is_plain(text, comma + 1)) or kind & THAT:
        return phrase
    stop = min(last, comma + 1 + _MAX_PHRASE)
    for at in range(comma + 1, stop):
        if text.quoted[at] >= 0 or (text.kinds[at] & SIGN and text.lows[at] not in _WITHIN):
            return start, at
        if text.lows[at] == "." and at + 1 == last:
            return start, at
    return start, stop


def _is_plain(text: Text, at: int) -> bool:
    """A common noun or its adjective: "Ida Berg, chief engineer of"."""
    return not text.kinds[at] and text.words[at][0].islower() and not text.lows[at].endswith("ing")


def opening_subject(text: Text, first: int, end: int) -> Range | None:
    """The subject of the first clause of a sentence, for a cue at ``end`` without one of its own.

    "In Lyon on Monday, the union voted for the deal, saying …": the union.
    """
    end = min(end, first + _MAX_OPENING)
    at = _past_adjuncts(text, first, end)
    found = phrase_after(text, at, end) if at < end else None
    if found is None:
        return None
    start, last = found
    verb = next((k for k in range(start + 1, last) if _is_verb(text, k)), last)
    return start, verb


def _past_adjuncts(text: Text, at: int, end: int) -> int:
    adjunct = PREPOSITION | SUBORDINATOR | TIME | ADVERB | QUESTION
    while at < end:
        kind = text.kinds[at]
        if text.quoted[at] >= 0 or kind & (COORDINATOR | SIGN) or text.lows[at].endswith("ly"):
            at += 1
        elif kind & adjunct and not kind & (DETERMINER | PRONOUN):
            comma = next((k for k in range(at, end) if text.lows[k] == ","), None)
            if comma is None and not kind & ADVERB:
                return end
            at = at + 1 if comma is None else comma + 1
        else:
            break
    return at


def _is_verb(text: Text, at: int) -> bool:
    if not text.words[at][0].islower():
        return False
    return text.lows[at].endswith("ed") or bool(text.kinds[at] & (CUE | DEED))
