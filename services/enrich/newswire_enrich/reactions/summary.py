"""Counts the reactions of an article or a story, and says who is still awaited."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt

from newswire_common.reaction import Act, Awaited, Reaction, ReactionSummary, When

TRIGGER = "trigger"
# Where an actor stands on a target is what they say, else what they do, else what is told of them.
_RANKS: dict[Act, int] = {
    "statement": 3, "demand": 2, "threat": 2, "endorsement": 2, "action": 2, "protest": 2,
    "attitude_reported": 1, "muted": 1,
}  # fmt: skip


def summarise(reactions: Sequence[Reaction]) -> ReactionSummary:
    """Counts by act, stance, sector and country; the same reaction given twice counts once.

    Awaited is whoever has not commented yet, and has made no statement on the trigger: an attitude
    told by the narrator, or a word on something else, ends no wait, and a refusal begins none.
    ``dispersion`` is the standard deviation of the polarity of where each actor stands on each
    target, 0 to 1; None below two.
    """
    distinct = list({reaction.id: reaction for reaction in reactions}.values())
    polarities = _polarities(distinct)
    moments = sorted(_moments(distinct), key=lambda when: when.value)
    return ReactionSummary(
        by_act=_counted(each.act for each in distinct),
        by_stance=_counted(each.stance for each in distinct),
        by_sector=_counted(each.actor_type for each in distinct),
        by_country=_counted(each.actor.iso3 for each in distinct if each.actor.iso3),
        actors=len({actor_key(each) for each in distinct}),
        awaiting=_awaiting(distinct),
        dispersion=_dispersion(polarities) if len(polarities) > 1 else None,
        first_at=moments[0] if moments else None,
        last_at=moments[-1] if moments else None,
    )


def _polarities(reactions: Sequence[Reaction]) -> list[int]:
    """Of each actor on each target: however often somebody speaks, they stand at one place."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for each in reactions:
        rank, place = _RANKS.get(each.act, 0), (actor_key(each), str(each.target))
        now = each.modality == "asserted" and each.polarity is not None
        if now and rank and rank >= best.get(place, (0, 0))[0]:
            best[place] = rank, each.polarity or 0
    return [polarity for _, polarity in best.values()]


def _dispersion(polarities: Sequence[int]) -> float:
    """The standard deviation of whole numbers; `statistics.pstdev` computes it in fractions."""
    count, total = len(polarities), sum(polarities)
    squares = sum(each * each for each in polarities)
    return round(sqrt(count * squares - total * total) / count, 3)


def actor_key(reaction: Reaction) -> str:
    """One per actor: a state speaks by many names; everyone else has their own.

    A state is known by being a government without a name of its own other than the country's:
    `newswire_enrich.reactions.actors` gives such actors the name of their place.
    """
    actor = reaction.actor
    state = reaction.actor_type == "GOV" and actor.iso3 and not _is_person(reaction)
    return actor.iso3 if state and actor.iso3 else actor.name.casefold()


def _is_person(reaction: Reaction) -> bool:
    return reaction.attribution.speaker == reaction.actor.name


def _awaiting(reactions: Sequence[Reaction]) -> tuple[Awaited, ...]:
    answered = {
        key
        for each in reactions
        if each.act == "statement" and each.target == TRIGGER and each.modality == "asserted"
        for key in _speaks_for(each)
    }
    waiting: dict[str, Awaited] = {}
    for each in reactions:
        key = actor_key(each)
        if each.act == "no_comment_yet" and each.modality == "asserted" and key not in answered:
            waiting.setdefault(
                key, Awaited(name=each.actor.name, iso3=each.actor.iso3, reaction=each.id)
            )
    return tuple(waiting.values())


def _speaks_for(reaction: Reaction) -> Iterable[str]:
    """A minister's statement ends the wait for their state too."""
    yield actor_key(reaction)
    if reaction.actor_type == "GOV" and reaction.actor.iso3:
        yield reaction.actor.iso3


def _moments(reactions: Sequence[Reaction]) -> Iterable[When]:
    return (moment for each in reactions if (moment := each.time or each.as_of))


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
