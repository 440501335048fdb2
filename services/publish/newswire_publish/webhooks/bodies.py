"""The bodies of deliveries: what was just read from memory, all others from the library.

The fan-out reads for the first attempts, which mostly follow at once. Memory is short, since a text
may be withdrawn at any time: an attempt that begins later than that does not send it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cachetools import TTLCache

from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.payload import needs_article, payload

FRESH_S = 5.0
MEMORY_BYTES = 32_000_000


class Articles(Protocol):
    """Where the published documents are read."""

    async def read(self, pairs: Sequence[tuple[str, int | None]]) -> list[bytes | None]:
        """The `PublishedArticle` JSON of each (id, version), None where there is none any more."""


@dataclass(eq=False)
class Bodies:
    """Makes the bodies of one process. ``fresh_s`` is how long one is remembered."""

    articles: Articles
    fresh_s: float = FRESH_S
    _fresh: TTLCache[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._fresh = TTLCache(MEMORY_BYTES, ttl=self.fresh_s, getsizeof=len)

    def at_hand(self, task: Task) -> bytes | None:
        """The body, where nothing has to be read for it."""
        return self._fresh.get(task.body) if needs_article(task) else payload(task)

    async def read(self, tasks: Sequence[Task]) -> dict[str, bytes]:
        """The bodies, by name, of those tasks that need their article, as it is now.

        They are remembered: mostly other endpoints need the same, and soon.
        """
        needing = {task.body: task for task in tasks if needs_article(task)}
        if not needing:
            return {}
        pairs = [(task.article or "", task.version) for task in needing.values()]
        articles = await self.articles.read(pairs)
        bodies = {
            name: payload(task, article)
            for (name, task), article in zip(needing.items(), articles, strict=True)
        }
        for name, body in bodies.items():
            if len(body) <= MEMORY_BYTES // 8:
                self._fresh[name] = body
        return bodies
