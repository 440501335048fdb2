"""The one weighing of an article's words that keywords and related links share.

TF-IDF with sublinear term frequency (Salton and Buckley, 1988, "Term-weighting approaches in
automatic text retrieval") against a frozen background table: every worker, and every worker of
the same version anywhere, gives the same vector for the same text. A word that the table does not
know is as rare as any.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Self

from newswire_enrich.data import artefacts

TermVector = tuple[tuple[str, float], ...]
TERMS = 64  # research: 64 terms lose a point of hits@5 against all of them, 32 three
_SHORTEST, _LONGEST = 2, 40  # characters of a word
_WORD = re.compile(rf"[^\W_]{{{_SHORTEST},{_LONGEST}}}")
# Without these marks, which are in no word, most English texts are ASCII.
_MARKS = "\u2018\u2019\u201c\u201d\u2013\u2014\u2022\u20ac\u00a3"
_PARTING = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
# One character may stand for 18 (U+FDFA): a bound on what a hostile text grows to, in code points.
_GROWTH, _ROOM = 3, 100
# Vowel signs and the like, which are no letters to `re`: "हिन्दी" has three.
_SIGNS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_WORD_WITH_SIGNS = re.compile(rf"(?:[^\W_][{_SIGNS}]*+){{2,40}}|[^\W_][{_SIGNS}]++")
# Neither Latin nor its punctuation: one search spares most texts the others.
_BEYOND_LATIN = re.compile(r"[^\0-\u02ff\u2000-\u20cf]")
# Scripts written without spaces: their words are told apart by pairs of characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")
_MOST_PAIRS = 30_000  # of a text: more than ten thousand words of other scripts would say
_SAME_STOP_WORDS = {"no": "nb", "nn": "nb"}  # the identifier of languages says "no"
_DIGITS = 4  # decimals of a weight
_LEAD = 40  # words


class Background:
    """How rare a word is, from the texts of a frozen table, and each language's stop words.

    ``frequencies`` tells in how many of ``documents`` texts a word stands. ``rarity`` is a word's
    inverse document frequency, ln((N + 1) / (n + 1)); of one that is not in it, ``rarest``.
    """

    def __init__(
        self,
        version: str,
        documents: int,
        frequencies: Mapping[str, int],
        stop_words: Mapping[str, frozenset[str]],
    ) -> None:
        self.version = version
        self.stop_words = stop_words
        self.rarest = math.log(documents + 1)
        self.rarity = {
            word: math.log((documents + 1) / (count + 1)) for word, count in frequencies.items()
        }

    @classmethod
    def load(cls) -> Self:
        """Read the built artefacts. Raises `newswire_enrich.data.artefacts.ArtefactError`."""
        idf, stop = artefacts.read("idf"), artefacts.read("stopwords")
        stop_words = {code: frozenset(words) for code, words in stop["languages"].items()}
        return cls(idf["version"], idf["documents"], idf["frequencies"], stop_words)


def words(text: str) -> list[str]:
    """The words of a text in any script, in order: NFKC, case folded, two characters or more."""
    return folded(plain_words(text))


def plain_words(text: str) -> list[str]:
    """The words of a text as it writes them, NFKC."""
    normal = unicodedata.normalize("NFKC", text)[: _GROWTH * len(text) + _ROOM]
    plain = normal
    for mark in _MARKS:
        plain = plain.replace(mark, " ")
    if plain.isascii():
        pieces = plain.translate(_PARTING).split()
        if max(map(len, pieces), default=0) <= _LONGEST:
            return [piece for piece in pieces if len(piece) >= _SHORTEST]
    elif _BEYOND_LATIN.search(normal):
        return _WORD_WITH_SIGNS.findall(normal)
    return _WORD.findall(normal)


def folded(plain: Sequence[str]) -> list[str]:
    """`plain_words` without case; those of scripts without spaces as pairs of characters.

    Where there are such pairs, at most `_MOST_PAIRS` words.
    """
    found = list(map(str.casefold, plain))
    joined = "".join(found)
    if joined.isascii() or not _UNSPACED.search(joined):
        return found
    return [*islice(chain.from_iterable(map(_pairs, found)), _MOST_PAIRS)]


def _pairs(word: str) -> Iterator[str]:
    if _UNSPACED.fullmatch(word) is None:
        yield word
        return
    for index in range(len(word) - 1):
        yield word[index : index + 2]


def weigh(found: list[str], language: str | None, background: Background) -> TermVector:
    """The `TERMS` heaviest words, weights of a unit vector, heaviest first, then by word.

    ``language`` (BCP 47) chooses the stop words; without one, or one we have none for, English's.
    """
    stop_words = _stop_words(language, background)
    rarity, rarest = background.rarity.get, background.rarest
    weights = {
        word: rarity(word, rarest) * (1.0 + math.log(count) if count > 1 else 1.0)
        for word, count in Counter(found).items()
        if word not in stop_words
    }
    heaviest = sorted(sorted(weights), key=weights.__getitem__, reverse=True)[:TERMS]
    of_heaviest = [weights[word] for word in heaviest]
    length = math.sqrt(sum([weight * weight for weight in of_heaviest]))
    if not length:
        return ()
    rounded = {weight: round(weight / length, _DIGITS) for weight in set(of_heaviest)}
    return tuple(zip(heaviest, map(rounded.__getitem__, of_heaviest), strict=True))


def emphasised(headline: list[str], body: list[str]) -> list[str]:
    """The words of an article, those of its headline four times and of its lead three times.

    News tells first what happened, where and to whom (the inverted pyramid). What that gains:
    docs/decisions/0014.
    """
    lead = body[:_LEAD]
    return [*headline * 4, *lead, *lead, *body]


def term_vector(text: str, language: str | None, background: Background) -> TermVector:
    """`weigh` of the `words` of a text."""
    return weigh(words(text), language, background)


def _stop_words(language: str | None, background: Background) -> frozenset[str]:
    code = (language or "en").partition("-")[0].lower()
    code = _SAME_STOP_WORDS.get(code, code)
    return background.stop_words.get(code) or background.stop_words["en"]
