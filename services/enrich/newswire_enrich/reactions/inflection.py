"""Written forms of the verbs and nouns of the lexicon: by rule, with lists of what is irregular."""

from collections.abc import Iterator

BASE, SINGULAR, PAST, PARTICIPLE, GERUND = 1, 2, 4, 8, 16
FINITE = BASE | SINGULAR | PAST

_HISSES = ("s", "x", "z", "ch", "sh")
_INSEPARABLE = ("be", "ver", "er", "ent", "emp", "miss", "zer", "ge", "unter", "wider", "über")
# Endings by conjugation: finite forms of the third person, participles, gerund.
_SPANISH = {
    "ar": ("a an ó aron aba aban ará arán aría arían e en", "ado ada ados adas", "ando"),
    "er": ("e en ió ieron ía ían erá erán ería erían a an", "ido ida idos idas", "iendo"),
    "ir": ("e en ió ieron ía ían irá irán iría irían a an", "ido ida idos idas", "iendo"),
}
_FRENCH = {
    "er": ("e ent a èrent ait aient era eront erait eraient", "é ée és ées", "ant"),
    "ir": ("it issent irent issait issaient ira iront irait iraient", "i ie is ies", "issant"),
    "re": ("t ent it irent ait aient ra ront rait raient", "u ue us ues", "ant"),
}


def inflect(rules: str, lemma: str, irregular: str | None) -> Iterator[tuple[str, int]]:
    """Each form of ``lemma`` once, with the bits of all it can be.

    ``rules`` names the language. ``irregular`` gives for English third person, past, participle
    and gerund; elsewhere the finite forms, a bar, and the participles. A German ``lemma`` shows
    its particle ("ab|lehnen"), which the finite forms are without.
    """
    forms: dict[str, int] = {}
    if rules == "english":
        third, past, participle, gerund = irregular.split() if irregular else _regular(lemma)
        pairs = [
            (lemma, BASE), (third, SINGULAR), (past, PAST), (participle, PARTICIPLE),
            (gerund, GERUND),
        ]  # fmt: skip
    elif irregular is not None:
        pairs = _listed(lemma, irregular)
    else:
        pairs = _german(lemma) if rules == "german" else _romance(rules, lemma)
    for form, bit in pairs:
        forms[form] = forms.get(form, 0) | bit
    return iter(forms.items())


def _listed(lemma: str, irregular: str) -> list[tuple[str, int]]:
    finite, _, participles = irregular.partition("|")
    pairs = [(lemma.replace("|", ""), BASE), *((form, PAST) for form in finite.split())]
    if "|" in lemma:
        pairs.append((lemma.replace("|", "zu"), BASE))
    return pairs + [(form, PARTICIPLE) for form in participles.split()]


def _romance(rules: str, lemma: str) -> list[tuple[str, int]]:
    table = _SPANISH if rules == "spanish" else _FRENCH
    stem, ending = lemma[:-2], lemma[-2:]
    finite, participles, gerund = table[ending]
    pairs = [(lemma, BASE), *((stem + each, PAST) for each in finite.split())]
    pairs += [(stem + each, PARTICIPLE) for each in participles.split()]
    return [*pairs, (stem + gerund, GERUND)]


def _german(lemma: str) -> list[tuple[str, int]]:
    """A weak verb: "kritisieren", "begrüßen", "ab|lehnen"."""
    particle, _, verb = lemma.rpartition("|")
    stem = verb[:-2] if verb.endswith("en") else verb[:-1]
    link = "e" if stem.endswith(("t", "d")) else ""
    finite = [f"{stem}{link}t", verb, f"{stem}{link}te", f"{stem}{link}ten"]
    bare = verb.startswith(_INSEPARABLE) or verb.endswith("ieren")
    participle = f"{particle}{'' if bare else 'ge'}{stem}{link}t"
    pairs = [(form, PAST) for form in finite]
    pairs += [(participle, PARTICIPLE), (particle + verb, BASE)]
    return [*pairs, (f"{particle}zu{verb}", BASE)] if particle else pairs


def _regular(lemma: str) -> tuple[str, str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        past = lemma[:-1] + "ied"
        return lemma[:-1] + "ies", past, past, lemma + "ing"
    third = lemma + ("es" if lemma.endswith(_HISSES) else "s")
    return third, lemma + "ed", lemma + "ed", lemma + "ing"


def plural(rules: str, noun: str) -> str:
    """The plural of a noun; German gives its plurals as entries of their own."""
    if rules == "german":
        return noun
    if rules in {"spanish", "french"}:
        return noun + ("es" if rules == "spanish" and noun[-1] not in "aeiouáéó" else "s")
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(_HISSES) else "s")
