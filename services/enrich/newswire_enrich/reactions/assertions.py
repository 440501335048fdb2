"""Finds what actors said, felt and did: verbs and attitudes with a subject that can act.

Most false reactions come from nouns that look like verbs ("support", "claims", "reports"), so a
verb counts only in a verb group that agrees with its subject and with what follows it.
"""

from newswire_common.reaction import Modality
from newswire_enrich.reactions.clauses import Group, group_before, inherits, subject_before
from newswire_enrich.reactions.findings import Finding, How
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import (
    GERUND,
    PARTICIPLE,
    PAST,
    SINGULAR,
)
from newswire_enrich.reactions.lexicon import Sense, VerbForm
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.senses import OBJECT_REACH, SILENT_FRAMES, STOPS, fitting, sense_of
from newswire_enrich.reactions.stance import Weight, weighed

# What may follow the source itself: "according to a World Bank report" has another.
_AFTER_SOURCE = frozenset({"", ",", ".", "”", ";"})
_AGENT_REACH = 5
_NEITHER_REACH = 10
_ATTITUDE_REACH = 7
_BEFORE_OBJECT = ("determiners", "infinitive", "that", "predicative")
_NO_OBJECT = ("prepositions", "conjunctions", "breaks")
_OF_FACTS = frozenset({"asserted", "historical"})
_SOURCE = Sense("say", "statement", "neutral", 1, cameo="010")
_ATTITUDE = Sense("copula", "attitude_reported", "neutral")


def attitude_at(reading: Reading, index: int) -> Finding | None:
    """Read "Doctors are worried": an adjective of feeling behind a copula."""
    attitude = reading.lexicon.adjectives[reading.lows[index]]
    group = group_before(reading, index, PARTICIPLE)
    if not (group.copula and group.finite):
        return None
    subject, how = _subject(reading, index, group)
    if not subject and how != "elided":
        return None
    weight = weighed(reading, index, attitude, group.start)
    lemma = reading.lows[index]
    return _finding(reading, index, lemma, _ATTITUDE, group, (subject, how), weight)


def verb_at(reading: Reading, index: int) -> Finding | None:
    """What the verb at ``index`` tells, in the first sense that fits; None if it tells nothing."""
    for form in reading.lexicon.verbs[reading.lows[index]]:
        senses = fitting(reading, index, form)
        if not senses:
            continue
        group = _of_neither(reading, group_before(reading, index, form.tenses))
        sense = sense_of(reading, index, form, group, senses)
        found = _told(reading, index, form, group, sense) if sense else None
        if found is not None:
            return found
    return None


def accordance_at(reading: Reading, index: int) -> Finding | None:
    """Read "According to Halden Steel, it is “a disaster”": a source, where it is quoted."""
    if not reading.quotes:
        return None
    first = index + 1 + reading.listed(index + 1, "infinitive")
    subject = list_starting_at(reading, first)
    if not subject or reading.lows[subject[-1].end] not in _AFTER_SOURCE:
        return None
    group, weight = Group(start=index), Weight("neutral", 1, reading.words[index])
    return _finding(reading, index, reading.lows[index], _SOURCE, group, (subject, "after"), weight)


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
    if not (subject or how == "elided"):
        return None
    if how == "before" and not _agrees(form, group, subject):
        return None
    weight = _weight(reading, index, sense)
    if weight is None:
        return None
    return _finding(reading, index, form.lemma, sense, group, (subject, how), weight)


def _subject_or_agent(
    reading: Reading, index: int, form: VerbForm, group: Group, sense: Sense
) -> tuple[list[Phrase], How]:
    if sense.frame == "say" and _is_passive(reading, index, form, group):
        return [], "before"
    if group.passive and form.tenses & PARTICIPLE and sense.frame not in SILENT_FRAMES:
        return _agent(reading, index), "agent"
    if not group.auxiliary and reading.listed(index + 1, "agent") and form.tenses & PARTICIPLE:
        return list_starting_at(reading, index + 2), "agent"
    if not group.finite:
        return [], ("elided" if _trails(reading, form, group) else "before")
    takes_object = sense.frame in {"object", "express"} and not (sense.following or group.framed)
    if takes_object and not _has_object(reading, index):
        return [], "before"
    return _subject(reading, index, group, inverted=_may_invert(reading, index, sense))


def _is_passive(reading: Reading, index: int, form: VerbForm, group: Group) -> bool:
    """A song "written by" somebody says nothing."""
    if not form.tenses & PARTICIPLE:
        return False
    return group.passive or (not group.auxiliary and reading.listed(index + 1, "agent"))


def _trails(reading: Reading, form: VerbForm, group: Group) -> bool:
    """Whether it has the subject of the clause before: "…, accusing Seoul of bad faith"."""
    return (
        bool(form.tenses & GERUND) and not group.auxiliary and reading.lows[group.start - 1] == ","
    )


def _agent(reading: Reading, index: int) -> list[Phrase]:
    for after in range(index + 1, min(reading.size, index + 1 + _AGENT_REACH)):
        if reading.listed(after, "agent"):
            return list_starting_at(reading, after + 1)
        if reading.lows[after] not in reading.lexicon.function_words:
            break
    return []


def _has_object(reading: Reading, index: int) -> bool:
    """An object, a clause or a quote follows; "accused of", "the welcomed," have none."""
    if index + 1 >= reading.size:
        return False
    if reading.quoted[index + 1]:
        return True
    low = reading.lows[index + 1]
    words = reading.lexicon.words
    if any(low in words[name] for name in _BEFORE_OBJECT):
        return True
    return low[0].isalnum() and not any(low in words[name] for name in _NO_OBJECT)


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
    if found:
        return found, "before"
    if inverted:
        found = list_starting_at(reading, index + 1)
        if found:
            return found, "after"
    return [], ("elided" if inherits(reading, group.start) else "before")


def _agrees(form: VerbForm, group: Group, subject: list[Phrase]) -> bool:
    """A bare form wants a plural subject, a form in -s a singular one."""
    if group.auxiliary or form.tenses & PAST:
        return True
    first = subject[-1]
    plural = (
        len(subject) > 1
        or (first.noun is not None and first.noun.plural)
        or first.pronoun in {"plural", "pair", "first"}
    )
    if form.tenses & SINGULAR:
        return not plural or first.head == "name"
    return plural or (first.head == "name" and first.noun is None)


def _weight(reading: Reading, index: int, sense: Sense) -> Weight | None:
    """The stance of the verb itself, or of the attitude that it expresses; None if it has none."""
    if sense.frame == "express":
        return _expressed(reading, index)
    cue = reading.words[index]
    weight = Weight(sense.stance, sense.intensity, cue)
    for before in (index - 1, index + 1):
        if reading.listed(before, "stronger") and sense.intensity:
            raised = min(4, sense.intensity + 1)
            return Weight(sense.stance, raised, reading.words[before])
    if sense.act == "demand":
        end = min(reading.size, index + 1 + 2 * OBJECT_REACH)
        if any(reading.listed(after, "reversal") for after in range(index + 1, end)):
            return weight._replace(stance="oppose")
    return weight


def _expressed(reading: Reading, index: int) -> Weight | None:
    """Weigh "expressed growing concern": the first noun of feeling after the verb, if any."""
    for after in range(index + 1, min(reading.size, index + 1 + _ATTITUDE_REACH)):
        attitude = reading.lexicon.attitude_nouns.get(reading.lows[after])
        if attitude:
            return weighed(reading, after, attitude, index + 1)
        if reading.lows[after] in STOPS:
            break
    return None


def _modality(reading: Reading, sense: Sense, group: Group, start: int) -> Modality:
    if sense.frame in SILENT_FRAMES:
        return "asserted"
    if group.modality in _OF_FACTS:
        if reading.listed(start - 1, "conditionals"):
            return "hypothetical"
        if reading.listed(start, "few") and not reading.listed(start - 1, "some_few"):
            return "negated"
    return group.modality


def _finding(
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
