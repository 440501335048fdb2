"""How far two annotators agree who read the same paragraphs apart from each other.

F1 on (actor, act, stance) tells whether they found the same reactions. Cohen's kappa (Educational
and Psychological Measurement 20, 1960) tells whether they labelled alike, beyond chance, what both
found: it needs items that both judged, so records are aligned first, within a paragraph and by
actor, those with more labels in common before others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tests.enrich.reactions.gold.scoring import Score, Told, judge, total


@dataclass(frozen=True, slots=True)
class Agreement:
    """``first`` and ``second`` records, of which ``aligned`` share an actor, and their labels."""

    triples: Score
    first: int
    second: int
    aligned: int
    kappa_act: float
    kappa_stance: float

    @property
    def actors_f1(self) -> float:
        """How far they found the same actors to react, whatever the labels."""
        whole = self.first + self.second
        return 2 * self.aligned / whole if whole else 1.0


def agreement(
    first: Mapping[str, Sequence[Told]], second: Mapping[str, Sequence[Told]]
) -> Agreement:
    """Two annotations by the paragraph's id; ValueError unless both are of the same paragraphs."""
    if first.keys() != second.keys():
        raise ValueError(f"not read by both: {sorted(first.keys() ^ second.keys())}")
    pairs = [pair for name in first for pair in align(first[name], second[name])]
    return Agreement(
        triples=total(judge(first[name], second[name]) for name in first),
        first=sum(map(len, first.values())),
        second=sum(map(len, second.values())),
        aligned=len(pairs),
        kappa_act=kappa([(one.act, other.act) for one, other in pairs]),
        kappa_stance=kappa([(one.stance, other.stance) for one, other in pairs]),
    )


def align(first: Sequence[Told], second: Sequence[Told]) -> list[tuple[Told, Told]]:
    """Pairs of the same actor, one to one, with the most labels in common over all pairs."""
    if not first or not second:
        return []
    likeness = np.array([[_likeness(one, other) for other in second] for one in first])
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    return [
        (first[row], second[column])
        for row, column in zip(rows, columns, strict=True)
        if likeness[row, column] > 0
    ]


def kappa(labels: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of pairs of labels; 1 where there is one label only, or nothing to label."""
    count = len(labels)
    ours, theirs = Counter(one for one, _ in labels), Counter(other for _, other in labels)
    by_chance = sum(ours[label] * theirs[label] for label in ours)
    if by_chance == count * count:
        return 1.0
    observed = sum(one == other for one, other in labels) / count
    expected = by_chance / count**2
    return (observed - expected) / (1 - expected)


def _likeness(one: Told, other: Told) -> int:
    """Actors count most: no pair is given up for labels in common elsewhere."""
    if not one.is_same_actor(other):
        return 0
    return 1000 + 2 * (one.act == other.act) + (one.stance == other.stance)
