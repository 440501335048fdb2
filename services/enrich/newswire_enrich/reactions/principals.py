"""Finds whose event the article is about: they made the news, so they do not react to it.

Read in the headline (before its verb: "Russia and North Korea Sign …") and in the lead (subject
or agent of a deed: "Estonia arrested …", "signed by …", "Japan said it would raise …").
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newswire_enrich.reactions.actors import Discourse, Party
from newswire_enrich.reactions.clauses import group_before, subject_before
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import BASE, PARTICIPLE, SINGULAR
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.reactions.resolution import parties_of

LEAD_SENTENCES = 2
_MAX_DISTINCT = 200
_WORD = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")
# Headlines tell in the present; a past form there is a passive: "Runner stripped of title".
_HEADLINE = BASE | SINGULAR
# A state's people in office act for it; its companies and citizens do not.
_OFFICIAL = frozenset({"GOV", "MIL", "UNK"})


class Principals(NamedTuple):
    """Keys of the actors, and the states that act through their officials."""

    keys: frozenset[str]
    states: frozenset[str]
    headline: str

    def include(self, party: Party) -> bool:
        """Whether ``party`` is one of those who made the news."""
        if party.key in self.keys or self._named_in_headline(party):
            return True
        official = party.sector in _OFFICIAL and party.person == "yes"
        return official and party.actor.iso3 in self.states

    def _named_in_headline(self, party: Party) -> bool:
        """Names only: "rebels" in a headline need not be the rebels of the text."""
        name = _plain(party.actor.name) if party.named else ""
        return bool(name) and f" {name} " in self.headline


def find_principals(
    document: Document, headline: str, lead: Iterable[Reading], discourse: Discourse
) -> Principals:
    """Whoever did what the headline and the ``lead``, the first sentences, tell."""
    parties: dict[str, Party] = {}
    for number, reading in enumerate(lead):
        phrases = list(_doers(reading, passive_only=number > 0))
        for each in parties_of(reading, document, phrases, discourse):
            parties[each.key] = each
    if parties:
        discourse.note(list(parties.values()))
    subject = _headline_subject(document, headline)
    keys = {*parties, *_mentioned(document, subject)}
    states = {key for key in keys if len(key) == len("KOR") and key.isupper()}
    return Principals(frozenset(keys), frozenset(states), subject)


def _doers(reading: Reading, *, passive_only: bool) -> Iterator[Phrase]:
    deeds, verbs = reading.lexicon.deeds, reading.lexicon.verbs
    for index, low in zip(range(reading.size), reading.lows, strict=False):
        if reading.quoted[index] or not (low in deeds or low in verbs):
            continue
        for form in deeds.get(low, ()):
            if form.tenses & PARTICIPLE and reading.listed(index + 1, "agent"):
                yield from list_starting_at(reading, index + 2)
            elif not passive_only:
                yield from _active(reading, index, form.tenses)
        if not passive_only and _announces(reading, index):
            yield from subject_before(reading, group_before(reading, index, BASE).start)


def _active(reading: Reading, index: int, tenses: int) -> list[Phrase]:
    group = group_before(reading, index, tenses)
    undone = group.negated or group.modality == "hypothetical"
    if group.passive or undone or not group.finite:
        return []
    return subject_before(reading, group.start)


def _announces(reading: Reading, index: int) -> bool:
    """Read "said on Monday it would …": a plan of the speaker's own."""
    forms = reading.lexicon.verbs.get(reading.lows[index], ())
    if not any(sense.frame == "say" for form in forms for sense in form.senses):
        return False
    return any(
        reading.lows[after] in reading.lexicon.pronouns
        and reading.lexicon.auxiliaries.get(reading.lows[after + 1]) in {"will", "modal"}
        for after in range(index + 1, index + 6)
    )


def _headline_subject(document: Document, headline: str) -> str:
    """The headline's words before its deed, plain, between spaces; empty if it tells none."""
    lexicon = document.lexicon
    words = [word.lower() for word in _WORD.findall(headline)]
    for number, word in enumerate(words):
        if number and any(form.tenses & _HEADLINE for form in lexicon.deeds.get(word, ())):
            return f" {' '.join(words[:number])} "
        if number and (word in lexicon.verbs or word in lexicon.deeds):
            break
    return ""


def _mentioned(document: Document, subject: str) -> Iterable[str]:
    if not subject:
        return
    distinct = {mention.text: mention for mention in document.mentions}
    for text, mention in list(distinct.items())[:_MAX_DISTINCT]:
        if f" {_plain(text)} " in subject:
            state = mention.iso3 if mention.kind == "place" else None
            yield state or mention.name.casefold()


def _plain(text: str) -> str:
    return " ".join(word.lower() for word in _WORD.findall(text))
