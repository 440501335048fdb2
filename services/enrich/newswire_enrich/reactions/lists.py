"""Phrases that are joined: "Norway, Sweden and Poland", "officials in Berlin and Paris"."""

from dataclasses import replace

from newswire_enrich.reactions.chunks import SKIPPED, Chunk, chunks_of
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.reading import Reading

_MAX_LIST = 8


def list_starting_at(reading: Reading, start: int) -> list[Phrase]:
    """The phrases that begin at ``start``: subject after its verb, agent after "by", object."""
    chunks = chunks_of(reading)
    items = chunks.items
    index = chunks.before(start + 1)
    while 0 <= index < len(items) and (items[index].kind in SKIPPED or items[index].end <= start):
        index += 1
    if not 0 <= index < len(items) or items[index].phrase is None:
        return []
    first = _starting_at(items[index], start)
    return list_forward(reading, items, index, first) if first else []


def _starting_at(chunk: Chunk, start: int) -> Phrase | None:
    """The phrase of ``chunk`` itself, or the one behind a preposition: "reaction from Oslo"."""
    phrase = chunk.phrase
    if phrase is None or chunk.start >= start:
        return phrase if chunk.kind == "P" else None
    for inner in (phrase, phrase.owner, phrase.place):
        if inner is not None and inner.start == start:
            return inner
    return None


def list_forward(reading: Reading, items: list[Chunk], index: int, first: Phrase) -> list[Phrase]:
    """The phrase at ``index`` and those joined to it behind; a description of it is nobody else."""
    phrases = [first]
    pending: list[Phrase] = []
    at = index + 1
    while at + 1 < len(items) and len(phrases) + len(pending) < _MAX_LIST:
        comma = items[at].kind == ","
        conjoined = items[at].kind == "c" or (comma and items[at + 1].kind == "c")
        after = at + 1 + (comma and conjoined)
        if not (comma or conjoined) or after >= len(items):
            break
        again = items[after].kind == "L" and reading.listed(items[after].start, "agent")
        if items[after].kind != "P" and not again:
            break
        pending.append(phrase_at(items, after))
        if conjoined:
            return _coordinated(items, phrases, pending, after)
        at = after + 1
    if pending and not phrases[0].named and not phrases[0].plural and pending[0].named:
        return _fuller_of(phrases[0], pending[0])
    return phrases


def _fuller_of(head: Phrase, inner: Phrase) -> list[Phrase]:
    return [replace(inner, start=head.start, noun=inner.noun or head.noun, role=head.core)]


def _coordinated(
    items: list[Chunk], phrases: list[Phrase], pending: list[Phrase], last: int
) -> list[Phrase]:
    """All of a list; not what is the subject of the next verb, nor a mere description."""
    following = items[last + 1].kind if last + 1 < len(items) else "."
    if following in "va":
        return phrases
    if phrases[0].named and not all(each.named for each in pending) and len(pending) > 1:
        return phrases
    if (
        not phrases[0].named
        and phrases[0].plural
        and len(pending) > 1
        and all(each.named for each in pending)
    ):
        return pending
    return [*phrases, *pending]


def list_back(reading: Reading, items: list[Chunk], index: int) -> list[Phrase]:
    """The phrase at ``index`` and those joined to it: "A, B and C" gives all three."""
    phrases = [phrase_at(items, index)]
    joined = False
    while index > 1 and len(phrases) < _MAX_LIST:
        sign = items[index - 1]
        conjoined = sign.kind == "c" and not reading.listed(sign.start, "breaks_list")
        if not conjoined and not (joined and sign.kind == ","):
            break
        index -= 2
        if conjoined and items[index].kind == "," and index > 0:
            index -= 1
        index = _before_tail(items, index)
        if index < 0 or items[index].kind != "P" or _is_object(items, index):
            break
        earlier = phrase_at(items, index)
        if len(phrases) == 1 and _holds(earlier, phrases[0]):
            return _shared(earlier, phrases[0])
        phrases.insert(0, earlier)
        joined = True
    return phrases


def _before_tail(items: list[Chunk], index: int) -> int:
    while index >= 0 and items[index].kind == "L":
        index -= 1
    return index


def _is_object(items: list[Chunk], index: int) -> bool:
    """In "… condemned Berg and Norway said", Berg is what was condemned, not who said."""
    before = index - 1
    while before >= 0 and items[before].kind == "g":
        before -= 1
    return before >= 0 and items[before].kind in "vatib"


def phrase_at(items: list[Chunk], index: int) -> Phrase:
    phrase = items[index].phrase
    if phrase is None:
        raise ValueError(f"a chunk of kind {items[index].kind} has no phrase")
    return phrase


def _holds(earlier: Phrase, later: Phrase) -> bool:
    """Whether, as in "writers in Lisbon and Montreal", the second name is the first's peer."""
    complement = earlier.place or earlier.owner
    bare = later.named and later.start == later.core[0]
    inside = complement is not None and complement.named and complement.end == earlier.end
    return earlier.head == "noun" and bare and inside


def _shared(head: Phrase, peer: Phrase) -> list[Phrase]:
    """Officials "in Berlin and Paris" are those of each; other such phrases stay one."""
    whole = replace(head, end=peer.end)
    if head.noun is None or head.noun.kind != "office":
        return [whole]
    if head.place is not None and head.place.end == head.end:
        return [head, replace(head, place=peer)]
    return [head, replace(head, owner=peer)]
