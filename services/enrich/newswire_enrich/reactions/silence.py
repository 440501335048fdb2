"""Finds who has not answered: refusals, requests without reply, silence, muted responses.

Silence has no stance; only a response that was made, and was muted, is neutral.
"""

from newswire_enrich.reactions.clauses import Group, group_before, subject_before
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import PARTICIPLE
from newswire_enrich.reactions.lexicon import Sense
from newswire_enrich.reactions.lists import list_ending_at, list_starting_at
from newswire_enrich.reactions.reading import POSSESSIVES, Reading

NOT_YET = Sense("respond", "no_comment_yet", "none")
DECLINED = Sense("refuse", "declined_comment", "none", cameo="011")
MUTED = Sense("copula", "muted", "neutral", 1)

_REFUSAL_REACH = 5
_REACTION_REACH = 30


def is_silence(reading: Reading, index: int, sense: Sense, group: Group) -> Sense | None:
    """``sense`` where the verb at ``index`` tells of silence, as what it tells; else None."""
    if sense.frame == "refuse":
        return sense if _refuses(reading, index) else None
    if sense.frame == "respond":
        return _unanswered(group, sense)
    if sense.frame == "reach":
        return sense if group.negated and group.passive else None
    return sense if sense.frame == "quiet" else None


def _refuses(reading: Reading, index: int) -> bool:
    """Read "declined to comment", "refused an interview"; "refused to sign" is no silence."""
    if reading.listed(index + 1, "infinitive"):
        return any(reading.listed(index + step, "refusals") for step in (2, 3))
    return any(
        reading.listed(after, "refusals") for after in range(index + 1, index + _REFUSAL_REACH)
    ) and not reading.listed(index + 1, "conjunctions")


def _unanswered(group: Group, sense: Sense) -> Sense | None:
    """Take "would not comment" for a refusal; "did not", "has not", "has yet to" leave it open."""
    if group.unwilling or (group.negated and group.will):
        return DECLINED
    return sense if group.negated or (group.yet and group.auxiliary) else None


def silent_noun(reading: Reading, index: int) -> Finding | None:
    """Silence told by a noun or an adjective at ``index``."""
    return (
        _nothing_from(reading, index)
        or _had_no_comment(reading, index)
        or _unavailable(reading, index)
        or _muted(reading, index)
    )


def _nothing_from(reading: Reading, index: int) -> Finding | None:
    """Read "There was no immediate reaction from Ankara or Belgrade"."""
    if not (reading.listed(index, "silence_nouns") and reading.listed(index + 1, "source")):
        return None
    if not any(reading.listed(before, "nothing") for before in range(index - 3, index)):
        return None
    return _finding(reading, index, NOT_YET, list_starting_at(reading, index + 2))


def _had_no_comment(reading: Reading, index: int) -> Finding | None:
    """Read "The bank had no comment"."""
    if not reading.listed(index, "reply_nouns"):
        return None
    verb = index - 2 if reading.listed(index - 1, "nothing") else index - 3
    if not (reading.listed(verb + 1, "nothing") and reading.listed(verb, "reply_verbs")):
        return None
    return _finding(reading, index, DECLINED, subject_before(reading, verb))


def _unavailable(reading: Reading, index: int) -> Finding | None:
    """Read "was not immediately available for comment", "was unreachable"."""
    if not reading.listed(index, "availability"):
        return None
    group = group_before(reading, index, PARTICIPLE)
    positive = not reading.lows[index].startswith("un")
    if not group.copula or group.negated is not positive:
        return None
    return _finding(reading, index, NOT_YET, subject_before(reading, group.start))


def _muted(reading: Reading, index: int) -> Finding | None:
    if not reading.listed(index, "muted"):
        return None
    if reading.listed(index + 1, "reaction_nouns"):
        subject = _giver(reading, index)
    else:
        group = group_before(reading, index, PARTICIPLE)
        subject = _whose_reaction(reading, group.start) if group.copula else []
    return _finding(reading, index, MUTED, subject)


def _giver(reading: Reading, index: int) -> list[Phrase]:
    """Read "India gave a muted response"; "a muted response from India"."""
    if reading.listed(index + 2, "source"):
        return list_starting_at(reading, index + 3)
    verb = index - 2 if reading.listed(index - 1, "determiners") else index - 1
    return subject_before(reading, verb) if reading.listed(verb, "given") else []


def _whose_reaction(reading: Reading, end: int) -> list[Phrase]:
    """Whose the reaction is that the clause ending at ``end`` speaks of."""
    for noun in range(end - 1, max(-1, end - _REACTION_REACH), -1):
        if reading.listed(noun, "reaction_nouns"):
            return _owner_of(reading, noun)
    return []


def _owner_of(reading: Reading, noun: int) -> list[Phrase]:
    if reading.lows[noun - 1] in POSSESSIVES:
        return list_ending_at(reading, noun - 1)
    if reading.names[noun - 1] if noun else None:
        return list_ending_at(reading, noun)
    if reading.listed(noun + 1, "links") or reading.listed(noun + 1, "source"):
        return list_starting_at(reading, noun + 2)
    return []


def _finding(reading: Reading, index: int, sense: Sense, subject: list[Phrase]) -> Finding | None:
    if not subject:
        return None
    return Finding(
        at=index,
        lemma=reading.lows[index],
        sense=sense,
        subject=tuple(subject),
        how="noun",
        floor=min(subject[0].start, index),
        stance=sense.stance,
        intensity=sense.intensity,
        cue=reading.words[index] if sense.act == "muted" else None,
    )
