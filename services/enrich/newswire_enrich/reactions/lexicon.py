"""The words by which a language reports reactions, read from ``languages/*.json``.

Event codes are those of the CAMEO codebook (Schrodt 2012, version 1.1b3) and of its successor
PLOVER (Open Event Data Alliance, 2018), whose classes follow CAMEO's first two digits.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from newswire_enrich.reactions.tables import (
    adverbials_of,
    attitudes_of,
    auxiliaries_of,
    classes_of,
    endings_of,
    nouns_of,
    pairs_of,
    partners_of,
    plain_verbs_of,
    tenses_of,
    verbs_of,
    word_set,
)  # fmt: skip
from newswire_enrich.reactions.vocabulary import Lexicon, PronounKind

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_PLOVER = {
    "03": "AGREE", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID",
    "08": "CONCEDE", "09": "INVESTIGATE", "02": "DEMAND", "10": "DEMAND", "11": "DISAPPROVE",
    "12": "REJECT", "13": "THREATEN", "14": "PROTEST", "15": "MOBILIZE", "16": "SANCTION",
    "17": "COERCE", "18": "ASSAULT", "19": "FIGHT", "20": "ASSAULT",
}  # fmt: skip


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
    data: dict[str, Any] = {}
    folder = files("newswire_enrich.reactions").joinpath("languages")
    for source in sorted(folder.iterdir(), key=lambda each: each.name):
        if source.name.split(".")[0] == code and source.name.endswith(".json"):
            data.update(json.loads(source.read_text(encoding="utf-8")))
    return _build(code, data)


def _build(language: str, data: dict[str, Any]) -> Lexicon:
    words = _lists(data)
    auxiliaries, contracted = auxiliaries_of(data)
    pronouns = _pronouns(data)
    verbs, deeds = verbs_of(data)
    plain = plain_verbs_of(data)
    attitudes = data["attitudes"]
    adjectives = attitudes_of(attitudes["adjective"])
    attitude_nouns = attitudes_of(attitudes["noun"])
    content = {**adjectives, **attitudes_of(attitudes["word"])}
    own_words = {**attitude_nouns, **attitudes_of(attitudes["self"])}
    partners = partners_of(data, words, attitude_nouns, verbs)
    cues = frozenset(partners) | frozenset(verbs) | words["accordance"]
    return Lexicon(
        language=language,
        words=words,
        auxiliaries=auxiliaries,
        contracted=contracted,
        pronouns=pronouns,
        nouns=nouns_of(data),
        verbs=verbs,
        deeds=deeds,
        attitude_nouns=attitude_nouns,
        adjectives=adjectives,
        weights={**own_words, **content},
        own_words=frozenset(own_words.keys() - content.keys()),
        adverbials=adverbials_of(data),
        pairs=pairs_of(attitudes.get("pair", {})),
        phrasal={word: word_set(before) for word, before in data.get("phrasal", {}).items()},
        function_words=_function_words(words, auxiliaries, pronouns),
        group_words=words["negations"].union(auxiliaries, words["infinitive"], words["adverbs"]),
        classes=classes_of(words, auxiliaries, pronouns, [*verbs, *deeds, *plain]),
        forms=tenses_of(verbs, deeds, plain),
        cues=cues,
        sure_cues=cues - partners.keys(),
        partners=partners,
        silent=words["muted"] | words["silence_nouns"] | words["reply_nouns"]
        | words["availability"] | words["answers"],
        flags=word_set(data.get("flags", "")),
        endings=endings_of(data),
        ending_lengths=tuple(sorted({len(each) for each in endings_of(data)}, reverse=True)),
    )  # fmt: skip


def _lists(data: dict[str, Any]) -> Mapping[str, frozenset[str]]:
    """Whatever the data give as text is a list of words; a language without one has it empty."""
    listed = {name: word_set(value) for name, value in data.items() if isinstance(value, str)}
    return defaultdict(frozenset, listed)


def _pronouns(data: dict[str, Any]) -> dict[str, PronounKind]:
    kinds = cast("dict[PronounKind, str]", data["pronouns"])
    return {form: kind for kind, forms in kinds.items() for form in forms.split()}


def _function_words(words: Mapping[str, frozenset[str]], *others: Iterable[str]) -> frozenset[str]:
    names = (
        "determiners", "negations", "adverbs", "relatives", "prepositions", "conjunctions",
        "breaks", "infinitive", "circumstance",
    )  # fmt: skip
    return frozenset().union(*(words[name] for name in names), *others)
