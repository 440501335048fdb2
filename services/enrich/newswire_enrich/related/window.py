"""The oldest articles leave when they have passed the window or there is no room."""

import heapq
from collections.abc import Iterator

from newswire_enrich.related.articles import Articles, Held

_STALE = 64  # entries of the heap that may be stale before it is built anew


class Window:
    """By the time of an article's version. Versions that were replaced leave when they are met."""

    def __init__(self, articles: Articles, window_ms: int, capacity: int) -> None:
        self._articles = articles
        self._window_ms = window_ms
        self._capacity = capacity
        self._oldest: list[tuple[int, str]] = []
        self._newest_ms = 0

    @property
    def earliest_ms(self) -> int:
        return self._newest_ms - self._window_ms

    def note(self, held: Held) -> None:
        """An article came in."""
        self._newest_ms = max(self._newest_ms, held.at_ms)
        heapq.heappush(self._oldest, (held.at_ms, held.id))
        if len(self._oldest) > 2 * len(self._articles) + _STALE:
            self._oldest = [(one.at_ms, one.id) for one in self._articles]
            heapq.heapify(self._oldest)

    def passed(self) -> Iterator[str]:
        """The articles that have to leave, the oldest first; each leaves before the next."""
        while self._oldest and (
            len(self._articles) > self._capacity or self._oldest[0][0] < self.earliest_ms
        ):
            at_ms, article_id = heapq.heappop(self._oldest)
            held = self._articles.find(article_id)
            if held is not None and held.at_ms == at_ms:
                yield article_id
