"""The IPTC Media Topics as built: names by language, what is above what, and what became of what.

Codes are eight digits inside this package; outside they are qualified, ``medtop:20000065``
(IPTC NewsCodes Guidelines, QCode).
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Self

from newswire_enrich.data import artefacts

PREFIX = "medtop:"
_MOST_STEPS = 8  # the tree has six levels; no chain of successors comes near, a loop would
_DEFAULT_LANGUAGE = "en"
_SAME_LANGUAGES = {"no": "nb"}  # the identifier of languages says "no"


class Vocabulary:
    """Read-only; shared by everything that speaks of topics."""

    def __init__(
        self, version: str, concepts: Mapping[str, Any], aliases: Mapping[str, str]
    ) -> None:
        self.version = version
        self._concepts = concepts
        self._aliases = aliases

    @classmethod
    def of(cls, artefact: Mapping[str, Any]) -> Self:
        return cls(artefact["version"], artefact["concepts"], artefact["aliases"])

    @classmethod
    def load(cls) -> Self:
        """Read the built artefact. Raises `newswire_enrich.data.artefacts.ArtefactError`."""
        return cls.of(artefacts.read("media_topics"))

    def __contains__(self, code: str) -> bool:
        return code in self._concepts

    def __iter__(self) -> Iterator[str]:
        """All codes, the retired ones too, in the order of the tree."""
        return iter(self._concepts)

    def current(self, code: str) -> str | None:
        """The code, or what it became if it is retired; None if it is unknown or leads nowhere."""
        for _ in range(_MOST_STEPS):
            concept = self._concepts.get(code)
            if concept is None or "successor" not in concept:
                return code if concept else None
            code = concept["successor"]
        return None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """What is above a code, the nearest first; the last is a top-level topic."""
        found: list[str] = []
        parent = self._concepts[code].get("parent")
        while parent is not None and len(found) < _MOST_STEPS:
            found.append(parent)
            parent = self._concepts[parent].get("parent")
        return tuple(found)

    def line(self, code: str) -> tuple[str, ...]:
        """The code and its ancestors."""
        return (code, *self.ancestors(code))

    def top(self, code: str) -> str:
        """The top-level topic above a code, or the code itself."""
        return self.line(code)[-1]

    def name(self, code: str, language: str | None) -> str:
        """In the language (BCP 47), or else in English."""
        names: Mapping[str, str] = self._concepts[code]["names"]
        for tag in (*_tags(language), _DEFAULT_LANGUAGE):
            if tag in names:
                return names[tag]
        return code

    @staticmethod
    def language(tag: str | None) -> str:
        """The language of a tag (BCP 47) as names and terms have it; English without one."""
        return next(reversed([*_tags(tag)]), _DEFAULT_LANGUAGE)

    def by_subject_code(self, code: str) -> str | None:
        """What an IPTC Subject Code (eight digits, 2000 to 2010) is among the Media Topics.

        Of one without a topic of its own, what is above it: 15054001, 15054000, 15000000.
        """
        for wider in (code, code[:5] + "000", code[:2] + "000000"):
            topic = self._subject_codes.get(wider)
            if topic is not None:
                return self.current(topic)
        return None

    def by_name(self, name: str, language: str | None) -> str | None:
        """The topic of a name, that of the language first; None where languages disagree."""
        key = _key(name)
        for tag in _tags(language):
            if code := self._names.get(tag, {}).get(key):
                return self.current(code)
        if code := self._aliases.get(key):
            return code
        codes = {found for names in self._names.values() if (found := names.get(key))}
        current = {self.current(code) for code in codes}
        return current.pop() if len(current) == 1 else None

    @cached_property
    def _subject_codes(self) -> dict[str, str]:
        """The first in the order of the tree is the widest of those that share a subject code."""
        found: dict[str, str] = {}
        for retired in (False, True):
            for code, concept in self._concepts.items():
                if "subject" in concept and ("successor" in concept) == retired:
                    found.setdefault(concept["subject"], code)
        return found

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """By language, the codes in use first: some names were given twice."""
        found: dict[str, dict[str, str]] = {}
        for retired in (False, True):
            for code, concept in self._concepts.items():
                if ("successor" in concept) == retired:
                    for language, name in concept["names"].items():
                        found.setdefault(language, {}).setdefault(_key(name), code)
        return found


def qualified(code: str) -> str:
    return PREFIX + code


def _tags(language: str | None) -> Iterator[str]:
    """From the narrowest: pt-BR, pt."""
    if not language:
        return
    parts = language.split("-")
    primary = parts[0].lower()
    if len(parts) > 1:
        yield f"{primary}-{parts[-1].upper()}"
    yield _SAME_LANGUAGES.get(primary, primary)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
