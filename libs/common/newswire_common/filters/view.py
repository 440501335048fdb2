"""An article as filters see it: a model or the stored JSON, each field read and folded once."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Protocol

from newswire_common.article import EnrichedArticle
from newswire_common.reaction import Reaction

Values = Collection[Any]
Member = Any  # of a model or of a JSON object: its reader knows what it is


class Readable(Protocol):
    """A field: what it is called among its like, and how its values are read."""

    @property
    def name(self) -> str: ...
    @property
    def read(self) -> "Callable[[View], Values]": ...


class View:
    """One article, or one reaction of it, to be asked by any number of filters.

    Make one an article where many filters look at it; it is not to be kept, nor the article changed
    meanwhile. ``awaited`` are the ids of the reactions whose actors are still awaited.
    """

    __slots__ = ("_reactions", "_values", "awaited", "node")

    def __init__(
        self,
        article: EnrichedArticle | Reaction | dict[str, Any],
        awaited: frozenset[str] = frozenset(),
    ) -> None:
        self.node = article
        self.awaited = awaited
        self._values: dict[str, Values] = {}
        self._reactions: tuple[View, ...] | None = None

    def values(self, field: Readable) -> Values:
        """The field's values in the form that its kind compares; empty where it has none."""
        found = self._values.get(field.name)
        if found is None:
            found = self._values[field.name] = field.read(self)
        return found

    @property
    def reactions(self) -> tuple["View", ...]:
        """The reactions, each as a view of its own."""
        if self._reactions is None:
            enrichment = get(self.node, "enrichment")
            summary = get(enrichment, "reaction_summary")
            awaited = frozenset(reach(summary, "awaiting", "reaction"))
            self._reactions = tuple(View(one, awaited) for one in reach(enrichment, "reactions"))
        return self._reactions


def get(node: Member, name: str) -> Member:
    """A member of a model or of a JSON object; None where there is none."""
    return node.get(name) if isinstance(node, dict) else getattr(node, name, None)


def reach(node: Member, *path: str) -> Iterator[Member]:
    """What stands at the end of ``path``: each where that is a list on the way, none for null."""
    found = [node]
    for name in path:
        found = [each for one in found for each in _listed(get(one, name))]
    yield from found


def _listed(value: Member) -> Member:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)
