"""Finds the names in a text: those of a fixed list by one automaton, others by rules.

::

    text ─▶ flat, one code point for one ─▶ automaton ─▶ whole words, the longest ─▶ doubts settled
                                                       mentions ◀─ people and bodies by rule ◀─┘

"the United States and its Asian allies" is the USA: allies without a name are nobody's mention.
"""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Self

from ahocorasick_rs import AhoCorasick, MatchKind

from newswire_enrich.data import artefacts
from newswire_enrich.tags.doubt import settle
from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.matching import flatten, is_whole
from newswire_enrich.tags.mention import Mention
from newswire_enrich.tags.names import NameFinder
from newswire_enrich.tags.surface import Candidate, Surface


class Gazetteer:
    """One automaton over all names. Immutable, so that threads may share it."""

    def __init__(
        self,
        version: str,
        surfaces: Mapping[str, Surface],
        lexicon: Lexicon,
        countries: Mapping[str, str],
    ) -> None:
        """``countries`` gives each alpha-3 code its English name."""
        self.version = version
        self.countries = countries
        self._surfaces = list(surfaces.values())
        self.lexicon = lexicon
        self._automaton = AhoCorasick(list(surfaces), matchkind=MatchKind.Standard)

    @classmethod
    def load(cls) -> Self:
        """Read the built artefact. Raises `newswire_enrich.data.artefacts.ArtefactError`."""
        artefact = artefacts.read("gazetteer")
        lexicon = Lexicon.from_artefact(artefact["words"])
        return cls(artefact["version"], _surfaces(artefact), lexicon, artefact["countries"])

    def find(self, text: str, language: str | None = None) -> list[Mention]:
        """The names in ``text``, by start; no two overlap. Linear in the length of the text.

        ``language`` (BCP 47), where known, settles names that are words of other languages.
        """
        flat = flatten(text)
        code = language.partition("-")[0].lower() if language else None
        listed = [
            candidate.mention(text, candidate.surface.kind)
            for candidate in settle(flat, list(self._longest(flat)), self.lexicon, code)
            if candidate.surface.kind is not None
        ]
        named = [
            mention._replace(text=text[mention.start : mention.end])
            for mention in NameFinder(flat, listed, self.lexicon).find()
        ]
        return _without_overlaps([*listed, *named])

    def _longest(self, flat: str) -> Iterator[Candidate]:
        """Whole words only, leftmost first, the longest of those that begin together.

        All matches are looked at, since the longest may end within a word where a shorter one
        does not ("New York Times" in "New York Timeshares").
        """
        matches = self._automaton.find_matches_as_indexes(flat, overlapping=True)
        whole = [
            (start, -end, number) for number, start, end in matches if is_whole(flat, start, end)
        ]
        reached = 0
        for start, negative_end, number in sorted(whole):
            if start >= reached:
                reached = -negative_end
                yield Candidate(start, reached, self._surfaces[number])


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """By start; of two that overlap the earlier stands ("University of Oslo" over "Oslo")."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=attrgetter("start")):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _surfaces(artefact: dict[str, Any]) -> dict[str, Surface]:
    entities = artefact["entities"]
    surfaces = {}
    for text, number, form, mark, rival, language in artefact["surfaces"]:
        name, kind, iso3 = entities[number]
        surfaces[text] = Surface(
            name, kind or None, form, iso3 or None, mark, rival or None, language or None
        )
    return surfaces
