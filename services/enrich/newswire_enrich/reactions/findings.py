"""What a rule has seen in a sentence, before it is known who the subject's phrases are."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from newswire_common.reaction import Modality, Stance
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.vocabulary import Sense

How = Literal["before", "after", "agent", "elided", "noun"]


class Finding(NamedTuple):
    """One act told by the word at token ``at``; ``floor`` is where its clause begins.

    ``how`` says where the subject stood; an ``elided`` one is that of the verb before.
    """

    at: int
    lemma: str
    sense: Sense
    subject: tuple[Phrase, ...]
    how: How
    floor: int
    modality: Modality = "asserted"
    stance: Stance = "none"
    intensity: int = 0
    cue: str | None = None
    perfect: bool = False


def told_by_noun(at: int, word: str, sense: Sense, subject: Sequence[Phrase]) -> Finding | None:
    """What the noun ``word`` at token ``at`` tells of its subject; None where it has none."""
    if not subject:
        return None
    return Finding(
        at=at,
        lemma=word,
        sense=sense,
        subject=tuple(subject),
        how="noun",
        floor=min(subject[0].start, at),
        stance=sense.stance,
        intensity=sense.intensity,
    )
