"""How the values of fields are read from an article: each function here makes a reader of a view.

Names are read as `newswire_common.naming.words`, country codes in capitals (which no folded name
is in), running text as `newswire_common.naming.phrase`.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from newswire_common.article import Moment
from newswire_common.countries import ISO3
from newswire_common.filters.operands import Period, period_of
from newswire_common.filters.view import Member, Values, View, get, reach
from newswire_common.naming import folded, phrase, words

Read = Callable[[View], Values]
# The same names come again and again, also within an article: a few MB of them are kept at hand.
_words = lru_cache(maxsize=16_384)(words)


def values(normal: Callable[[str], str], *paths: str) -> Read:
    """What stands at the dotted ``paths``, made comparable by ``normal``; empty ones left out."""
    steps = [tuple(path.split(".")) for path in paths]

    def read(view: View) -> frozenset[str]:
        found = (normal(one) for path in steps for one in reach(view.node, *path))
        return frozenset(filter(None, found))

    return read


def names(*paths: str) -> Read:
    return values(_words, *paths)


def texts(path: str) -> Read:
    return values(phrase, path)


def joined(*reads: Read) -> Read:
    """The values of several readers together."""
    return lambda view: frozenset[Any]().union(*(read(view) for read in reads))


def country(code: str) -> str:
    """A code of a country as it is; another code is as good as a name."""
    return code if code in ISO3 else words(code)


def actor(view: View) -> Values:
    """The country of a reaction's actor, and its name, as resolved and as written."""
    return frozenset(_actor(get(view.node, "actor"))) - {""}


def _actor(node: Member) -> Iterator[str]:
    if code := get(node, "iso3"):
        yield country(code)
    for name in (get(node, "name"), get(node, "mention")):
        yield _words(name or "")


def awaited(view: View) -> Values:
    """The actor of a reaction that is still awaited."""
    return actor(view) if get(view.node, "id") in view.awaited else frozenset()


def language(view: View) -> Values:
    """The tag and what it begins with: ``en-gb`` is English too (RFC 4647, basic filtering)."""
    tag = get(get(view.node, "enrichment"), "language") or get(view.node, "language") or ""
    parts = folded(tag).replace("_", "-").split("-")
    return frozenset("-".join(parts[: count + 1]) for count in range(len(parts))) - {""}


def number(name: str) -> Read:
    def read(view: View) -> tuple[int, ...]:
        found = get(view.node, name)
        return () if found is None else (found,)

    return read


def moment(name: str) -> Read:
    """When it may have been; a source's date that is no date is unknown."""

    def read(view: View) -> tuple[Period, ...]:
        found = get(view.node, name)
        try:
            known = Moment.model_validate(found) if isinstance(found, dict) else found
            return () if known is None else (period_of(known),)
        except (ValueError, OverflowError):
            return ()

    return read
