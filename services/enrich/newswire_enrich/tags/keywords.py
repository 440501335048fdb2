"""The words that say best what an article is about, from the vector that related links use."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress, islice

from pydantic import TypeAdapter

from newswire_common.article import Keyword
from newswire_enrich.related.terms import TermVector
from newswire_enrich.tags.matching import flatten
from newswire_enrich.tags.runs import find_pairs

_TAGS = TypeAdapter(tuple[Keyword, ...])
_KEYWORDS = 10
_LEAST_PAIRS = 2  # a pair of capitalised words said once is chance
_DIGITS = 4
# Editors put what the first words say into the headline: measured on headlines, see `quality`.
_LEAD_WORDS = 40
_BEYOND_LEAD = 1 / 1.6
# Beside figures of anything: no article is about them.
_MEASURES = frozenset({
    "percent", "percentage", "pct", "million", "millions", "billion", "billions", "trillion",
    "thousand", "thousands", "hundreds", "dozens",
    "prozent", "prozentpunkte", "prozentpunkten", "millionen", "milliarde", "milliarden",
    "billionen", "tausend", "hundert",
    "pourcent", "pourcentage", "milliard", "milliards", "milliers", "centaines",
    "millón", "millones", "ciento", "porcentaje", "miles", "billones",
    "milhão", "milhões", "bilhão", "bilhões", "cento", "mil", "porcentagem", "percentagem",
    "percento", "percentuale", "milione", "milioni", "miliardo", "miliardi", "mila", "migliaia",
    "procent", "miljoen", "miljoenen", "miljard", "duizend", "duizenden",
    "miljon", "miljoner", "miljarder", "prosent", "millioner", "milliarder", "procento",
    "procenta", "procentu", "milionu", "milionů", "miliard", "miliardy", "milionów", "tys", "mln",
    "процент", "процента", "процентов", "млн", "млрд", "тысяч", "тыс", "миллионов", "миллиардов",
    "مليون", "مليار", "المئة", "المائة", "بالمئة", "بالمائة",
})  # fmt: skip
# "Tschechische" of "Tschechische Nationalbank": an adjective in a case is no keyword by itself.
_GERMAN_ADJECTIVE = re.compile(r"\w{2,}ische[nrsm]?")


def keywords(text: str, vector: TermVector, plain: Sequence[str]) -> tuple[Keyword, ...]:
    """At most ten: words of the vector, and pairs of capitalised words ("Cold War") said twice.

    A pair weighs as much as its heavier word and takes the place of both. What the headline or
    the lead says and the rest takes up weighs more. ``plain`` are the `plain_words` of headline
    and body: a word is written as they mostly write it.
    """
    folded = [*map(str.casefold, plain)]
    lead = _taken_up(folded)
    weights = {
        word: weight if word in lead else weight * _BEYOND_LEAD
        for word, weight in vector
        if not (word in _MEASURES or word.isdigit())
    }
    pairs = _pairs(text, weights)
    chosen = [*islice(_chosen(weights, pairs), _KEYWORDS)]
    written = _written(plain, folded, {word for _, word in chosen})
    return _TAGS.validate_python(
        [
            {"text": written.get(word, word), "weight": round(-weight, _DIGITS)}
            for weight, word in chosen
        ]
    )


def _chosen(
    weights: Mapping[str, float], pairs: Mapping[str, float]
) -> Iterator[tuple[float, str]]:
    """Words and pairs, the heaviest first, then by word; each with its weight below zero."""
    paired = {word for pair in pairs for word in pair.casefold().split()}
    told = [(-weight, word) for word, weight in weights.items() if word not in paired]
    for weight, word in sorted(told + [(-weight, pair) for pair, weight in pairs.items()]):
        if word in pairs or _stands_alone(word, -weight, weights):
            yield weight, word


def _taken_up(folded: Sequence[str]) -> AbstractSet[str]:
    """What the headline or the lead says and the text comes back to."""
    return {*folded[:_LEAD_WORDS]}.intersection(folded[_LEAD_WORDS:])


def _stands_alone(word: str, weight: float, weights: Mapping[str, float]) -> bool:
    """Whether it is neither half of a name nor the lighter of "missile" and "missiles"."""
    if _GERMAN_ADJECTIVE.fullmatch(word):
        return False
    other = word[:-1] if word.endswith("s") else word + "s"
    return (weights.get(other, 0.0), other) <= (weight, word)


def _written(
    plain: Sequence[str], folded: Sequence[str], wanted: AbstractSet[str]
) -> dict[str, str]:
    """How the article mostly writes the words that are ``wanted`` of it: "Straße" of "strasse"."""
    counts = Counter(compress(plain, map(wanted.__contains__, folded)))
    # Of a tie what is in lower case: a capital may be that of a sentence's start.
    found = sorted([(-count, not word.islower(), word) for word, count in counts.items()])
    written: dict[str, str] = {}
    for _, _, word in found:
        written.setdefault(word.casefold(), word)
    return written


def _pairs(text: str, weights: dict[str, float]) -> dict[str, float]:
    """Pairs whose words are both of the vector, by the weight of the heavier."""
    counts = Counter(find_pairs(flatten(text)))
    return {
        f"{first} {second}": max(weights[first.casefold()], weights[second.casefold()])
        for (first, second), count in counts.items()
        if count >= _LEAST_PAIRS and first.casefold() in weights and second.casefold() in weights
    }
