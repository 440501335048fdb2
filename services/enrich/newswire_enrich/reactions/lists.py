"""Phrases that are joined: "Norway, Sweden and Poland", "officials in Berlin and Paris"."""

from dataclasses import replace

from newswire_enrich.reactions.heads import Phrase, shortened
from newswire_enrich.reactions.phrases import ending_at
from newswire_enrich.reactions.reading import POSSESSIVES, Reading

_MAX_LIST = 8
_MAX_PHRASE = 14
_PAIR = 2


def list_ending_at(reading: Reading, end: int, floor: int = 0) -> list[Phrase]:
    """The phrase ending at ``end`` and those joined to it: "A, B and C" gives all three."""
    last = ending_at(reading, end, floor)
    if last is None:
        return []
    phrases = [last]
    joined = False
    while len(phrases) < _MAX_LIST:
        before = phrases[0].start - 1
        conjoined = reading.listed(before, "conjunctions")
        if not conjoined and not (joined and reading.lows[before] == ","):
            break
        before -= conjoined and reading.lows[before - 1] == ","
        earlier = ending_at(reading, before, floor) if before > floor else None
        if earlier is None or (earlier.start > floor and _is_object(reading, earlier)):
            break
        if _holds(earlier, phrases[0]):
            return _shared(earlier, phrases)
        phrases.insert(0, earlier)
        joined = True
    return phrases


def _holds(earlier: Phrase, later: Phrase) -> bool:
    """Whether, as in "the leaders of France and Germany", the second name is the first's peer."""
    complement = earlier.owner or earlier.place
    bare = later.named and later.start == later.core[0]
    return bare and complement is not None and complement.end == earlier.end


def _shared(head: Phrase, peers: list[Phrase]) -> list[Phrase]:
    """Officials "in Berlin and Paris" are those of each; other such phrases stay one."""
    whole = replace(head, end=peers[-1].end)
    if head.noun is None or head.noun.kind != "office":
        return [replace(whole, owner=None, place=None)]
    if head.owner is not None and head.owner.end == head.end:
        return [whole, *(replace(whole, owner=peer) for peer in peers)]
    return [whole, *(replace(whole, place=peer) for peer in peers)]


def _is_object(reading: Reading, phrase: Phrase) -> bool:
    """In "… condemned Berg and Norway said", Berg is what was condemned, not who said."""
    low = reading.lows[phrase.start - 1]
    return low in reading.lexicon.verbs or low in reading.lexicon.deeds


def list_starting_at(reading: Reading, start: int) -> list[Phrase]:
    """The phrases that begin at ``start``: subject after its verb, agent after "by", object."""
    end = start
    while end < reading.size and end - start < _MAX_PHRASE and _goes_on(reading, end):
        end += 1
    for stop in range(end, start, -1):
        phrases = list_ending_at(reading, stop, start)
        if phrases and phrases[0].start <= start and (len(phrases) <= _PAIR or _alike(phrases)):
            return phrases
    return []


def _alike(phrases: list[Phrase]) -> bool:
    """In "said Berg, the union's leader and founder" the descriptions are no further actors."""
    return len({phrase.named for phrase in phrases}) == 1


def _goes_on(reading: Reading, index: int) -> bool:
    word, low = reading.words[index], reading.lows[index]
    if low in POSSESSIVES or low == "&" or shortened(reading, index):
        return True
    if low == ",":  # of a list: "Norway, Sweden and Poland"
        return reading.capital(index + 1) or reading.listed(index + 1, "determiners")
    return (
        word[0].isalnum() and low not in reading.lexicon.auxiliaries and not reading.quoted[index]
    )
