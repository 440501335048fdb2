"""What a term asks of the values of its field: words in it, a number, or a time.

Each operand tells its sign, makes a test over an article's values, and is written by ``str`` in its
one canonical spelling. (The other one is `newswire_common.filters.patterns.Pattern`.)
"""

import calendar
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from newswire_common.article import Moment
from newswire_common.naming import phrase, words

_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ":": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
ORDERED = tuple(_COMPARE)


class Operand(Protocol):
    """What stands behind the sign of a term. Equal operands ask the same; all are hashable.

    ``needs`` are values, or words in them, without each of which nothing matches; ``start`` is what
    a value, or a word in one, then begins with.
    """

    @property
    def sign(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def start(self) -> str: ...
    def tester(self) -> Callable[[Collection[Any]], bool]: ...


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after another, somewhere in a text; an open end may be within a word."""

    sign: ClassVar[str] = "~"
    text: str
    open_start: bool = False
    open_end: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError where there is no word, or a ``*`` between words."""
        text = text.strip()
        inner = text.strip("*")
        found = words(inner)
        if "*" in inner or not found:
            raise ValueError('words, with * at their ends alone, as in "sanction*"')
        return cls(
            found,
            open_start=text[0] == "*" and not inner[0].isspace(),
            open_end=text[-1] == "*" and not inner[-1].isspace(),
        )

    @property
    def needle(self) -> str:
        """What is in the `newswire_common.naming.phrase` of a text that has these words."""
        padded = phrase(self.text)
        return padded[self.open_start : len(padded) - self.open_end]

    @property
    def needs(self) -> tuple[str, ...]:
        whole = phrase(self.text).split()
        return tuple(whole[self.open_start : len(whole) - self.open_end])

    @property
    def start(self) -> str:
        whole = phrase(self.text).split()
        return whole[-1] if len(whole) > self.open_start else ""

    def tester(self) -> Callable[[Collection[str]], bool]:
        needle = self.needle
        return lambda values: any(needle in value for value in values)

    def __str__(self) -> str:
        return f"{'*' * self.open_start}{self.text}{'*' * self.open_end}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A whole number, and how the values lie to it."""

    needs: ClassVar[tuple[str, ...]] = ()
    start: ClassVar[str] = ""
    sign: str
    number: int

    def tester(self) -> Callable[[Collection[int]], bool]:
        compare, number = _COMPARE[self.sign], self.number
        return lambda values: any(compare(value, number) for value in values)

    def __str__(self) -> str:
        return str(self.number)


class Period(NamedTuple):
    """The first and the last instant, in UTC, that a moment may be."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, and how the values lie to it.

    A day is all of it: what is known to the day is neither before nor after any instant of that
    day. So ``<`` and ``>`` hold where it is certain, ``:`` where the two may be the same, and
    ``>=`` and ``<=`` wherever ``<`` and ``>`` do not: who asks for "since" misses nothing.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    start: ClassVar[str] = ""
    sign: str
    moment: Moment

    def tester(self) -> Callable[[Collection[Period]], bool]:
        wanted = period_of(self.moment)
        return {
            ":": lambda values: any(
                one.last >= wanted.first and one.first <= wanted.last for one in values
            ),
            ">=": lambda values: any(one.last >= wanted.first for one in values),
            "<=": lambda values: any(one.first <= wanted.last for one in values),
            ">": lambda values: any(one.first > wanted.last for one in values),
            "<": lambda values: any(one.last < wanted.first for one in values),
        }[self.sign]

    def __str__(self) -> str:
        return self.moment.value


def period_of(moment: Moment) -> Period:
    """When a moment may be, in UTC. Raises ValueError or OverflowError where it is no date."""
    first = moment.as_datetime().astimezone(UTC)
    if moment.precision == "second":
        return Period(first, first)
    last = first.replace(second=59, microsecond=999_999)
    if moment.precision != "minute":
        last = last.replace(minute=59, hour=23)
    if moment.precision == "year":
        last = last.replace(month=12)
    if moment.precision in {"year", "month"}:
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return Period(first, last)
