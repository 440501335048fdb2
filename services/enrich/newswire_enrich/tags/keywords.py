"""The words that say best what an article is about, from the vector that related links use."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from newswire_common.article import Keyword
from newswire_enrich.related.terms import TermVector
from newswire_enrich.tags.matching import flatten
from newswire_enrich.tags.runs import find_pairs

_KEYWORDS = 10
_LEAST_PAIRS = 2  # a pair of capitalised words said once is chance
_DIGITS = 4
# Beside figures of anything: no article is about them.
_MEASURES = frozenset({
    "percent", "million", "millions", "billion", "billions", "prozent", "millionen", "milliarden",
    "pourcent", "milliards", "millones", "ciento", "percento", "milioni",
})  # fmt: skip


def keywords(text: str, vector: TermVector, plain: Sequence[str]) -> tuple[Keyword, ...]:
    """At most ten: words of the vector, and pairs of capitalised words ("Cold War") said twice.

    A pair weighs as much as its heavier word and takes the place of both. A word is written as
    the `plain_words` of the article mostly write it.
    """
    weights = {
        word: weight for word, weight in vector if not word.isdigit() and word not in _MEASURES
    }
    pairs = _pairs(text, weights)
    paired = {word for pair in pairs for word in pair.casefold().split()}
    weighed = [(weight, pair) for pair, weight in pairs.items()]
    weighed += [(weight, word) for word, weight in weights.items() if word not in paired]
    weighed.sort(key=lambda item: (-item[0], item[1]))
    chosen = weighed[:_KEYWORDS]
    written = _written(plain, {word for _, word in chosen})
    return tuple(
        Keyword(text=written.get(word, word), weight=round(weight, _DIGITS))
        for weight, word in chosen
    )


def _written(plain: Sequence[str], wanted: AbstractSet[str]) -> dict[str, str]:
    """How the article mostly writes the words that are ``wanted`` of it: "Straße" of "strasse"."""
    words = zip(plain, map(str.casefold, plain), strict=True)
    counts = Counter(word for word, folded in words if folded in wanted)
    # Of a tie what is in lower case: a capital may be that of a sentence's start.
    found = sorted((-count, not word.islower(), word) for word, count in counts.items())
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
