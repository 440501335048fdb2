"""People and organisations found in the last third of Wikigold, to which nothing was fitted.

A name counts where both its ends are right (exact match, as in CoNLL-2003): ``spans`` whichever of
the two it is taken for, ``typed`` with the right one. Names of places and works are neither wanted
nor, where they are taken for people or bodies, forgiven.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from newswire_enrich.data import wikigold
from newswire_enrich.data.wikigold import Labelled
from newswire_enrich.tags.gazetteer import Gazetteer

Name = tuple[int, int, str]  # start, end, and the type

_TYPES = {"person": "PER", "organisation": "ORG"}
_LANGUAGE = "en"


def measure(data: Path) -> dict[str, float]:
    """F1 of the spans, of the typed spans, and of each type."""
    gazetteer = Gazetteer.load()
    articles = wikigold.last_third(wikigold.documents(data))
    pairs = [(_found(article, gazetteer), _wanted(article)) for article in articles]
    people = [(_of("PER", found), _of("PER", gold)) for found, gold in pairs]
    bodies = [(_of("ORG", found), _of("ORG", gold)) for found, gold in pairs]
    untyped = [(_of("", found), _of("", gold)) for found, gold in pairs]
    return {
        "spans_f1": _f1(untyped),
        "typed_f1": _f1(pairs),
        "people_f1": _f1(people),
        "organisations_f1": _f1(bodies),
    }


def _found(article: Labelled, gazetteer: Gazetteer) -> set[Name]:
    return {
        (one.start, one.end, _TYPES[one.kind])
        for one in gazetteer.find(article.text, _LANGUAGE)
        if one.kind in _TYPES
    }


def _wanted(article: Labelled) -> set[Name]:
    return {name for name in article.names if name[2] in _TYPES.values()}


def _of(kind: str, names: AbstractSet[Name]) -> set[Name]:
    """Those of a type; with none named, all of them without theirs."""
    return {(start, end, kind) for start, end, of in names if kind in ("", of)}


def _f1(pairs: Sequence[tuple[AbstractSet[Name], AbstractSet[Name]]]) -> float:
    right = sum(len(found & gold) for found, gold in pairs)
    return 2 * right / sum(len(found) + len(gold) for found, gold in pairs)
