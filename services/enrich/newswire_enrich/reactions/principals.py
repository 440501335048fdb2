"""Finds whose event the article is about: they made the news, so they do not react to it.

Read in the headline (before its verb: "Russia and North Korea Sign …") and in the lead: the subject
or agent of a deed ("Estonia arrested …", "signed by …"), who announces it ("Japan said it would …",
"…, police said"), and whose decision is spoken of ("the league's decision to …").
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newswire_enrich.reactions.actors import Discourse, Party
from newswire_enrich.reactions.chunks import after, chunks_of
from newswire_enrich.reactions.clauses import group_before
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import BASE, FINITE, PARTICIPLE, SINGULAR
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.reactions.resolution import note_bodies, parties_of
from newswire_enrich.reactions.subjects import subject_before
from newswire_enrich.reactions.tagging import tags_of
from newswire_enrich.reactions.vocabulary import Sense

LEAD_SENTENCES = 2
_MAX_DISTINCT = 200
_AGENT_REACH = 5
_WORD = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")
# Headlines tell in the present; a past form there is a passive: "Runner stripped of title".
_HEADLINE = BASE | SINGULAR
# A state's people in office act for it; its companies and citizens do not.
_OFFICIAL = frozenset({"GOV", "MIL", "UNK"})
_PUBLIC_DEEDS = frozenset({"action", "endorsement"})


class Principals(NamedTuple):
    """Keys of the actors, the states that act through their officials, the headline's subject.

    ``governing``: a government without a state is among them, so that its ministers are too.
    """

    keys: frozenset[str]
    states: frozenset[str]
    headline: str
    governing: bool = False
    officers: frozenset[str] = frozenset()

    def include(self, party: Party) -> bool:
        """Whether ``party`` is one of those who made the news."""
        if party.key in self.keys or self._named_in_headline(party):
            return True
        if party.of and (party.of in self.keys) and self._leads(party):
            return True
        person = party.person == "yes"
        if self.governing and person and party.sector == "GOV" and party.actor.iso3 is None:
            return "minister" in (party.role or "").lower()
        return person and party.sector in _OFFICIAL and party.actor.iso3 in self.states

    def _leads(self, party: Party) -> bool:
        role = f"{party.role or ''} {'' if party.named else party.actor.name}".lower()
        return not self.officers.isdisjoint(_WORD.findall(role)) or not role.strip()

    def _named_in_headline(self, party: Party) -> bool:
        """Names only: "rebels" in a headline need not be the rebels of the text."""
        name = _plain(party.actor.name) if party.named else ""
        return bool(name) and f" {name} " in self.headline


def find_principals(
    document: Document, headline: str, lead: Iterable[Reading], discourse: Discourse
) -> Principals:
    """Whoever did what the headline and the ``lead``, the first sentences, tell."""
    subject = _headline_subject(document, headline)
    parties: dict[str, Party] = {}
    for number, reading in enumerate(lead):
        note_bodies(document, reading, discourse)
        phrases = [*_doers(reading, passive_only=number > 0), *_deciders(reading)]
        for each in parties_of(reading, document, phrases, discourse):
            parties[each.key] = each
    if parties:
        discourse.note(list(parties.values()))
    keys = {*parties, *_mentioned(document, subject)}
    states = {key for key in keys if len(key) == len("KOR") and key.isupper()}
    governing = any(each.sector == "GOV" and not each.named for each in parties.values())
    return Principals(
        frozenset(keys), frozenset(states), subject, governing, document.lexicon.words["officers"]
    )


def _doers(reading: Reading, *, passive_only: bool) -> Iterator[Phrase]:
    lexicon, tags = reading.lexicon, tags_of(reading)
    for index in [at for at, tag in enumerate(tags) if tag == "v"]:
        low = reading.lows[index]
        tenses = lexicon.forms.get(low, FINITE | PARTICIPLE)
        deed = low in lexicon.deeds or _only_acts(reading, low)
        if tenses & PARTICIPLE and (deed or low not in lexicon.verbs):
            yield from _agents(reading, index)
        if passive_only:
            continue
        if deed and not _reacts(reading, index):
            yield from _active(reading, index, tenses)
        elif _announces(reading, low):
            yield from _announcers(reading, index, tenses)


def _announcers(reading: Reading, index: int, tenses: int) -> Iterator[Phrase]:
    group = group_before(reading, index, tenses)
    if group.negated or group.yet:
        return
    yield from subject_before(reading, group.start)
    if index + 2 >= reading.size or reading.lows[index - 1] == ",":
        yield from list_starting_at(reading, index + 1)


def _only_acts(reading: Reading, low: str) -> bool:
    """Whether the verb tells a deed and nothing else: "grounded", "annulled"."""
    forms = reading.lexicon.verbs.get(low, ())
    return bool(forms) and all(sense.act == "action" for form in forms for sense in form.senses)


def _agents(reading: Reading, index: int) -> list[Phrase]:
    for at in range(index + 1, min(reading.size, index + _AGENT_REACH)):
        if reading.listed(at, "agent"):
            return list_starting_at(reading, at + 1)
    return []


def _reacts(reading: Reading, index: int) -> bool:
    """Whether the verb tells a reaction that is no deed done to others."""
    low = reading.lows[index]
    if reading.listed(after(reading, index), "infinitive"):
        return False  # "refused to baptise"
    senses = [sense for form in reading.lexicon.verbs.get(low, ()) for sense in form.senses]
    return bool(senses) and all(sense.act not in _PUBLIC_DEEDS for sense in senses)


def _active(reading: Reading, index: int, tenses: int) -> list[Phrase]:
    group = group_before(reading, index, tenses)
    undone = group.negated or group.modality == "hypothetical"
    if group.passive or (undone and not group.will) or not group.finite:
        return []
    return subject_before(reading, group.start)


def _announces(reading: Reading, low: str) -> bool:
    """Read "said on Monday it would …", "…, police said": the news comes from the speaker."""
    senses: list[Sense] = [s for form in reading.lexicon.verbs.get(low, ()) for s in form.senses]
    plain = any(sense.frame == "say" and sense.stance == "neutral" for sense in senses)
    return plain and not reading.quotes


def _deciders(reading: Reading) -> Iterator[Phrase]:
    """Whose decision, plan or order the sentence speaks of."""
    for chunk in chunks_of(reading).items:
        phrase = chunk.phrase
        if phrase is None or phrase.owner is None or phrase.owner.head == "pronoun":
            continue
        owned = phrase.owner.end <= phrase.core[0]  # "its plan", not "the plan of"
        if owned and reading.listed(phrase.core[0], "trigger_nouns"):
            yield phrase.owner


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
