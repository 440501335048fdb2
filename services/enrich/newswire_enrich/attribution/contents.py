"""Gives each cue of a sentence the words that it attributes.

::

    “We lost,”  said Berg .        content, cue, source          postposed
    The plan , Berg said , is dead .    content, source, cue, content  inserted
    Berg said  the plan is dead .  source, cue, content
    Berg praised  the plan , saying  it …     two attributions of one source

A word belongs to one attribution: what Berg said that Lund thinks is what Berg said. So a cue
within the content of another counts only where a clause of its own begins ("…, but Lund thinks").
"""

from collections.abc import Sequence

from newswire_enrich.attribution.cues import Candidate
from newswire_enrich.attribution.kinds import (
    COORDINATOR,
    DETERMINER,
    RELATIVE,
    SIGN,
    SUBORDINATOR,
    THAT,
)
from newswire_enrich.attribution.phrases import opening_subject
from newswire_enrich.attribution.text import Range, Text
from newswire_enrich.reactions.inflection import GERUND
from newswire_enrich.reactions.sentences import Span

_CLAUSES = frozenset("tcwqe")  # these run to the end of the sentence
_PHRASE_ENDS = frozenset({",", ";", "—", "–", ":"})
_BEFORE_CUE = frozenset({",", "—", "–", "?"})
_CONTRASTS = frozenset({"but", "while", "and", "although", "though", "whereas", "as"})
_KEPT_SIGNS = frozenset({"$", "(", "‘", "%", ")", "£", "€", "["})
_NEVER_TRAIL = frozenset({"noun", "adjective", "passive", "seeming"})
_STOPS = frozenset({".", ",", ";", ":", "—"})


class Draft:
    """A cue with its source and the contents given to it so far."""

    __slots__ = ("candidate", "contents", "sentence", "source")

    def __init__(
        self, candidate: Candidate, source: Range | None, contents: list[Span], sentence: Range
    ) -> None:
        self.candidate = candidate
        self.source = source
        self.contents = contents
        self.sentence = sentence


def drafts_of(text: Text, sentence: Range, candidates: Sequence[Candidate]) -> list[Draft]:
    """One draft for each of the ``candidates``, in their order, that has a content."""
    assembly = _Assembly(text, sentence)
    for number, candidate in enumerate(candidates):
        following = candidates[number + 1] if number + 1 < len(candidates) else None
        assembly.take(candidate, following)
    return assembly.drafts


class _Assembly:
    """``left`` is where a content before a cue may begin, ``taken`` where the last one ended."""

    def __init__(self, text: Text, sentence: Range) -> None:
        self.drafts: list[Draft] = []
        self._text = text
        self._sentence = sentence
        self._left = sentence[0]
        self._taken = sentence[0]

    def take(self, candidate: Candidate, following: Candidate | None) -> None:
        if _is_postposed(self._text, candidate, self._left):
            self._take_left(candidate, following)
        elif candidate.letter != "e" or candidate.cue.kind == "accordance":
            self._take_right(candidate)

    def _take_left(self, candidate: Candidate, following: Candidate | None) -> None:
        """The content stands before the cue; the cues in it are its speaker's."""
        text, left = self._text, self._left
        while self.drafts and self.drafts[-1].candidate.start >= left:
            self.drafts.pop()
        source_end = candidate.source[1] if candidate.inverted and candidate.source else 0
        after = max(candidate.begins, candidate.end, source_end)
        found = [words_of(text, left, candidate.floor)]
        rest = _rest(text, after, self._sentence, following)
        if rest and candidate.inverted and text.quoted[rest[0]] < 0:
            rest = None  # what describes the speaker further
        if rest is not None:
            found.append(words_of(text, *rest))
            after = rest[1]
        contents = [each for each in found if each]
        self._left = self._taken = after
        if contents:
            self._add(candidate, candidate.source, contents)

    def _take_right(self, candidate: Candidate) -> None:
        text, sentence = self._text, self._sentence
        last = self.drafts[-1] if self.drafts else None
        if candidate.start < self._taken and last is not None:
            if not _splits(text, candidate, last.candidate):
                return
            _cut(text, last, candidate.floor)
        source = candidate.source
        if candidate.elided:
            source = self._subject(last, candidate)
        end = _end(text, candidate, sentence)
        content = words_of(text, candidate.begins, end)
        if content is not None:
            self._taken = end
            self._add(candidate, source, [content])

    def _subject(self, last: Draft | None, candidate: Candidate) -> Range | None:
        if last is not None and last.source is not None:
            return last.source
        return opening_subject(self._text, self._sentence[0], candidate.start)

    def _add(self, candidate: Candidate, source: Range | None, contents: list[Span]) -> None:
        self.drafts.append(Draft(candidate, source, contents, self._sentence))


def _is_postposed(text: Text, candidate: Candidate, left: int) -> bool:
    """Whether the content stands before the cue and its subject: "It is over, Berg said"."""
    cue, before = candidate.cue, candidate.floor - 1
    if candidate.elided or cue.kind in _NEVER_TRAIL or before < left:
        return False
    if cue.kind == "accordance":
        return before > left + 1
    if not cue.trails:
        return False
    if text.quoted[before] >= 0:
        return candidate.letter == "e" or (candidate.letter != "t" and _is_whole(text, before))
    return candidate.letter == "e" and before > left and text.lows[before] in _BEFORE_CUE


def _is_whole(text: Text, index: int) -> bool:
    """Whether the quote at ``index`` ends as a sentence does: “It is over,” told Berg …."""
    quote = text.quotes[text.quoted[index]]
    return text.text[quote.end - 1] in ",.!?…"


def _rest(text: Text, index: int, sentence: Range, following: Candidate | None) -> Range | None:
    """What goes on after an insertion: the tokens of "Y" in "X, he said, Y"."""
    last, at = sentence[1], index
    while at < last and text.quoted[at] < 0 and text.lows[at] not in _STOPS:
        at += 1
    if at >= last:
        return None
    if text.quoted[at] >= 0:
        return at, _quote_end(text, at, last)
    if at + 1 >= last or text.lows[at] == ".":
        return None
    if text.quoted[at + 1] >= 0:
        return at + 1, last
    return (at + 1, last) if _is_inserted(text, index, at, following) else None


def _quote_end(text: Text, at: int, last: int) -> int:
    number = text.quoted[at]
    return next((k for k in range(at, last) if text.quoted[k] != number), last)


def _is_inserted(text: Text, index: int, comma: int, following: Candidate | None) -> bool:
    """Whether the words behind the comma go on with the content and not with the narration."""
    start = comma + 1
    kind = text.kinds[start]
    if comma > index or text.lows[start].endswith("ing"):
        return False
    if kind & (COORDINATOR | SUBORDINATOR | RELATIVE) and not kind & THAT:
        return False
    return not (following and following.elided and following.start <= start + 2)


def _splits(text: Text, candidate: Candidate, before: Candidate) -> bool:
    """Whether a cue within the content of the one before begins an attribution of its own."""
    sign = candidate.floor - 1
    low = text.lows[sign]
    if candidate.elided:
        if candidate.cue.tenses & GERUND:
            return low == ","
        return bool(text.kinds[sign] & COORDINATOR) and before.letter in "npiq"
    return low == ";" or (low in _CONTRASTS and text.lows[sign - 1] == ",")


def _cut(text: Text, draft: Draft, end: int) -> None:
    """End the content of ``draft`` before the clause that begins at token ``end``."""
    start = draft.contents[-1].start
    joint = COORDINATOR | SUBORDINATOR | SIGN
    while text.starts[end - 1] > start and text.kinds[end - 1] & joint and text.quoted[end - 1] < 0:
        end -= 1
    if text.end(end - 1) > start:
        draft.contents[-1] = Span(start, text.end(end - 1))


def _end(text: Text, candidate: Candidate, sentence: Range) -> int:
    """The token where a content that begins behind the cue has ended."""
    if candidate.letter in _CLAUSES:
        return sentence[1]
    begins = candidate.begins
    for at in range(begins + 1, sentence[1]):
        if text.quoted[at] < 0:
            kind, low = text.kinds[at], text.lows[at]
            if low in _PHRASE_ENDS:
                return at
            clause = kind & (SUBORDINATOR | RELATIVE) and not kind & (DETERMINER | THAT)
            if clause and at > begins + 1 and low not in {"as", "so"}:
                return at
    return sentence[1]


def words_of(text: Text, start: int, end: int) -> Span | None:
    """The span of the tokens ``[start, end)`` without the signs around them; None if no word is."""
    while start < end and _is_loose(text, start):
        start += 1
    while end > start and _is_loose(text, end - 1):
        end -= 1
    return text.span(start, end) if start < end else None


def _is_loose(text: Text, at: int) -> bool:
    sign = text.quoted[at] < 0 and text.kinds[at] & SIGN
    return bool(sign) and text.lows[at] not in _KEPT_SIGNS
