"""Which of many filters match an article, without asking those that can not.

::

    article ─▶ its keys ─▶ filters that stand under one of them, or under none ─▶ each asked once

A filter stands under one key of each branch of its plan, the one that fewest articles have.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from newswire_common.filters.filter import Filter, Readable
from newswire_common.filters.keys import Key
from newswire_common.filters.plan import ALL_KINDS, keys_of
from newswire_common.filters.view import View

Id = TypeVar("Id", bound=Hashable)


class FilterIndex(Generic[Id]):
    """Filters by the ids of whoever holds them; equal filters are asked once for all of them.

    An article costs what its own keys lead to, however many filters there are. Not for threads.
    """

    def __init__(self) -> None:
        self._filters: dict[Id, Filter] = {}
        self._holders: dict[Filter, set[Id]] = {}
        self._under: defaultdict[Key, set[Filter]] = defaultdict(set)
        self._always: set[Filter] = set()
        self._kinds: defaultdict[str, int] = defaultdict(int)  # filters under keys of each kind

    def __len__(self) -> int:
        return len(self._filters)

    def add(self, holder: Id, wanted: Filter) -> None:
        """Have ``holder`` match by this filter, and by no other that it had."""
        self.remove(holder)
        self._filters[holder] = wanted
        holders = self._holders.setdefault(wanted, set())
        holders.add(holder)
        if len(holders) == 1:
            self._place(wanted)

    def remove(self, holder: Id) -> None:
        """Forget ``holder``; nothing where it is not known."""
        wanted = self._filters.pop(holder, None)
        if wanted is None:
            return
        holders = self._holders[wanted]
        holders.discard(holder)
        if not holders:
            del self._holders[wanted]
            self._displace(wanted)

    def possible(self, article: Readable) -> set[Filter]:
        """The filters that are worth asking: all that match are among them."""
        view = article if isinstance(article, View) else View(article)
        found = set(self._always)
        for key in keys_of(view, self._kinds.keys()):
            found |= self._under.get(key, set())
        return found

    def candidates(self, article: Readable) -> set[Id]:
        """The holders of `possible` filters."""
        return {holder for wanted in self.possible(article) for holder in self._holders[wanted]}

    def matching(self, article: Readable) -> set[Id]:
        """The holders whose filter matches."""
        view = article if isinstance(article, View) else View(article)
        found = (wanted for wanted in self.possible(view) if wanted.matches(view))
        return {holder for wanted in found for holder in self._holders[wanted]}

    def _place(self, wanted: Filter) -> None:
        keys = list(_anchors(wanted))
        if not keys:
            self._always.add(wanted)
        for key in keys:
            self._under[key].add(wanted)
            self._kinds[key.kind] += 1

    def _displace(self, wanted: Filter) -> None:
        self._always.discard(wanted)
        for key in _anchors(wanted):
            self._under[key].discard(wanted)
            if not self._under[key]:
                del self._under[key]
            self._kinds[key.kind] -= 1
            if not self._kinds[key.kind]:
                del self._kinds[key.kind]


def _anchors(wanted: Filter) -> Iterator[Key]:
    by_keys = wanted.plan(ALL_KINDS)
    if not by_keys.everything:
        yield from by_keys.anchors()
