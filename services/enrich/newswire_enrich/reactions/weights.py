"""Weighs the act of a verb: its own stance, or that of what it expresses or asks for."""

from newswire_enrich.reactions.constructions import asked_for
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.senses import STOPS
from newswire_enrich.reactions.stance import Weight, weighed
from newswire_enrich.reactions.vocabulary import Sense

_ATTITUDE_REACH = 7


def weight_of(
    reading: Reading, index: int, sense: Sense, *, passive: bool = False
) -> Weight | None:
    """The stance of the verb itself, or of the attitude that it expresses; None if it has none."""
    if sense.frame in {"express", "drawn", "welcomed"} or sense.agentive:
        told = expressed(reading, index)
        return told or (
            Weight(sense.stance, 1, reading.words[index]) if sense.frame == "welcomed" else None
        )
    cue = reading.words[index]
    weight = Weight(sense.stance, sense.intensity, cue)
    for before in (index - 1, index + 1):
        if reading.listed(before, "stronger") and sense.intensity:
            raised = min(4, sense.intensity + 1)
            return Weight(sense.stance, raised, reading.words[before])
    return (
        weight._replace(stance=asked_for(reading, index, passive=passive))
        if sense.act == "demand"
        else weight
    )


def expressed(reading: Reading, index: int) -> Weight | None:
    """Weigh "expressed growing concern": the first noun of feeling after the verb, if any."""
    for at in range(index + 1, min(reading.size, index + 1 + _ATTITUDE_REACH)):
        attitude = reading.lexicon.attitude_nouns.get(reading.lows[at])
        if attitude:
            return weighed(reading, at, attitude, index + 1)
        if reading.lows[at] in STOPS:
            break
    return None
