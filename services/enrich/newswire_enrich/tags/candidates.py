"""What may be a name where no rule says so: runs of capitalised words.

::

    runs ─ joined by "of", "&" ─ parted at what stands alone ─▶ candidates, grouped by spelling

One spelling means one thing in one article (Gale, Church and Yarowsky, 1992, "One Sense Per
Discourse"), so what tells of each of its places tells of all.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.mention import Mention
from newswire_enrich.tags.organisations import is_generic
from newswire_enrich.tags.runs import Token, split_run

_JOINING_GAPS = (" of ", " of the ", " for ", " for the ")
_LONGEST = 10  # words: what is longer is a headline or a list
_MOST = 300  # spellings of one text: what has more is a list, and the rules still read it


class Words(NamedTuple):
    """What names are made of, besides the words of the `Lexicon`.

    ``joining`` are bodies whose names go on through "of"; ``given`` and ``surnames`` are lower-case
    words of known people's names.
    """

    joining: frozenset[str]
    given: frozenset[str]
    surnames: frozenset[str]


class Candidate(NamedTuple):
    """The words at ``[start, end)``, and what is known that they begin and end with, if any.

    A "The" in the midst of a sentence may be part of the name: it stands at ``opens``.
    """

    start: int
    end: int
    text: str
    words: tuple[str, ...]
    opening: Mention | None
    closing: Mention | None
    opens: int


def find_candidates(
    flat: str,
    runs: Iterable[tuple[int, str]],
    found: Sequence[Mention],
    lexicon: Lexicon,
    words: Words,
) -> dict[str, list[Candidate]]:
    """The candidates by spelling. ``found``, by start, stand; places and bodies may be parts."""
    grouped: dict[str, list[Candidate]] = {}
    for part in _parts(flat, _joined(flat, _told(runs, lexicon), words), found):
        opening = _opening_words(part, lexicon)
        named = part[opening:] if opening else part
        if len(named) > _LONGEST or None not in [known for _, known in named]:
            continue
        candidate = _candidate(flat, named, _article(flat, part[:opening]) if opening else None)
        group = grouped.get(candidate.text)
        if group is not None:
            group.append(candidate)
        elif len(grouped) < _MOST:
            grouped[candidate.text] = [candidate]
    return grouped


def _opening_words(part: Sequence[tuple[Token, Mention | None]], lexicon: Lexicon) -> int:
    """How many of the words only open a sentence, or are the title of who is named then."""
    openers, titles, last = lexicon.function_words, lexicon.titles, len(part) - 1
    for index, (token, _) in enumerate(part):
        if token.text not in openers and not (token.text in titles and index < last):
            return index
    return len(part)


def _told(runs: Iterable[tuple[int, str]], lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """The runs that may say something: the most by far are the first words of sentences."""
    openers, no_names = lexicon.function_words, lexicon.not_names
    return (run for run in runs if run[1] not in openers and run[1] not in no_names)


def _joined(flat: str, runs: Iterable[tuple[int, str]], words: Words) -> Iterator[list[Token]]:
    """The runs' words; runs that "of" or "&" joins to one name are one."""
    last: list[Token] = []
    for start, run in runs:
        for tokens in split_run(start, run):
            if last and _joins(flat[last[-1].end : tokens[0].start], last[-1].text, words):
                last.extend(tokens)
                continue
            if last:
                yield last
            last = tokens
    if last:
        yield last


def _joins(gap: str, before: str, words: Words) -> bool:
    return gap in ("&", " & ") or (gap in _JOINING_GAPS and before in words.joining)


def _parts(
    flat: str, joined: Iterable[list[Token]], found: Sequence[Mention]
) -> Iterator[list[tuple[Token, Mention | None]]]:
    """Parted at what stands alone, a possessive and a comma; each word with what it is of."""
    following = 0
    for tokens in joined:
        part: list[tuple[Token, Mention | None]] = []
        for token in tokens:
            while following < len(found) and found[following].end <= token.start:
                following += 1
            held = _holding(token, found, following)
            if held is None or not _stands_alone(held):
                part.append((token, held))
            if part and (part[-1][0] is not token or flat.startswith(("'s", ","), token.end)):
                yield part
                part = []
        if part:
            yield part


def _holding(token: Token, found: Sequence[Mention], following: int) -> Mention | None:
    if following < len(found) and found[following].start < token.end:
        return found[following]
    return None


def _stands_alone(known: Mention) -> bool:
    """People, and bodies that every country has: no longer name has them as a part."""
    return known.kind == "person" or (known.kind == "organisation" and is_generic(known.name))


def _article(flat: str, opening: Sequence[tuple[Token, Mention | None]]) -> int | None:
    """Where the "The" right before a name stands, unless it opens a sentence."""
    if not opening or opening[-1][0].text != "The":
        return None
    start = opening[-1][0].start
    return start if flat[start - 1 : start] == " " and flat[start - 2].isalpha() else None


def _candidate(
    flat: str, named: Sequence[tuple[Token, Mention | None]], article: int | None
) -> Candidate:
    (first, opening), (last, closing) = named[0], named[-1]
    return Candidate(
        first.start,
        last.end,
        flat[first.start : last.end],
        tuple(token.text for token, _ in named),
        opening,
        closing,
        first.start if article is None else article,
    )
