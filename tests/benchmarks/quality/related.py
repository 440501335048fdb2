"""Related links: of articles grouped by event, how many of a group's others are among five links.

All groups of all sets are in one index with some ten thousand passages of other news, so that each
set is among the others' too. A figure is the mean over the articles of the share found: of the
group's others, or of five where there are more.
"""

import json
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import mean

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature, sample_shingles
from newswire_enrich.related.terms import Background, emphasised, weigh, words
from tests.benchmarks.quality.corpora import Story, bbc, galaxy, masakhanews

_GALAXY = ("handpicked", "wikinews", "wikinews_medium")
_PASSAGE = 220  # words
_DISTRACTORS = 10_000
_LINKS = 5
MINUTE_MS = 60_000
WEEK = timedelta(days=7)


def measure(data: Path) -> dict[str, float]:
    """Hits at five of each set, by its name."""
    background = Background.load()
    index = RelatedIndex(WEEK, 2 * _DISTRACTORS)
    for number, story in enumerate(_distractors(data)):
        index.add(sign(story, f"other-{number}", 0, background))
    signed = {
        name: [
            (sign(story, f"{name}-{number}", 0, background), story.label)
            for number, story in enumerate(stories)
        ]
        for name, stories in grouped(data).items()
    }
    for articles in signed.values():
        for signature, _ in articles:
            index.add(signature)
    return {name: _hits(index, articles) for name, articles in signed.items()}


def grouped(data: Path) -> Mapping[str, Sequence[Story]]:
    """The sets of articles grouped by event, which is their label."""
    return {
        "galaxy": [story for name in _GALAXY for story in _galaxy(data, name)],
        "ecbplus": [_ecbplus(path) for path in sorted(data.glob("ecbplus/*/*.xml"))],
        "basil": [_basil(path) for path in sorted(data.glob("basil/articles-*/*.json"))],
    }


def sign(
    story: Story, article_id: str, at_ms: int, background: Background, language: str = "en"
) -> Signature:
    """The signature that the enricher makes of such an article."""
    headline, body = words(story.headline), words(story.body)
    return Signature(
        id=article_id,
        version=1,
        headline=story.headline,
        language=language,
        at_ms=at_ms,
        terms=weigh(emphasised(headline, body), language, background),
        shingles=sample_shingles(body),
    )


def texts(data: Path) -> Iterator[str]:
    """Other news, as whole texts."""
    for story in (*bbc(data), *masakhanews(data), *masakhanews(data, "train")):
        yield f"{story.headline}\n{story.body}"
    for path in sorted(data.glob("polnear/*/text/*.txt")):
        yield path.read_text(encoding="utf-8", errors="replace")


def _distractors(data: Path) -> list[Story]:
    """Passages, since there are fewer articles than are wanted."""
    passages = [
        Story("", " ".join(found[start : start + _PASSAGE]))
        for text in texts(data)
        for found in [text.split()]
        for start in range(0, len(found), _PASSAGE)
    ]
    return passages[:_DISTRACTORS]


def _hits(index: RelatedIndex, articles: Sequence[tuple[Signature, str]]) -> float:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for signature, label in articles:
        groups[label].add(signature.id)
    shares = []
    for signature, label in articles:
        others = groups[label] - {signature.id}
        found = {link.id for link in index.related(signature, _LINKS)}
        if others:
            shares.append(len(others & found) / min(_LINKS, len(others)))
    return mean(shares)


def _galaxy(data: Path, name: str) -> Iterator[Story]:
    """With the name of the file in the label: two files may number their events alike."""
    for story in galaxy(data, name):
        yield story._replace(label=f"{name}: {story.label}")


def _ecbplus(path: Path) -> Story:
    """A topic has two events, one with "plus" in the names of its files."""
    sentences: defaultdict[int, list[str]] = defaultdict(list)
    for token in ET.parse(path).getroot().iter("token"):  # noqa: S314 - a data set of ours
        sentences[int(token.attrib["sentence"])].append(token.text or "")
    body = "\n".join(" ".join(sentence) for _, sentence in sorted(sentences.items()))
    event = "plus" if "plus" in path.stem else ""
    return Story("", body, f"{path.parent.name}{event}")


def _basil(path: Path) -> Story:
    found = json.loads(path.read_bytes())
    body = "\n".join(" ".join(paragraph) for paragraph in found["body-paragraphs"])
    return Story(found["title"], body, found["triplet-uuid"])
