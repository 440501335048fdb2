"""Where the sources stand in the outlines that came in as OPML, and back again. Pure.

document > `feeds`: what to subscribe to > `placed`: which source each outline is > `merged`
kept outlines + the sources as they are now > `current` > document
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from newswire_ingest.sources.opml import OURS, Attributes, Outline, Outlines, walk
from newswire_ingest.sources.source import MAX_ID, Source

SETTINGS = ("id", "section", "interval_s", "full_text")  # of a source, in our namespace
MAX_LABEL = 300  # characters
SLUG = MAX_ID - 10  # characters: room for a number
_NOT_LETTERS = re.compile(r"\W+")


class Subscription(NamedTuple):
    """A feed of a document: what it would be as a source, but for an id where none is given."""

    feed_url: str
    fields: Mapping[str, Any]


def feeds(outlines: Outlines) -> Iterator[Subscription]:
    """Every feed once, in the order of the document."""
    met: set[str] = set()
    for outline in walk(outlines.outlines):
        url = outline.feed_url
        if url and url not in met:
            met.add(url)
            own = {name: outline.attributes.get(_ours(name)) for name in SETTINGS}
            name = {"name": outline.title[:MAX_LABEL]} if outline.title else {}
            given = {key: value for key, value in own.items() if value}
            yield Subscription(url, {"feed_url": url} | name | given)


def slug(subscription: Subscription) -> str:
    """An id made of a feed's name, or else of its host."""
    name = str(subscription.fields.get("name") or "")
    for text in (name, urlsplit(subscription.feed_url).hostname or ""):
        folded = unicodedata.normalize("NFKC", text).lower()
        if made := _NOT_LETTERS.sub("-", folded).strip("-")[:SLUG].strip("-"):
            return unicodedata.normalize("NFC", made)
    return "source"


def placed(outlines: Iterable[Outline], sources: Mapping[str, Source]) -> tuple[Outline, ...]:
    """The outlines with the sources that they are, by URL; what we say ourselves is left out."""
    found = []
    for outline in outlines:
        source = sources.get(outline.feed_url or "")
        told = {k: v for k, v in outline.attributes.items() if not k.startswith(f"{{{OURS}}}")}
        inner = placed(outline.outlines, sources)
        place = {"source": source.id, "named": source.name} if source else {}
        found.append(Outline(attributes=told, outlines=inner, **place))
    return tuple(found)


def merged(kept: Iterable[Outline], new: Iterable[Outline]) -> tuple[Outline, ...]:
    """Both: what is in the same place in both is there once, as it is in the new one."""
    both = dict(_keyed(kept))
    for key, outline in _keyed(new):
        inner = merged(both[key].outlines, outline.outlines) if key in both else outline.outlines
        both[key] = outline.model_copy(update={"outlines": inner})
    return tuple(both.values())


def _keyed(outlines: Iterable[Outline]) -> Iterator[tuple[object, Outline]]:
    """Each with what tells it from those beside it, also from those that say the very same."""
    met: Counter[object] = Counter()
    for outline in outlines:
        key = _key(outline)
        met[key] += 1
        yield (key, met[key]), outline


def _key(outline: Outline) -> tuple[object, ...]:
    """What an outline is: its feed, or all that a folder says."""
    if outline.feed_url:
        return ("feed", outline.source or outline.feed_url)
    return ("other", *sorted(outline.attributes.items()))


def current(kept: Sequence[Outline], sources: Mapping[str, Source]) -> tuple[Outline, ...]:
    """The outlines with the sources as they are now: none that was removed, the new ones last."""
    there = {outline.source for outline in walk(tuple(kept))}
    added = (source for identity, source in sources.items() if identity not in there)
    return (*_current(kept, sources), *(_outline(Outline(), source) for source in added))


def _current(kept: Sequence[Outline], sources: Mapping[str, Source]) -> Iterator[Outline]:
    for outline in kept:
        inner = tuple(_current(outline.outlines, sources))
        if outline.source is None:
            yield outline.model_copy(update={"outlines": inner})
        elif outline.source in sources:
            now = _outline(outline, sources[outline.source])
            yield now.model_copy(update={"outlines": inner})


def _outline(kept: Outline, source: Source) -> Outline:
    attributes = dict(kept.attributes) or {"type": "rss", "text": source.name or source.id}
    if source.name and source.name != kept.named:
        for name in _spelled(attributes, "text"), _spelled(attributes, "title"):
            if name in attributes:
                attributes[name] = source.name
    attributes[_spelled(attributes, "xmlUrl")] = source.feed_url
    said = {
        "id": source.id, "section": source.section, "interval_s": source.interval_s,
        "full_text": "true" if source.full_text else None,
    }  # fmt: skip
    ours = {_ours(name): str(value) for name, value in said.items() if value is not None}
    return Outline(attributes=attributes | ours, source=source.id, named=kept.named)


def _spelled(attributes: Attributes, name: str) -> str:
    """A name as the document spells it."""
    return next((key for key in attributes if key.lower() == name.lower()), name)


def _ours(name: str) -> str:
    return f"{{{OURS}}}{name}"
