"""Whom a source that is a pronoun or a relative means: light coreference, by nearness."""

from newswire_enrich.attribution.kinds import OWNING, PERSONAL, RELATIVE
from newswire_enrich.attribution.phrases import phrase_before
from newswire_enrich.attribution.text import Range, Text

_PLURAL = frozenset({"they", "their", "they're", "they’re", "they've", "they’ve"})
_THING = frozenset({"it", "its"})
_JOINTS = frozenset({"and", "&"})


class Speakers:
    """The last named sources: one that a single pronoun may mean, and one for "they"."""

    def __init__(self) -> None:
        self._single: Range | None = None
        self._plural: Range | None = None

    def meant_by(self, text: Text, source: Range, first: int) -> Range | None:
        """The phrase that ``source`` in a sentence from ``first`` means, itself where it names.

        None where a pronoun has nobody to mean.
        """
        start, end = source
        if end - start == 1:
            kind, low = text.kinds[start], text.lows[start]
            if kind & RELATIVE:
                return self._note(text, self._antecedent(text, start, first))
            if kind & (PERSONAL | OWNING):
                return self._plural if low in _PLURAL else self._single
        return self._note(text, source)

    def _antecedent(self, text: Text, relative: int, first: int) -> Range | None:
        """The phrase before "who", or before ", who"."""
        at = relative - 1
        if at > first and text.lows[at] == ",":
            at -= 1
        return phrase_before(text, at, first, at + 1) if at >= first else None

    def _note(self, text: Text, phrase: Range | None) -> Range | None:
        if phrase is not None:
            if _is_plural(text, phrase):
                self._plural = phrase
            else:
                self._single = phrase
        return phrase


def _is_plural(text: Text, phrase: Range) -> bool:
    start, end = phrase
    if any(text.lows[at] in _JOINTS for at in range(start, end)):
        return True
    low = text.lows[end - 1]
    return low.endswith("s") and not low.endswith("ss") and text.words[end - 1][0].islower()
