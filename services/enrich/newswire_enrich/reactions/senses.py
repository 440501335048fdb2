"""Chooses the sense of a verb by the words around it."""

from newswire_enrich.reactions.chunks import after
from newswire_enrich.reactions.clauses import Group
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.silence import DECLINED, confirms_nothing, is_silence
from newswire_enrich.reactions.vocabulary import Sense, VerbForm

OBJECT_REACH = 9
_BRACKET = 28  # words between a German verb and its particle
STOPS = frozenset({".", ";", ":", "?", "!", ","})
SILENT_FRAMES = frozenset({"wish", "refuse", "respond", "reach", "quiet"})


def fitting(reading: Reading, index: int, form: VerbForm) -> list[Sense]:
    """The senses that the words after the verb at ``index`` allow, in the lexicon's order."""
    if form.particle and form.particle not in reading.lows[index + 1 : index + _BRACKET]:
        return []
    return [sense for sense in form.senses if _fits(reading, index, sense)]


def senses_of(reading: Reading, index: int, group: Group, senses: list[Sense]) -> list[Sense]:
    """Those of ``senses`` that the verb can have in its ``group``; silence goes first."""
    for sense in senses:
        if sense.frame in SILENT_FRAMES:
            silence = is_silence(reading, index, sense, group)
            if silence and (group.finite or group.unwilling):
                return [silence]
    if group.negated and confirms_nothing(reading, index):
        return [DECLINED]
    return [sense for sense in senses if sense.frame not in SILENT_FRAMES]


def _fits(reading: Reading, index: int, sense: Sense) -> bool:
    following = {reading.lows[index + 1], reading.lows[after(reading, index)]}
    if sense.following and sense.following.isdisjoint(following):
        return False
    if not sense.unlike.isdisjoint(following):
        return False
    if sense.clausal and not _has_clause(reading, index):
        return False
    if sense.unlike_object and _any_of(reading, index, sense.unlike_object):
        return False
    return not sense.object_words or _any_of(reading, index, sense.object_words)


def _has_clause(reading: Reading, index: int) -> bool:
    """Whether what is said follows the verb at ``index`` or stands in quotes before it."""
    following = reading.lows[after(reading, index)]
    if following in reading.lexicon.words["clause_marks"] or not following:
        return True
    return following in reading.lexicon.pronouns or any(reading.quoted[:index])


def _any_of(reading: Reading, index: int, wanted: frozenset[str]) -> bool:
    for low in reading.lows[index + 1 : index + 1 + OBJECT_REACH]:
        if low in wanted:
            return True
        if low in STOPS:
            return False
    return False
