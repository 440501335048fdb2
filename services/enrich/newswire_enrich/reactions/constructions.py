"""Constructions in which the actor is no subject, and what a demand asks for.

::

    The cut  angered  nurses              drew  criticism  from  the union
    greeted  with relief  by teachers  and  with dismay  by parents
"""

from collections.abc import Sequence

from newswire_common.reaction import Stance
from newswire_enrich.reactions.clauses import Group
from newswire_enrich.reactions.findings import Finding, How, told_by_noun
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.stance import Weight, weighed
from newswire_enrich.reactions.subjects import main_subject, subject_before
from newswire_enrich.reactions.tagging import tags_of
from newswire_enrich.reactions.vocabulary import Sense

_REACH = 14
_DEMAND_REACH = 26
_AMONG_REACH = 5
_FELT = Sense("copula", "attitude_reported", "neutral")
_ENDS = frozenset({".", ";", ":", "?", "!"})
_ASKED: tuple[tuple[str, Stance], ...] = (
    ("both_sides", "neutral"), ("reversal", "oppose"), ("inquiry", "concern"),
    ("furthering", "support"),
)  # fmt: skip


def experiencers(
    reading: Reading, index: int, group: Group, sense: Sense
) -> tuple[list[Phrase], How]:
    """Who felt it, where the verb at ``index`` has the cause of it for its subject."""
    if sense.frame == "affect":
        if group.passive:
            return subject_before(reading, group.start), "before"
        return list_starting_at(reading, index + 1), "agent"
    for at in range(index + 1, min(reading.size, index + _REACH)):
        if reading.lows[at] in _ENDS:
            break
        if reading.listed(at, "source"):
            return list_starting_at(reading, at + 1), "agent"
    return [], "agent"


def asked_for(reading: Reading, index: int, *, passive: bool = False) -> Stance:
    """The stance of a demand is that of what is asked: to withdraw, to inquire, to go on."""
    words = reading.lexicon.words
    said: set[str] = set()
    begins = max(0, index - _DEMAND_REACH) if passive else index + 1
    for low in reading.lows[begins : min(reading.size, index + _DEMAND_REACH)]:
        if low in _ENDS:
            break
        said.add(low)
    for name, stance in _ASKED:
        if not words[name].isdisjoint(said):
            return stance
    return "neutral"


def second_greeting(reading: Reading, start: int) -> int | None:
    """Where "and with dismay by many parents" begins its feeling, behind ``start``."""
    tags = tags_of(reading)
    for at in range(start, min(reading.size - 1, start + _REACH)):
        if tags[at] == "c" and reading.lows[at + 1] == "with":
            return at + 1
    return None


def threatened(reading: Reading, start: int, end: int) -> Weight | None:
    """Read "said that anyone who did so would be arrested"."""
    lows, words = reading.lows[start:end], reading.lexicon.words
    if words["nobody"].isdisjoint(lows) or words["punished"].isdisjoint(lows):
        return None
    return Weight("oppose", 3, next(low for low in lows if low in words["punished"]))


def adverbial_at(reading: Reading, index: int) -> Finding | None:
    """Read "turned their backs in protest", "have been on strike", "closed as a precaution"."""
    for before, sense in reading.lexicon.adverbials[reading.lows[index]]:
        first = index - len(before)
        if first < 1 or tuple(reading.lows[first:index]) != before:
            continue
        subject = main_subject(reading, first)
        able = [each for each in subject if not each.thing and not _is_vague(reading, each)]
        return _noun_finding(
            reading, index, sense, able, Weight(sense.stance, 3, reading.words[index])
        )
    return None


def feeling_at(reading: Reading, index: int) -> Finding | None:
    """Read "There was anger among teachers", "to the relief of shopkeepers"."""
    attitude = reading.lexicon.attitude_nouns[reading.lows[index]]
    subject: list[Phrase] = []
    for at in range(index + 1, index + _AMONG_REACH):
        if reading.listed(at, "among"):
            subject = list_starting_at(reading, at + 1)
    if (
        not subject
        and reading.listed(index - 2, "infinitive")
        and reading.listed(index + 1, "owning_links")
    ):
        subject = list_starting_at(reading, index + 2)
    able = [each for each in subject if not each.thing and not _is_vague(reading, each)]
    return _noun_finding(reading, index, _FELT, able, weighed(reading, index, attitude))


def _is_vague(reading: Reading, phrase: Phrase) -> bool:
    return phrase.head == "noun" and reading.listed(phrase.core[0], "vague")


def _noun_finding(
    reading: Reading, index: int, sense: Sense, subject: list[Phrase], weight: Weight
) -> Finding | None:
    found = told_by_noun(index, reading.lows[index], sense, subject)
    return found._replace(**weight._asdict()) if found else None


def must_be(reading: Reading, finding: Finding, quotes: Sequence[Quote]) -> Stance | None:
    """What is asked for in "The minister must go"; None where nobody else must do anything."""
    must = reading.lexicon.words["must"]
    for at in range(reading.size):
        low = reading.lows[at]
        if low not in must or not (quotes or at > finding.at):
            continue
        ours = any(reading.listed(before, "first_person") for before in range(max(0, at - 2), at))
        if ours or (at < finding.at and not reading.quoted[at]):
            continue
        stance = asked_for(reading, at)
        return "concern" if stance == "neutral" else stance
    return None
