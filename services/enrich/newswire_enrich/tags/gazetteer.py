"""Finds the names in a text: those of a fixed list by one automaton, others by rules.

::

    text ─▶ flat, one code point for one ─▶ automaton ─▶ whole words, the longest ─▶ doubts settled
              mentions ◀─ capitalised words judged (English) ◀─ people and bodies by rule ◀─┘

"the United States and its Asian allies" is the USA: allies without a name are nobody's mention.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, islice
from typing import Any, NamedTuple, Self

from ahocorasick_rs import AhoCorasick, MatchKind

from newswire_enrich.data import artefacts
from newswire_enrich.tags.doubt import settle
from newswire_enrich.tags.judging import LANGUAGE, Judge
from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.matching import flatten, is_whole
from newswire_enrich.tags.mention import Mention
from newswire_enrich.tags.names import NameFinder, is_title_case
from newswire_enrich.tags.organisations import is_generic
from newswire_enrich.tags.runs import find_runs
from newswire_enrich.tags.surface import Candidate, Surface

# Names, and words with a capital, of one text that are looked at: a bound on time, which only lists
# and texts that are set in capitals reach.
_MOST = 5_000


class Told(NamedTuple):
    """``firm`` mentions stand; ``bodies`` by rule may turn out to be part of a longer name."""

    runs: list[tuple[int, str]]
    in_title_case: bool
    firm: list[Mention]
    bodies: list[Mention]


class Gazetteer:
    """One automaton over all names. Immutable, so that threads may share it."""

    def __init__(
        self,
        version: str,
        surfaces: Mapping[str, Surface],
        lexicon: Lexicon,
        countries: Mapping[str, str],
        judge: Judge | None = None,
    ) -> None:
        """``countries`` gives each alpha-3 code its English name."""
        self.version = version
        self.countries = countries
        self._surfaces = list(surfaces.values())
        self.lexicon = lexicon
        self._judge = judge
        self._automaton = AhoCorasick(list(surfaces), matchkind=MatchKind.Standard)

    @classmethod
    def load(cls) -> Self:
        """Read the built artefacts. Raises `newswire_enrich.data.artefacts.ArtefactError`."""
        return cls.from_artefact(artefacts.read("gazetteer"), Judge.load())

    @classmethod
    def from_artefact(cls, artefact: Mapping[str, Any], judge: Judge | None = None) -> Self:
        """Of a read ``gazetteer.json``; without a judge, by list and rule only."""
        lexicon = Lexicon.from_artefact(artefact["words"])
        countries = artefact["countries"]
        return cls(artefact["version"], _surfaces(artefact), lexicon, countries, judge)

    def find(self, text: str, language: str | None = None) -> list[Mention]:
        """The names in ``text``, by start; no two overlap. Linear in the length of the text.

        ``language`` (BCP 47), where known, settles names that are words of other languages.
        """
        flat = flatten(text)
        code = language.partition("-")[0].lower() if language else None
        told = self.told(flat, code)
        mentions = [*told.firm, *told.bodies]
        if self._judge is not None and code == LANGUAGE and not told.in_title_case:
            mentions += self._judge.find(flat, told.runs, told.firm, self.lexicon)
        kept = without_overlaps(mentions)
        return kept if flat == text else [_as_written(one, text) for one in kept]

    def told(self, flat: str, code: str | None) -> "Told":
        """What list and rules say of a flat text in the language ``code`` (ISO 639-1)."""
        runs = list(find_runs(flat))
        in_title_case = is_title_case(flat, runs)
        if len(flat) > _MOST:  # no shorter text has so many words
            runs = _first_of(runs)
        listed = [
            candidate.mention(flat, candidate.surface.kind)
            for candidate in settle(flat, [*islice(self._longest(flat), _MOST)], self.lexicon, code)
            if candidate.surface.kind is not None
        ]
        named = NameFinder(flat, listed, self.lexicon).find(runs, in_title_case=in_title_case)
        firm = listed
        bodies: list[Mention] = []
        for one in named:
            loose = one.kind == "organisation" and not (one.iso3 and is_generic(one.name))
            (bodies if loose else firm).append(one)
        return Told(runs, in_title_case, without_overlaps(firm), bodies)

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


def _first_of(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The runs of the first `_MOST` words."""
    last_words = accumulate(run.count(" ") + 1 for _, run in runs)
    return [run for run, last in zip(runs, last_words, strict=True) if last <= _MOST]


def _as_written(mention: Mention, text: str) -> Mention:
    written = text[mention.start : mention.end]
    return mention if written == mention.text else mention._replace(text=written)


def without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """By start; of two that overlap the earlier stands ("University of Oslo" over "Oslo").

    Of two that begin together the longer does: "Oslo Opera" over "Oslo".
    """
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _surfaces(artefact: Mapping[str, Any]) -> dict[str, Surface]:
    entities = artefact["entities"]
    surfaces = {}
    for text, number, form, mark, rival, language in artefact["surfaces"]:
        name, kind, iso3 = entities[number]
        surfaces[text] = Surface(
            name, kind or None, form, iso3 or None, mark, rival or None, language or None
        )
    return surfaces
