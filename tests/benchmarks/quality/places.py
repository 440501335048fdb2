"""The countries of an article against those that a reader gave it.

No set here says which countries its articles are about, so one reader of Newswire labelled 42 of
them, drawn at random from three sets before anything was fitted: `places.json`, by the number of
the article in its set. The rule: where it happened, and whose state, teams, firms or people act or
are acted upon; not what is named in passing (where a firm also works, who won elsewhere). A place
within a country counts as the country. The sentences of PLOVER tell for each actor its state: there
every state named acts, and one that only the context names is told as wrong.
"""

import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.places import places
from tests.benchmarks.quality.corpora import Story, bbc, galaxy, masakhanews

Countries = AbstractSet[str]  # ISO 3166-1 alpha-3

_LABELS = Path(__file__).with_name("places.json")
_LANGUAGE = "en"


def measure(data: Path) -> dict[str, float]:
    """Precision, recall and F1 over all countries of all articles together."""
    gazetteer = Gazetteer.load()
    told = _scores((_found(story, gazetteer), gold) for story, gold in labelled(data))
    known = frozenset(gazetteer.countries)
    of_sentences = _scores((_found(story, gazetteer), gold) for story, gold in _plover(data, known))
    return {**told, **{f"plover_{name}": value for name, value in of_sentences.items()}}


def labelled(data: Path) -> Iterator[tuple[Story, Countries]]:
    """The labelled articles with the countries that they are about."""
    sets = {"masakhanews": masakhanews, "bbc": bbc, "galaxy": galaxy}
    for name, labels in json.loads(_LABELS.read_text(encoding="utf-8")).items():
        stories = sets[name](data)
        for number, countries in labels.items():
            yield stories[int(number)], frozenset(countries)


def _found(story: Story, gazetteer: Gazetteer) -> Countries:
    found = Found(
        gazetteer.find(story.headline, _LANGUAGE), gazetteer.find(story.body, _LANGUAGE)
    ).of("place")
    return {tag.iso3 or "" for tag in places(found, story.body, gazetteer.countries)}


def _plover(data: Path, known: Countries) -> Iterator[tuple[Story, Countries]]:
    for record in json.loads((data / "plover" / "gold_even.json").read_text(encoding="utf-8")):
        actors = [*record.get("source", ()), *record.get("target", ())]
        codes = {code for actor in actors for code in (actor.get("code") or "").split()}
        if codes and codes <= known:
            yield Story("", record["text"].strip("{}")), codes


def _scores(pairs: Iterable[tuple[Countries, Countries]]) -> dict[str, float]:
    found = gold = right = 0
    for ours, theirs in pairs:
        found, gold, right = found + len(ours), gold + len(theirs), right + len(ours & theirs)
    return {
        "precision": right / found, "recall": right / gold, "f1": 2 * right / (found + gold),
    }  # fmt: skip
