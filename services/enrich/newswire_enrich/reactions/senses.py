"""Chooses the sense of a verb by its neighbours, or says that the form is a noun in its place."""

from newswire_enrich.reactions.clauses import Group
from newswire_enrich.reactions.inflection import BASE, PAST, SINGULAR
from newswire_enrich.reactions.lexicon import Sense, VerbForm
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.silence import is_silence

OBJECT_REACH = 9
STOPS = frozenset({".", ";", ":", "?", "!", ","})
SILENT_FRAMES = frozenset({"refuse", "respond", "reach", "quiet"})


def fitting(reading: Reading, index: int, form: VerbForm) -> list[Sense]:
    """The senses that the words after the verb at ``index`` allow, in the lexicon's order."""
    return [sense for sense in form.senses if _fits(reading, index, sense)]


def sense_of(
    reading: Reading, index: int, form: VerbForm, group: Group, senses: list[Sense]
) -> Sense | None:
    """The one of ``senses`` that the verb has in its ``group``; silence goes first."""
    for sense in senses:
        if sense.frame in SILENT_FRAMES:
            silence = is_silence(reading, index, sense, group)
            if silence and (group.finite or group.unwilling):
                return silence
    if _is_noun_here(reading, index, form, group):
        return None
    return next((sense for sense in senses if sense.frame not in SILENT_FRAMES), None)


def _fits(reading: Reading, index: int, sense: Sense) -> bool:
    following = reading.lows[index + 1]
    if sense.following and following not in sense.following:
        return False
    if following in sense.unlike:
        return False
    if sense.clausal and not _has_clause(reading, index):
        return False
    if sense.unlike_object and _any_of(reading, index, sense.unlike_object):
        return False
    return not sense.object_words or _any_of(reading, index, sense.object_words)


def _has_clause(reading: Reading, index: int) -> bool:
    """Whether what is said follows the verb at ``index`` or stands in quotes before it."""
    following = reading.lows[index + 1]
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


def _is_noun_here(reading: Reading, index: int, form: VerbForm, group: Group) -> bool:
    """Tell "the claims of", "reports say", "its demand": forms that are no verb in this place."""
    bare = not group.auxiliary and bool(form.tenses & (BASE | SINGULAR))
    if not bare or form.tenses & PAST:
        return False
    following = reading.lows[index + 1]
    if reading.listed(index, "nounlike") and following not in {"that", ",", ":"}:
        return index + 1 < reading.size and not reading.quoted[index + 1]
    return (
        following == "of"
        or following in reading.lexicon.auxiliaries
        or (following in reading.lexicon.verbs and not reading.listed(index + 1, "breaks"))
    )
