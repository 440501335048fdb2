"""The filter as the rest of Newswire knows it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from newswire_common.article import EnrichedArticle
from newswire_common.filters import syntax
from newswire_common.filters.building import Builder
from newswire_common.filters.errors import FilterError
from newswire_common.filters.keys import FEED_KINDS
from newswire_common.filters.plan import Plan, plan
from newswire_common.filters.predicate import Predicate, predicate
from newswire_common.filters.tree import Node
from newswire_common.filters.view import View

Readable = EnrichedArticle | dict[str, Any] | View


@dataclass(frozen=True)
class Filter:
    """A filter that was read. ``str()`` is its canonical text: equal texts are equal filters."""

    text: str
    tree: Node = field(repr=False, compare=False)

    def matches(self, article: Readable) -> bool:
        """Whether the article, as a model or as the stored JSON object, is what is asked for.

        Where many filters look at one article, pass them one `View` of it.
        """
        return self._predicate(article if isinstance(article, View) else View(article))

    def plan(self, kinds: AbstractSet[str] = FEED_KINDS) -> Plan:
        """The sets of articles that hold all that match: by default those that are feeds."""
        return plan(self.tree, kinds)

    @cached_property
    def _predicate(self) -> Predicate:
        return predicate(self.tree)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=256)  # of search feeds and live streams that come again; at most some 10 MB
def parse(text: str) -> Filter:
    """Read a filter. Raises FilterError with the place of what is wrong."""
    tree = Builder(text).build(syntax.read(text))
    canonical = str(tree)
    if len(canonical) > syntax.MAX_LENGTH:
        reason = f"a filter holds at most {syntax.MAX_LENGTH} characters, every AND written out"
        raise FilterError(reason, text, len(text))
    return Filter(canonical, tree)
