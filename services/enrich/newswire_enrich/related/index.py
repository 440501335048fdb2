"""The related-link index: what the articles of a sliding window have to do with one another.

::

    add ─▶ Neighbourhood: who is near? ─▶ LinkGraph: links(id)
    │                                  └▶ Stories: story(id), members(id)
    └ window or capacity passed ─▶ the oldest is removed

Every worker holds a replica, fed from the ``signatures`` streams. What it says depends on the
articles in the window and on nothing else: not on their order of arrival, nor on a random number.
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from newswire_common.article import Related, Relation, Story
from newswire_enrich.related.articles import Articles, Held
from newswire_enrich.related.graph import KEPT, LinkGraph
from newswire_enrich.related.neighbours import (
    Neighbourhood,
    Neighbours,
    Seeker,
    is_duplicate,
    is_same_language,
    score_of,
)
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.stories import Place, Stories
from newswire_enrich.related.window import Window
from newswire_enrich.related.withdrawn import Withdrawn

LINKS = 5  # that an article shows
MOST_TOUCHED = 200
MOST_MEMBERS = 500


class _Asked(NamedTuple):
    """What was found for a signature that is asked about and then added, as it mostly is."""

    signature: Signature
    changes: int
    seeker: Seeker
    neighbours: Neighbours


class RelatedIndex:
    """At most ``capacity`` articles, none older than ``window`` before the newest. In memory.

    Not safe for threads: one task adds and asks. Raises ValueError for more than a million.
    """

    def __init__(self, window: timedelta, capacity: int) -> None:
        if capacity < 1 or window <= timedelta(0):
            message = "a related-link index needs room for one article and a window"
            raise ValueError(message)
        slots = capacity + 1  # a newcomer is in before the oldest leaves
        self._articles = Articles(slots)
        self._neighbourhood = Neighbourhood(self._articles, slots)
        self._graph = LinkGraph(self._articles, slots)
        self._stories = Stories(self._articles, self._graph, self._neighbourhood, slots)
        self._withdrawn = Withdrawn(capacity)
        self._window = Window(self._articles, window // timedelta(milliseconds=1), capacity)
        self._changes = 0
        self._asked: _Asked | None = None

    def __len__(self) -> int:
        return len(self._articles)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._articles

    def holds(self, article_id: str, version: int) -> bool:
        """Whether this version of the article, or a newer one, is here or was withdrawn."""
        held = self._articles.find(article_id)
        return (held is not None and held.version >= version) or self._withdrawn.covers(
            article_id, version
        )

    def add(self, signature: Signature) -> None:
        """Take the article in; a version older than the one held or withdrawn changes nothing."""
        if self._withdrawn.covers(signature.id, signature.version):
            return
        held = self._articles.find(signature.id)
        if held is not None and held.version > signature.version:
            return
        asked = self._ask(signature)
        if held is not None:
            self._drop(signature.id)
        self._place(asked)
        for article_id in self._window.passed():
            self._drop(article_id)
        self._withdrawn.forget_before(self._window.earliest_ms)

    def remove(self, article_id: str, version: int, at_ms: int) -> None:
        """Forget what ``version``, which came in at ``at_ms``, withdrew; and keep it out."""
        self._withdrawn.note(article_id, version, at_ms)
        held = self._articles.find(article_id)
        if held is not None and held.version <= version:
            self._drop(article_id)

    def related(self, signature: Signature, limit: int = LINKS) -> list[Related]:
        """The articles nearest to this one, which need not be here: its own language first."""
        best = self._ask(signature).neighbours.best(limit)
        place = self._place_of(signature)
        moment = signature.begun_ms, signature.id
        after = ~self._articles.before(best.slots, moment)
        together = [place.has(slot, self._stories.root(slot)) for slot in best.slots.tolist()]
        return self._links(best, after.tolist(), together)

    def story_of(self, signature: Signature) -> Story:
        """The story that this article, which need not be here, would join, or one of its own."""
        place = self._place_of(signature)
        others = self._stories.others_at(place, self._articles.slot(signature.id))
        root_id = signature.id if place.root is None else self._articles.at(place.root).id
        return Story(id=root_id, size=1 + others)

    def links(self, article_id: str, limit: int = LINKS) -> list[Related]:
        """The articles nearest to one that is here, at most `KEPT`; none where it is not."""
        slot = self._articles.slot(article_id)
        if slot is None:
            return []
        best = self._nearest(slot, min(limit, KEPT))
        after = ~self._articles.before(best.slots, self._articles.moment(slot))
        root = self._stories.root(slot)
        together = [self._stories.root(other) == root for other in best.slots.tolist()]
        return self._links(best, after.tolist(), together)

    def story(self, article_id: str) -> Story | None:
        """The story of an article that is here; its id is that of its earliest article."""
        slot = self._articles.slot(article_id)
        if slot is None:
            return None
        root = self._stories.root(slot)
        return Story(id=self._articles.at(root).id, size=self._stories.size(root))

    def members(self, story_id: str, limit: int = MOST_MEMBERS) -> list[str]:
        """The ids of a story's articles, the earliest first; none where there is no such story."""
        root = self._articles.slot(story_id)
        if root is None or self._stories.root(root) != root:
            return []
        return self._ids(self._stories.members(root, limit))

    def touched_by(self, article_id: str) -> list[str]:
        """Other articles that would say something else without this one, at most `MOST_TOUCHED`.

        The first article of its story, which knows the others; those whose `links` it is among;
        those whose story would have another id.
        """
        slot = self._articles.slot(article_id)
        if slot is None:
            return []
        touched = [
            self._stories.root(slot),
            *self._linking(slot),
            *self._stories.parted_without(slot, MOST_TOUCHED),
        ]
        others = dict.fromkeys(one for one in touched if one != slot)
        return self._ids([*others][:MOST_TOUCHED])

    def _linking(self, slot: int) -> list[int]:
        """The slots of the articles among whose `LINKS` it is, the nearest first."""
        near = self._neighbourhood.around(slot)
        last = self._graph.last_of(LINKS, near.slots)
        for place in np.flatnonzero(last == 0)[:MOST_TOUCHED].tolist():
            nearest = self._nearest(int(near.slots[place]), LINKS)
            last[place] = nearest.ranks[-1] if len(nearest.ranks) == LINKS else 0
        linking = near.where(near.ranks >= last).best(MOST_TOUCHED)
        return [int(other) for other in linking.slots]

    def _nearest(self, slot: int, limit: int) -> Neighbours:
        """The best neighbours of the article at ``slot``; a row that ran short is filled."""
        row = self._graph.row(slot)
        if len(row.slots) < limit and self._graph.floor(slot):
            self._graph.set_row(slot, self._neighbourhood.around(slot))
            row = self._graph.row(slot)
        return row.best(limit)

    def _ask(self, signature: Signature) -> _Asked:
        asked = self._asked
        if asked is None or asked.changes != self._changes or asked.signature is not signature:
            seeker = Seeker.of(signature)
            neighbours = self._neighbourhood.of(seeker, self._articles.slot(signature.id))
            asked = self._asked = _Asked(signature, self._changes, seeker, neighbours)
        return asked

    def _place_of(self, signature: Signature) -> Place:
        moment = signature.begun_ms, signature.id
        return self._stories.place(moment, self._ask(signature).neighbours)

    def _place(self, asked: _Asked) -> None:
        _, _, seeker, neighbours = asked
        slot = self._articles.place(asked.signature)
        self._neighbourhood.add(slot, seeker)
        self._graph.set_row(slot, neighbours)
        self._graph.announce(slot, neighbours)
        self._stories.add(slot, neighbours)
        self._window.note(self._articles.at(slot))
        self._changes += 1

    def _drop(self, article_id: str) -> None:
        slot = self._articles.drop(article_id)
        self._neighbourhood.remove(slot)
        self._stories.remove(slot)
        self._changes += 1

    def _ids(self, slots: list[int]) -> list[str]:
        return [self._articles.at(slot).id for slot in slots]

    def _links(self, best: Neighbours, after: list[bool], together: list[bool]) -> list[Related]:
        """In the order in which they are shown: own language, score, id."""
        found = sorted(
            zip(best.slots.tolist(), best.ranks.tolist(), after, together, strict=True),
            key=lambda one: (
                not is_same_language(one[1]),
                -score_of(one[1]),
                self._articles.at(one[0]).id,
            ),
        )
        return [
            _link(
                self._articles.at(slot),
                score_of(rank),
                _relation(rank, later=later, one_story=one_story),
            )
            for slot, rank, later, one_story in found
        ]


def _link(held: Held, score: float, relation: Relation) -> Related:
    return Related(id=held.id, url=held.url, headline=held.headline, rel=relation, score=score)


def _relation(rank: int, *, later: bool, one_story: bool) -> Relation:
    if is_duplicate(rank):
        return "duplicate"
    if one_story:
        return "later-coverage" if later else "same-story"
    return "background"
