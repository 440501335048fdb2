"""Weighs the words of a statement: which side it takes, how strongly, by which word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from newswire_common.reaction import Stance
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.vocabulary import Attitude

Polarity = Literal[-1, 0, 1]

MAX_INTENSITY = 4
_BOTH_SIDES = 2
_NEGATION_REACH = 6  # "not think that it is a mistake"
_NEGATION_ENDS = frozenset({".", ",", ";", ":", "!", "?", "“", "”", "–", "—"})
_MODIFIER_REACH = 3
_SELF_REACH = 4
_PAIR_REACH = 2
_OPPOSITE: dict[Stance, Stance] = {"support": "oppose", "oppose": "neutral", "concern": "neutral"}
_POLARITY: dict[Stance, Polarity | None] = {
    "support": 1, "oppose": -1, "concern": -1, "mixed": 0, "neutral": 0, "none": None,
}  # fmt: skip
_CAMEO: dict[Stance, str] = {
    "support": "051", "oppose": "110", "concern": "012", "neutral": "010", "mixed": "010",
}  # fmt: skip


class Weight(NamedTuple):
    """A stance with its intensity, 0 to 4, and the word that gives it."""

    stance: Stance
    intensity: int
    cue: str


def polarity_of(stance: Stance) -> Polarity | None:
    """-1, 0 or 1; None where there is no stance, since silence is never scored."""
    return _POLARITY[stance]


def cameo_of(stance: Stance) -> str | None:
    """The CAMEO code of a statement of which only the stance is known."""
    return _CAMEO.get(stance)


def weigh(reading: Reading, start: int, end: int) -> Weight | None:
    """What the tokens ``[start, end)`` say of their speaker's stance; None if nothing.

    Praise and blame together are mixed; else the strongest word decides, the first of equals.
    """
    said, lexicon = reading.lows[start:end], reading.lexicon
    if lexicon.weights.keys().isdisjoint(said) and lexicon.pairs.keys().isdisjoint(said):
        return None  # as of most sentences
    return combined(list(_weights(reading, start, end)))


def combined(found: Sequence[Weight]) -> Weight | None:
    """One weight of all that was ``found``; None of nothing."""
    if not found:
        return None
    if any(weight.stance == "mixed" for weight in found):
        return next(weight for weight in found if weight.stance == "mixed")
    strongest = max(found, key=lambda weight: weight.intensity)
    sides = {polarity_of(weight.stance) for weight in found}
    if 1 in sides and -1 in sides and _balanced(found):
        return strongest._replace(stance="mixed")
    return strongest


def _balanced(found: Sequence[Weight]) -> bool:
    """A weak word on one side does not blur a strong one on the other."""
    best = {1: 0, -1: 0}
    for weight in found:
        side = polarity_of(weight.stance)
        if side:
            best[side] = max(best[side], weight.intensity)
    return min(best.values()) >= _BOTH_SIDES or best[1] == best[-1]


def _weights(reading: Reading, start: int, end: int) -> Iterator[Weight]:
    lexicon = reading.lexicon
    weights = lexicon.weights
    for index, low in enumerate(reading.lows[start:end], start):
        pair = lexicon.pairs.get(low)
        if pair and (two := _pair(reading, index, pair, start)):
            yield Weight(*two, reading.words[index])
            continue
        attitude = weights.get(low)
        if attitude and (low not in lexicon.own_words or _of_self(reading, index, start)):
            yield weighed(reading, index, attitude, start)


def _pair(
    reading: Reading, index: int, pair: Mapping[str, Attitude], start: int
) -> Attitude | None:
    """What the word at ``index`` says together with one of the two before it."""
    for before in range(index - 1, max(start, index - _PAIR_REACH) - 1, -1):
        if reading.lows[before] in pair:
            return pair[reading.lows[before]]
    return None


def weighed(reading: Reading, index: int, attitude: Attitude, start: int = 0) -> Weight:
    """``attitude`` of the word at ``index``, with its modifiers and its negation before it."""
    stance, intensity = attitude
    cue = reading.words[index]
    for before in range(index - 1, max(start - 1, index - 1 - _MODIFIER_REACH), -1):
        if reading.listed(before, "stronger"):
            intensity, cue = min(MAX_INTENSITY, intensity + 1), reading.words[before]
            break
        if reading.listed(before, "weaker"):
            intensity, cue = max(1, intensity - 1), reading.words[before]
            break
    weight = Weight(stance, intensity, cue)
    if reading.lows[index - 1] in reading.lexicon.words["less"] and stance == "support":
        return Weight("concern", 1, cue)  # "less enthusiastic"
    return denied(weight) if negated(reading, index, start) else weight


def denied(weight: Weight) -> Weight:
    """What "not" makes of it: not to accept is to oppose, not to condemn takes no side."""
    stance = _OPPOSITE.get(weight.stance, weight.stance)
    return Weight(stance, max(1, weight.intensity - 1), weight.cue)


def negated(reading: Reading, index: int, start: int = 0) -> bool:
    """Whether a negation stands a few words before ``index``."""
    for before in range(index - 1, max(start, index - _NEGATION_REACH) - 1, -1):
        low = reading.lows[before]
        if low in reading.lexicon.words["negations"] or low in reading.lexicon.contracted:
            return True
        if low in _NEGATION_ENDS or low in reading.lexicon.words["contrasts"]:
            return False
    return False


def _of_self(reading: Reading, index: int, start: int) -> bool:
    """Read "we condemn", "it would appeal", "they have concerns": what the speakers do or feel."""
    return not reading.listed(index - 1, "determiners") and any(
        reading.listed(before, "first_person") or reading.lows[before] in reading.lexicon.pronouns
        for before in range(max(start, index - _SELF_REACH), index)
    )
