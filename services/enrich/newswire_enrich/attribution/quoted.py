"""Gives the quotations that no cue has taken to whoever is speaking.

::

    Berg had no doubt . “ We lost . ”        a cue of speech in the same sentence
    “ We lost , ” said Berg . “ Badly . ”    the sentence before, in the same paragraph
    “ We lost . ¶ “ Badly , …                a quotation left open, or a colon, goes on
    Berg praised the plan . ¶ “ It is good . ”   a paragraph of its own after one with a source
"""

from collections.abc import Sequence

from newswire_enrich.attribution.contents import Draft
from newswire_enrich.attribution.text import Range, Text
from newswire_enrich.reactions.quotes import kind_of
from newswire_enrich.reactions.sentences import Span

# Of a sentence that only goes on with a quotation, at least so much stands in marks.
_LEAST_SHARE = 0.8


def give_quotes(
    text: Text, sentence: Range, drafts: Sequence[Draft], before: Draft | None
) -> Draft | None:
    """Add the quotes of ``sentence`` to its ``drafts`` or to that of the sentence ``before``.

    Returns the draft whose speaker may go on in the next sentence.
    """
    speaking = [draft for draft in drafts if draft.candidate.cue.quotes]
    speaker = speaking[-1] if speaking else None
    for number in _numbers(text, sentence):
        quote = text.quotes[number]
        marked = Span(quote.outer_start, quote.outer_end)
        if _held(drafts, marked) or kind_of(text.text, quote) != "direct":
            continue
        if speaker is None and not drafts and before is not None and _is_quote(text, sentence):
            speaker = before
        if speaker is not None:
            _append(speaker, marked)
    return speaker or (drafts[-1] if drafts else None)


def _numbers(text: Text, sentence: Range) -> list[int]:
    """The quotes that stand in the sentence, in order."""
    first, last = sentence
    return sorted(set(text.quoted[first:last]) - {-1})


def _held(drafts: Sequence[Draft], quote: Span) -> bool:
    """Whether a content has words of ``quote``; then it has all of it."""
    for draft in drafts:
        for number, content in enumerate(draft.contents):
            if content.start < quote.end and quote.start < content.end:
                whole = Span(min(content.start, quote.start), max(content.end, quote.end))
                draft.contents[number] = whole
                return True
    return False


def _append(draft: Draft, quote: Span) -> None:
    """A quote that runs over sentences comes once for each of them."""
    if not any(content.start <= quote.start < content.end for content in draft.contents[-2:]):
        draft.contents.append(quote)


def _is_quote(text: Text, sentence: Range) -> bool:
    first, last = sentence
    narrated = text.quoted[first:last].count(-1)
    return narrated <= (1 - _LEAST_SHARE) * (last - first)
