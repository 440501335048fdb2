"""What a new version changed, and how much that matters. Pure.

    text before, text after > words > the changes between them > spans, class

Classes, the first that holds: ``correction`` (the source says so), ``quote-changed`` (words that
somebody is quoted with), ``trivial`` (no reader would notice: case, spaces, punctuation, a typing
error), ``substantive``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz.distance import Levenshtein

from newswire_common.article import Span
from newswire_common.events import Change, Revision, RevisionClass

READ_CHARACTERS = 200_000  # of a text
# Time and memory of a diff grow with the product of what differs: with more words than these on
# both sides together, all between the first and the last difference counts as one change.
MAX_WORDS = 8_000
MAX_CHANGES = 20  # told one by one; the last of more spans all the rest
SHORT_WORD = 5  # a letter more or less in a shorter word makes another word
_WORDS = re.compile(r"\w+|[^\w\s]+")
# The pairs of quotation marks of the languages that we know, and the straight one.
_QUOTED = re.compile(r"“[^“”]{1,2000}”|„[^„“]{1,2000}“|«[^«»]{1,2000}»|\"[^\"\n]{1,2000}\"")
_NO_WORDS = re.compile(r"[\W_]+")


class Text(NamedTuple):
    """What of a document its readers read; quotes are spans of ``body``."""

    headline: str
    body: str
    quotes: tuple[Span, ...]


def text_of(document: Mapping[str, Any]) -> Text:
    """Of a stored document, by the names of `newswire_common.article.EnrichedArticle`."""
    body = str(document.get("body_text") or "")[:READ_CHARACTERS]
    reactions = (document.get("enrichment") or {}).get("reactions") or ()
    told = [one["quote"] for one in reactions if one.get("quote")]
    quotes = [Span(start=quote["start"], end=quote["end"]) for quote in told]
    quotes += [Span(start=m.start() + 1, end=m.end() - 1) for m in _QUOTED.finditer(body)]
    return Text(str(document.get("headline") or ""), body, tuple(quotes))


def revision_of(before: Text, after: Text, *, corrected: bool) -> Revision:
    """What changed from one version to the next; ``corrected`` where the source calls it so."""
    changes = _changes(before.body, after.body)
    headline = before.headline != after.headline
    return Revision(
        kind="correction" if corrected else _kind(before, after, changes),
        headline_changed=headline,
        changes=tuple(_bounded(changes)),
    )


def _kind(before: Text, after: Text, changes: Sequence[Change]) -> RevisionClass:
    if any(_in_quote(change, before, after) for change in changes):
        return "quote-changed"
    texts = [(before.headline, after.headline)]
    texts += [
        (before.body[c.before.start : c.before.end], after.body[c.after.start : c.after.end])
        for c in changes
    ]
    return "trivial" if all(_hardly_differ(old, new) for old, new in texts) else "substantive"


def _in_quote(change: Change, before: Text, after: Text) -> bool:
    """Whether other words are quoted; a comma more within a quotation is none."""
    old = before.body[change.before.start : change.before.end]
    new = after.body[change.after.start : change.after.end]
    if _folded(old) == _folded(new):
        return False
    return _touches(change.before, before.quotes) or _touches(change.after, after.quotes)


def _touches(span: Span, quotes: Sequence[Span]) -> bool:
    return any(span.start < quote.end and quote.start < span.end for quote in quotes)


def _hardly_differ(old: str, new: str) -> bool:
    """Whether two pieces of text say the same but for a typing error a word."""
    if _folded(old) == _folded(new):
        return True
    words = _words_only(old), _words_only(new)
    return len(words[0]) == len(words[1]) and all(map(_typing_error, *words))


def _typing_error(old: str, new: str) -> bool:
    """One letter of a longer word that is no name and no number; it may be the first's case."""
    if old.casefold() == new.casefold():
        return True
    plain = old.isalpha() and new.isalpha() and old[:1].islower() and new[:1].islower()
    longer = min(len(old), len(new)) >= SHORT_WORD
    return plain and longer and Levenshtein.distance(old, new, score_cutoff=1) <= 1


def _folded(text: str) -> str:
    return _NO_WORDS.sub("", text).casefold()


def _words_only(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _changes(before: str, after: str) -> list[Change]:
    """Where words differ, in order: code points in both texts; an insertion is empty in one."""
    if before == after:
        return []
    old, new = list(_WORDS.finditer(before)), list(_WORDS.finditer(after))
    first, tail = _common_ends([m[0] for m in old], [m[0] for m in new])
    middle = old[first : len(old) - tail], new[first : len(new) - tail]
    if not any(middle):
        return []  # only spaces
    if sum(map(len, middle)) > MAX_WORDS:
        return [_change(old, new, (first, len(old) - tail, first, len(new) - tail))]
    codes = Levenshtein.opcodes([m[0] for m in middle[0]], [m[0] for m in middle[1]])
    return [
        _change(old, new, (c.src_start + first, c.src_end + first,
                           c.dest_start + first, c.dest_end + first))
        for c in codes
        if c.tag != "equal"
    ]  # fmt: skip


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the rest both end with."""
    shorter, first, tail = min(len(old), len(new)), 0, 0
    while first < shorter and old[first] == new[first]:
        first += 1
    while tail < shorter - first and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return first, tail


def _change(
    old: Sequence[re.Match[str]], new: Sequence[re.Match[str]], words: tuple[int, int, int, int]
) -> Change:
    return Change(before=_span(old, *words[:2]), after=_span(new, *words[2:]))


def _span(words: Sequence[re.Match[str]], first: int, end: int) -> Span:
    """Of so many words; of none, the place behind the word before."""
    if first < end:
        return Span(start=words[first].start(), end=words[end - 1].end())
    place = words[first - 1].end() if first else 0
    return Span(start=place, end=place)


def _bounded(changes: list[Change]) -> list[Change]:
    if len(changes) <= MAX_CHANGES:
        return changes
    first, last = changes[MAX_CHANGES - 1], changes[-1]
    rest = Change(
        before=Span(start=first.before.start, end=last.before.end),
        after=Span(start=first.after.start, end=last.after.end),
    )
    return [*changes[: MAX_CHANGES - 1], rest]
