"""Whom an article concerns: who may say something else because it came, changed or went.

::

    here      ─▶ who links to it, whose story would have another id, the roots of those stories
    was here  ─▶ its words and its place in time are remembered: who would link to it today, whose
                 story would have another id, the roots of those stories

What was withdrawn or replaced is asked about later than it went, by an index that meanwhile knows
more: of an article that another worker took in at the same moment, and linked to it.
"""

from collections import OrderedDict
from typing import NamedTuple

from newswire_enrich.related.articles import Articles, Slots
from newswire_enrich.related.graph import LinkGraph
from newswire_enrich.related.neighbours import Neighbourhood, Neighbours, Seeker
from newswire_enrich.related.stories import Stories, Unsettled

REMEMBERED = 2_000  # articles that went or were replaced, of some 1.5 kB a version
_VERSIONS = 4  # of one article


class _Gone(NamedTuple):
    """A version that went: what is compared of it, and its place in time."""

    seeker: Seeker
    moment: tuple[int, str]


class Concern(NamedTuple):
    """Slots, each in one of them only.

    ``near`` link to the article, or began a story that has other members with it; ``moved`` are of
    another story with it, which also those who link to them say.
    """

    near: set[int]
    moved: set[int]


class Concerned:
    """Finds all of them, however many; the cost grows with what changes."""

    def __init__(
        self,
        articles: Articles,
        graph: LinkGraph,
        neighbourhood: Neighbourhood,
        stories: Stories,
    ) -> None:
        self._articles = articles
        self._graph = graph
        self._neighbourhood = neighbourhood
        self._stories = stories
        self._gone: OrderedDict[str, tuple[_Gone, ...]] = OrderedDict()

    def remember(self, slot: int) -> None:
        """Note what is at ``slot`` and is about to go; the earliest noted are forgotten."""
        moment = self._articles.moment(slot)
        _, article_id = moment
        gone = _Gone(self._neighbourhood.seeker(slot), moment)
        before = self._gone.pop(article_id, ())
        self._gone[article_id] = (*before, gone)[-_VERSIONS:]
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)

    def by(self, article_id: str, links: int) -> Concern:
        """All others whom it concerns, by slot; an article shows so many ``links``."""
        itself = self._articles.slot(article_id)
        found = Concern(set(), set())
        if itself is not None:
            seeker, root = self._neighbourhood.at(itself), self._stories.root(itself)
            near = self._neighbourhood.around(itself)
            self._add(found, seeker, near, links, self._stories.unsettled_by(itself))
            self._add_crowds(found, seeker, root, links)
        for seeker, moment in self._gone.get(article_id, ()):
            near = self._neighbourhood.of(seeker, without=itself)
            place = self._stories.place(moment, near)
            self._add(found, seeker, near, links, self._stories.unsettled_at(place))
            self._add_crowds(found, seeker, place.root, links)
        without = set() if itself is None else {itself}
        return Concern(found.near - found.moved - without, found.moved - without)

    def linking(self, slot: int, links: int) -> list[int]:
        """The slots of those who have the article at ``slot`` among their ``links``."""
        seeker = self._neighbourhood.at(slot)
        after = self._neighbourhood.after(seeker) - {slot}
        if self._neighbourhood.is_late(seeker):
            return [*after]
        near = self._neighbourhood.around(slot)
        return [*after, *self._linking(near, links).tolist()]

    def _add(
        self,
        found: Concern,
        seeker: Seeker,
        near: Neighbours,
        links: int,
        unsettled: Unsettled,
    ) -> None:
        found.near.update(unsettled.roots)
        found.moved.update(unsettled.moved)
        if not self._neighbourhood.is_late(seeker):  # else nobody links to it but those after it
            found.near.update(self._linking(near, links).tolist())

    def _add_crowds(self, found: Concern, seeker: Seeker, root: int | None, links: int) -> None:
        """Whom it concerns as one of its crowds, of a story of ``root``.

        Those it comes right before, those who are late or not by it, and all whom that concerns.
        """
        for slot in self._neighbourhood.after(seeker):
            self._add_below(found, slot, {root})
        for slot in self._neighbourhood.moved(seeker):
            other = self._neighbourhood.at(slot)
            near = self._neighbourhood.shown_near(other, without=slot)
            place = self._stories.place(other.moment, near)
            self._add_below(found, slot, {place.root})
            for unsettled in (self._stories.unsettled_by(slot), self._stories.unsettled_at(place)):
                found.near.update(self._linking(near, links).tolist(), unsettled.roots)
                found.moved.update(unsettled.moved)
            for after in self._neighbourhood.after(other):
                self._add_below(found, after, set())

    def _add_below(self, found: Concern, slot: int, roots: set[int | None]) -> None:
        """One whose neighbours changed; it was of a story of ``roots``, or of those before it."""
        before = self._neighbourhood.before(self._neighbourhood.at(slot))
        others = roots.union(map(self._stories.root, before)) - {self._stories.root(slot)}
        found.near.add(slot)
        if others:
            found.near.update(root for root in others if root is not None)
            found.moved.update(self._stories.below(slot))

    def _linking(self, near: Neighbours, links: int) -> Slots:
        """Who has it among its links, or would have; of one whose row ran short: perhaps."""
        last = self._graph.last_of(links, near.slots)
        return near.slots[near.ranks >= last]
