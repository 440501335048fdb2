"""Enrichers that do what a test tells them, run as the service runs them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers import Derived
from newswire_enrich.enrichers.running import Enrichers

Make = Callable[..., EnrichedArticle]
NoAnswer = Mapping[str, Derived]
ALL = ("extra", "tags.topics", "tags.people", "tags.organisations", "tags.places", "tags.keywords")


class Answering:
    """One that does what it is told to, in so many words of a test."""

    version = "1.2"
    fields: Sequence[str] = ALL

    def __init__(self, enrich: Callable[[Sequence[EnrichedArticle]], Iterable[Any]]) -> None:
        self.enrich = enrich


def each(answer: Callable[[EnrichedArticle], Any]) -> Answering:
    return Answering(lambda articles: [answer(one) for one in articles])


def sets(field: str, value: object, method: Any = "by hand") -> Answering:
    return each(lambda _: {field: Derived(value, method)})


def run(
    articles: Sequence[EnrichedArticle], *, allowed_s: float = 30, **enrichers: Any
) -> list[EnrichedArticle]:
    """Every answer reads back as it is, whatever the enricher gave."""
    found = list(Enrichers(enrichers, allowed_s).extend(articles))
    for one in found:
        assert EnrichedArticle.model_validate_json(one.model_dump_json(exclude_none=True)) == one
    return found


def errors(article: EnrichedArticle) -> dict[str, str]:
    return {one.field: one.error for one in article.enrichment.provenance if one.error}
