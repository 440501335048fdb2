"""Which articles are replayed: ``--since`` and ``--filter``. Pure."""

from typing import NamedTuple

from newswire_common.article import EnrichedArticle, Moment
from newswire_common.filters import Filter, FilterError, parse
from newswire_local.reading import WrongUsage


class Selection(NamedTuple):
    """``since_ms`` counts from the Unix epoch."""

    since_ms: int = 0
    filter: Filter | None = None

    def wants(self, article: EnrichedArticle) -> bool:
        """Whether the filter, if there is one, holds of an article."""
        return self.filter is None or self.filter.matches(article)

    def __str__(self) -> str:
        return f"{self.since_ms} {self.filter or ''}"


def selection(since: str | None, filter_: str | None) -> Selection:
    """What the options say. Raises WrongUsage, one line that says what is wrong and where."""
    try:
        chosen = None if filter_ is None else parse(filter_)
    except FilterError as error:
        raise WrongUsage(f"--filter: {error}") from error
    return Selection(0 if since is None else _since(since), chosen)


def _since(text: str) -> int:
    try:
        return max(0, round(Moment.parse(text).as_datetime().timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise WrongUsage(f"--since {text[:64]}: {error}") from error
