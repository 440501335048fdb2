"""What is known of words: the kinds of entries that a language's lexicon holds."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from newswire_common.reaction import Act, Sector, Stance

Frame = Literal[
    "say", "label", "object", "free", "express", "affect", "refuse", "wish", "respond", "reach",
    "quiet", "drawn", "welcomed", "deed", "copula",
]  # fmt: skip
NounKind = Literal["office", "body", "role"]
AuxiliaryKind = Literal["have", "had", "be", "will", "modal", "do"]
PronounKind = Literal["either", "person", "thing", "plural", "pair", "first"]


class Sense(NamedTuple):
    """One reading of a verb, taken where its neighbours agree with it.

    ``following``: the next word is one of these; ``object_words``: one of these comes within a
    few words; ``unlike`` and ``unlike_object``: none of these; ``clausal``: words or a clause
    follow ("added that", but not "added jobs"); ``sector``: who may do it; ``loose``: things do
    it too ("the sign says"), so the subject must be known to act; ``weighs``: the words that
    follow give the stance; ``judged``: without such words it tells nothing; ``agentive``: only
    with an agent ("greeted with relief by").
    ``target`` is the trigger, the verb's ``object``, or a ``claim`` other than the trigger.
    """

    frame: Frame
    act: Act
    stance: Stance
    intensity: int = 0
    cameo: str | None = None
    target: Literal["trigger", "object", "claim"] = "trigger"
    following: frozenset[str] = frozenset()
    unlike: frozenset[str] = frozenset()
    object_words: frozenset[str] = frozenset()
    unlike_object: frozenset[str] = frozenset()
    sector: str | None = None
    clausal: bool = False
    loose: bool = False
    weighs: bool = False
    judged: bool = False
    agentive: bool = False


class VerbForm(NamedTuple):
    """What one written form can be: ``tenses`` is a set of bits of `inflection`.

    ``particle`` ends the clause of a finite form: "lehnte … ab".
    """

    lemma: str
    tenses: int
    senses: tuple[Sense, ...]
    particle: str = ""


class Noun(NamedTuple):
    """A common noun that can act: "ministry" is an office, "company" a body, "nurse" a role."""

    lemma: str
    sector: Sector
    kind: NounKind
    plural: bool


class Attitude(NamedTuple):
    stance: Stance
    intensity: int


class Lexicon(NamedTuple):
    """All words of one language, lower-cased.

    ``weights`` are the words that show a stance, ``own_words`` those of them that do so only of
    what the speakers themselves do or feel ("we condemn"). ``group_words`` may stand before the
    verb of a group, beside adverbs in -ly; ``heads`` may end an actor's phrase, beside names.
    """

    language: str
    words: Mapping[str, frozenset[str]]
    auxiliaries: Mapping[str, AuxiliaryKind]
    contracted: frozenset[str]
    pronouns: Mapping[str, PronounKind]
    nouns: Mapping[str, Noun]
    verbs: Mapping[str, tuple[VerbForm, ...]]
    deeds: Mapping[str, tuple[VerbForm, ...]]
    attitude_nouns: Mapping[str, Attitude]
    adjectives: Mapping[str, Attitude]
    weights: Mapping[str, Attitude]
    own_words: frozenset[str]
    phrasal: Mapping[str, frozenset[str]]
    adverbials: Mapping[str, tuple[tuple[tuple[str, ...], Sense], ...]]
    pairs: Mapping[str, Mapping[str, Attitude]]
    function_words: frozenset[str]
    group_words: frozenset[str]
    classes: Mapping[str, str]
    forms: Mapping[str, int]
    cues: frozenset[str]
    sure_cues: frozenset[str]
    partners: Mapping[str, frozenset[str]]
    silent: frozenset[str]
    flags: frozenset[str]
    endings: Mapping[str, Noun]
    ending_lengths: tuple[int, ...]

    def noun(self, low: str) -> Noun | None:
        """What is known of the noun ``low``, if only by its ending: "hauliers", "Sportverein"."""
        known = self.nouns.get(low)
        if known is not None or low in self.words["things"]:
            return known
        for length in self.ending_lengths:
            noun = self.endings.get(low[-length:]) if len(low) > length + 2 else None
            if noun is not None:
                return noun
        return None

    def may_react(self, cues: Iterable[str], lows: Collection[str]) -> bool:
        """Whether a sentence of the words ``lows``, ``cues`` among them, can hold a reaction."""
        if not self.sure_cues.isdisjoint(cues):
            return True
        return any(not self.partners[word].isdisjoint(lows) for word in cues)
