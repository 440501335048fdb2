"""Turns the data of ``languages/*.json`` into tables by written form."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from newswire_common.reaction import Stance
from newswire_enrich.reactions.inflection import PAST, inflect, plural
from newswire_enrich.reactions.vocabulary import Attitude, AuxiliaryKind, Noun, Sense, VerbForm

# Of a word in several lists the last class counts.
_CLASSES = (
    ("circumstance_nouns", "n"), ("calendar", "m"), ("adverbs", "g"), ("negations", "g"),
    ("determiners", "d"), ("possessives", "d"), ("adnouns", "n"), ("prepositions", "i"),
    ("breaks", "b"), ("conjunctions", "c"), ("contrasts", "c"), ("relatives", "r"),
    ("infinitive", "t"),
)  # fmt: skip


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def partners_of(
    data: dict[str, Any],
    words: Mapping[str, frozenset[str]],
    attitude_nouns: Iterable[str],
    verbs: Mapping[str, tuple[VerbForm, ...]],
) -> dict[str, frozenset[str]]:
    """For each cue that tells nothing by itself, the words of which one must be there too.

    "took" needs "streets", "worried" a copula, "comment" a "no".
    """
    copulas = frozenset(data["auxiliaries"]["be"].split())
    copulas |= frozenset(data.get("contractions", {}).get("be", "").split())
    partners: dict[str, frozenset[str]] = {":": words["quote_marks"]}
    for names, needed in (
        (attitudes_of(data["attitudes"]["adjective"]), copulas),
        (words["muted"], words["reaction_nouns"]),
        (words["silence_nouns"] | words["reply_nouns"], words["nothing"]),
        (words["availability"], words["reply_nouns"] | words["refusals"]),
        (attitude_nouns, words["among"] | words["infinitive"]),
        (words["answers"], words["contact_nouns"]),
    ):
        for name in names:
            partners[name] = partners.get(name, frozenset()) | needed
    for word, known in adverbials_of(data).items():
        needed = frozenset(before[-1] for before, _ in known)
        partners[word] = partners.get(word, frozenset()) | needed
    for form, readings in verbs.items():
        needs = [sense.following or sense.object_words for one in readings for sense in one.senses]
        if all(needs):
            partners[form] = partners.get(form, frozenset()).union(*needs)
        else:
            partners.pop(form, None)
    return partners


def adverbials_of(data: dict[str, Any]) -> dict[str, tuple[tuple[tuple[str, ...], Sense], ...]]:
    """For the last word of "in protest", "as a precaution": the words before it, what it tells."""
    found: dict[str, tuple[tuple[tuple[str, ...], Sense], ...]] = {}
    for phrase, (act, stance) in data.get("adverbials", {}).items():
        *before, last = phrase.split()
        sense = Sense("deed", act, stance, 3, cameo="140" if act == "protest" else None)
        found[last] = (*found.get(last, ()), (tuple(before), sense))
    return found


def pairs_of(table: dict[str, dict[str, str]]) -> dict[str, dict[str, Attitude]]:
    """Attitudes of two words together, by the second and the first: "too late", "good news"."""
    pairs: dict[str, dict[str, Attitude]] = {}
    for both, attitude in attitudes_of(table).items():
        first, second = both.split("_", 1)
        pairs.setdefault(second, {})[first] = attitude
    return pairs


def classes_of(
    words: Mapping[str, frozenset[str]],
    auxiliaries: Iterable[str],
    pronouns: Iterable[str],
    verbs: Iterable[str],
) -> dict[str, str]:
    """The class of `tagging` that each word of a closed list has, and each form of a verb."""
    classes = dict.fromkeys(verbs, "v")
    for name, tag in _CLASSES:
        if name != "infinitive" or not words["clitics"]:  # Spanish "a" is a preposition first
            classes.update(dict.fromkeys(words[name], tag))
    classes.update(dict.fromkeys(auxiliaries, "a"))
    classes.update(dict.fromkeys(pronouns, "p"))
    classes.update({",": ",", "'s": "'", "’s": "'", "'": "'", "’": "'"})
    return classes


def tenses_of(*tables: Mapping[str, tuple[VerbForm, ...]]) -> dict[str, int]:
    tenses: dict[str, int] = {}
    for table in tables:
        for form, readings in table.items():
            for each in readings:
                tenses[form] = tenses.get(form, 0) | each.tenses
    return tenses


def endings_of(data: dict[str, Any]) -> dict[str, Noun]:
    """Nouns known by their endings."""
    return {
        ending: Noun(ending, sector, kind, plural=number == "plural")
        for number, sectors in data.get("endings", {}).items()
        for sector, kinds in sectors.items()
        for kind, listed in kinds.items()
        for ending in listed.split()
    }


def auxiliaries_of(data: dict[str, Any]) -> tuple[dict[str, AuxiliaryKind], frozenset[str]]:
    plain = {form: kind for kind, forms in data["auxiliaries"].items() for form in forms.split()}
    contractions = data.get("contractions", {})
    short = {form: kind for kind, forms in contractions.items() for form in forms.split()}
    return cast("dict[str, AuxiliaryKind]", {**plain, **short}), frozenset(short)


def attitudes_of(table: dict[str, dict[str, str]]) -> dict[str, Attitude]:
    return {
        form: Attitude(cast("Stance", stance), int(intensity))
        for stance, levels in table.items()
        for intensity, forms in levels.items()
        for form in forms.split()
    }


def nouns_of(data: dict[str, Any]) -> dict[str, Noun]:
    irregular = data.get("irregular_plurals", {})
    always_plural = word_set(data.get("always_plural", ""))
    nouns: dict[str, Noun] = {}
    for sector, kinds in data["nouns"].items():
        for kind, lemmas in kinds.items():
            for lemma in lemmas.split():
                nouns.setdefault(lemma, Noun(lemma, sector, kind, lemma in always_plural))
                for form in irregular.get(lemma, plural(data["inflection"], lemma)).split():
                    nouns.setdefault(form, Noun(lemma, sector, kind, plural=True))
    return nouns


def verbs_of(
    data: dict[str, Any],
) -> tuple[dict[str, tuple[VerbForm, ...]], dict[str, tuple[VerbForm, ...]]]:
    senses: dict[str, list[Sense]] = {}
    for entry in data["verbs"]:
        for lemma in entry["lemmas"].split():
            senses.setdefault(lemma, []).append(_sense(entry))
    for readings in senses.values():  # what has conditions goes before what has none
        readings.sort(key=lambda sense: not (sense.following or sense.object_words))
    return _forms(data, senses), _forms(data, {lemma: [] for lemma in data["deeds"].split()})


def plain_verbs_of(data: dict[str, Any]) -> dict[str, tuple[VerbForm, ...]]:
    """Verbs that tell neither a reaction nor a deed, but end a clause's subject."""
    return _forms(data, {lemma: [] for lemma in data.get("plain_verbs", "").split()})


def _forms(
    data: dict[str, Any], senses: Mapping[str, list[Sense]]
) -> dict[str, tuple[VerbForm, ...]]:
    forms: dict[str, tuple[VerbForm, ...]] = {}
    for lemma, readings in senses.items():
        for form, tenses in inflect(data["inflection"], lemma, data["irregular"].get(lemma)):
            particle = lemma.partition("|")[0] if "|" in lemma and tenses & PAST else ""
            plain = lemma.replace("|", "")
            one = VerbForm(plain, tenses, tuple(readings), particle)
            forms[form] = (*forms.get(form, ()), one)
    return forms


def _sense(entry: dict[str, Any]) -> Sense:
    return Sense(
        frame=entry["frame"],
        act=entry["act"],
        stance=entry["stance"],
        intensity=entry.get("intensity", 0),
        cameo=entry.get("cameo"),
        target=entry.get("target", "trigger"),
        following=word_set(entry.get("next", "")),
        unlike=word_set(entry.get("not_next", "")),
        object_words=word_set(entry.get("object", "")),
        unlike_object=word_set(entry.get("not_object", "")),
        sector=entry.get("sector"),
        clausal=entry.get("clausal", False),
        loose=entry.get("loose", False),
        weighs=entry.get("weighs", False),
        judged=entry.get("judged", False),
        agentive=entry.get("agentive", False),
    )
