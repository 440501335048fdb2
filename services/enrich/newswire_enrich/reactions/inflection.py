"""Written forms of the verbs and nouns of the lexicon: rules for English, lists elsewhere."""

from collections.abc import Iterator

BASE, SINGULAR, PAST, PARTICIPLE, GERUND = 1, 2, 4, 8, 16
FINITE = BASE | SINGULAR | PAST

_HISSES = ("s", "x", "z", "ch", "sh")


def inflect(rules: str, lemma: str, irregular: str | None) -> Iterator[tuple[str, int]]:
    """Each form of ``lemma`` once, with the bits of all it can be.

    ``rules`` is ``english`` (``irregular`` gives third person, past, participle, gerund) or
    ``listed`` (``irregular`` gives the finite forms, a bar, and the participles;
    ``lemma`` is the infinitive).
    """
    forms: dict[str, int] = {}
    if rules == "listed":
        finite, _, participles = (irregular or lemma).partition("|")
        pairs = [(lemma, BASE), *((form, PAST) for form in finite.split())]
        pairs += [(form, PARTICIPLE) for form in participles.split()]
    else:
        third, past, participle, gerund = irregular.split() if irregular else _regular(lemma)
        pairs = [
            (lemma, BASE), (third, SINGULAR), (past, PAST), (participle, PARTICIPLE),
            (gerund, GERUND),
        ]  # fmt: skip
    for form, bit in pairs:
        forms[form] = forms.get(form, 0) | bit
    return iter(forms.items())


def _regular(lemma: str) -> tuple[str, str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        past = lemma[:-1] + "ied"
        return lemma[:-1] + "ies", past, past, lemma + "ing"
    third = lemma + ("es" if lemma.endswith(_HISSES) else "s")
    return third, lemma + "ed", lemma + "ed", lemma + "ing"


def plural(rules: str, noun: str) -> str:
    """The plural of a noun; a listed language gives its plurals as entries of their own."""
    if rules == "listed":
        return noun
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(_HISSES) else "s")
