"""What an enricher of another package is: a small pure protocol.

::

    articles, with all that was found before ─▶ enrich ─▶ for each its fields, and how they came
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from newswire_common.article import EnrichedArticle
from newswire_common.errors import NewswireError

EXTRA = "extra"
# What an enricher may set. The other fields are bound to one another (reactions and their summary)
# or to what other workers hold (links and stories), so they are Newswire's own.
FIELDS = frozenset(
    {"tags.topics", "tags.people", "tags.organisations", "tags.places", "tags.keywords", EXTRA}
)


class EnricherError(NewswireError):
    """An enricher can not work, whatever the article: its package or its model is absent."""


class Derived(NamedTuple):
    """The value of a field, by which method it came, and how sure that is, 0 to 1, if measured.

    Of ``tags.…`` a sequence of the tags of `newswire_common.article`, or of mappings with their
    fields; of ``extra`` anything that JSON can say.
    """

    value: object
    method: str
    confidence: float | None = None


class FieldEnricher(Protocol):
    """Articles in, fields with their provenance out."""

    @property
    def version(self) -> str:
        """Of the rules and data; provenance quotes it, and replay goes by it."""

    @property
    def fields(self) -> Collection[str]:
        """Those of `FIELDS` that it may set, whatever the article."""

    def enrich(self, articles: Sequence[EnrichedArticle]) -> Iterable[Mapping[str, Derived]]:
        """For each article, in order, the fields that it sets; the others stay as they were.

        A pure function: the same articles give the same fields. Never called twice at a time. What
        it raises costs its own fields; where it was given several articles, it gets them again one
        by one.
        """
