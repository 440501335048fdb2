"""Stories: BCubed F1 (Bagga and Baldwin, 1998) of the stories against the groups of the sets.

Each set by itself, in several orders, a minute from article to article: two of the sets do not say
when their articles came.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.terms import Background
from tests.benchmarks.quality.related import MINUTE_MS, WEEK, grouped, sign

_ORDERS = 12


def measure(data: Path) -> dict[str, float]:
    """BCubed F1 of each set, by its name, and its precision and recall."""
    background = Background.load()
    figures: dict[str, float] = {}
    for name, stories in grouped(data).items():
        signatures = [
            sign(story, f"{name}-{number}", 0, background) for number, story in enumerate(stories)
        ]
        groups = {one.id: story.label for one, story in zip(signatures, stories, strict=True)}
        runs = [bcubed(groups, _stories(signatures, seed)) for seed in range(_ORDERS)]
        precision, recall, f1 = (mean(values) for values in zip(*runs, strict=True))
        figures |= {name: f1, f"{name}_precision": precision, f"{name}_recall": recall}
    return figures


def bcubed(gold: Mapping[str, str], found: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of ``found`` clusters: item to cluster, as in ``gold``."""
    groups, clusters = _members(gold), _members(found)
    common = {item: len(groups[gold[item]] & clusters[found[item]]) for item in gold}
    precision = mean(common[item] / len(clusters[found[item]]) for item in gold)
    recall = mean(common[item] / len(groups[gold[item]]) for item in gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _members(clusters: Mapping[str, str]) -> Mapping[str, set[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for item, cluster in clusters.items():
        members[cluster].add(item)
    return members


def _stories(signatures: Sequence[Signature], seed: int) -> Mapping[str, str]:
    """The story of each article when they come in the order that ``seed`` says."""
    index = RelatedIndex(WEEK, len(signatures))
    for minute, one in enumerate(random.Random(seed).sample(signatures, len(signatures))):
        index.add(one.model_copy(update={"at_ms": minute * MINUTE_MS}))
    found = {one.id: index.story(one.id) for one in signatures}
    return {article_id: story.id for article_id, story in found.items() if story is not None}
