"""The words by which names of people and organisations are told: given names, titles, roles."""

from typing import Any, NamedTuple, Self

_DIRECTIONS = frozenset({
    "North", "South", "East", "West", "Northern", "Southern", "Eastern", "Western", "Central",
    "Neighbouring", "Neighboring",
})  # fmt: skip

_LONGEST_INITIAL = len("St.")  # longer words with a mark after them end a phrase


class Lexicon(NamedTuple):
    """Sets of words; ``surnames`` maps a known person to the surnames used alone."""

    given_names: frozenset[str]
    titles: frozenset[str]
    bare_titles: frozenset[str]
    roles: frozenset[str]
    not_names: frozenset[str]
    organisation_words: frozenset[str]
    organisation_of_words: frozenset[str]
    function_words: frozenset[str]
    family_first: frozenset[str]
    surnames: dict[str, tuple[str, ...]]

    @classmethod
    def from_artefact(cls, words: dict[str, Any]) -> Self:
        sets = {key: frozenset(words[key]) for key in cls._fields if key != "surnames"}
        surnames = {name: tuple(alone) for name, alone in words["surnames"].items()}
        return cls(**sets, surnames=surnames)

    def is_plain_before(self, word: str) -> bool:
        """Whether ``word`` may stand before a country's name without being part of one."""
        if not word[:1].isupper() or word in self.function_words or word in _DIRECTIONS:
            return True
        return not word[-1].isalnum() and len(word) > _LONGEST_INITIAL

    def is_plain_after(self, word: str) -> bool:
        """Whether ``word`` may stand after a country's name without being part of one."""
        return not word[:1].isupper() or word in self.titles or word in self.not_names
