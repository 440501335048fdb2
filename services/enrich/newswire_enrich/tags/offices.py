"""Offices before a name: "Swedish Foreign Minister", "Secretary of State", "spokesperson"."""

import re
from collections.abc import Sequence

from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.runs import Token

_OFFICE_OF = re.compile(r"(?:Minister|Secretary|Commissioner|Director|Head|Envoy) (?:of|for) $")
# Of what a chief is one: by themselves these words begin other names ("Financial Times").
_OF_A_CHIEF = frozenset({"Executive", "Financial", "Operating", "Technology", "Economist"})
_LONGEST_OFFICE = 24  # characters of "Commissioner for " and some room
_LONGEST_ROLE = 20
_LONGEST_APPOSITION = 60
_APPOSITION_WORDS = 6  # "the bank's deputy chief economist"


def office_length(flat: str, tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """How many of the words, from the first, are an office before a name; 0 for none."""
    start = tokens[0].start
    if len(tokens) > 1 and _OFFICE_OF.search(flat[max(0, start - _LONGEST_OFFICE) : start]):
        return 1
    length = int(len(tokens) > 1 and _opens_with_role(flat, tokens[0], lexicon))
    for index, token in enumerate(tokens[:-1]):
        if token.text in lexicon.titles or (
            token.text in _OF_A_CHIEF and tokens[index - 1].text == "Chief"
        ):
            length = index + 1
        elif length and token.text not in lexicon.not_names:
            break
    return length


def _opens_with_role(flat: str, first: Token, lexicon: Lexicon) -> bool:
    """Whether a sentence opens with a role, which is capitalised only there: "Analyst …"."""
    if first.text.lower() not in lexicon.roles:
        return False
    before = flat[max(0, first.start - 2) : first.start]
    return not before or before[0] in ".!?\n" or before[-1] in '\n"\u201c'


def role_before(flat: str, start: int, lexicon: Lexicon) -> bool:
    """Whether a role in lower case stands right before ``start``."""
    before = flat[max(0, start - _LONGEST_ROLE) : start]
    return before.endswith(" ") and before.rstrip(" ").rpartition(" ")[2] in lexicon.roles


def described_after(flat: str, end: int, lexicon: Lexicon) -> bool:
    """Whether a role or an age follows in apposition: ", chief economist at …", ", 34, …"."""
    if flat[end : end + 2] != ", ":
        return False
    apposition = re.split(r"[,.;:]", flat[end + 2 : end + 2 + _LONGEST_APPOSITION], maxsplit=1)[0]
    words = apposition.split()[:_APPOSITION_WORDS]
    return apposition.isdigit() or any(word in lexicon.roles for word in words)


def name_length(tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """How many of the words, from the first, can be a person's name."""
    length = 0
    for token in tokens:
        if not _can_be_name(token.text, lexicon):
            break
        length += 1
    while length and not _can_end_name(tokens[length - 1].text):
        length -= 1
    return length


def _can_end_name(word: str) -> bool:
    """A name ends neither in "von" nor in an initial; "al-Assad" may end one."""
    return (word[0].isupper() or "-" in word) and not (len(word) == len("J.") and word[1] == ".")


def _can_be_name(word: str, lexicon: Lexicon) -> bool:
    """Acronyms and words of dates, bodies and places are no names; an initial may be."""
    if word in lexicon.not_names or word in lexicon.organisation_words:
        return False
    return len(word) <= 2 or not word.isupper()  # noqa: PLR2004 - "J." and "JD"
