"""One sentence as the rules see it: its words, the names the gazetteer found, its quotes."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add
from typing import NamedTuple

from newswire_enrich.reactions.lexicon import Lexicon
from newswire_enrich.reactions.quotes import Quote, find_quotes
from newswire_enrich.reactions.sentences import Span, unwrapped
from newswire_enrich.tags.mention import Mention

# "U.S" + ".", "Japan" + "'s", "sit-in", "didn't", "4,000"; then any other sign by itself.
_WITH_APOSTROPHES = re.compile(
    r"[^\W_]+(?:(?=[-&'’.,])"
    r"(?:[-&]|['’](?![sS]\b)|(?<=\d)[.,](?=\d)|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b))[^\W_]+)*"
    r"|['’][sS]\b|\S"
)
_SPLIT_AT_APOSTROPHES = re.compile(
    r"[^\W_]+(?:(?:-|(?<=\d)[.,](?=\d)|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b))[^\W_]+)*['’]?|\S"
)
# Most words stand alone between spaces. Only the rest is cut, and the most of it is known: it came
# in another sentence ("said,").
_KNOWN_PIECES = 16_384
_LONGEST_KNOWN = 40
_NAMES_WITHIN_SENTENCES = re.compile(r"(?<=[a-z,] )[^\W\d_a-z][^\W_]+")
POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_NO_START = frozenset({",", ";", ")", "(", "-", "–", "—", "&"}) | POSSESSIVES
# Rules look a few words to both sides: beyond the sentence they read empty words. The padding
# stands at the end, where Python's negative indices find it too.
_PADDING = 48


class Tokens(NamedTuple):
    """The words of a sentence as written, and lower-cased."""

    words: list[str]
    lows: list[str]


@dataclass(slots=True)
class Reading:
    """A sentence: lists with one entry per token, of which there are ``size``.

    ``words`` are as written, ``lows`` lower-cased and padded (see `_PADDING`); ``starts`` and
    ``ends`` are code points of ``text``; ``names`` holds the mention that covers the token;
    ``quoted`` says that it stands in a quote. Nothing changes it once it is made.
    """

    document: "Document"
    text: str
    lexicon: Lexicon
    span: Span
    size: int
    words: list[str]
    lows: list[str]
    starts: list[int]
    ends: list[int]
    names: list[Mention | None]
    quoted: list[bool]
    quotes: Sequence[Quote]

    def listed(self, index: int, name: str) -> bool:
        """Whether the word at ``index`` is in the lexicon's list ``name``."""
        return self.lows[index] in self.lexicon.words[name]

    def capital(self, index: int) -> bool:
        return 0 <= index < self.size and self.words[index][0].isupper()

    def calendar(self, index: int) -> bool:
        return self.listed(index, "calendar") and self.capital(index)

    def begins(self, index: int) -> bool:
        """Whether a capital at ``index`` may be owed to the start of a sentence or a quote."""
        if index == 0:
            return True
        before = self.words[index - 1]
        return not before[-1].isalnum() and before not in _NO_START

    def cut(self, start: int, end: int) -> str:
        """The text of the tokens ``[start, end)``."""
        return self.text[self.starts[start] : self.ends[end - 1]]


class Document:
    """All that a text's sentences share; the lists of starts are there for bisection.

    ``lines`` is the text without the line ends that only wrap it, as long as the text.
    """

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        lexicon: Lexicon,
        countries: Mapping[str, str] | None = None,
    ) -> None:
        self.text = text
        self.mentions = mentions
        self.mention_starts = [mention.start for mention in mentions]
        self.lines = unwrapped(text)
        self.quotes = find_quotes(self.lines)
        self.quote_starts = [quote.outer_start for quote in self.quotes]
        self.lexicon = lexicon
        self._countries = countries or {}

    @cached_property
    def known(self) -> frozenset[str]:
        """Words that are names, because they are capitalised within sentences."""
        return frozenset(_NAMES_WITHIN_SENTENCES.findall(self.text))

    def name_of(self, mention: Mention) -> str:
        """The name of who is meant: of Australia, where the text says "Canberra" and means it."""
        meant = self._countries.get(mention.iso3 or "") if mention.form == "metonym" else None
        return meant or mention.name

    def tokens(self, span: Span) -> Tokens:
        """The words of the sentence at ``span``."""
        elided = "elision" in self.lexicon.flags
        words: list[str] = []
        for piece in self.text[span.start : span.end].split():
            if piece.isalnum():
                words.append(piece)
            elif len(piece) <= _LONGEST_KNOWN:
                words += _known_cut(piece, elided)
            else:
                words += _cut(piece, elided)
        return Tokens(words, list(map(str.lower, words)))

    def reading(self, span: Span, tokens: Tokens | None = None) -> Reading:
        """The sentence at ``span``, given its ``tokens`` if known. Linear in its length."""
        tokens = tokens or self.tokens(span)
        words, lows = tokens
        starts, ends = _offsets(self.text, span.start, words)
        quotes = self.quotes_in(span)
        return Reading(
            document=self,
            text=self.text,
            lexicon=self.lexicon,
            span=span,
            size=len(words),
            words=words,
            lows=lows + [""] * _PADDING,
            starts=starts,
            ends=ends,
            names=self._names(starts, ends),
            quoted=_quoted(starts, quotes),
            quotes=quotes,
        )

    def quotes_in(self, span: Span) -> Sequence[Quote]:
        """The quotes that touch the sentence at ``span``."""
        first = max(0, bisect_left(self.quote_starts, span.start) - 1)
        last = bisect_left(self.quote_starts, span.end)
        return [quote for quote in self.quotes[first:last] if quote.outer_end > span.start]

    def _names(self, starts: list[int], ends: list[int]) -> list[Mention | None]:
        names: list[Mention | None] = [None] * len(starts)
        if not starts:
            return names
        first = max(0, bisect_left(self.mention_starts, starts[0]) - 1)
        last = bisect_left(self.mention_starts, ends[-1])
        for mention in self.mentions[first:last]:
            for index in range(bisect_right(ends, mention.start), bisect_left(starts, mention.end)):
                names[index] = mention
        return names


def _cut(piece: str, elided: bool) -> tuple[str, ...]:  # noqa: FBT001 - lru_cache is quicker so
    pattern = _SPLIT_AT_APOSTROPHES if elided else _WITH_APOSTROPHES
    return tuple(pattern.findall(piece))


_known_cut = lru_cache(_KNOWN_PIECES)(_cut)


def _offsets(text: str, position: int, words: list[str]) -> tuple[list[int], list[int]]:
    """Where the tokens stand: only space is between them, so each is the next occurrence."""
    starts = []
    find = text.find
    for word in words:
        position = find(word, position)
        starts.append(position)
        position += len(word)
    return starts, list(map(add, starts, map(len, words)))


def _quoted(starts: list[int], quotes: Sequence[Quote]) -> list[bool]:
    flags = [False] * len(starts)
    for quote in quotes:
        first = bisect_left(starts, quote.outer_start)
        last = bisect_left(starts, quote.outer_end)
        flags[first:last] = [True] * (last - first)
    return flags
