"""Patterns with ``*`` for any run of characters, matched in one pass however many stars there are.

A star is never tried twice: what stands between two stars is found at its first place after the
part before, and a later place could only leave less room for the rest.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Pattern:
    """``parts`` are what stands between the stars: ``("nato", "")`` is ``nato*``."""

    sign: ClassVar[str] = ":"
    parts: tuple[str, ...]

    @classmethod
    def read(cls, text: str, normal: Callable[[str], str]) -> Self:
        """Each part of ``text`` made comparable by ``normal``; space beside a star counts.

        Raises ValueError where nothing that can be compared remains, not even a star.
        """
        first, *others = text.split("*")
        if not others:
            parts = [normal(first)]
        else:
            *inner, last = others
            parts = [
                _part(first.lstrip(), normal),
                *filter(None, (_part(part, normal) for part in inner)),
                _part(last.rstrip(), normal),
            ]
        if parts == [""]:
            raise ValueError("a value with a letter or a digit in it, or *")
        return cls(tuple(parts))

    @property
    def exact(self) -> str | None:
        """The text that alone matches, where there is no star."""
        return self.parts[0] if len(self.parts) == 1 else None

    @property
    def start(self) -> str:
        """What every value that matches begins with."""
        return self.parts[0]

    @property
    def needs(self) -> tuple[str, ...]:
        """Values without which nothing matches."""
        return self.parts if len(self.parts) == 1 else ()

    def matches(self, text: str) -> bool:
        first, last = self.parts[0], self.parts[-1]
        if len(self.parts) == 1:
            return text == first
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for part in self.parts[1:-1]:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    def tester(self) -> Callable[[Collection[str]], bool]:
        """Whether one of the values is as the pattern says; ``*`` asks only that there is one."""
        if self == ANYTHING:
            return bool
        first, *others = self.parts
        if not others:
            return lambda values: first in values
        if others == [""]:
            return lambda values: any(value.startswith(first) for value in values)
        return lambda values: any(map(self.matches, values))

    def __str__(self) -> str:
        return "*".join(self.parts)


ANYTHING = Pattern(("", ""))


def _part(text: str, normal: Callable[[str], str]) -> str:
    """A part beside a star, with one space where it begins or ends with space."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    found = normal(text).strip()
    return f"{before}{found}{after}" if found else before
