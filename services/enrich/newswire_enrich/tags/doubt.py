"""Decides which candidates of the gazetteer are what they look like.

"Chad Smith" is no country, "Georgia" between Atlanta and Savannah neither, and "WHO" in a headline
set in capitals may be a pronoun. What the text says firmly elsewhere settles it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.matching import word_after, word_before
from newswire_enrich.tags.surface import Candidate

_SHOUTED_WINDOW = 20  # characters to each side that show whether a line is set in capitals
_SHOUTED_LETTERS = 12
_SHORT_ACRONYM = 3


class _Evidence(NamedTuple):
    """What the text names without doubt: countries by code, entities by name."""

    countries: AbstractSet[str]
    names: AbstractSet[str]


def settle(
    flat: str, candidates: Sequence[Candidate], lexicon: Lexicon, language: str | None
) -> list[Candidate]:
    """The candidates that stand in a text of ``language`` (ISO 639-1), in their order."""
    evidence = _evidence(flat, candidates, language)
    return [one for one in candidates if _stands(flat, one, evidence, lexicon)]


def _evidence(flat: str, candidates: Sequence[Candidate], language: str | None) -> _Evidence:
    firm = [one.surface for one in candidates if _is_firm(flat, one, language)]
    return _Evidence(
        {surface.iso3 for surface in firm if surface.kind == "place" and surface.iso3},
        {surface.name for surface in firm},
    )


def _is_firm(flat: str, one: Candidate, language: str | None) -> bool:
    if one.surface.mark:
        return language is not None and one.surface.language == language
    return not _is_shouted(flat, one)


def _stands(flat: str, one: Candidate, evidence: _Evidence, lexicon: Lexicon) -> bool:
    surface = one.surface
    if surface.mark == "?" or _is_shouted(flat, one):
        return _is_supported(one, evidence)
    if surface.mark == "~":
        return not _is_outdone(one, evidence) and _stands_alone(flat, one, lexicon)
    return surface.kind != "place" or word_before(flat, one.start) not in lexicon.given_names


def _is_supported(one: Candidate, evidence: _Evidence) -> bool:
    return one.surface.iso3 in evidence.countries or one.surface.name in evidence.names


def _is_outdone(one: Candidate, evidence: _Evidence) -> bool:
    """Whether the text speaks of the rival ("Georgia" among American names) and not of its own."""
    surface = one.surface
    return surface.rival in evidence.countries and surface.iso3 not in evidence.countries


def _stands_alone(flat: str, one: Candidate, lexicon: Lexicon) -> bool:
    """Whether no other name is next to it, as in "Chad Smith" and "Michael Jordan"."""
    before, after = word_before(flat, one.start), word_after(flat, one.end)
    return lexicon.is_plain_before(before) and lexicon.is_plain_after(after)


def _is_shouted(flat: str, one: Candidate) -> bool:
    """Whether it is a short acronym in a line of capitals, where "US" and "WHO" are also words."""
    if one.surface.form != "acronym" or one.end - one.start > _SHORT_ACRONYM:
        return False
    window = flat[max(0, one.start - _SHOUTED_WINDOW) : one.end + _SHOUTED_WINDOW]
    return window.isupper() and sum(map(str.isalpha, window)) >= _SHOUTED_LETTERS
