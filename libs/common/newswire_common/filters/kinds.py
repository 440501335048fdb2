"""The kinds of fields: which signs they take, and how an operand is read from a filter's text.

``read`` raises ValueError with what it expected instead.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Protocol

from newswire_common.article import Moment
from newswire_common.countries import ISO3
from newswire_common.filters.operands import ORDERED, Bound, Operand, Phrase, Time
from newswire_common.filters.patterns import Pattern
from newswire_common.naming import folded, words

_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_COUNTRIES = {code.lower(): code for code in ISO3}
_CODE = re.compile(r"[^\s:]+:\S+")


class Kind(Protocol):
    """``cost`` is what a test takes, roughly: cheap ones are asked first."""

    @property
    def signs(self) -> Sequence[str]: ...
    @property
    def cost(self) -> int: ...
    def read(self, sign: str, text: str) -> Operand: ...


def by_words(text: str) -> Pattern:
    """A name, compared by its words."""
    return Pattern.read(text, words)


def by_country(text: str) -> Pattern:
    """A code of ISO 3166-1 alpha-3, which is never taken for a name, else a name."""
    code = None if "*" in text else _COUNTRIES.get(words(text))
    return Pattern((code,)) if code else by_words(text)


def by_code(text: str) -> Pattern:
    """A code with its scheme, such as ``medtop:11000000``, else a name."""
    code = _identifier(text)
    return by_identifier(code) if _CODE.fullmatch(code) else by_words(text)


def by_identifier(text: str) -> Pattern:
    """An id, in which every character counts, but for its case."""
    return Pattern.read(text.strip(), _identifier)


def by_language(text: str) -> Pattern:
    """A tag of BCP 47."""
    return Pattern.read(text.strip(), lambda part: _identifier(part).replace("_", "-"))


def _identifier(text: str) -> str:
    return folded(text).strip()


@dataclass(frozen=True, slots=True)
class Name:
    """Something that has a name, and perhaps a code."""

    signs: ClassVar[tuple[str, ...]] = (":",)
    cost: ClassVar[int] = 1
    pattern: Callable[[str], Pattern] = by_words

    def read(self, _sign: str, text: str) -> Operand:
        return self.pattern(text)


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text, asked for words in it."""

    signs: ClassVar[tuple[str, ...]] = ("~",)
    cost: int = 3

    def read(self, _sign: str, text: str) -> Operand:
        return Phrase.read(text)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that is also asked for as a whole, such as a byline."""

    signs: ClassVar[tuple[str, ...]] = (":", "~")
    cost: ClassVar[int] = 1

    def read(self, sign: str, text: str) -> Operand:
        return Phrase.read(text) if sign == "~" else by_words(text)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values that the project fixes; another is a mistake, not a filter."""

    signs: ClassVar[tuple[str, ...]] = (":",)
    cost: ClassVar[int] = 1
    options: tuple[str, ...]

    def read(self, _sign: str, text: str) -> Operand:
        found = Pattern.read(text, choice)
        if not any(found.matches(choice(option)) for option in self.options):
            near = get_close_matches(choice(text[:40]), map(choice, self.options), n=1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            raise ValueError(f"one of {', '.join(self.options)}{meant}")
        return found


def choice(text: str) -> str:
    """A value of a `Choice`, however its words are joined: ``no-comment-yet``."""
    return words(text).replace(" ", "_")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    signs: ClassVar[tuple[str, ...]] = ORDERED
    cost: ClassVar[int] = 1

    def read(self, sign: str, text: str) -> Operand:
        text = text.strip()
        if not _WHOLE.fullmatch(text):
            raise ValueError("a whole number of at most nine digits")
        return Bound(sign, int(text))


@dataclass(frozen=True, slots=True)
class Date:
    """A date, or a time of RFC 3339."""

    signs: ClassVar[tuple[str, ...]] = ORDERED
    cost: ClassVar[int] = 2

    def read(self, sign: str, text: str) -> Operand:
        try:
            return Time(sign, Moment.parse(text))
        except ValueError as error:
            raise ValueError(
                "a date (2026-11-01) or a time of RFC 3339 (2026-11-01T09:30:00Z)"
            ) from error
