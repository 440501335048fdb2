"""What must come of what was sent, reckoned from the answers of ingest alone.

    created                       article.published, unless embargoed
    revised, a correction         article.corrected
    revised, a kill or takedown   article.withdrawn
    revised otherwise             article.updated
    unchanged, stale              nothing

It knows nothing of what publish says, so that the two can be held against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SHOWN = 10  # of a long list of differences
# What was sent does not tell who duplicates whom, and who reacts in it.
OF_OTHERS = ("article.duplicate_linked", "reaction.")


class Told(NamedTuple):
    """What a consumer is to be told once and once only."""

    uri: str
    version: int
    type: str


@dataclass(frozen=True)
class Sent:
    """A draft or a page as it was sent, and what ingest answered."""

    label: str
    outcome: str
    uri: str
    version: int
    revision_kind: str = "new"
    embargoed: bool = False


def due(sent: Iterable[Sent]) -> Counter[Told]:
    """Every event that must be published and delivered, each once."""
    return Counter(
        Told(one.uri, one.version, kind) for one in sent if (kind := _event(one)) is not None
    )


def _event(one: Sent) -> str | None:
    if one.embargoed or one.outcome not in {"created", "revised"}:
        return None
    if one.revision_kind in {"kill", "takedown"}:
        return "article.withdrawn"
    if one.outcome == "created":
        return "article.published"
    return "article.corrected" if one.revision_kind == "correction" else "article.updated"


def visible(sent: Iterable[Sent]) -> dict[str, int]:
    """The articles that readers must see, uri → newest version; 0 for those withdrawn."""
    seen: dict[str, int] = {}
    for told in due(sent):
        withdrawn = told.type == "article.withdrawn"
        seen[told.uri] = 0 if withdrawn else max(told.version, seen.get(told.uri, 1))
    return seen


def differences(what: str, due: Counter[Told], got: Counter[Told]) -> list[str]:
    """A line for each thing missing, and for each that came though it should not, or twice."""
    missing, extra = due - got, got - due
    lines = [f"{what}: missing {_in_words(told)}" for told in missing.elements()]
    lines += [f"{what}: too many {_in_words(told)}" for told in extra.elements()]
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"{what}: and {more} more"] if more > 0 else lines


def _in_words(told: Told) -> str:
    return f"{told.type} of {told.uri} v{told.version}"


def miscounts(what: str, by_hand: Mapping[str, int], counted: Mapping[str, int]) -> list[str]:
    """A line for each figure that is not as counted by hand."""
    return [
        f"{what}: {counted.get(name, 0)} {name}, but {by_hand.get(name, 0)} expected"
        for name in sorted({*by_hand, *counted})
        if counted.get(name, 0) != by_hand.get(name, 0)
    ]


def outcomes(sent: Sequence[Sent]) -> Counter[str]:
    return Counter(one.outcome for one in sent)
