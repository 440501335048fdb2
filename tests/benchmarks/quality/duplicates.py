"""Near-duplicates: whether edited copies of articles are linked to what they are copies of.

::

    an article ─▶ sentences dropped, brought in from another, one moved
               ─▶ words dropped, replaced, brought in ─▶ its copy

As wire copy is edited by those who print it, but harder: up to a quarter of the sentences go, up to
fifteen in a hundred come in, and up to eight words in a hundred change.
"""

import random
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.terms import Background
from tests.benchmarks.quality.corpora import Story
from tests.benchmarks.quality.related import sign, texts

_ARTICLES = 1_000
_LEAST_WORDS = 150
_MOST_DROPPED, _MOST_BROUGHT_IN, _MOST_WORDS = 0.25, 0.15, 0.08
_LINKS = 5
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def measure(data: Path) -> dict[str, float]:
    """Precision, recall and F1 of the pairs of an article and a copy of it."""
    chance, background = random.Random(1), Background.load()
    originals = [text for text in dict.fromkeys(texts(data)) if len(text.split()) >= _LEAST_WORDS]
    originals = chance.sample(originals, min(_ARTICLES, len(originals)))
    index = RelatedIndex(timedelta(days=7), len(originals))
    for number, text in enumerate(originals):
        index.add(sign(Story("", text), f"{number}", 0, background))
    right = found = 0
    for number, text in enumerate(originals):
        copy = sign(Story("", edited(text, originals[number - 1], chance)), "copy", 0, background)
        told = [one.id for one in index.related(copy, _LINKS) if one.rel == "duplicate"]
        found += len(told)
        right += f"{number}" in told
    precision, recall = right / found, right / len(originals)
    return {
        "f1": 2 * precision * recall / (precision + recall),
        "precision": precision,
        "recall": recall,
    }


def edited(text: str, other: str, chance: random.Random) -> str:
    """A copy of ``text`` with something of ``other`` in it."""
    dropped, brought_in = chance.uniform(0, _MOST_DROPPED), chance.uniform(0, _MOST_BROUGHT_IN)
    sentences, others = _SENTENCE_END.split(text), _SENTENCE_END.split(other)
    kept = [one for one in sentences if chance.random() >= dropped] or sentences
    for _ in range(int(len(kept) * brought_in + chance.random())):
        kept.insert(chance.randrange(len(kept) + 1), chance.choice(others))
    if chance.random() < 0.5:  # of half of the copies
        kept.insert(chance.randrange(len(kept)), kept.pop(chance.randrange(len(kept))))
    return " ".join(_other_words(" ".join(kept).split(), other.split(), chance))


def _other_words(found: Sequence[str], others: Sequence[str], chance: random.Random) -> list[str]:
    changed = chance.uniform(0, _MOST_WORDS)
    out: list[str] = []
    for word in found:
        if chance.random() >= changed:
            out.append(word)
            continue
        edit = chance.choice(("drop", "replace", "bring in"))
        out += [word] if edit == "bring in" else []
        out += [] if edit == "drop" else [chance.choice(others)]
    return out
