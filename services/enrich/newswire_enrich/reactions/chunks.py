"""Cuts a sentence into chunks: noun phrases with what they are of, and what stands between them.

::

    Farmers in the Loam valley  ,  who  grow  rice  ,  have  condemned  the levy
    np ── complement ────────┘  ,  r    v     np    ,  a     v          np
"""

from bisect import bisect_left
from typing import NamedTuple

from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.phrases import phrase_of
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.tagging import NOMINAL, tags_of

# Adverbs and dates stand anywhere.
SKIPPED = frozenset("gm")


class Chunk(NamedTuple):
    """Tokens ``[start, end)``; ``kind`` is a class of `tagging`, ``P`` for a noun phrase.

    ``L`` is a noun phrase behind a preposition that it depends on, that preposition with it.
    """

    kind: str
    start: int
    end: int
    phrase: Phrase | None = None


class Chunks:
    """The chunks of a sentence in order, to be found by the token where one begins or ends."""

    def __init__(self, reading: Reading) -> None:
        self.tags = tags_of(reading)
        self.items = list(_chunks(reading, self.tags))
        self._starts = [chunk.start for chunk in self.items]

    def before(self, token: int) -> int:
        """The index of the last chunk that begins before ``token``; -1 if none does."""
        return bisect_left(self._starts, token) - 1

    def at(self, token: int) -> int:
        """The index of the first chunk that begins at ``token`` or after it."""
        return bisect_left(self._starts, token)


def chunks_of(reading: Reading) -> Chunks:
    """The chunks of ``reading``, made once."""
    if reading.chunks is None:
        reading.chunks = Chunks(reading)
    return reading.chunks


def after(reading: Reading, index: int) -> int:
    """Where what the verb governs begins: behind adverbs and "on Monday"."""
    tags, at = tags_of(reading), index + 1
    while at + 1 < reading.size and (
        tags[at] in "gm" or (tags[at] == "i" and tags[at + 1] == "m")
    ):  # fmt: skip
        at += 1
    return at


def _chunks(reading: Reading, tags: list[str]) -> "list[Chunk]":
    found: list[Chunk] = []
    index, size = 0, len(tags)
    while index < size:
        tag = tags[index]
        if tag == "p":
            found.append(_pronoun(reading, index))
        elif tag in NOMINAL:
            end = _end_of_run(reading, tags, index)
            phrase = phrase_of(reading, tags, index, end)
            found.append(Chunk("P" if phrase else "m", index, end, phrase))
        elif tag == "q":
            end = index
            while end < size and tags[end] == "q":
                end += 1
            found.append(Chunk("q", index, end))
        else:
            found.append(Chunk(tag, index, index + 1))
        index = found[-1].end
        if found[-1].kind == "P" and reading.listed(found[-1].start, "genitive"):
            _attach_genitive(found)
        if found[-1].kind == "P" and len(found) > 1 and found[-2].kind == "i":
            _attach(reading, found)
    return found


def _pronoun(reading: Reading, index: int) -> Chunk:
    kind = reading.lexicon.pronouns[reading.lows[index]]
    span = (index, index + 1)
    return Chunk("P", *span, Phrase(*span, "pronoun", span, pronoun=kind))


def _end_of_run(reading: Reading, tags: list[str], start: int) -> int:
    """Where the noun phrase ends that begins at ``start``."""
    index = start + 1
    while index < len(tags):
        tag = tags[index]
        if tag == "g" and tags[index - 1] == "d" and tags[index + 1 : index + 2] in (["n"], ["v"]):
            index += 1
            continue
        if tag not in NOMINAL:
            if tag not in "ic.g" or not _joins(reading, tags, index):
                break
            tags[index] = "N"
        elif _splits(reading, tags, index):
            break
        index += 1
    return index


def _splits(reading: Reading, tags: list[str], index: int) -> bool:
    """Whether another phrase begins at ``index``: "told reporters Berg", "gave Oslo the note"."""
    tag, before = tags[index], tags[index - 1]
    if tag == "d":
        return (before in "nN" and not reading.words[index][0].isdigit()) or before == "N"
    if tag == "N" and before == "n":
        noun = reading.lexicon.noun(reading.lows[index - 1])
        return noun is not None and noun.plural and noun.kind != "body"
    return False


def _joins(reading: Reading, tags: list[str], index: int) -> bool:
    """Whether the small word at ``index`` stands within a name: "Cobbett & Rye", "van der"."""
    if tags[index - 1] != "N" or tags[index + 1 : index + 2] != ["N"]:
        return (
            reading.listed(index, "particles")
            and tags[index - 1] in "Nn"
            and tags[index + 1 : index + 2] in (["N"], ["i"], ["d"])
            and reading.capital(index - 1)
            and reading.words[index].islower()
            and reading.capital(index + 2)
        )
    low = reading.lows[index]
    if low == "&" or reading.listed(index, "particles"):
        return True
    if low == ".":
        return len(reading.words[index - 1]) == 1 or reading.listed(index - 1, "titles")
    return _is_name_of_body(reading, tags, index)


def _is_name_of_body(reading: Reading, tags: list[str], index: int) -> bool:
    """Read "Federation of Property Owners", "Foundry and Forge Workers' Union"."""
    low, lexicon = reading.lows[index], reading.lexicon
    first = index - 1
    while first > 0 and tags[first - 1] == "N":
        first -= 1
    heads = [lexicon.noun(reading.lows[at]) for at in (first, index - 1)]
    if reading.listed(index, "name_links"):
        mention = reading.names[index - 1]
        return (mention is None or mention.kind != "place") and any(
            noun is not None and noun.kind in {"body", "office"} for noun in heads
        )
    if not reading.listed(index, "conjunctions") or low in {"nor", "or"}:
        return False
    last = index + 1
    while last + 1 < len(tags) and tags[last + 1] in "N'":
        last += 1
    noun = lexicon.noun(reading.lows[last])
    own = reading.names[index - 1] is None and reading.names[index + 1] is None
    if first and _describes_body(reading, tags, first - 1):
        return True  # "the charity Net and Needle"
    body = noun is not None and noun.kind == "body" and last > index + 1
    return own and body and first == index - 1 and (heads[1] is None or tags[first - 1] == "d")


def _describes_body(reading: Reading, tags: list[str], index: int) -> bool:
    noun = reading.lexicon.noun(reading.lows[index])
    return tags[index] == "n" and noun is not None and noun.kind == "body" and not noun.plural


def _attach(reading: Reading, found: list[Chunk]) -> None:
    """Make one chunk of a preposition and its phrase; join it to what it says more of."""
    below, link = found.pop(), found.pop()
    inner = below.phrase
    above = found[-1].phrase if found and found[-1].kind in "PL" else None
    adjoins = bool(found) and found[-1].end == link.start and reading.listed(link.start, "links")
    if adjoins and inner and above and _says_which(reading, above, inner, link.start):
        chunk = found.pop()
        _join(reading, above, inner, link.start)
        found.append(Chunk(chunk.kind, chunk.start, below.end, above))
        return
    found.append(Chunk("L", link.start, below.end, inner))


def _attach_genitive(found: list[Chunk]) -> None:
    """Read "Die Sprecherin der Studenten": a German genitive says whose, without a preposition."""
    if len(found) > 1 and found[-2].kind in "PL" and found[-2].end == found[-1].start:
        inner, above = found[-1].phrase, found[-2].phrase
        if inner is not None and above is not None and above.head == "noun":
            found.pop()
            chunk = found.pop()
            above.end, above.owner = inner.end, above.owner or inner
            found.append(Chunk(chunk.kind, chunk.start, inner.end, above))


def _says_which(reading: Reading, above: Phrase, inner: Phrase, link: int) -> bool:
    if above.head == "pronoun" or inner.head == "pronoun":
        return False
    if reading.listed(link, "owning_links"):
        return True
    return above.head == "noun" and not reading.listed(inner.core[1] - 1, "circumstance_nouns")


def _join(reading: Reading, above: Phrase, inner: Phrase, link: int) -> None:
    above.end = inner.end
    if above.owner is None and reading.listed(link, "owning_links"):
        above.owner = inner
    elif above.place is None:
        above.place = inner
