"""Finds who is quoted without a verb of speech: "according to Berg", "The league Hearth: “…”"."""

from newswire_enrich.reactions.assertions import able, finding_of
from newswire_enrich.reactions.chunks import chunks_of
from newswire_enrich.reactions.clauses import Group
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.stance import Weight
from newswire_enrich.reactions.subjects import subject_before
from newswire_enrich.reactions.vocabulary import Sense

# What may follow the source itself: "according to a World Bank report" has another.
_AFTER_SOURCE = frozenset({"", ",", ".", "”", ";"})
_SAYING = Sense("say", "statement", "neutral", 1, cameo="010", loose=True)


def accordance_at(reading: Reading, index: int) -> Finding | None:
    """Read "According to Halden Steel, it is “a disaster”": a source, where it is quoted."""
    first = index + 1 + reading.listed(index + 1, "infinitive")
    subject = list_starting_at(reading, first)
    if not subject or reading.lows[subject[-1].end] not in _AFTER_SOURCE:
        return None
    group, weight = Group(start=index), Weight("neutral", 1, reading.words[index])
    return finding_of(
        reading, index, reading.lows[index], _SAYING, group, (subject, "after"), weight
    )


def colon_at(reading: Reading, index: int) -> Finding | None:
    """Read "The league Hearth: “This is robbery.”": nobody is said to speak, and it is meant."""
    chunks = chunks_of(reading)
    if index + 1 >= reading.size or chunks.tags[index + 1] != "q":
        return None
    at = chunks.before(index)
    while at >= 0 and chunks.items[at].kind not in "va.q;":
        at -= 1
    if at >= 0 and chunks.items[at].kind in "va":
        return None
    subject = [each for each in subject_before(reading, index) if able(reading, each, _SAYING)]
    if not subject:
        return None
    group, weight = Group(start=index), Weight("neutral", 1, "")
    return finding_of(reading, index, "", _SAYING, group, (subject, "before"), weight)
