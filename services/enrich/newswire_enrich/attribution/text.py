"""A text as the rules of attribution read it: words, signs, quotations and sentences at once.

All are lists over the whole text with one entry per token, so that a sentence is a range of
indices and nothing is copied for it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

from newswire_enrich.attribution.kinds import CUE, SIGN
from newswire_enrich.attribution.lexicon import Lexicon
from newswire_enrich.attribution.marks import plain_marks, whole_marks
from newswire_enrich.reactions.quotes import Quote, find_quotes
from newswire_enrich.reactions.sentences import Span, split, unwrapped
from newswire_enrich.reactions.tokens import tokenised

# Code points, some ten thousand words: news says who said what before its appendix.
MAX_TEXT = 60_000

Range = tuple[int, int]  # tokens [first, last)

# After “… lost?” a few words may name the speaker: "the union's leader, Ida Berg, asked".
_ATTRIBUTION_REACH = 10
_QUESTIONS = frozenset("?!…")


class Text(NamedTuple):
    """``kinds`` are bits of `kinds`; ``quoted`` is the number of the quote around a token, or -1.

    ``lows`` are the words in lower case; ``starts`` are code points of ``text``;
    ``sentences`` are token ranges, in order.
    """

    text: str
    words: Sequence[str]
    lows: Sequence[str]
    starts: Sequence[int]
    kinds: Sequence[int]
    quoted: Sequence[int]
    quotes: Sequence[Quote]
    sentences: Sequence[Range]
    lexicon: Lexicon

    def span(self, first: int, last: int) -> Span:
        """The code points of the tokens ``[first, last)``."""
        return Span(self.starts[first], self.end(last - 1))

    def end(self, index: int) -> int:
        """The code point after the token at ``index``."""
        return self.starts[index] + len(self.words[index])

    def low(self, index: int, sentence: Range) -> str:
        """The word at ``index`` in lower case, empty where the sentence has ended."""
        return self.lows[index] if index < sentence[1] else ""


def read(text: str, lexicon: Lexicon) -> Text:
    """``text`` cut up. Linear in its length."""
    lines = unwrapped(plain_marks(text))
    quotes = find_quotes(lines)
    spans = split(lines, quotes, lexicon.abbreviations)
    begin = len(text) - len(text.lstrip())
    words, starts = tokenised(text, Span(begin, len(text)), elided=False)
    lows = list(map(str.lower, words))
    return assembled(text, (words, lows, starts), whole_marks(text, quotes), spans, lexicon)


def assembled(
    text: str,
    tokens: tuple[Sequence[str], Sequence[str], Sequence[int]],
    quotes: Sequence[Quote],
    spans: Sequence[Span],
    lexicon: Lexicon,
) -> Text:
    """The same from what has been found before: the words, those in lower case, their starts."""
    words, lows, starts = tokens
    kinds = [
        kind or (0 if word[-1].isalnum() else SIGN)
        for kind, word in zip(map(lexicon.kinds.get, lows, repeat(0)), words, strict=True)
    ]
    quoted = _quoted(starts, quotes)
    found = Text(text, words, lows, starts, kinds, quoted, quotes, (), lexicon)
    return found._replace(sentences=_sentences(found, spans))


def _quoted(starts: Sequence[int], quotes: Sequence[Quote]) -> list[int]:
    around = [-1] * len(starts)
    for number, quote in enumerate(quotes):
        first = bisect_left(starts, quote.outer_start)
        last = bisect_left(starts, quote.outer_end, first)
        around[first:last] = [number] * (last - first)
    return around


def _sentences(text: Text, spans: Sequence[Span]) -> list[Range]:
    """Their tokens; “Why not?” and "Berg asked." are one sentence."""
    sentences: list[Range] = []
    last = 0
    for span in spans:
        first = bisect_left(text.starts, span.start, last)
        last = bisect_left(text.starts, span.end, first)
        if first >= last:
            continue
        if sentences and _answers(text, sentences[-1][0], first, last):
            sentences[-1] = sentences[-1][0], last
        else:
            sentences.append((first, last))
    return sentences


def _answers(text: Text, before: int, first: int, last: int) -> bool:
    """Whether a cue follows at once upon the sentence at ``before``, which is a quoted question."""
    number = text.quoted[before]
    if number < 0 or text.quoted[first] >= 0 or text.quoted[first - 1] != number:
        return False
    quote = text.quotes[number]
    if text.text[quote.end - 1] not in _QUESTIONS:
        return False
    if "\n" in text.text[text.end(first - 1) : text.starts[first]]:
        return False
    return any(kind & CUE for kind in text.kinds[first : min(last, first + _ATTRIBUTION_REACH)])
