"""What tells of a candidate whether it is a name, and of whom: in it, beside it, and elsewhere.

Each clue is a template and a value, as "before" and "said"; a model has a weight for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from newswire_enrich.tags.candidates import Candidate, Words
from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.mention import Mention

_WINDOW = 30  # characters to each side in which the words beside a candidate are sought
_SENTENCE_ENDS = ".!?"  # and nothing, where only openers stand
_OPENERS = "([\"\u201c\u2018'"
_CLOSERS = ".,;:!?)]\"\u201d\u2019'"
_MOST_LETTERS = 6  # of an acronym: longer ones are alike
_LONG = 4  # words: longer names are alike

Clue = tuple[str, str]


class Surroundings(NamedTuple):
    """What else the article says: the spellings in it, and the words of its longer names."""

    spellings: AbstractSet[str]
    firsts: AbstractSet[str]
    lasts: AbstractSet[str]
    of_people: AbstractSet[str]


def surroundings(
    grouped: Mapping[str, Sequence[Candidate]], found: Iterable[Mention]
) -> Surroundings:
    """What the clues of each candidate need to know of the others."""
    longer = [group[0].words for group in grouped.values() if len(group[0].words) > 1]
    return Surroundings(
        grouped.keys(),
        {words[0] for words in longer},
        {words[-1] for words in longer},
        {word for one in found if one.kind == "person" for word in one.name.split()},
    )


def clues(
    flat: str, group: Sequence[Candidate], around: Surroundings, lexicon: Lexicon, words: Words
) -> list[Clue]:
    """All that speaks for or against a spelling's being a name, each clue once."""
    told = [("all", ""), ("length", str(min(len(group[0].words), _LONG)))]
    told += clues_within(group[0], lexicon, words)
    told += _clues_elsewhere(flat, group, around)
    for one in group:
        told += _clues_beside(flat, one, lexicon)
    return list(dict.fromkeys(told))


def clues_within(candidate: Candidate, lexicon: Lexicon, words: Words) -> list[Clue]:
    """What the words themselves tell."""
    first, last = candidate.words[0], candidate.words[-1]
    told = [("first", first.lower()), ("last", last.lower()), ("ending", last[-3:].lower())]
    several = "+" if len(candidate.words) > 1 else "1"
    if several == "+":
        told.append(("first ending", first[-2:].lower()))
        told += [("middle", word.lower()) for word in candidate.words[1:-1]]
    told += [("shape", shape + several) for word in candidate.words if (shape := _shape(word))]
    if several == "1" and first.isupper():
        told.append(("letters", str(min(len(first), _MOST_LETTERS))))
    told += _clues_of_lists(candidate, several, lexicon, words)
    if candidate.opening is not None:
        told.append(("opens with", f"{candidate.opening.kind} {candidate.opening.form}"))
    if candidate.closing is not None:
        told.append(("closes with", candidate.closing.kind))
    if candidate.opens < candidate.start:
        told.append(("is", "with article"))
    if " of " in candidate.text or " for " in candidate.text:
        told.append(("is", "of"))
    if "&" in candidate.text:
        told.append(("is", "&"))
    return told


def _clues_of_lists(
    candidate: Candidate, several: str, lexicon: Lexicon, words: Words
) -> Iterator[Clue]:
    named = candidate.words
    if _is_given(named[0], lexicon, words):
        yield "given", str(min(len(named), 3))
    if several == "+" and any(_is_given(word, lexicon, words) for word in named[1:]):
        yield "is", "later given"
    if named[-1].lower() in words.surnames:
        yield "surname", several
    if named[-1] in lexicon.organisation_words:
        yield "is", "body"
    elif not lexicon.organisation_words.isdisjoint(named):
        yield "is", "body within"
    if not lexicon.not_names.isdisjoint(named):
        yield "is", "no name last" if named[-1] in lexicon.not_names else "no name within"
    if not lexicon.titles.isdisjoint(named):
        yield "is", "title within"


def _clues_beside(flat: str, one: Candidate, lexicon: Lexicon) -> list[Clue]:
    """The words right before and right after."""
    after = ("after", _following(flat, one.end))
    before = flat[max(0, one.start - _WINDOW) : one.start].split()
    last = before[-1].lstrip(_OPENERS) if before else "."
    if not last[-1:].isalnum():
        return [("before", "^" if last[-1:] in _SENTENCE_ENDS else last[-1]), after]
    word = last.lower()
    told = [("before", word), after]
    if last in lexicon.titles or word in lexicon.roles:
        told.append(("is", "after title"))
    if len(before) > 1:
        told.append(("two before", f"{before[-2].lower()} {word}"))
    return told


def _following(flat: str, end: int) -> str:
    """The next word, or the mark that stands before it."""
    if flat[end : end + 1] != " ":
        return "'s" if flat.startswith("'s", end) else flat[end : end + 1]
    word = flat[end + 1 : end + _WINDOW].partition(" ")[0]
    return word.rstrip(_CLOSERS).lower() or word


def _clues_elsewhere(flat: str, group: Sequence[Candidate], around: Surroundings) -> Iterator[Clue]:
    named = group[0].words
    if len(group) > 1:
        yield "is", "repeated"
    if len(named) == 1:
        yield from _clues_of_others(flat, named[0], around)
        return
    if named[-1] in around.spellings:
        yield "is", "last alone elsewhere"
    if named[0] in around.spellings:
        yield "is", "first alone elsewhere"
    if len(named) > len("EU") and initials(named) in around.spellings:
        yield "is", "initials elsewhere"


def _clues_of_others(flat: str, word: str, around: Surroundings) -> Iterator[Clue]:
    """What the longer names of the article tell of a word alone."""
    if word in around.lasts:
        yield "is", "last of another"
    if word in around.firsts:
        yield "is", "first of another"
    if word in around.of_people:
        yield "is", "of a person"
    if f" {word.lower()} " in flat:
        yield "is", "in lower case elsewhere"


def initials(words: Sequence[str]) -> str:
    """The first letters: "BWF" of "Badminton World Federation"."""
    return "".join(word[0] for word in words)


def _is_given(word: str, lexicon: Lexicon, words: Words) -> bool:
    return word in lexicon.given_names or word.lower() in words.given


def _shape(word: str) -> str:
    if len(word) == len("J.") and word[1] == ".":
        return "initial"
    if word.isupper() and len(word) > 1:
        return "capitals"
    if not word.isalpha() and any(map(str.isdigit, word)):
        return "digits"
    return "" if word[1:].islower() or len(word) == 1 else "mixed"
