"""Judges candidates: a linear model of what the words in and around a name say of its kind.

A person, a body, a place or none of these, by the sum of integer weights of its clues. The weights
come from the first two thirds of Wikigold and from the names of the PETRARCH dictionaries
(`newswire_enrich.data.names_source`): English, and of prose only, so other languages and texts in
title case are left to the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from newswire_enrich.data import artefacts
from newswire_enrich.tags.candidates import Candidate, Words, find_candidates
from newswire_enrich.tags.clues import Clue, clues, initials, surroundings
from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.mention import Form, Kind, Mention

KINDS: tuple[Kind | None, ...] = ("person", "organisation", "place", None)
LANGUAGE = "en"

Weights = Mapping[str, Mapping[str, Sequence[int]]]  # of a clue for each of `KINDS`


class Judge(NamedTuple):
    """Immutable, so that threads may share it."""

    weights: Weights
    words: Words

    @classmethod
    def load(cls) -> Self:
        """Read the built artefact. Raises `newswire_enrich.data.artefacts.ArtefactError`."""
        return cls.from_artefact(artefacts.read("names"))

    @classmethod
    def from_artefact(cls, artefact: Mapping[str, Any]) -> Self:
        sets = {name: frozenset(artefact["words"][name]) for name in Words._fields}
        return cls(artefact["weights"], Words(**sets))

    def find(
        self,
        flat: str,
        runs: Iterable[tuple[int, str]],
        found: Sequence[Mention],
        lexicon: Lexicon,
    ) -> list[Mention]:
        """People and bodies besides those ``found``, which may be part of a longer one.

        ``found`` are by start and do not overlap. Linear in the number of the candidates.
        """
        grouped = find_candidates(flat, runs, found, lexicon, self.words)
        around = surroundings(grouped, found)
        judged: dict[Kind, list[list[Candidate]]] = {"person": [], "organisation": []}
        for group in grouped.values():
            kind = self.verdict(clues(flat, group, around, lexicon, self.words))
            if kind in judged:
                judged[kind].append(group)
        return [*_people(judged["person"], found), *_bodies(judged["organisation"], flat)]

    def verdict(self, told: Iterable[Clue]) -> Kind | None:
        """What the clues say it is; None is no name, or a work, an event, a people."""
        person = organisation = place = other = 0
        for template, value in told:
            row = self.weights[template].get(value)
            if row is not None:
                person += row[0]
                organisation += row[1]
                place += row[2]
                other += row[3]
        sums = (person, organisation, place, other)
        return KINDS[max(range(len(sums)), key=sums.__getitem__)]


def _people(groups: Sequence[Sequence[Candidate]], found: Sequence[Mention]) -> list[Mention]:
    """One word alone is the person whose surname or given name it is elsewhere."""
    full: dict[str, str | None]
    full = {group[0].text: None for group in groups if len(group[0].words) > 1}
    full |= {one.name: one.iso3 for one in found if one.kind == "person" and " " in one.name}
    known: dict[str, str] = {}
    for name in full:
        known.setdefault(name.partition(" ")[0], name)
    known |= {name.rpartition(" ")[2]: name for name in full}
    return [
        Mention(
            one.start,
            one.end,
            one.text,
            name := known.get(one.text, one.text),
            "person",
            "name" if len(one.words) > 1 else "surname",
            full.get(name),
        )
        for group in groups
        for one in group
    ]


def _bodies(groups: Sequence[Sequence[Candidate]], flat: str) -> list[Mention]:
    """An acronym alone is the body whose initials it has."""
    known = {
        initials(group[0].words): group[0] for group in groups if len(group[0].words) > len("EU")
    }
    mentions = []
    for group in groups:
        named = known.get(group[0].text, group[0])
        iso3 = named.opening.iso3 if named.opening else None
        form: Form = "acronym" if group[0].text.isupper() and len(group[0].words) == 1 else "name"
        mentions += [
            Mention(
                one.opens,
                one.end,
                flat[one.opens : one.end],
                named.text,
                "organisation",
                form,
                iso3,
            )
            for one in group
        ]
    return mentions
