"""Cuts a text into the words and signs that the rules read, with their places."""

import re
from itertools import accumulate

from newswire_enrich.reactions.sentences import Span

# "U.S" + ".", "Japan" + "'s", "sit-in", "didn't", "4,000"; then any other sign by itself. The space
# after each is read with it, so that the places are sums of lengths. Plain words, which the most
# are, have a branch of their own: that is quicker by half.
_PLAIN = r"[A-Za-z]++ (?=\S)|"
_WITH_APOSTROPHES = re.compile(
    _PLAIN + r"(?:[^\W_]++(?:(?![-&'’.,])|"
    r"(?:(?:[-&]|['’](?![sS]\b)|(?<=\d)[.,](?=\d)|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b))[^\W_]++)*+)"
    r"|['’][sS]\b|\S)\s*+"
)
_SPLIT_AT_APOSTROPHES = re.compile(
    _PLAIN + r"(?:[^\W_]++(?:(?![-'’.,])|"
    r"(?:(?:-|(?<=\d)[.,](?=\d)|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b))[^\W_]++)*+['’]?+)|\S)\s*+"
)


def tokenised(text: str, span: Span, *, elided: bool) -> tuple[list[str], list[int]]:
    """The tokens that stand in ``span`` of ``text``, and the code points where they begin.

    ``span`` begins with no space. ``elided``: an apostrophe ends a word, as in "l'accord". Linear
    in the length of the span.
    """
    pattern = _SPLIT_AT_APOSTROPHES if elided else _WITH_APOSTROPHES
    pieces = pattern.findall(text, *span)
    starts = list(accumulate(map(len, pieces), initial=span.start))
    del starts[-1]  # the end of the last
    return list(map(str.rstrip, pieces)), starts
