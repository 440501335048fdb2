"""The reaction summary of a story: who reacted how, who stands where, and who has not spoken yet.

Pure. The rules: records count once however many copies carry them; where an actor stands on
something is what they said, else what they did, else what is told of them; a wait is ended by a
statement of the actor alone. What readers did (the audience) is no part of it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Literal

from newswire_common.reaction import Act, Awaited, ReactionSummary, Stance, When
from newswire_common.stored import Stored
from newswire_publish.reactions.ledger import Entries, Said, distinct

MAX_LISTED = 200  # positions, and actors awaited; the latest positions
# Whose word it is: the actor's own, the actor's deed, the narrator's.
_RANKS: dict[Act, int] = {
    "statement": 3, "demand": 2, "threat": 2, "endorsement": 2, "action": 2, "protest": 2,
    "attitude_reported": 1, "muted": 1,
}  # fmt: skip


class AwaitedInStory(Awaited):
    """``article`` is the one that says so."""

    article: str


class Position(Stored):
    """Where an actor stands on a target, by the reaction that counts, and the article it is in."""

    name: str
    iso3: str | None = None
    target: str
    act: Act
    stance: Stance
    polarity: Literal[-1, 0, 1] | None = None
    reaction: str
    article: str


class StorySummary(ReactionSummary):
    """``by_…`` and ``actors`` count records and actors, copies once; ``dispersion`` is 0 to 1.

    It is the standard deviation of the polarity of all positions, null below two.
    """

    awaiting: tuple[AwaitedInStory, ...] = ()
    positions: tuple[Position, ...] = ()


def summarised(entries: Entries) -> StorySummary:
    """The summary of a ledger's articles."""
    said = distinct(entries)
    records = [one.record for one in said]
    positions = _positions(said)
    polarities = [each.polarity for each in positions if each.polarity is not None]
    moments = sorted(_moments(entries, said), key=lambda when: when.value)
    return StorySummary(
        by_act=_counted(each.act for each in records),
        by_stance=_counted(each.stance for each in records),
        by_sector=_counted(each.sector for each in records),
        by_country=_counted(each.iso3 for each in records if each.iso3),
        actors=len({each.actor for each in records}),
        awaiting=tuple(_awaiting(said))[:MAX_LISTED],
        dispersion=_dispersion(polarities) if len(polarities) > 1 else None,
        first_at=moments[0] if moments else None,
        last_at=moments[-1] if moments else None,
        positions=tuple(positions[-MAX_LISTED:]),
    )


def _dispersion(polarities: Sequence[int]) -> float:
    """The standard deviation; that of `statistics` reckons in fractions, which takes its time."""
    count, total = len(polarities), sum(polarities)
    squares = sum(each * each for each in polarities)
    return round(sqrt(count * squares - total * total) / count, 3)


def _positions(said: Sequence[Said]) -> list[Position]:
    """Where each actor stands on each target, those who spoke last at the end."""
    best: dict[tuple[str, str], Said] = {}
    for one in said:  # in time, so that of equals the later counts
        record, key = one.record, (one.record.actor, one.record.target)
        rank = _RANKS.get(record.act, 0)
        if rank and record.is_now and rank >= _RANKS.get(_act(best.get(key)), 0):
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: one.when)
    return [
        Position(
            name=one.record.name,
            iso3=one.record.iso3,
            target=one.record.target,
            act=one.record.act,
            stance=one.record.stance,
            polarity=one.record.polarity,
            reaction=one.record.id,
            article=one.article,
        )
        for one in ordered
    ]


def _act(said: Said | None) -> Act:
    return said.record.act if said else "no_comment_yet"


def _awaiting(said: Sequence[Said]) -> Iterable[AwaitedInStory]:
    """Who is said not to have commented yet, and has made no statement on the trigger."""
    spoken = {one.record.actor for one in said if one.record.is_statement}
    spoken |= {one.record.state or "" for one in said if one.record.is_statement}
    waiting: dict[str, AwaitedInStory] = {}
    for one in said:
        record = one.record
        if record.is_silence and record.actor not in spoken:
            awaited = AwaitedInStory(
                name=record.name, iso3=record.iso3, reaction=record.id, article=one.article
            )
            waiting.setdefault(record.actor, awaited)
    return waiting.values()


def _moments(entries: Entries, said: Iterable[Said]) -> Iterable[When]:
    """When each reaction was, or else when its article came out."""
    for one in said:
        published = entries[one.article].published_at
        if one.record.time:
            yield one.record.time
        elif published:
            yield When(value=published.value, precision=published.precision)


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
