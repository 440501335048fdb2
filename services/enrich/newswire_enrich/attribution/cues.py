"""Reads a cue in its place: whether it is one there, whose it is, and what it introduces.

Noun and verb are told apart by what stands around them: a verb agrees with its subject, and what
its lemma takes follows it ("reports that", but not "reports of").
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from newswire_enrich.attribution.complements import Complement, complement
from newswire_enrich.attribution.groups import Group, group_before
from newswire_enrich.attribution.kinds import (
    AUXILIARY,
    COORDINATOR,
    CUE,
    DETERMINER,
    OBJECT,
    OWNING,
    PERSONAL,
    POSSESSIVE,
    PREPOSITION,
    PRONOUN,
    RELATIVE,
    SIGN,
    SUBORDINATOR,
)
from newswire_enrich.attribution.lexicon import Cue, CueKind
from newswire_enrich.attribution.phrases import (
    described,
    phrase_after,
    phrase_before,
    subject_before,
)
from newswire_enrich.attribution.text import Range, Text
from newswire_enrich.reactions.inflection import BASE, FINITE, GERUND, PARTICIPLE, PAST

_OWNER_REACH = 3  # words between whose it is and the noun: "his long-held view"
_MAX_OWNER = 6
_INVERTING = frozenset({",", "—", "–"})
_CLAUSAL = frozenset("tqw")


class Candidate(NamedTuple):
    """A cue at tokens ``[start, end)`` with what may be attributed by it.

    ``source`` is None for a subject that is left out (``elided``) and for nobody; ``floor`` is
    where its clause begins; ``letter`` says what follows, from the token ``begins`` on.
    """

    cue: Cue
    start: int
    end: int
    source: Range | None
    letter: str
    begins: int
    floor: int
    elided: bool = False
    inverted: bool = False


def candidate_at(text: Text, index: int, sentence: Range) -> Candidate | None:
    """The cue at ``index`` in the first of its readings that fits; None if it is none here."""
    for cue in text.lexicon.cues[text.lows[index]]:
        found = _READERS[cue.kind](text, index, sentence, cue)
        if found is not None:
            return found
    return None


def _verb(text: Text, index: int, sentence: Range, cue: Cue) -> Candidate | None:
    group = group_before(text, index, sentence[0])
    if group.infinitive or _is_passive(text, index, sentence, cue, group):
        return None
    fit = complement(text, index, sentence, cue.frames)
    if fit is None:
        return _inverted(text, index, sentence, cue, group)
    if cue.tenses & GERUND and not group.auxiliary:
        return _participle(text, sentence, cue, group, fit)
    source = subject_before(text, group.start, sentence[0])
    if source is not None:
        if not agrees(text, cue.tenses, group, source, nominal=_nominal(text, cue, fit)):
            return None
        floor = min(source[0], group.start)
        return Candidate(cue, group.start, fit.cue_end, source, fit.letter, fit.begins, floor)
    return _inverted(text, index, sentence, cue, group) or _elided(text, sentence, cue, group, fit)


def _is_passive(text: Text, index: int, sentence: Range, cue: Cue, group: Group) -> bool:
    """What "was told", "a plan backed by" tell is not told by their subject."""
    if not cue.tenses & PARTICIPLE:
        return False
    return group.copula or (not group.auxiliary and text.low(index + 1, sentence) == "by")


def _nominal(text: Text, cue: Cue, fit: Complement) -> bool:
    """Whether it may be a noun; none has a clause or, as "calls it", a pronoun right after it."""
    if not cue.nounlike or fit.letter in _CLAUSAL:
        return False
    return fit.letter == "e" or not text.kinds[fit.begins] & (OBJECT | PERSONAL)


def agrees(text: Text, tenses: int, group: Group, source: Range, *, nominal: bool) -> bool:
    """Whether a verb of ``tenses`` can have this subject; ``nominal``: it may be a noun here."""
    if group.auxiliary:
        return True
    before = group.start - 1
    kind, low = text.kinds[before], text.lows[before]
    if kind & (PRONOUN | RELATIVE) and source == (before, before + 1):
        return True
    if kind & (DETERMINER | POSSESSIVE):
        return False
    if tenses & PAST and not (tenses & BASE and nominal):
        return True
    plural = (low.endswith("s") and not low.endswith("ss")) or low in {"people", "men", "women"}
    if tenses & BASE:
        return plural or low in {",", ")", "police"}
    return not nominal or text.words[before][:1].isupper()


def _participle(
    text: Text, sentence: Range, cue: Cue, group: Group, fit: Complement
) -> Candidate | None:
    """Read "…, saying that", "by calling it": the subject is that of the clause before."""
    before = group.start - 1
    if before >= sentence[0] and text.kinds[before] & (DETERMINER | POSSESSIVE):
        return None
    start = group.start
    return Candidate(cue, start, fit.cue_end, None, fit.letter, fit.begins, start, elided=True)


def _inverted(text: Text, index: int, sentence: Range, cue: Cue, group: Group) -> Candidate | None:
    """Read "…,” said Berg": the content stands right before the verb, the subject after it."""
    before = index - 1
    if group.start != index or not cue.trails or before < sentence[0]:
        return None
    if text.quoted[before] < 0 and text.lows[before] not in _INVERTING:
        return None
    source = phrase_after(text, index + 1, sentence[1])
    if source is None:
        return None
    source = described(text, source, sentence[1])
    return Candidate(cue, index, index + 1, source, "e", source[1], index, inverted=True)


def _elided(
    text: Text, sentence: Range, cue: Cue, group: Group, fit: Complement
) -> Candidate | None:
    """Read "… and called it": the subject is that of the verb before."""
    before = group.start - 1
    joined = before > sentence[0] and bool(text.kinds[before] & COORDINATOR)
    if not joined or not (group.auxiliary or (cue.tenses & FINITE and not cue.nounlike)):
        return None
    start = group.start
    return Candidate(cue, start, fit.cue_end, None, fit.letter, fit.begins, start, elided=True)


def _sourceless(text: Text, index: int, sentence: Range, cue: Cue) -> Candidate | None:
    """Read "seems to", "is expected to": somebody thinks so, whom the text does not name."""
    group = group_before(text, index, sentence[0])
    if group.infinitive or cue.tenses & GERUND:
        return None
    if cue.kind == "passive" and not group.copula:
        return None
    fit = complement(text, index, sentence, cue.frames)
    if fit is None:
        return None
    start = group.start
    return Candidate(cue, start, fit.cue_end, None, fit.letter, fit.begins, start)


def _adjective(text: Text, index: int, sentence: Range, cue: Cue) -> Candidate | None:
    """Read "is worried about", "were confident that"."""
    group = group_before(text, index, sentence[0])
    if not group.copula or group.infinitive:
        return None
    fit = complement(text, index, sentence, cue.frames)
    source = subject_before(text, group.start, sentence[0]) if fit else None
    if fit is None or source is None:
        return None
    return Candidate(cue, group.start, fit.cue_end, source, fit.letter, fit.begins, source[0])


def _noun(text: Text, index: int, sentence: Range, cue: Cue) -> Candidate | None:
    """Read "his claim that", "the union's decision to": a noun of which it is said whose it is."""
    fit = complement(text, index, sentence, cue.frames)
    owner = _owner(text, index, sentence[0]) if fit else None
    if fit is None or owner is None:
        return None
    return Candidate(cue, index, fit.cue_end, owner, fit.letter, fit.begins, owner[0])


_NO_ADJECTIVE = (
    POSSESSIVE | DETERMINER | SIGN | PREPOSITION | COORDINATOR | AUXILIARY | SUBORDINATOR | CUE
)


def _owner(text: Text, index: int, first: int) -> Range | None:
    before = index - 1
    floor = max(first, before - _OWNER_REACH)
    while before > floor and not text.kinds[before] & (_NO_ADJECTIVE | OWNING):
        before -= 1
    if before < first:
        return None
    kind = text.kinds[before]
    if kind & OWNING:
        return before, before + 1
    if kind & POSSESSIVE and before > first:
        return phrase_before(text, before - 1, max(first, before - _MAX_OWNER), before + 1)
    return None


def _accordance(text: Text, index: int, sentence: Range, cue: Cue) -> Candidate | None:
    """Read "according to the poll": the phrase after it."""
    if text.low(index + 1, sentence) != "to":
        return None
    source = phrase_after(text, index + 2, sentence[1])
    if source is None:
        return None
    return Candidate(cue, index, index + 2, source, "e", source[1], index, inverted=True)


_READERS: Mapping[CueKind, Callable[[Text, int, Range, Cue], Candidate | None]] = {
    "verb": _verb,
    "seeming": _sourceless,
    "passive": _sourceless,
    "noun": _noun,
    "adjective": _adjective,
    "accordance": _accordance,
}
