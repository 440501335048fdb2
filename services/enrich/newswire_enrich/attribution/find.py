"""From a text to its attributions.

::

    text ─▶ words, quotes, sentences ─▶ cues of each sentence ─▶ contents ─┐
                                                                            ▼
    attributions ◀─ speakers that pronouns mean ◀─ quotes without a cue ◀─ drafts

By rules alone, without a parser: measured in ``python -m tests.benchmarks quality``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, repeat
from operator import and_
from typing import NamedTuple

from newswire_enrich.attribution.contents import Draft, drafts_of
from newswire_enrich.attribution.cues import Candidate, candidate_at
from newswire_enrich.attribution.kinds import CUE
from newswire_enrich.attribution.labels import labels_in
from newswire_enrich.attribution.lexicon import lexicon_for
from newswire_enrich.attribution.quoted import give_quotes
from newswire_enrich.attribution.speakers import Speakers
from newswire_enrich.attribution.text import MAX_TEXT, Range, Text, read
from newswire_enrich.reactions.quotes import QuoteKind, kind_of
from newswire_enrich.reactions.sentences import Span

# A sentence with more cues than this is a list of words.
_MAX_CUES = 24
_SOURCELESS = frozenset({"passive", "seeming"})


class Attribution(NamedTuple):
    """Who is told to have said or thought what; all spans are code points of the text.

    ``source`` is the phrase that names the speaker there, a pronoun perhaps, None for "it is
    expected"; ``speaker`` is the phrase that a pronoun means, the source itself where it is a
    name, None where it is not resolved. ``contents`` are in order, with their quotation marks;
    there is one at least. ``kind`` is direct where one of them is a quoted sentence, partial where
    words in them are quoted.
    """

    source: Span | None
    cue: Span
    contents: tuple[Span, ...]
    kind: QuoteKind
    lemma: str
    speaker: Span | None


def find_attributions(text: str, language: str | None) -> list[Attribution]:
    """The attributions in ``text``, in the order of their cues.

    ``language`` is a BCP 47 tag, English for None; one without rules yields none. Linear in the
    length of the text, of which the first `MAX_TEXT` code points are read.
    """
    lexicon = lexicon_for(language)
    return attributions_in(read(text[:MAX_TEXT], lexicon)) if lexicon else []


def attributions_in(text: Text) -> list[Attribution]:
    """The same of a text that has been read."""
    found = [*_of_drafts(text, _drafts(text, text.sentences))]
    labelled = [*_of_labels(text.text, found)]
    return sorted([*found, *labelled], key=lambda each: each.cue) if labelled else found


def quotations_in(text: Text) -> list[Attribution]:
    """Those attributions that hold a quotation, and some of the sentences before one.

    Other sentences are not read, which in most articles are the more.
    """
    return [*_of_drafts(text, _drafts(text, _near_quotes(text)))] if text.quotes else []


def _near_quotes(text: Text) -> Iterator[Range]:
    """The sentences with a quote, and each before one: its speaker may be named there."""
    before: Range | None = None
    near = False
    for sentence in text.sentences:
        first, last = sentence
        has_quote = max(text.quoted[first:last]) >= 0
        if has_quote and before is not None and not near:
            yield before
        if has_quote:
            yield sentence
        before, near = sentence, has_quote


def _drafts(text: Text, sentences: Iterable[Range]) -> Iterator[Draft]:
    marked = list(compress(range(len(text.kinds)), map(and_, text.kinds, repeat(CUE))))
    speaking: Draft | None = None
    for sentence in sentences:
        begin = bisect_left(marked, sentence[0])
        cues = marked[begin : min(bisect_left(marked, sentence[1]), begin + _MAX_CUES)]
        drafts = drafts_of(text, sentence, _candidates(text, sentence, cues)) if cues else []
        speaking = give_quotes(text, sentence, drafts, speaking)
        yield from drafts


def _candidates(text: Text, sentence: Range, cues: Sequence[int]) -> list[Candidate]:
    found: list[Candidate] = []
    for index in cues:
        if text.quoted[index] >= 0 or (found and index < found[-1].end):
            continue
        candidate = candidate_at(text, index, sentence)
        if candidate is not None:
            found.append(candidate)
    return found


def _of_drafts(text: Text, drafts: Iterator[Draft]) -> Iterator[Attribution]:
    """Quotes are given to a draft after it was made, so all are made before the first is told."""
    starts = [quote.outer_start for quote in text.quotes]
    speakers = Speakers()
    for draft in [*drafts]:
        candidate, source = draft.candidate, draft.source
        if source is None and candidate.cue.kind not in _SOURCELESS:
            continue
        speaker = speakers.meant_by(text, source, draft.sentence[0]) if source else None
        yield Attribution(
            source=text.span(*source) if source else None,
            cue=text.span(candidate.start, candidate.end),
            contents=tuple(draft.contents),
            kind=_kind(text, starts, draft.contents),
            lemma=candidate.cue.lemma,
            speaker=text.span(*speaker) if speaker else None,
        )


def _kind(text: Text, starts: Sequence[int], contents: Sequence[Span]) -> QuoteKind:
    kind: QuoteKind = "indirect"
    for start, end in contents:
        first = bisect_left(starts, start)
        for quote in text.quotes[first : bisect_left(starts, end, first)]:
            if kind_of(text.text, quote) == "direct":
                return "direct"
            kind = "partial"
    return kind


def _of_labels(text: str, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Lines that begin with their speaker, unless a cue has told of them already."""
    taken = sorted(content for each in found for content in each.contents)
    for name, colon, words in labels_in(text):
        number = bisect_right(taken, (words.end, 0)) - 1
        if number < 0 or taken[number][1] <= words.start:
            yield Attribution(name, colon, (words,), "direct", ":", name)
