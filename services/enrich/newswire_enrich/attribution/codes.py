"""The verbs of deeds and their CAMEO codes, from the artefact ``cameo.json``.

CAMEO (Schrodt 2012) numbers what one actor does to another, from 01, a statement, to 20, mass
violence. A verb may have several readings, each with the code it has alone and with patterns of
words after it that give another one: "lifted", "lifted the sanctions".
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from newswire_enrich.data import artefacts

Sign = Literal[-1, 0, 1]

# Classes of cooperation and of conflict. A statement (01), an appeal (02), a meeting (04), an
# inquiry (09) and a demand (10) take no side by themselves.
_COOPERATION = frozenset({"03", "05", "06", "07", "08"})
_CONFLICT = frozenset({"11", "12", "13", "14", "15", "16", "17", "18", "19", "20"})


class Pattern(NamedTuple):
    """One word of each of ``words`` has to follow the verb for it to have the ``code``."""

    words: tuple[frozenset[str], ...]
    code: str


class Reading(NamedTuple):
    """``tenses`` are bits of `reactions.inflection`; ``particle`` has to follow at once, if any.

    ``code`` may be empty: the verb tells of a deed only with the words of a pattern.
    ``patterns`` are those that begin with a word, by each such word.
    """

    tenses: int
    particle: str
    code: str
    patterns: Mapping[str, Sequence[Pattern]]


@cache
def verbs() -> Mapping[str, tuple[Reading, ...]]:
    """The readings of each written form. Raises `ArtefactError` where the artefact is missing."""
    data = artefacts.read("cameo")
    sets = {name: frozenset(words) for name, words in data["sets"].items()}
    patterns = [_indexed(block, sets) for block in data["patterns"]]
    readings: dict[str, tuple[Reading, ...]] = {}
    for form, tenses, particle, code, number in data["verbs"]:
        reading = Reading(tenses, particle, code, patterns[number])
        readings[form] = (*readings.get(form, ()), reading)
    return readings


def code_of(readings: Sequence[Reading], following: Sequence[str]) -> str:
    """The code of a verb before the words ``following``: that of the most words; "" for none.

    Among equals the dictionary's first one.
    """
    best, code = -1, ""
    present = frozenset(following)
    for reading in readings:
        if (
            reading.particle
            and " ".join(following[: len(reading.particle.split())]) != reading.particle
        ):
            continue
        base = len(reading.particle.split())
        if reading.code and base > best:
            best, code = base, reading.code
        for words, found in _fitting(reading.patterns, present):
            if base + words > max(best, 0):
                best, code = base + words, found
    return code


def sign_of(code: str) -> Sign:
    """1 for cooperation, -1 for conflict, 0 for what takes no side."""
    group = code[:2]
    return 1 if group in _COOPERATION else -1 if group in _CONFLICT else 0


def _fitting(
    patterns: Mapping[str, Sequence[Pattern]], present: Collection[str]
) -> list[tuple[int, str]]:
    """The number of words and the code of each pattern of which all words are ``present``."""
    if not patterns:
        return []
    return [
        (len(pattern.words), pattern.code)
        for word in present
        for pattern in patterns.get(word, ())
        if all(not words.isdisjoint(present) for words in pattern.words[1:])
    ]


def _indexed(block: Sequence[Any], sets: Mapping[str, frozenset[str]]) -> dict[str, list[Pattern]]:
    index: dict[str, list[Pattern]] = {}
    for words, code in block:
        pattern = Pattern(tuple(_spelled(word, sets) for word in words), code)
        for first in pattern.words[0]:
            index.setdefault(first, []).append(pattern)
    return index


def _spelled(word: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return sets.get(word, frozenset()) if word.startswith("&") else frozenset({word, word + "s"})
