"""The words that say best what an article is about, from the vector that related links use."""

from collections import Counter

from newswire_common.article import Keyword
from newswire_enrich.related.terms import TermVector
from newswire_enrich.tags.matching import flatten
from newswire_enrich.tags.runs import find_pairs

_KEYWORDS = 10
_LEAST_PAIRS = 2  # a pair of capitalised words said once is chance
_DIGITS = 4


def keywords(text: str, vector: TermVector) -> tuple[Keyword, ...]:
    """At most ten: words of the vector, and pairs of capitalised words ("Cold War") said twice.

    A pair weighs as much as its heavier word and takes the place of both.
    """
    weights = {word: weight for word, weight in vector if not word.isdigit()}
    pairs = _pairs(text, weights)
    paired = {word for pair in pairs for word in pair.casefold().split()}
    weighed = [(weight, pair) for pair, weight in pairs.items()]
    weighed += [(weight, word) for word, weight in weights.items() if word not in paired]
    weighed.sort(key=lambda item: (-item[0], item[1]))
    return tuple(
        Keyword(text=word, weight=round(weight, _DIGITS)) for weight, word in weighed[:_KEYWORDS]
    )


def _pairs(text: str, weights: dict[str, float]) -> dict[str, float]:
    """Pairs whose words are both of the vector, by the weight of the heavier."""
    counts = Counter(find_pairs(flatten(text)))
    return {
        f"{first} {second}": max(weights[first.casefold()], weights[second.casefold()])
        for (first, second), count in counts.items()
        if count >= _LEAST_PAIRS and first.casefold() in weights and second.casefold() in weights
    }
