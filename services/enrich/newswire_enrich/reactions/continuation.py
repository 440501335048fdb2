"""Gives a quote that nobody introduces to whoever spoke just before it.

::

    “We lost,” said Berg. “It was close.”        the same paragraph
    Berg continued:  ¶  “It was close.”          a colon leads over to the next paragraph
    “We lost.  ¶  “It was close,” …              a quote left open goes on
"""

from collections.abc import Sequence

from newswire_enrich.reactions.drafts import Draft
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Document
from newswire_enrich.reactions.retelling import tokens_of
from newswire_enrich.reactions.sentences import Span
from newswire_enrich.reactions.stance import weigh

_CONFIDENCE = 0.7
# Beside the quote there may be a few words ("he said" would have been a rule of its own).
_LEAST_SHARE = 0.8


def continued(document: Document, span: Span, before: Sequence[Draft]) -> list[Draft]:
    """What the speakers of ``before``, the sentence before ``span``, go on to say in it."""
    speakers = [draft for draft in before if draft.act == "statement" and draft.speaks]
    quote = _only_quote(document, span) if speakers else None
    if quote is None or not _leads_on(document.text, speakers[0], span):
        return []
    reading = document.reading(span)
    weight = weigh(reading, *tokens_of(reading, quote))
    return [
        draft._replace(
            stance=weight.stance if weight else draft.stance,
            intensity=weight.intensity if weight else draft.intensity,
            cue=weight.cue if weight else draft.cue,
            lemma="",
            verb=None,
            quote=quote,
            span=span,
            confidence=_CONFIDENCE,
        )
        for draft in speakers
    ]


def _only_quote(document: Document, span: Span) -> Quote | None:
    quotes = document.quotes_in(span)
    if not quotes or quotes[0].outer_start != span.start:
        return None
    quoted = sum(quote.outer_end - quote.outer_start for quote in quotes)
    enough = quoted >= _LEAST_SHARE * (span.end - span.start)
    return max(quotes, key=lambda each: each.end - each.start) if enough else None


def _leads_on(text: str, speaker: Draft, span: Span) -> bool:
    gap = text[speaker.span[1] : span.start]
    if gap.strip():
        return False
    left_open = speaker.quote is not None and speaker.quote.end == speaker.quote.outer_end
    return "\n" not in gap or left_open or text[speaker.span[1] - 1] == ":"
