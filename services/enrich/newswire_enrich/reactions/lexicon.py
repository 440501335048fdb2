"""The words by which a language reports reactions, read from ``languages/*.json``.

Event codes are those of the CAMEO codebook (Schrodt 2012, version 1.1b3) and of its successor
PLOVER (Open Event Data Alliance, 2018), whose classes follow CAMEO's first two digits.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, cast

from newswire_common.reaction import Act, Sector, Stance
from newswire_enrich.reactions.inflection import inflect, plural

Frame = Literal[
    "say", "label", "object", "free", "express", "refuse", "respond", "reach", "quiet", "deed",
    "copula",
]  # fmt: skip
NounKind = Literal["office", "body", "role"]
AuxiliaryKind = Literal["have", "had", "be", "will", "modal", "do"]
PronounKind = Literal["person", "thing", "plural", "pair", "first"]

LANGUAGES = {"en": "English", "de": "German", "fr": "French"}
_PLOVER = {
    "03": "AGREE", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID",
    "08": "CONCEDE", "09": "INVESTIGATE", "02": "DEMAND", "10": "DEMAND", "11": "DISAPPROVE",
    "12": "REJECT", "13": "THREATEN", "14": "PROTEST", "15": "MOBILIZE", "16": "SANCTION",
    "17": "COERCE", "18": "ASSAULT", "19": "FIGHT", "20": "ASSAULT",
}  # fmt: skip


class Sense(NamedTuple):
    """One reading of a verb, taken where its neighbours agree with it.

    ``following``: the next word is one of these; ``object_words``: one of these comes within a
    few words; ``unlike`` and ``unlike_object``: none of these; ``clausal``: words or a clause
    follow ("added that", but not "added jobs"); ``sector``: who may do it.
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


class VerbForm(NamedTuple):
    """What one written form can be: ``tenses`` is a set of bits of `inflection`."""

    lemma: str
    tenses: int
    senses: tuple[Sense, ...]


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
    function_words: frozenset[str]
    group_words: frozenset[str]
    heads: frozenset[str]
    cues: frozenset[str]
    sure_cues: frozenset[str]
    partners: Mapping[str, frozenset[str]]
    silent: frozenset[str]
    flags: frozenset[str]

    def may_react(self, cues: Iterable[str], lows: Collection[str]) -> bool:
        """Whether a sentence of the words ``lows``, ``cues`` among them, can hold a reaction."""
        if not self.sure_cues.isdisjoint(cues):
            return True
        return any(not self.partners[word].isdisjoint(lows) for word in cues)


def plover(cameo: str | None) -> str | None:
    """The PLOVER class of a CAMEO code; mere statements (01) have none."""
    return _PLOVER.get(cameo[:2]) if cameo else None


def lexicon_for(language: str | None) -> Lexicon | None:
    """The lexicon of a BCP 47 tag's language; English for none, None where we have no words."""
    code = (language or "en").split("-", 1)[0].lower()
    return _load(code) if code in LANGUAGES else None


def rules_for(language: str | None) -> str:
    """Whose rules read a text of this BCP 47 tag, for its provenance."""
    lexicon = lexicon_for(language)
    return f"rules for {LANGUAGES[lexicon.language]}" if lexicon else "no rules for its language"


def load() -> None:
    """Read the lexicon of every language (some 30 ms), so that no article has to wait for it."""
    for code in LANGUAGES:
        _load(code)


@cache
def _load(code: str) -> Lexicon:
    source = files("newswire_enrich.reactions").joinpath("languages", f"{code}.json")
    return _build(code, json.loads(source.read_text(encoding="utf-8")))


_WORD_LISTS = (
    "determiners", "possessives", "negations", "adverbs", "future", "willing", "unwilling",
    "infinitive", "relatives", "prepositions", "links", "owning_links", "conjunctions",
    "breaks", "agent", "calendar", "circumstance", "circumstance_nouns", "quantities",
    "documents", "pair_nouns", "pair_words", "nouns_only", "spokes", "titles", "particles",
    "reply_nouns",
    "reply_verbs", "refusals", "availability", "reaction_nouns", "silence_nouns", "muted",
    "source", "yet", "historical", "reversal", "stronger", "weaker", "abbreviations",
    "first_person", "nothing", "given", "that", "predicative", "clause_marks", "nounlike",
    "conditionals", "few", "some_few", "contrasts", "neither", "accordance",
)  # fmt: skip


def _build(language: str, data: dict[str, Any]) -> Lexicon:
    words = {name: _set(data.get(name, "")) for name in _WORD_LISTS}
    auxiliaries, contracted = _auxiliaries(data)
    pronouns = {form: kind for kind, forms in data["pronouns"].items() for form in forms.split()}
    verbs, deeds = _verbs(data)
    attitudes = data["attitudes"]
    adjectives = _attitudes(attitudes["adjective"])
    attitude_nouns = _attitudes(attitudes["noun"])
    content = {**adjectives, **_attitudes(attitudes["word"])}
    own_words = {**attitude_nouns, **_attitudes(attitudes["self"])}
    functions = frozenset().union(
        *(words[name] for name in (
            "determiners", "negations", "adverbs", "relatives", "prepositions", "conjunctions",
            "breaks", "infinitive", "circumstance",
        )),
        auxiliaries, pronouns,
    )  # fmt: skip
    nouns = _nouns(data)
    partners = _partners(words, auxiliaries, adjectives, verbs)
    cues = frozenset(partners) | frozenset(verbs) | words["accordance"]
    return Lexicon(
        language=language,
        words=words,
        auxiliaries=auxiliaries,
        contracted=contracted,
        pronouns=cast("dict[str, PronounKind]", pronouns),
        nouns=nouns,
        verbs=verbs,
        deeds=deeds,
        attitude_nouns=attitude_nouns,
        adjectives=adjectives,
        weights={**own_words, **content},
        own_words=frozenset(own_words.keys() - content.keys()),
        function_words=functions,
        group_words=words["negations"].union(auxiliaries, words["infinitive"], words["adverbs"]),
        heads=words["pair_nouns"].union(nouns, pronouns, words["pair_words"]),
        cues=cues,
        sure_cues=cues - partners.keys(),
        partners=partners,
        silent=words["muted"] | words["silence_nouns"] | words["reply_nouns"]
        | words["availability"],
        flags=_set(data.get("flags", "")),
    )  # fmt: skip


def _partners(
    words: Mapping[str, frozenset[str]],
    auxiliaries: Mapping[str, AuxiliaryKind],
    adjectives: Mapping[str, Attitude],
    verbs: Mapping[str, tuple[VerbForm, ...]],
) -> dict[str, frozenset[str]]:
    """For each cue that tells nothing by itself, the words of which one must be there too.

    "took" needs "streets", "worried" a copula, "comment" a "no".
    """
    copulas = frozenset(form for form, kind in auxiliaries.items() if kind == "be")
    partners: dict[str, frozenset[str]] = {}
    for names, needed in (
        (adjectives, copulas),
        (words["muted"], words["reaction_nouns"]),
        (words["silence_nouns"] | words["reply_nouns"], words["nothing"]),
        (words["availability"], words["reply_nouns"] | words["refusals"]),
    ):
        for name in names:
            partners[name] = partners.get(name, frozenset()) | needed
    for form, readings in verbs.items():
        needs = [
            sense.following or sense.object_words for each in readings for sense in each.senses
        ]
        if all(needs):
            partners[form] = partners.get(form, frozenset()).union(*needs)
        else:
            partners.pop(form, None)
    return partners


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _auxiliaries(data: dict[str, Any]) -> tuple[dict[str, AuxiliaryKind], frozenset[str]]:
    plain = {form: kind for kind, forms in data["auxiliaries"].items() for form in forms.split()}
    contractions = data.get("contractions", {})
    short = {form: kind for kind, forms in contractions.items() for form in forms.split()}
    return cast("dict[str, AuxiliaryKind]", {**plain, **short}), frozenset(short)


def _attitudes(table: dict[str, dict[str, str]]) -> dict[str, Attitude]:
    return {
        form: Attitude(cast("Stance", stance), int(intensity))
        for stance, levels in table.items()
        for intensity, forms in levels.items()
        for form in forms.split()
    }


def _nouns(data: dict[str, Any]) -> dict[str, Noun]:
    irregular = data.get("irregular_plurals", {})
    always_plural = _set(data.get("always_plural", ""))
    nouns: dict[str, Noun] = {}
    for sector, kinds in data["nouns"].items():
        for kind, lemmas in kinds.items():
            for lemma in lemmas.split():
                nouns.setdefault(lemma, Noun(lemma, sector, kind, lemma in always_plural))
                for form in irregular.get(lemma, plural(data["inflection"], lemma)).split():
                    nouns.setdefault(form, Noun(lemma, sector, kind, plural=True))
    return nouns


def _verbs(
    data: dict[str, Any],
) -> tuple[dict[str, tuple[VerbForm, ...]], dict[str, tuple[VerbForm, ...]]]:
    senses: dict[str, list[Sense]] = {}
    for entry in data["verbs"]:
        for lemma in entry["lemmas"].split():
            senses.setdefault(lemma, []).append(_sense(entry))
    return _forms(data, senses), _forms(data, {lemma: [] for lemma in data["deeds"].split()})


def _forms(
    data: dict[str, Any], senses: Mapping[str, list[Sense]]
) -> dict[str, tuple[VerbForm, ...]]:
    forms: dict[str, tuple[VerbForm, ...]] = {}
    for lemma, readings in senses.items():
        for form, tenses in inflect(data["inflection"], lemma, data["irregular"].get(lemma)):
            forms[form] = (*forms.get(form, ()), VerbForm(lemma, tenses, tuple(readings)))
    return forms


def _sense(entry: dict[str, Any]) -> Sense:
    return Sense(
        frame=entry["frame"],
        act=entry["act"],
        stance=entry["stance"],
        intensity=entry.get("intensity", 0),
        cameo=entry.get("cameo"),
        target=entry.get("target", "trigger"),
        following=_set(entry.get("next", "")),
        unlike=_set(entry.get("not_next", "")),
        object_words=_set(entry.get("object", "")),
        unlike_object=_set(entry.get("not_object", "")),
        sector=entry.get("sector"),
        clausal=entry.get("clausal", False),
    )
