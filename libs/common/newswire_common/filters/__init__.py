"""The one subscription grammar: webhooks, search feeds, live events, articles, replays.

::

    text ──syntax──▶ lark's tree ──building──▶ tree ──┬─ str ─────▶ canonical text
           limits         fields, operands            ├─ predicate ▶ matches(article)
                                                      └─ plan ────▶ feeds to look in, FilterIndex

`docs/filters.md` tells users of it, decision 0016 why it is so.
"""

from newswire_common.filters.errors import FilterError
from newswire_common.filters.filter import Filter, parse
from newswire_common.filters.index import FilterIndex
from newswire_common.filters.keys import FEED_KINDS, Key
from newswire_common.filters.plan import Plan, feed_names, keys_of
from newswire_common.filters.view import View

__all__ = [
    "FEED_KINDS", "Filter", "FilterError", "FilterIndex", "Key", "Plan", "View", "feed_names",
    "keys_of", "parse",
]  # fmt: skip
