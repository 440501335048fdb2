"""One sentence as the rules see it: its words, the names the gazetteer found, its quotes."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from newswire_enrich.reactions.quotes import Quote, find_quotes
from newswire_enrich.reactions.sentences import Span, unwrapped
from newswire_enrich.reactions.tokens import tokenised
from newswire_enrich.reactions.vocabulary import Lexicon
from newswire_enrich.tags.mention import Mention

if TYPE_CHECKING:
    from newswire_enrich.reactions.chunks import Chunks

_NAMES_WITHIN_SENTENCES = re.compile(r"(?<=[a-z,] )[^\W\d_a-z][^\W_]+")
# A first name or two and a surname, of at most so many words.
_FULL_NAMES = re.compile(
    r"\b([^\W\d_a-z][^\W\d_]+(?: [^\W\d_a-z][^\W\d_]+)?) ([^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)*)\b"
)
POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_NO_START = frozenset({",", ";", ")", "(", "-", "–", "—", "&"}) | POSSESSIVES
# Rules look a few words to both sides: beyond the sentence they read empty words. The padding
# stands at the end, where Python's negative indices find it too.
_PADDED = [""] * 48


class Words(NamedTuple):
    """The words of a stretch of text: lists with one entry per token, as `Reading` has them.

    ``cues`` are the indices of the lexicon's cues among them.
    """

    words: list[str]
    lows: list[str]
    starts: list[int]
    names: list[Mention | None]
    quoted: list[bool]
    cues: list[int]


class Tokens(NamedTuple):
    """The words ``[first, last)`` of ``among`` are those of a sentence.

    ``cues`` are the indices of its cues, counted from its first word.
    """

    among: Words
    first: int
    last: int
    cues: list[int]


@dataclass(slots=True)
class Reading:
    """A sentence: lists with one entry per token, of which there are ``size``.

    ``words`` are as written, ``lows`` lower-cased and padded (see `_PADDED`); ``starts`` are code
    points of ``text``; ``names`` holds the mention that covers the token; ``quoted`` says that it
    stands in a quote. ``cues`` are the indices of the words that may tell of a reaction. Nothing
    changes it once it is made, but that ``tags`` and ``chunks`` are kept in it.
    """

    document: "Document"
    text: str
    lexicon: Lexicon
    span: Span
    size: int
    words: list[str]
    lows: list[str]
    starts: list[int]
    names: list[Mention | None]
    quoted: list[bool]
    quotes: Sequence[Quote]
    cues: list[int]
    tags: list[str] | None = None
    chunks: "Chunks | None" = None

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
        return self.text[self.starts[start] : self.end(end - 1)]

    def end(self, index: int) -> int:
        """The code point of the text after the token at ``index``."""
        return self.starts[index] + len(self.words[index])


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
        self._around = f" {text} "  # what stands before and after each code point
        self._words = self._read(Span(len(text) - len(text.lstrip()), len(text)))

    @cached_property
    def known(self) -> frozenset[str]:
        """Words that are names, because they are capitalised within sentences."""
        return frozenset(_NAMES_WITHIN_SENTENCES.findall(self.text))

    @cached_property
    def full_names(self) -> dict[str, str]:
        """For each surname the longest name in the text that ends in it: Kiptoo, Daniel Kiptoo."""
        names: dict[str, str] = {}
        if "capital-nouns" in self.lexicon.flags:
            return names
        for found in _FULL_NAMES.finditer(self.text):
            first, last = found.groups()
            if first.split()[0].lower() in self.lexicon.classes:
                continue
            names.setdefault(last, f"{first} {last}")
        return names

    def name_of(self, mention: Mention) -> str:
        """The name of who is meant: of Australia, where the text says "Canberra" and means it."""
        meant = self._countries.get(mention.iso3 or "") if mention.form == "metonym" else None
        return meant or mention.name

    def tokens(self, span: Span) -> Tokens:
        """The words of the sentence at ``span``; where it begins or ends within one, its part."""
        if not (self._around[span.start].isspace() and self._around[span.end + 1].isspace()):
            words = self._read(span)
            return Tokens(words, 0, len(words.words), words.cues)
        starts, cues = self._words.starts, self._words.cues
        first = bisect_left(starts, span.start)
        last = bisect_left(starts, span.end, first)
        cued = cues[bisect_left(cues, first) : bisect_left(cues, last)]
        return Tokens(self._words, first, last, [at - first for at in cued] if first else cued)

    def may_react(self, tokens: Tokens) -> bool:
        """Whether a sentence of these words can hold a reaction; most do not, and end here."""
        if not tokens.cues:
            return False
        lows = tokens.among.lows[tokens.first : tokens.last]
        return self.lexicon.may_react([lows[at] for at in tokens.cues], lows)

    def reading(self, span: Span, tokens: Tokens | None = None) -> Reading:
        """The sentence at ``span``, given its ``tokens`` if known. Linear in its length."""
        tokens = tokens or self.tokens(span)
        among, first, last, cues = tokens
        part = slice(first, last)
        return Reading(  # by position: that is quicker by half
            self,
            self.text,
            self.lexicon,
            span,
            last - first,
            among.words[part],
            among.lows[part] + _PADDED,
            among.starts[part],
            among.names[part],
            among.quoted[part],
            self.quotes_in(span),
            cues,
        )

    def quotes_in(self, span: Span) -> Sequence[Quote]:
        """The quotes that touch the sentence at ``span``."""
        first = max(0, bisect_left(self.quote_starts, span.start) - 1)
        last = bisect_left(self.quote_starts, span.end)
        return [quote for quote in self.quotes[first:last] if quote.outer_end > span.start]

    def _read(self, span: Span) -> Words:
        words, starts = tokenised(self.text, span, elided="elision" in self.lexicon.flags)
        lows = list(map(str.lower, words))
        cues = self.lexicon.cues
        return Words(
            words=words,
            lows=lows,
            starts=starts,
            names=self._names(words, starts),
            quoted=_quoted(starts, self.quotes_in(span)),
            cues=list(compress(range(len(lows)), map(cues.__contains__, lows))),
        )

    def _names(self, words: list[str], starts: list[int]) -> list[Mention | None]:
        names: list[Mention | None] = [None] * len(starts)
        if not starts:
            return names
        first = max(0, bisect_left(self.mention_starts, starts[0]) - 1)
        last = bisect_left(self.mention_starts, starts[-1] + len(words[-1]))
        for mention in self.mentions[first:last]:
            begin = max(0, bisect_right(starts, mention.start) - 1)
            begin += starts[begin] + len(words[begin]) <= mention.start
            for index in range(begin, bisect_left(starts, mention.end, begin)):
                names[index] = mention
        return names


def _quoted(starts: list[int], quotes: Sequence[Quote]) -> list[bool]:
    flags = [False] * len(starts)
    for quote in quotes:
        first = bisect_left(starts, quote.outer_start)
        last = bisect_left(starts, quote.outer_end)
        flags[first:last] = [True] * (last - first)
    return flags
