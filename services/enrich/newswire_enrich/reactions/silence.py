"""Finds who has not answered: refusals, requests without reply, silence, muted responses.

Silence has no stance; only a response that was made, and was muted, is neutral.
"""

from newswire_enrich.reactions.chunks import after
from newswire_enrich.reactions.clauses import Group, group_before
from newswire_enrich.reactions.findings import Finding, told_by_noun
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import PARTICIPLE
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.subjects import owner_before, subject_before
from newswire_enrich.reactions.vocabulary import Sense

NOT_YET = Sense("respond", "no_comment_yet", "none")
DECLINED = Sense("refuse", "declined_comment", "none", cameo="011")
MUTED = Sense("copula", "muted", "neutral", 1)

_REFUSAL_REACH = 5
_REACTION_REACH = 30


def is_silence(reading: Reading, index: int, sense: Sense, group: Group) -> Sense | None:
    """``sense`` where the verb at ``index`` tells of silence, as what it tells; else None."""
    if sense.frame == "refuse":
        return sense if _refuses(reading, index) else None
    if sense.frame == "wish":
        return sense if group.negated else None
    if sense.frame == "respond":
        return _unanswered(group, sense)
    if sense.frame == "reach":
        nobody = any(
            reading.listed(at, "no_one") for at in range(max(0, group.start - 6), group.start)
        )
        return sense if group.passive and (group.negated or nobody) else None
    return sense if sense.frame == "quiet" else None


def _refuses(reading: Reading, index: int) -> bool:
    """Read "declined to comment", "refused an interview"; "refused to sign" is no silence."""
    index = after(reading, index) - 1
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
        or _from_nobody(reading, index)
        or _had_no_comment(reading, index)
        or _unavailable(reading, index)
        or _muted(reading, index)
        or (unanswered_at(reading, index) if reading.listed(index, "answers") else None)
    )


def unanswered_at(reading: Reading, index: int) -> Finding | None:
    """Read "Calls to the agency went unanswered", "were not returned"."""
    group = group_before(reading, index, PARTICIPLE)
    if not (group.negated or reading.lows[index].startswith("un")):
        return None
    for at in range(group.start - 1, max(0, group.start - _REACTION_REACH), -1):
        if reading.listed(at, "infinitive") or reading.listed(at, "links"):
            found = list_starting_at(reading, at + 1)
            named = [each for each in found if not each.thing]
            if named and _is_contact(reading, at):
                return _finding(reading, index, NOT_YET, named)
    return None


def _is_contact(reading: Reading, end: int) -> bool:
    return any(reading.listed(at, "contact_nouns") for at in range(max(0, end - 6), end))


def _nothing_from(reading: Reading, index: int) -> Finding | None:
    """Read "There was no immediate reaction from Ankara or Belgrade"."""
    if not (reading.listed(index, "silence_nouns") and reading.listed(index + 1, "source")):
        return None
    if not any(reading.listed(before, "nothing") for before in range(index - 3, index)):
        return None
    return _finding(reading, index, NOT_YET, list_starting_at(reading, index + 2))


def _from_nobody(reading: Reading, index: int) -> Finding | None:
    """Read "Von den Hoteliers gab es keine Stellungnahme"."""
    told = reading.listed(index, "silence_nouns") and reading.listed(index - 1, "nothing")
    if not (told and reading.listed(0, "source")):
        return None
    return _finding(reading, index, NOT_YET, list_starting_at(reading, 1))


def _had_no_comment(reading: Reading, index: int) -> Finding | None:
    """Read "The bank had no comment"."""
    if not reading.listed(index, "reply_nouns"):
        return None
    verb = index - 2 if reading.listed(index - 1, "nothing") else index - 3
    if not (reading.listed(verb + 1, "nothing") and reading.listed(verb, "reply_verbs")):
        return None
    group = group_before(reading, verb, PARTICIPLE)
    sense = NOT_YET if group.perfect else DECLINED
    return _finding(reading, index, sense, subject_before(reading, group.start))


def confirms_nothing(reading: Reading, index: int) -> bool:
    """Read "would neither confirm nor deny"."""
    return reading.listed(index - 1, "neither") and reading.listed(index + 1, "conjunctions")


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
    if reading.listed(noun + 1, "links") or reading.listed(noun + 1, "source"):
        return list_starting_at(reading, noun + 2)
    return owner_before(reading, noun)


def _finding(reading: Reading, index: int, sense: Sense, subject: list[Phrase]) -> Finding | None:
    found = told_by_noun(index, reading.lows[index], sense, subject)
    return found._replace(cue=reading.words[index]) if found and sense.act == "muted" else found
