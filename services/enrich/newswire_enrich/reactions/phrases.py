"""Finds who a sentence speaks of, without a parser: noun phrases read from their last word.

::

    A spokesperson for Japan 's foreign ministry  said
                                         ◀─ head  │
                       ◀─ owner ───────┘          │
    ◀─ the head of "for …" ─────────┘             └ the verb whose subject we want

A phrase counts only if something in it can act: a name, a pronoun, or a noun of the lexicon.
"the price of steel rose" has none, and yields nothing.
"""

from newswire_enrich.reactions.heads import (
    Phrase,
    may_head,
    mention_at,
    name_or_noun_at,
    pronoun_at,
    shortened,
)
from newswire_enrich.reactions.lexicon import Noun
from newswire_enrich.reactions.reading import POSSESSIVES, Reading

_MAX_MODIFIERS = 6
_MAX_BRACKET = 8
_MAX_COMPLEMENT = 4


def ending_at(reading: Reading, end: int, floor: int = 0) -> Phrase | None:
    """The phrase whose last token is ``end - 1``, with what it is of, or None.

    None also where the phrase itself hangs on a preposition ("at the ministry"), unless it
    begins at ``floor``, the first token that the caller wants read.
    """
    end = _before_bracket(reading, end)
    phrase = _simple(reading, end) or _simple(reading, _before_complement(reading, end))
    return _attached(reading, phrase, floor) if phrase else None


def _before_bracket(reading: Reading, end: int) -> int:
    if reading.lows[end - 1] != ")":
        return end
    for index in range(end - 2, max(-1, end - 2 - _MAX_BRACKET), -1):
        if reading.words[index] == "(":
            return index
    return end


def _before_complement(reading: Reading, end: int) -> int:
    """Where "in the north" begins, which says no more of the rebels before it; 0 if none does."""
    lexicon = reading.lexicon
    words = lexicon.words
    for index in range(end - 1, max(0, end - 1 - _MAX_COMPLEMENT), -1):
        low = reading.lows[index]
        if low in words["links"]:
            return index if index < end - 1 else 0
        function = low in lexicon.function_words and low not in words["determiners"]
        if function or not low.isalpha() or low in lexicon.verbs or reading.capital(index):
            return 0
    return 0


def _simple(reading: Reading, end: int, depth: int = 0) -> Phrase | None:
    """The phrase without what follows a preposition. ``depth`` bounds chains of owners."""
    index = end - 1
    if index < 0 or not may_head(reading, index):
        return None
    core = (
        pronoun_at(reading, index) or mention_at(reading, index) or name_or_noun_at(reading, index)
    )
    if core is None or core.head == "pronoun":
        return core
    return _modified(reading, core, depth)


def _modified(reading: Reading, phrase: Phrase, depth: int) -> Phrase:
    """Extend leftwards over articles, adjectives, descriptions and possessors."""
    for _ in range(_MAX_MODIFIERS):
        before = phrase.start - 1
        if before < 0 or phrase.closed or not _widens(reading, phrase, before, depth):
            break
    return phrase


def _widens(reading: Reading, phrase: Phrase, before: int, depth: int) -> bool:
    """Take the word at ``before`` into ``phrase``; False where that is no part of it."""
    if reading.lows[before] in POSSESSIVES:
        _possess(reading, phrase, before, depth)
        return True
    if reading.names[before] is not None:
        return _owned(phrase, mention_at(reading, before))
    if phrase.head != "noun":
        return _before_name(reading, phrase, before)
    if reading.listed(before, "determiners"):
        phrase.closed = True
    elif not _modifies(reading, phrase, before):
        return False
    phrase.start = before
    return True


def _owned(phrase: Phrase, owner: Phrase | None) -> bool:
    if owner is None:
        return False
    phrase.start, phrase.owner = owner.start, owner
    return True


def _possess(reading: Reading, phrase: Phrase, before: int, depth: int) -> None:
    """The owner may be nobody who acts: "the film's producer"."""
    owner = _simple(reading, before, depth + 1) if depth < _MAX_MODIFIERS else None
    start = owner.start if owner else max(0, before - 1)
    start -= owner is None and reading.listed(start - 1, "determiners")
    phrase.start, phrase.owner, phrase.closed = start, owner, True


def _before_name(reading: Reading, phrase: Phrase, before: int) -> bool:
    titled = _title(reading, before)
    if titled is not None:
        phrase.start, phrase.role = titled, phrase.role or (titled, before + 1)
        return True
    if reading.listed(before, "determiners"):
        if reading.listed(before, "nouns_only"):
            return False
        phrase.closed = True
    elif noun := reading.lexicon.nouns.get(reading.lows[before]):
        return _described(phrase, before, noun)
    elif not _modifies(reading, phrase, before):
        return False
    phrase.start = before
    return True


def _title(reading: Reading, index: int) -> int | None:
    """Where the title that ends at ``index`` begins: "Dr", "Rev" + "."."""
    if shortened(reading, index):
        return index - 1
    return index if reading.capital(index) and reading.listed(index, "titles") else None


def _described(phrase: Phrase, before: int, noun: Noun) -> bool:
    """Join "mayor" and "Ruth Okafor"; a plural describes nobody: "told reporters Berg"."""
    if noun.plural and noun.kind != "body":
        return False
    if phrase.role:
        phrase.role = (before, phrase.role[1])
    else:
        phrase.noun, phrase.role = noun, (before, before + 1)
    phrase.start = before
    return True


def _modifies(reading: Reading, phrase: Phrase, index: int) -> bool:
    low = reading.lows[index]
    lexicon = reading.lexicon
    if low in lexicon.function_words or not low[0].isalpha() or reading.calendar(index):
        return False
    if reading.capital(index):
        return phrase.head == "noun" or phrase.role is not None
    if low in lexicon.verbs or low in lexicon.deeds:
        return False
    return phrase.role is not None and not low.endswith("ed")


def _attached(reading: Reading, phrase: Phrase, floor: int) -> Phrase | None:
    """Climb from "for Halden Steel" to the spokesperson; refuse what hangs on anything else."""
    for _ in range(_MAX_MODIFIERS):
        before = phrase.start - 1
        free = before < floor or not reading.listed(before, "prepositions")
        if free or phrase.head == "pronoun":
            return phrase
        if reading.listed(before, "source") and reading.listed(before - 1, "documents"):
            return phrase
        if reading.listed(before - 1, "quantities"):
            phrase.start = before - 1
            return phrase
        above = _simple(reading, before) if reading.listed(before, "links") else None
        if above is None or above.head == "pronoun":
            return None
        phrase = _joined(reading, above, phrase, before)
    return phrase


def _joined(reading: Reading, above: Phrase, below: Phrase, link: int) -> Phrase:
    above.end = below.end
    if above.owner is None and reading.listed(link, "owning_links"):
        above.owner = below
    else:
        above.place = below
    return above
