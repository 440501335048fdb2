"""Finds what actors said, felt and did: verbs and attitudes with a subject that can act.

Most false reactions come from nouns that look like verbs ("support", "claims", "reports"), so a
verb counts only in a verb group that agrees with its subject and with what follows it.
"""

from newswire_common.reaction import Modality
from newswire_enrich.reactions.clauses import Group, group_before
from newswire_enrich.reactions.constructions import experiencers, second_greeting
from newswire_enrich.reactions.findings import Finding, How
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import (
    GERUND,
    PARTICIPLE,
)
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.objects import lacks_object
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.senses import SILENT_FRAMES, fitting, senses_of
from newswire_enrich.reactions.stance import Weight, weighed
from newswire_enrich.reactions.subjects import conjoined, inherits, subject_before
from newswire_enrich.reactions.tagging import tags_of
from newswire_enrich.reactions.vocabulary import Sense, VerbForm
from newswire_enrich.reactions.weights import expressed, weight_of

_AGENT_REACH = 5
_NEITHER_REACH = 24
_OF_FACTS = frozenset({"asserted", "historical"})
_ATTITUDE = Sense("copula", "attitude_reported", "neutral", loose=True)
MUTED = Sense("copula", "muted", "neutral", 1)


def attitude_at(reading: Reading, index: int) -> Finding | None:
    """Read "Doctors are worried", "is in favour": a word of feeling behind a copula."""
    low = reading.lows[index]
    attitude, begins = reading.lexicon.adjectives[low], index
    if low in reading.lexicon.phrasal:
        if reading.lows[index - 1] not in reading.lexicon.phrasal[low]:
            return None
        begins -= reading.lows[index - 1] not in reading.lexicon.auxiliaries
        while begins and tags_of(reading)[begins - 1] in "id":
            begins -= 1
    group = group_before(reading, begins, PARTICIPLE)
    if not (group.copula and group.finite):
        return None
    subject, how = _subject(reading, index, group)
    subject = [each for each in subject if able(reading, each, _ATTITUDE)]
    if not subject and how != "elided":
        return None
    weight = weighed(reading, index, attitude, group.start)
    if attitude.stance == "neutral":
        subject = [
            each
            for each in subject
            if each.noun is None
            or each.noun.sector == "MARKET"
            or low not in reading.lexicon.phrasal
        ]
        return (
            finding_of(reading, index, low, MUTED, group, (subject, how), weight)
            if subject
            else None
        )
    lemma = reading.lows[index]
    return finding_of(reading, index, lemma, _ATTITUDE, group, (subject, how), weight)


def verb_at(reading: Reading, index: int) -> Finding | None:
    """What the verb at ``index`` tells, in the first sense that fits; None if it tells nothing."""
    if not _is_verb(reading, index):
        return None
    for form in reading.lexicon.verbs[reading.lows[index]]:
        senses = fitting(reading, index, form)
        if not senses:
            continue
        group = _of_neither(reading, group_before(reading, index, form.tenses))
        if group.unwilling and reading.listed(index, "refusals"):
            return None  # told by the refusal itself
        for sense in senses_of(reading, index, group, senses):
            found = _told(reading, index, form, group, _turned(reading, form, group, sense))
            if found is not None:
                return found
    return None


def _turned(reading: Reading, form: VerbForm, group: Group, sense: Sense) -> Sense:
    """Not to support is to oppose; of most verbs the negation only says that it was not done."""
    if form.lemma in reading.lexicon.words["concealing"] and group.negated:
        group.negated, group.modality = False, "asserted"  # "could hardly hide his joy"
    if not (group.negated and sense.stance == "support" and not group.unwilling):
        return sense
    if form.lemma not in reading.lexicon.words["approving"]:
        return sense
    group.negated, group.modality = False, "asserted"
    act = "statement" if sense.act == "endorsement" else sense.act
    return sense._replace(stance="oppose", act=act, cameo="120")


def _of_neither(reading: Reading, group: Group) -> Group:
    """Negate "Neither Oslo nor Berne has commented" by its subject."""
    before = reading.lows[max(0, group.start - _NEITHER_REACH) : group.start]
    if reading.lexicon.words["neither"].isdisjoint(before):
        return group
    group.negated, group.modality = True, "negated"
    return group


def _told(
    reading: Reading, index: int, form: VerbForm, group: Group, sense: Sense
) -> Finding | None:
    subject, how = _subject_or_agent(reading, index, form, group, sense)
    if sense.frame in SILENT_FRAMES:
        subject = [_not_nobody(reading, each) for each in subject]
    subject = [each for each in subject if able(reading, each, sense)]
    if not (subject or how == "elided"):
        return None
    weight = weight_of(reading, index, sense, passive=how == "agent")
    if weight is None:
        return None
    return finding_of(reading, index, form.lemma, sense, group, (subject, how), weight)


def _subject_or_agent(
    reading: Reading, index: int, form: VerbForm, group: Group, sense: Sense
) -> tuple[list[Phrase], How]:
    if sense.frame in {"affect", "drawn"} or sense.agentive:
        return experiencers(reading, index, group, sense)
    if sense.frame == "say" and _is_passive(reading, index, form, group):
        return [], "before"
    if form.tenses & PARTICIPLE and sense.frame not in SILENT_FRAMES:
        agent = _agent_of(reading, index, group, sense)
        if agent is not None:
            return agent, "agent"
    if not group.finite:
        return [], ("elided" if _trails(reading, form, group) else "before")
    if lacks_object(reading, index, group, sense):
        return [], "before"
    return _subject(reading, index, group, inverted=_may_invert(reading, index, sense))


def _agent_of(reading: Reading, index: int, group: Group, sense: Sense) -> list[Phrase] | None:
    """By whom it was done; None where the verb is no passive."""
    if group.passive and not _reflexive(reading, index, group):
        return _agent(reading, index)
    by = sense.frame != "free" and reading.listed(index + 1, "agent")
    return list_starting_at(reading, index + 2) if by and not group.auxiliary else None


def _is_passive(reading: Reading, index: int, form: VerbForm, group: Group) -> bool:
    """A song "written by" somebody says nothing."""
    if not form.tenses & PARTICIPLE or _reflexive(reading, index, group):
        return False
    return group.passive or (not group.auxiliary and reading.listed(index + 1, "agent"))


def _reflexive(reading: Reading, index: int, group: Group) -> bool:
    """Nobody else has done it in "s'est félicitée"."""
    reflexives = reading.lexicon.words["reflexives"]
    return not reflexives.isdisjoint(reading.lows[group.start : index])


def _trails(reading: Reading, form: VerbForm, group: Group) -> bool:
    """Whether it has the subject of the clause before: "…, accusing Seoul of bad faith"."""
    return (
        bool(form.tenses & GERUND) and not group.auxiliary and reading.lows[group.start - 1] == ","
    )


def _agent(reading: Reading, index: int) -> list[Phrase]:
    tags = tags_of(reading)
    for at in range(index + 1, min(reading.size, index + 1 + _AGENT_REACH)):
        if reading.listed(at, "agent"):
            return list_starting_at(reading, at + 1)
        if reading.lows[at] not in reading.lexicon.function_words and tags[at] not in "mdg":
            break
    return []


def _may_invert(reading: Reading, index: int, sense: Sense) -> bool:
    if "inversion" in reading.lexicon.flags:
        return True
    before = index - 1
    return sense.frame == "say" and before >= 0 and (
        reading.quoted[before] or reading.lows[before] == ","
    )  # fmt: skip


def _subject(
    reading: Reading, index: int, group: Group, *, inverted: bool = False
) -> tuple[list[Phrase], How]:
    found = subject_before(reading, group.start)
    if found and not reading.listed(found[0].start, "oblique"):
        return found, "before"
    continues = inherits(reading, group.start)
    if inverted and not (continues and conjoined(reading, group.start)):
        found = list_starting_at(reading, (group.start if group.framed else index) + 1)
        if found and not reading.listed(found[0].start, "oblique"):
            return found, "after"
    return [], ("elided" if continues else "before")


def _not_nobody(reading: Reading, phrase: Phrase) -> Phrase:
    """Whose nobody it is in "nobody at Orrin Foods could be reached"."""
    nobody = phrase.head == "noun" and reading.listed(phrase.core[0], "no_one")
    return (phrase.place or phrase.owner or phrase) if nobody else phrase


def able(reading: Reading, phrase: Phrase, sense: Sense) -> bool:
    """Whether it is somebody who can do that: "critics" are nobody, a sign says, and reacts not."""
    if phrase.head != "noun":
        return True
    if (
        phrase.thing
        or reading.listed(phrase.start, "nothing")
        or (reading.listed(phrase.core[0], "vague") and phrase.owner is None)
    ):
        return False
    return phrase.noun is not None or not sense.loose


def _is_verb(reading: Reading, index: int) -> bool:
    """A verb; or "have" with an object, "have doubts"."""
    tags = tags_of(reading)
    if tags[index] == "a":
        return tags[index + 1 : index + 2] in (["d"], ["n"]) or tags[index + 1 : index + 3] == [
            "g",
            "t",
        ]
    return tags[index] == "v"


def greeted_again(reading: Reading, found: Finding) -> Finding | None:
    """The second half of "greeted with relief by teachers and with dismay by parents"."""
    if not (found.sense.agentive and found.how == "agent"):
        return None
    start = second_greeting(reading, found.at)
    weight = expressed(reading, start) if start is not None else None
    if start is None or weight is None:
        return None
    subject, how = experiencers(reading, start, Group(start), found.sense)
    phrases = [each for each in subject if able(reading, each, found.sense)]
    return finding_of(
        reading, start, found.lemma, found.sense, Group(start), (phrases, how), weight
    )


def _modality(reading: Reading, sense: Sense, group: Group, start: int) -> Modality:
    if sense.frame in SILENT_FRAMES:
        return "asserted"
    if group.modality in _OF_FACTS:
        if reading.listed(start - 1, "conditionals"):
            return "hypothetical"
        if reading.listed(start, "few") and not reading.listed(start - 1, "some_few"):
            return "negated"
    return group.modality


def finding_of(
    reading: Reading,
    index: int,
    lemma: str,
    sense: Sense,
    group: Group,
    subject: tuple[list[Phrase], How],
    weight: Weight,
) -> Finding:
    phrases, how = subject
    starts = [group.start, index] + [phrase.start for phrase in phrases]
    return Finding(
        at=index,
        lemma=lemma,
        sense=sense,
        subject=tuple(phrases),
        how=how,
        floor=min(starts) if how != "agent" else group.start,
        modality=_modality(reading, sense, group, min(starts)),
        stance=weight.stance,
        intensity=weight.intensity,
        cue=weight.cue if weight.intensity else None,
        perfect=group.perfect or group.copula,
    )
