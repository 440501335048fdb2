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

from newswire_common.article import Related, Story
from newswire_enrich.related.articles import Articles, Moment
from newswire_enrich.related.concerned import Concerned
from newswire_enrich.related.crowds import MOST_ALIKE
from newswire_enrich.related.graph import KEPT, LinkGraph
from newswire_enrich.related.links import links_to
from newswire_enrich.related.neighbours import Neighbourhood, Neighbours, Seeker
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

    Of articles that are alike the first ``most_alike`` are compared with all (`crowds`). Not safe
    for threads: one task adds and asks. Raises ValueError for more than a million.
    """

    def __init__(self, window: timedelta, capacity: int, most_alike: int = MOST_ALIKE) -> None:
        if capacity < 1 or window <= timedelta(0):
            message = "a related-link index needs room for one article and a window"
            raise ValueError(message)
        slots = capacity + 1  # a newcomer is in before the oldest leaves
        self._articles = Articles(slots)
        self._neighbourhood = Neighbourhood(self._articles, slots, most_alike)
        self._graph = LinkGraph(self._articles, slots)
        self._stories = Stories(self._articles, self._graph, self._neighbourhood, slots)
        self._concerned = Concerned(self._articles, self._graph, self._neighbourhood, self._stories)
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
        if held is not None:
            self._leave(signature.id)
        self._place(self._ask(signature))
        for article_id in self._window.passed():
            self._drop(article_id)
        self._withdrawn.forget_before(self._window.earliest_ms)

    def remove(self, article_id: str, version: int, at_ms: int) -> None:
        """Forget what ``version``, which came in at ``at_ms``, withdrew; and keep it out."""
        self._withdrawn.note(article_id, version, at_ms)
        held = self._articles.find(article_id)
        if held is not None and held.version <= version:
            self._leave(article_id)

    def related(self, signature: Signature, limit: int = LINKS) -> list[Related]:
        """The articles nearest to this one, which need not be here: its own language first."""
        asked = self._ask(signature)
        place = self._stories.place(asked.seeker.moment, asked.neighbours)
        return self._links(asked.neighbours.best(limit), asked.seeker.moment, place)

    def story_of(self, signature: Signature) -> Story:
        """The story that this article, which need not be here, would join, or one of its own."""
        asked = self._ask(signature)
        place = self._stories.place(asked.seeker.moment, asked.neighbours)
        others = self._stories.others_at(place, self._articles.slot(signature.id))
        root_id = signature.id if place.root is None else self._articles.at(place.root).id
        return Story(id=root_id, size=1 + others)

    def links(self, article_id: str, limit: int = LINKS) -> list[Related]:
        """The articles nearest to one that is here, at most `KEPT`; none where it is not."""
        slot = self._articles.slot(article_id)
        if slot is None:
            return []
        place = Place(self._stories.root(slot))
        return self._links(
            self._nearest(slot, min(limit, KEPT)), self._articles.moment(slot), place
        )

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
            *self._neighbourhood.after(self._neighbourhood.at(slot)),
            *self._stories.parted_without(slot, MOST_TOUCHED),
        ]
        others = dict.fromkeys(one for one in touched if one != slot)
        return self._ids([*others][:MOST_TOUCHED])

    def concerned_by(self, article_id: str) -> tuple[list[str], list[str]]:
        """All others that may say something else because this one came, changed or went.

        Those of the second list are of another story, which also those who link to them say.
        """
        near, moved = self._concerned.by(article_id, LINKS)
        return self._ids(sorted(near)), self._ids(sorted(moved))

    def linking_to(self, article_id: str) -> list[str]:
        """All who have the article among their links; none where it is not here."""
        slot = self._articles.slot(article_id)
        return [] if slot is None else self._ids(self._concerned.linking(slot, LINKS))

    def _linking(self, slot: int) -> list[int]:
        """The slots of the articles among whose `LINKS` it is, the nearest first."""
        if not self._neighbourhood.shows(slot):
            return []
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
            seeker = self._neighbourhood.seeker_of(signature)
            neighbours = self._neighbourhood.of(seeker, self._articles.slot(signature.id))
            asked = self._asked = _Asked(signature, self._changes, seeker, neighbours)
        return asked

    def _place(self, asked: _Asked) -> None:
        """Take in an article that is not here."""
        _, _, seeker, neighbours = asked
        slot = self._articles.place(asked.signature)
        self._neighbourhood.keep(slot, seeker)
        self._changes += 1
        self._put(slot, neighbours, late=self._neighbourhood.is_late(seeker))
        self._crowd(seeker, itself=slot)
        self._window.note(self._articles.at(slot))

    def _leave(self, article_id: str) -> None:
        """Drop what was replaced or withdrawn: who had to do with it may be asked for later."""
        slot = self._articles.slot(article_id)
        if slot is not None:
            self._concerned.remember(slot)
        self._drop(article_id)

    def _drop(self, article_id: str) -> None:
        slot = self._articles.slot(article_id)
        if slot is None:
            return
        seeker = self._neighbourhood.at(slot)
        self._neighbourhood.forget(slot)
        self._articles.drop(article_id)
        self._stories.remove(slot)
        self._changes += 1
        self._crowd(seeker)

    def _put(self, slot: int, neighbours: Neighbours, *, late: bool) -> None:
        """Have the article at ``slot`` beside these, all its neighbours."""
        self._graph.set_row(slot, neighbours)
        if not late:
            self._neighbourhood.show(slot)
            self._graph.announce(slot, neighbours)
        self._stories.add(slot, neighbours)

    def _crowd(self, seeker: Seeker, itself: int = -1) -> None:
        """Have the others of its crowds where they belong when it came or went."""
        if not self._neighbourhood.is_crowded(seeker):
            return
        near = (self._neighbourhood.moved(seeker) | self._neighbourhood.after(seeker)) - {itself}
        moved = [one for one in near if self._has_moved(one)]
        late = near.union(
            *(self._neighbourhood.after(self._neighbourhood.at(one)) for one in moved)
        )
        for slot in moved:
            self._move(slot)
        for slot in late:  # also who moved: others did after it
            if not self._neighbourhood.shows(slot):
                self._put(slot, self._neighbourhood.around(slot), late=True)

    def _has_moved(self, slot: int) -> bool:
        late = self._neighbourhood.is_late(self._neighbourhood.at(slot))
        return self._neighbourhood.shows(slot) == late

    def _move(self, slot: int) -> None:
        """Have the article at ``slot`` late, or late no more. Of the late no ticket holds."""
        late = self._neighbourhood.shows(slot)
        if late:
            self._articles.renew(slot)
            self._neighbourhood.hide(slot)
            self._stories.remove(slot)
        self._put(slot, self._neighbourhood.around(slot), late=late)

    def _ids(self, slots: list[int]) -> list[str]:
        return [self._articles.at(slot).id for slot in slots]

    def _links(self, best: Neighbours, moment: Moment, place: Place) -> list[Related]:
        together = [place.has(slot, self._stories.root(slot)) for slot in best.slots.tolist()]
        return links_to(self._articles, best, moment, together)
