"""Whose a verb is: the phrases before its group, behind it, or those of the verb before.

::

    Berg , who leads the union , said        Oslo and Berne , however , have not
    └ subject ◀─ insertion ───┘               └ subject ◀─ insertion ┘
"""

from dataclasses import replace

from newswire_enrich.reactions.chunks import SKIPPED, Chunk, chunks_of
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import PARTICIPLE
from newswire_enrich.reactions.lists import list_back, list_forward
from newswire_enrich.reactions.reading import Reading

_MAX_INSERTIONS = 4
_MAX_INSERTION = 24  # chunks


def subject_before(reading: Reading, end: int) -> list[Phrase]:
    """The phrases that are the subject of a verb group beginning at ``end``; [] if none is."""
    items = chunks_of(reading).items
    return _subject(reading, items, chunks_of(reading).before(end), 0)


def _subject(reading: Reading, items: list[Chunk], index: int, depth: int) -> list[Phrase]:
    index = _skipped(reading, items, index)
    if index < 0 or depth > _MAX_INSERTIONS:
        return []
    kind = items[index].kind
    if kind in "PLv":
        outer = _modified(reading, items, index)
        if outer is not None:
            return _subject(reading, items, outer, depth + 1)
    if kind == "P":
        return list_back(reading, items, index)
    if kind == "r":
        before = index - 1 - (index > 0 and items[index - 1].kind == ",")
        return (
            list_back(reading, items, before) if before >= 0 and items[before].kind == "P" else []
        )
    if kind == "," or reading.words[items[index].start] in {"–", "—", ")"}:
        return _around_insertion(reading, items, index, depth)
    return []


def _modified(reading: Reading, items: list[Chunk], index: int) -> int | None:
    """The chunk before "who have camped outside", "stranded in three cities"; None if none is."""
    at = index
    while at > 0 and items[at].kind in "PLgm":
        at -= 1
    if items[at].kind != "v" or at < 1:
        return None
    before = at - 1
    while before > 0 and items[before].kind in "gat":
        before -= 1
    if items[before].kind == "r":
        return before - 1
    reduced = before == at - 1 and items[before].kind == "P"
    tenses = reading.lexicon.forms.get(reading.lows[items[at].start], PARTICIPLE)
    opening = before == 0 or items[before - 1].kind in ",c.bq"
    reacts = reading.lows[items[at].start] in reading.lexicon.verbs  # "said the union rejected it"
    return before if reduced and opening and tenses & PARTICIPLE and not reacts else None


def _skipped(reading: Reading, items: list[Chunk], index: int) -> int:
    """The chunk before the adverbs and circumstances that end at ``index``."""
    while index >= 0 and _is_beside(reading, items, index):
        index -= 1
    return index


def _is_beside(reading: Reading, items: list[Chunk], index: int) -> bool:
    """Whether the chunk says only when or where: "on Monday", "in a statement"."""
    kind = items[index].kind
    if kind in SKIPPED:
        return True
    if kind == "P":
        return _is_time(reading, items[index])
    if kind == "L":
        return index > 0 and items[index - 1].kind in "PLgmi"
    return kind == "i" and index + 1 < len(items) and items[index + 1].kind == "m"


def _is_time(reading: Reading, chunk: Chunk) -> bool:
    phrase = chunk.phrase
    return phrase is not None and phrase.head == "noun" and reading.listed(
        phrase.core[0], "times"
    )  # fmt: skip


def _around_insertion(reading: Reading, items: list[Chunk], last: int, depth: int) -> list[Phrase]:
    """The subject before "…, who leads the union, said"; a name within it may take its place."""
    for mark in range(last - 1, max(-1, last - _MAX_INSERTION), -1):
        if items[mark].kind == "." and reading.words[items[mark].start] in {".", ";", ":", "“"}:
            return []
        if not _is_mark(reading, items, mark):
            continue
        if not _inserted(items, mark + 1, last):
            continue
        outer = _subject(reading, items, _before_relative(items, mark - 1), depth + 1)
        if outer:
            return _fuller(reading, items, outer, mark + 1, last)
    return []


def _before_relative(items: list[Chunk], index: int) -> int:
    """Where "whom he will succeed" begins, if the clause that ends at ``index`` is such a one."""
    if items[index].kind in "PLgm":
        return index
    for at in range(index, max(-1, index - _MAX_INSERTION), -1):
        if items[at].kind == "r":
            return at - 1
        if items[at].kind in ",.q":
            break
    return index


def _is_mark(reading: Reading, items: list[Chunk], index: int) -> bool:
    return items[index].kind == "," or reading.words[items[index].start] in {"–", "—", "("}


def _inserted(items: list[Chunk], first: int, last: int) -> bool:
    """Whether the chunks ``[first, last)`` say something beside: a description, a clause."""
    if first >= last:
        return False
    opening = items[first]
    if opening.kind in "rbLgimt":
        return True
    kinds = [items[at].kind for at in range(first, last)]
    if opening.kind == "P":
        return not ("v" in kinds and "r" not in kinds and "t" not in kinds)
    return opening.kind == "v"


def _fuller(
    reading: Reading, items: list[Chunk], outer: list[Phrase], first: int, last: int
) -> list[Phrase]:
    """The subject with what is said of it: "His club, the Striders," are the Striders."""
    head = outer[-1]
    inner = items[first].phrase if items[first].kind == "P" else None
    if inner is None:
        led = _led(reading, items, first, last)
        return [*outer[:-1], replace(head, owner=led)] if led and head.named else outer
    if inner.named and not head.named:
        if head.plural:
            named = list_forward(reading, items, first, inner)
            return named if len(named) > 1 else outer
        owner = inner.owner or head.owner
        merged = replace(
            inner, start=head.start, noun=inner.noun or head.noun, role=head.core, owner=owner
        )
        return [*outer[:-1], merged]
    if head.named and inner.head == "noun" and head.noun is None:
        return [
            *outer[:-1],
            replace(head, noun=inner.noun, role=(inner.start, inner.end), owner=inner.owner),
        ]
    return outer


def _led(reading: Reading, items: list[Chunk], first: int, last: int) -> Phrase | None:
    """The studio of "who heads the studio"."""
    if items[first].kind != "r" or first + 2 >= last or items[first + 2].kind != "P":
        return None
    return items[first + 2].phrase if reading.listed(items[first + 1].start, "leading") else None


def main_subject(reading: Reading, token: int) -> list[Phrase]:
    """The subject of the verb before ``token``, which what stands there goes on with."""
    chunks = chunks_of(reading)
    for index in range(chunks.before(token), -1, -1):
        if chunks.items[index].kind not in "va":
            continue
        found = subject_before(reading, chunks.items[index].start)
        if found:
            return found
    return []


def owner_before(reading: Reading, token: int) -> list[Phrase]:
    """Whose the noun at ``token`` is: "Ecuador's response", "the Turkish reaction"."""
    chunks = chunks_of(reading)
    index = chunks.before(token + 1)
    phrase = chunks.items[index].phrase if index >= 0 else None
    owner = phrase.owner if phrase and phrase.core[0] == token else None
    return [owner] if owner else []


def conjoined(reading: Reading, end: int) -> bool:
    """Whether "and" stands before the verb group that begins at ``end``."""
    items = chunks_of(reading).items
    index = _skipped(reading, items, chunks_of(reading).before(end))
    return index >= 0 and items[index].kind == "c"


def inherits(reading: Reading, end: int) -> bool:
    """Whether a verb group at ``end`` continues another's clause: "condemned it and called for"."""
    items = chunks_of(reading).items
    index = _skipped(reading, items, chunks_of(reading).before(end))
    return index >= 0 and (items[index].kind == "c" or items[index].kind == ",")
