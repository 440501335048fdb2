"""Finds what actors did: a verb of CAMEO's with its actor and its side.

Who acts is not the same as who reacts: the actors of the news itself are found here, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

from newswire_enrich.attribution.codes import Reading, Sign, code_of, sign_of, verbs
from newswire_enrich.attribution.cues import agrees
from newswire_enrich.attribution.groups import Group, group_before
from newswire_enrich.attribution.kinds import (
    COORDINATOR,
    DETERMINER,
    PERSONAL,
    POSSESSIVE,
    RELATIVE,
    SIGN,
    TO,
)
from newswire_enrich.attribution.lexicon import lexicon_for
from newswire_enrich.attribution.phrases import phrase_after, subject_before
from newswire_enrich.attribution.text import MAX_TEXT, Range, Text, read
from newswire_enrich.reactions.inflection import GERUND, PARTICIPLE, PAST
from newswire_enrich.reactions.sentences import Span

_MAX_VERBS = 24  # in a sentence; one with more is a list of words
_WINDOW = 14  # words after the verb in which its object stands
_AGENT_REACH = 7
_INFINITIVE_REACH = 5
_CLAUSE_ENDS = frozenset({",", ";", ":", "."})
_TRAILING = frozenset({",", "and", "by"})
_AGENT = "by"
# What is agreed to or offered is cooperation, whatever it is; what is planned is what it is.
_CONSENTS = frozenset(
    {"agree", "agrees", "agreed", "agreeing", "offer", "offers", "offered", "offering"}
)
_INTENTIONS = frozenset({"", "01", "02", "03"})


class Deed(NamedTuple):
    """``actor`` and ``verb``, with its auxiliaries, are code points of the text.

    ``code`` is CAMEO's, empty where only the verb's side is known; ``polarity`` is 1 for
    cooperation, -1 for conflict, 0 for neither.
    """

    actor: Span
    verb: Span
    code: str
    polarity: Sign


def find_deeds(text: str, language: str | None) -> list[Deed]:
    """The deeds told in ``text`` outside its quotations, in order; none without rules for it.

    Linear in the length of the text, of which the first `MAX_TEXT` code points are read.
    """
    lexicon = lexicon_for(language)
    return list(deeds_in(read(text[:MAX_TEXT], lexicon))) if lexicon else []


def deeds_in(text: Text) -> Iterator[Deed]:
    """The same of a text that has been read."""
    table = verbs()
    marked = list(compress(range(len(text.lows)), map(table.__contains__, text.lows)))
    place = 0
    for sentence in text.sentences:
        begin = place
        while place < len(marked) and marked[place] < sentence[1]:
            place += 1
        yield from _of_sentence(text, sentence, marked[begin:place][:_MAX_VERBS], table)


def _of_sentence(
    text: Text, sentence: Range, marked: Sequence[int], table: Mapping[str, tuple[Reading, ...]]
) -> Iterator[Deed]:
    """A pronoun, or no subject at all, means the actor before."""
    before: Range | None = None
    for index in marked:
        if text.quoted[index] >= 0 or _is_noun(text, index, sentence[0]):
            continue
        readings = table[text.lows[index]]
        group = group_before(text, index, sentence[0])
        actor = _actor(text, index, sentence, group, _tenses(readings), before)
        if actor is None:
            continue
        before = actor
        code = code_of(readings, _following(text, index, sentence))
        sign = _sign(text, index, sentence, code, table)
        if group.negated:
            sign = 0 if sign < 0 else -1
        yield Deed(text.span(*actor), text.span(group.start, index + 1), code, sign)


def _is_noun(text: Text, index: int, first: int) -> bool:
    """Whether the word before says so: "the ban", "Norway's ban"."""
    return index > first and bool(text.kinds[index - 1] & (DETERMINER | POSSESSIVE))


def _tenses(readings: Sequence[Reading]) -> int:
    tenses = 0
    for reading in readings:
        tenses |= reading.tenses
    return tenses


def _actor(
    text: Text, index: int, sentence: Range, group: Group, tenses: int, before: Range | None
) -> Range | None:
    if tenses & PARTICIPLE and (group.copula or _has_agent(text, index, sentence, group)):
        return _agent(text, index, sentence)
    if group.infinitive:
        return None
    if tenses == GERUND and not group.auxiliary:
        trails = group.start > sentence[0] and text.lows[group.start - 1] in _TRAILING
        return before if trails else None
    subject = subject_before(text, group.start, sentence[0])
    if subject is None:
        joined = group.start > sentence[0] and text.kinds[group.start - 1] & COORDINATOR
        return before if joined and (group.auxiliary or tenses & PAST) else None
    if subject[1] - subject[0] == 1 and text.kinds[subject[0]] & (PERSONAL | RELATIVE):
        return before or subject
    return subject if agrees(text, tenses, group, subject, nominal=True) else None


def _has_agent(text: Text, index: int, sentence: Range, group: Group) -> bool:
    return not group.auxiliary and text.low(index + 1, sentence) == _AGENT


def _agent(text: Text, index: int, sentence: Range) -> Range | None:
    for at in range(index + 1, min(sentence[1], index + _AGENT_REACH)):
        if text.lows[at] == _AGENT:
            return phrase_after(text, at + 1, sentence[1])
        if text.kinds[at] & SIGN:
            break
    return None


def _following(text: Text, index: int, sentence: Range) -> list[str]:
    """The words of the clause after the verb, as far as its object may stand."""
    words: list[str] = []
    for low in text.lows[index + 1 : min(sentence[1], index + 1 + _WINDOW)]:
        if low in _CLAUSE_ENDS:
            break
        words.append(low)
    return words


def _sign(
    text: Text,
    index: int,
    sentence: Range,
    code: str,
    table: Mapping[str, tuple[Reading, ...]],
) -> Sign:
    """The side of the verb, or of the deed that it plans: "plans to impose sanctions"."""
    own = sign_of(code)
    if code[:2] not in _INTENTIONS or (code and text.lows[index] in _CONSENTS):
        return own
    for at in range(index + 1, min(sentence[1] - 1, index + _INFINITIVE_REACH + 1)):
        kind = text.kinds[at]
        planned = table.get(text.lows[at + 1]) if kind & TO else None
        if planned:
            return sign_of(code_of(planned, _following(text, at + 1, sentence))) or own
        if kind & SIGN:
            break
    return own
