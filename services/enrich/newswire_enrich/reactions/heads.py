"""Reads what can be the head of a phrase: a pronoun, a mention, a name, a noun that can act.

A name of the gazetteer is taken as it is; another is a run of capitals, read leftwards, with its
particles and initials ("Ludwig van B. Doe") and without the titles before it, which are its role.
"""

from dataclasses import dataclass
from typing import Literal

from newswire_enrich.reactions.lexicon import Noun, PronounKind
from newswire_enrich.reactions.reading import POSSESSIVES, Reading
from newswire_enrich.tags.mention import Mention

Head = Literal["mention", "name", "noun", "pronoun"]

_MAX_NAME = 8
_PERSON_KINDS = ("role", "office")


@dataclass(slots=True)
class Phrase:
    """Tokens ``[start, end)``; ``core`` is the span of the name or of the head noun.

    ``noun`` is the head noun, or the description before a name ("mayor", "airline"); ``role`` is
    its span; ``owner`` is whose it is, or whom it is of or for; ``place`` is where it sits;
    ``closed`` says that nothing further left belongs to it. While it is read it grows.
    """

    start: int
    end: int
    head: Head
    core: tuple[int, int]
    mention: Mention | None = None
    noun: Noun | None = None
    role: tuple[int, int] | None = None
    pronoun: PronounKind | None = None
    owner: "Phrase | None" = None
    place: "Phrase | None" = None
    closed: bool = False

    @property
    def named(self) -> bool:
        return self.head == "name" or (self.head == "mention" and self.mention is not None)


def may_head(reading: Reading, index: int) -> bool:
    """Whether any of the three below can find something at ``index``; at most words none can."""
    return (
        reading.lows[index] in reading.lexicon.heads
        or reading.names[index] is not None
        or reading.capital(index)
    )


def pronoun_at(reading: Reading, index: int) -> Phrase | None:
    lexicon, low = reading.lexicon, reading.lows[index]
    if low not in lexicon.heads:
        return None
    kind = lexicon.pronouns.get(low)
    if kind and (kind != "pair" or not reading.capital(index + 1)):
        return Phrase(index, index + 1, "pronoun", (index, index + 1), pronoun=kind)
    paired = reading.listed(index, "pair_nouns") and reading.listed(index - 1, "pair_words")
    if not paired and not (low in lexicon.words["pair_words"] and reading.lows[index - 1] == "the"):
        return None
    start = index - 1 if paired else index
    start -= reading.listed(start - 1, "determiners")
    return Phrase(start, index + 1, "pronoun", (start, index + 1), pronoun="pair")


def mention_at(reading: Reading, index: int) -> Phrase | None:
    mention = reading.names[index]
    if mention is None or mention.end > reading.ends[index]:
        return None
    start = index
    while start > 0 and reading.names[start - 1] is mention:
        start -= 1
    if mention.kind == "place" and _is_surname(reading, start):
        return None
    noun = reading.lexicon.nouns.get(reading.lows[index]) if start < index else None
    return Phrase(start, index + 1, "mention", (start, index + 1), mention=mention, noun=noun)


def _is_surname(reading: Reading, index: int) -> bool:
    """The Lund of "Mira Lund" is no city: an unlisted capital stands before it."""
    before = index - 1
    return (
        _is_name(reading, before)
        and not reading.begins(before)
        and reading.names[before] is None
        and reading.lows[before] not in reading.lexicon.nouns
        and not reading.listed(before, "titles")
    )


def name_or_noun_at(reading: Reading, index: int) -> Phrase | None:
    noun = reading.lexicon.nouns.get(reading.lows[index])
    if not _is_name(reading, index) or (noun and reading.begins(index)):
        return _noun(reading, index, noun)
    start = _name_start(reading, index)
    if start == index and noun:
        return _noun(reading, index, noun)
    if noun and noun.kind in _PERSON_KINDS and noun.plural:
        return _noun(reading, index, noun)
    return _name(reading, start, index + 1, noun)


def _noun(reading: Reading, index: int, noun: Noun | None) -> Phrase | None:
    if noun is None or (reading.capital(index) and "capital-nouns" not in reading.lexicon.flags
                        and reading.listed(index, "titles")):  # fmt: skip
        return None
    span = (index, index + 1)
    return Phrase(index, index + 1, "noun", span, noun=noun, role=span)


def _is_name(reading: Reading, index: int) -> bool:
    if not reading.capital(index):
        return False
    low, lexicon = reading.lows[index], reading.lexicon
    return (
        low not in lexicon.words["calendar"]
        and low not in lexicon.pronouns
        and (low not in lexicon.function_words or not reading.begins(index))
    )


def _name_start(reading: Reading, index: int) -> int:
    """Where the run of capitalised words ends that is read leftwards from ``index``."""
    start = index
    while start > 0 and index - start < _MAX_NAME:
        before = start - 1
        if _is_name(reading, before) and not _owns(reading, before):
            start = before
        elif _joins(reading, before):
            start = before - 1
        else:
            break
    return start


def _owns(reading: Reading, index: int) -> bool:
    """A demonym before a name is whose, not who: "Russian President", "Kenyan runner"."""
    mention = reading.names[index]
    return mention is not None and mention.kind == "place" and mention.form == "demonym"


def _joins(reading: Reading, index: int) -> bool:
    """Whether the small word or sign at ``index`` stands within a name."""
    if reading.listed(index, "particles"):
        return _is_name(reading, index - 1)
    return _within_name(reading, index) or shortened(reading, index)


def shortened(reading: Reading, index: int) -> bool:
    """Whether the full stop at ``index`` belongs to "Rev." or to the initial in "J. Doe"."""
    before = index - 1
    if reading.lows[index] != "." or not reading.capital(before):
        return False
    return len(reading.words[before]) == 1 or reading.listed(before, "titles")


def _within_name(reading: Reading, index: int) -> bool:
    """The apostrophe of "Cyclists' Association": between a plain capital and a body's noun."""
    noun = reading.lexicon.nouns.get(reading.lows[index + 1])
    return (
        reading.lows[index] in POSSESSIVES
        and noun is not None
        and noun.kind == "body"
        and _is_name(reading, index - 1)
        and reading.names[index - 1] is None
    )


def _name(reading: Reading, start: int, end: int, last: Noun | None) -> Phrase | None:
    """A name, its titles taken as its role; a lone capital at the start must be known a name."""
    begin = start
    body = last is not None and last.kind == "body"
    while begin < end - 1 and not body and _describes(reading, begin):
        begin += 1
    while start < begin < end - 1 and reading.listed(begin, "determiners"):
        begin += 1  # "Sprecherin der Zentralbank Europas"
    if begin == end - 1 and last and last.kind in _PERSON_KINDS and begin > start:
        return Phrase(start, end, "noun", (start, end), noun=last, role=(start, end))
    if begin == 0 and end == 1 and reading.words[0] not in reading.document.known:
        return None
    if begin == end - 1 and not _stands_alone(reading, begin):
        return None
    role = (start, begin) if begin > start else None
    noun = reading.lexicon.nouns.get(reading.lows[begin - 1]) if role else None
    return Phrase(start, end, "name", (begin, end), noun=noun or last, role=role)


def _describes(reading: Reading, index: int) -> bool:
    """A title, or a noun whose capital is only that of the sentence: "Airline Norvia said"."""
    noun = reading.lexicon.nouns.get(reading.lows[index])
    if reading.listed(index, "titles") or noun is None:
        return reading.listed(index, "titles") or reading.lows[index] == "."
    return noun.kind in _PERSON_KINDS or reading.begins(index)


def _stands_alone(reading: Reading, index: int) -> bool:
    """Where every noun has a capital, one word alone is a name only after a describing noun."""
    if "capital-nouns" not in reading.lexicon.flags:
        return True
    return reading.lows[index - 1] in reading.lexicon.nouns
