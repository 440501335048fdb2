"""Names of people and organisations that no list holds, told by the words around them.

::

    capitalised runs ─ without what the gazetteer found ─▶ segments
        ├─ title or role + name     "Foreign Minister Anna Lindqvist"
        ├─ given name + surname     "Anna Lindqvist"
        ├─ a surname named before   "Lindqvist"
        ├─ name + role or age       "Marek Dostupil, chief economist"
        └─ words + a kind of body   "Swedish Defence Research Agency"

English first: titles and roles of other languages are few. Set in title case or capitals, a text
says nothing by its capitals: there a person is a title or a given name and two words.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newswire_enrich.tags.lexicon import Lexicon
from newswire_enrich.tags.mention import Form, Mention
from newswire_enrich.tags.offices import described_after, name_length, office_length, role_before
from newswire_enrich.tags.runs import Token, bare_word, split_run

_LONGEST_NAME = 4
_LONGEST_NAME_IN_TITLE_CASE = 2
_LONG_WORD = 5  # characters; shorter ones stay in lower case in title case too
_LOWER_SHARE = 0.2
_TELLING_WORDS = 4  # fewer long words do not tell a style
_GENITIVES = (" ", "'s ", "' ")
_OF = (" of ", " of the ")


class _Known(NamedTuple):
    name: str
    iso3: str | None


class _Segment(NamedTuple):
    """Words of a run that the gazetteer left, and the mention that stands right before them."""

    tokens: list[Token]
    before: Mention | None


class NameFinder:
    """One pass over one text, from left to right: what is named in full is known afterwards."""

    def __init__(self, flat: str, found: Sequence[Mention], lexicon: Lexicon) -> None:
        self._flat = flat
        self._found = found
        self._next = 0  # the first of ``found`` that the pass has not gone by
        self._lexicon = lexicon
        self._surnames: dict[str, _Known] = {}
        self._full: dict[str, _Known] = {}

    def find(self, runs: Sequence[tuple[int, str]], *, in_title_case: bool) -> list[Mention]:
        """People and organisations in the ``runs``, besides those already ``found``, by start."""
        longest = _LONGEST_NAME_IN_TITLE_CASE if in_title_case else _LONGEST_NAME
        mentions: list[Mention] = []
        for segment in self._segments(runs):
            mention = self._person(segment, longest)
            if mention is None and not in_title_case:
                mention = self._organisation(segment)
            if mention is not None:
                mentions.append(mention)
        return mentions

    def _segments(self, runs: Sequence[tuple[int, str]]) -> Iterator[_Segment]:
        """The runs without what the gazetteer found. A word alone counts only if it is known."""
        alone = self._lexicon.organisation_of_words
        for start, run in runs:
            self._pass(start)
            if self._covers(start, start + len(run)):
                continue
            word = bare_word(run)
            if " " not in run and word not in alone and word not in self._surnames:
                continue
            for tokens in split_run(start, run):
                yield from self._cut(tokens)

    def _covers(self, start: int, end: int) -> bool:
        """Whether the next that was found holds all of ``[start, end)``."""
        if self._next >= len(self._found):
            return False
        following = self._found[self._next]
        return following.start <= start and end <= following.end

    def _cut(self, tokens: list[Token]) -> Iterator[_Segment]:
        free: list[Token] = []
        for token in tokens:
            self._pass(token.start)
            if self._next < len(self._found) and self._found[self._next].start < token.end:
                if free:
                    yield _Segment(free, self._touching(free[0].start))
                free = []
            else:
                free.append(token)
        if free:
            yield _Segment(free, self._touching(free[0].start))

    def _pass(self, start: int) -> None:
        """Learn what was found before ``start``."""
        while self._next < len(self._found) and self._found[self._next].end <= start:
            self._learn(self._found[self._next])
            self._next += 1

    def _touching(self, start: int) -> Mention | None:
        """What was found right before ``start``, a genitive between them or none."""
        last = self._found[self._next - 1] if self._next else None
        return last if last and self._flat[last.end : start] in _GENITIVES else None

    def _learn(self, mention: Mention) -> None:
        if mention.kind == "person":
            known = _Known(mention.name, mention.iso3)
            for surname in self._lexicon.surnames.get(mention.name, ()):
                self._surnames[surname] = known

    def _person(self, segment: _Segment, longest: int) -> Mention | None:
        tokens = self._without_opening(segment.tokens)
        if not tokens:
            return None
        office = office_length(self._flat, tokens, self._lexicon)
        named = tokens[office:]
        named = named[: min(longest, name_length(named, self._lexicon))]
        if not named or named[-1].text in self._lexicon.titles:
            return None
        if not office and self._goes_on_as_body(tokens[len(named) :]):
            return None
        titled = (
            office > 0
            or role_before(self._flat, tokens[0].start, self._lexicon)
            or described_after(self._flat, named[-1].end, self._lexicon)
        )
        before = segment.before if office or titled else None
        return self._read(named, before, titled=titled, bare=self._may_stand_alone(tokens, office))

    def _goes_on_as_body(self, following: Sequence[Token]) -> bool:
        """Whether it is the "John Birch Society" and not John Birch."""
        return bool(following) and following[0].text in self._lexicon.organisation_words

    def _read(
        self, named: list[Token], before: Mention | None, *, titled: bool, bare: bool
    ) -> Mention | None:
        """The person that these words name, by what is known of them."""
        text = " ".join(token.text for token in named)
        known = self._full.get(text)
        if known is not None:
            return _mention(named, text, known, surname=False)
        if len(named) == 1 and text in self._surnames:
            return _mention(named, text, self._surnames[text], surname=True)
        full = len(named) > 1 and (titled or named[0].text in self._lexicon.given_names)
        if not full and not (bare and len(named) == 1):
            return None
        iso3 = before.iso3 if before is not None and before.kind == "place" else None
        known = _Known(text, iso3)
        if full:
            self._full[text] = known
            self._surnames[self._surname(named)] = known
        return _mention(named, text, known, surname=not full)

    def _surname(self, named: list[Token]) -> str:
        """The last word, or the first in a name of the Korean, Chinese or Vietnamese order."""
        first, second = named[0].text, named[1].text
        if first in self._lexicon.family_first and second not in self._lexicon.given_names:
            return first
        return named[-1].text

    def _may_stand_alone(self, tokens: list[Token], office: int) -> bool:
        return office > 0 and tokens[office - 1].text in self._lexicon.bare_titles

    def _organisation(self, segment: _Segment) -> Mention | None:
        tokens = self._without_opening(segment.tokens)
        words = self._lexicon.organisation_words
        last = len(tokens) - 1
        while last >= 0 and tokens[last].text not in words:
            last -= 1
        if last < 0:
            return None
        named = tokens[: last + 1]
        extension = self._of_place(named[-1])
        before = segment.before
        if last == 0 and (extension is None or before is not None):
            return None
        start, end = named[0].start, extension.end if extension else named[-1].end
        name = text = self._flat[start:end]
        owner = extension or (before if before is not None and before.kind == "place" else None)
        if owner is before and owner is not None and owner.form == "demonym":
            name = f"{owner.text} {text}"
        iso3 = owner.iso3 if owner is not None else None
        return Mention(start, end, text, name, "organisation", "name", iso3)

    def _of_place(self, body: Token) -> Mention | None:
        """The place in "University of Oslo", where the gazetteer found one."""
        if body.text not in self._lexicon.organisation_of_words or self._next >= len(self._found):
            return None
        place = self._found[self._next]
        joined = self._flat[body.end : place.start] in _OF
        return place if joined and place.kind == "place" else None

    def _without_opening(self, tokens: list[Token]) -> list[Token]:
        first = 0
        while first < len(tokens) and tokens[first].text in self._lexicon.function_words:
            first += 1
        return tokens[first:]


def is_title_case(flat: str, runs: Sequence[tuple[int, str]]) -> bool:
    """Whether even long words are capitalised, as in many headlines."""
    if 2 * sum(len(run) for _, run in runs) < len(flat):
        return False
    words = [word for word in flat.split() if len(word) >= _LONG_WORD]
    lower = sum(map(str.islower, words))
    return len(words) >= _TELLING_WORDS and lower < _LOWER_SHARE * len(words)


def _mention(named: list[Token], text: str, known: _Known, *, surname: bool) -> Mention:
    form: Form = "surname" if surname else "name"
    return Mention(named[0].start, named[-1].end, text, known.name, "person", form, known.iso3)
