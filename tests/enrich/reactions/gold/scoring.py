"""How near reactions come to the gold: precision, recall and F1 on (actor, act, stance).

Both sides are sets of triples per paragraph: what is said twice in it counts once. An actor is the
same if a name is equal once case, articles, titles and punctuation are gone, or if both carry the
same ISO 3166-1 code. Triples are paired one to one, as many as can be; one left over whose like has
its pair already is a repetition and no error. The gold may hold several names for an actor
(``also``), of which one is enough. Quotes, modality and offsets are not scored.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from newswire_common.reaction import Reaction
from tests.enrich.reactions.gold import Record

DETERMINERS = (
    "the a an its his her their our this these der die das den dem des ein eine einen einem einer "
    "sein seine seinem ihr ihre ihren le la les l un une son sa ses leur leurs el los las una unos "
    "unas su sus"
)
TITLES = (
    "mr mrs ms miss dr prof professor sir dame lord lady reverend bishop archbishop father sister "
    "general colonel captain president minister mayor councillor coach justice judge herr frau "
    "bürgermeister bürgermeisterin landrat landrätin trainer kapitän m mme mlle me maître "
    "señor señora sr sra don doña"
)
_BEFORE_NAMES = frozenset(f"{DETERMINERS} {TITLES}".split())
_WORDS = re.compile(r"[^\W_]+(?:[.&-][^\W_]+)*|&")
_POSSESSIVE = re.compile(r"['’](?:s\b|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """A reaction as far as it is scored: ``names`` normalised, any of them good."""

    names: frozenset[str]
    act: str
    stance: str
    iso3: str | None = None

    def is_same_actor(self, other: "Told") -> bool:
        return bool(self.names & other.names) or (self.iso3 is not None and self.iso3 == other.iso3)

    def is_same(self, other: "Told") -> bool:
        labels = (self.act, self.stance) == (other.act, other.stance)
        return labels and self.is_same_actor(other)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Triples of one paragraph: found and wanted, wanted but not found, found but not wanted."""

    hits: tuple[Told, ...]
    missed: tuple[Told, ...]
    extra: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over paragraphs and their ratios; a ratio over nothing is 1, as nothing went wrong."""

    hits: int
    missed: int
    extra: int

    @property
    def precision(self) -> float:
        return _share(self.hits, self.hits + self.extra)

    @property
    def recall(self) -> float:
        return _share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float:
        return _share(2 * self.hits, 2 * self.hits + self.missed + self.extra)


def normalised(name: str) -> str:
    """A name without case, possessive, punctuation, and the articles and titles before it."""
    text = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", name)).casefold()
    words = _WORDS.findall(text)
    while len(words) > 1 and words[0] in _BEFORE_NAMES:
        words = words[1:]
    return " ".join(words)


def of_record(record: Record) -> Told:
    """What the gold tells, by each of its names."""
    names = frozenset(normalised(name) for name in (record.actor, *record.also))
    return Told(names, record.act, record.stance, record.iso3)


def of_reaction(reaction: Reaction) -> Told:
    """What was extracted, by the actor's name; a metonym carries the code of its country."""
    code = reaction.actor.iso3 or reaction.actor.metonym_of
    names = frozenset({normalised(reaction.actor.name)})
    return Told(names, reaction.act, reaction.stance, code)


def judge(wanted: Sequence[Told], found: Sequence[Told]) -> Judgement:
    """The triples of one paragraph compared."""
    gold, told = _distinct(wanted), _distinct(found)
    partner = _pairs(gold, told)
    return Judgement(
        hits=tuple(one for one, pair in zip(gold, partner, strict=True) if pair >= 0),
        missed=tuple(one for one, pair in zip(gold, partner, strict=True) if pair < 0),
        extra=tuple(one for one in told if not any(one.is_same(other) for other in gold)),
    )


def total(judgements: Iterable[Judgement]) -> Score:
    """The counts of many paragraphs (micro average)."""
    judged = tuple(judgements)
    return Score(
        hits=sum(len(one.hits) for one in judged),
        missed=sum(len(one.missed) for one in judged),
        extra=sum(len(one.extra) for one in judged),
    )


def _distinct(told: Sequence[Told]) -> list[Told]:
    kept: list[Told] = []
    for one in told:
        if not any(one.is_same(other) for other in kept):
            kept.append(one)
    return kept


def _pairs(gold: list[Told], told: list[Told]) -> list[int]:
    """For each of the gold the place of its partner, or -1."""
    if not gold or not told:
        return [-1] * len(gold)
    same = np.array([[one.is_same(other) for other in told] for one in gold])
    return [int(at) for at in maximum_bipartite_matching(csr_array(same), perm_type="column")]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
