"""From mentions to tags: one `Named` for all that mean the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from newswire_common.article import Named, Span
from newswire_enrich.tags.mention import Kind, Mention

MOST_TAGS = 100  # of one kind: an article that names more is a list
_MOST_EVIDENCE = 20  # spans kept for a tag; ``mentions`` counts them all


class Found(NamedTuple):
    """The mentions in the headline and those in the body; only the body's have evidence."""

    headline: Sequence[Mention]
    body: Sequence[Mention]

    def of(self, kind: Kind) -> "Found":
        """Those of one kind."""
        return Found(*([one for one in part if one.kind == kind] for part in self))


class Group:
    """The mentions of one thing."""

    def __init__(self) -> None:
        self.headline: list[Mention] = []
        self.body: list[Mention] = []

    def named(self, name: str, iso3: str | None) -> Named:
        return Named(
            name=name,
            iso3=iso3,
            mentions=len(self.headline) + len(self.body),
            evidence=spans(self.body),
        )


def grouped(found: Found) -> dict[tuple[str, str | None], Group]:
    """The mentions by name and country; those without one join the only country of their name."""
    countries: dict[str, set[str]] = {}
    for mention in (*found.headline, *found.body):
        known = countries.setdefault(mention.name, set())
        if mention.iso3:
            known.add(mention.iso3)
    groups: defaultdict[tuple[str, str | None], Group] = defaultdict(Group)
    for headline, part in ((True, found.headline), (False, found.body)):
        for mention in part:
            known = countries[mention.name]
            iso3 = next(iter(known)) if len(known) == 1 else mention.iso3
            group = groups[mention.name, iso3]
            (group.headline if headline else group.body).append(mention)
    return groups


def spans(mentions: Iterable[Mention]) -> tuple[Span, ...]:
    """The first places of the text that say it."""
    return tuple(Span(start=one.start, end=one.end) for one in islice(mentions, _MOST_EVIDENCE))


def most_named(tags: Iterable[Named]) -> tuple[Named, ...]:
    """Most mentions first, then by name."""
    return tuple(sorted(tags, key=lambda tag: (-tag.mentions, tag.name, tag.iso3 or "")))[
        :MOST_TAGS
    ]
