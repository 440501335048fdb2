"""Which articles were withdrawn: what was there before must not come back by a slow worker.

::

    worker A  v1 ─────────── slow ──────────▶ add v1      too late: v2 withdrew it
    worker B       v2, a kill ─▶ remove v2
"""


class Withdrawn:
    """At most ``capacity`` articles with the version that withdrew them; the earliest noted go."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._noted: dict[str, tuple[int, int]] = {}  # id: version, time; in the order of arrival

    def note(self, article_id: str, version: int, at_ms: int) -> None:
        """Remember that ``version`` withdrew the article at ``at_ms``; the newest counts."""
        before, before_ms = self._noted.pop(article_id, (version, at_ms))
        self._noted[article_id] = max(before, version), max(before_ms, at_ms)
        if len(self._noted) > self._capacity:
            del self._noted[next(iter(self._noted))]

    def covers(self, article_id: str, version: int) -> bool:
        """Whether this version of the article, or a newer one, was withdrawn."""
        noted = self._noted.get(article_id)
        return noted is not None and noted[0] >= version

    def forget_before(self, earliest_ms: int) -> None:
        """Drop what no article of the window can come back from."""
        while self._noted:
            article_id, (_, at_ms) = next(iter(self._noted.items()))
            if at_ms >= earliest_ms:
                return
            del self._noted[article_id]
