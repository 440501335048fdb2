"""The syntax tree of a filter, and the one canonical text of each tree.

A conjunction holds no conjunction, a disjunction no disjunction, and a negation no negation: what
means the same by the rules of brackets alone is the same tree.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newswire_common.filters.fields import Field
from newswire_common.filters.operands import Operand

_PLAIN = re.compile(r'[^\s()":~<>=!][^\s()"]*')  # a value that needs no quotes


@dataclass(frozen=True, slots=True)
class Term:
    """``field``, sign and value, as in ``section:world``."""

    field: Field
    operand: Operand

    def __str__(self) -> str:
        value = str(self.operand)
        if not _PLAIN.fullmatch(value):
            escaped = value.replace("\\", r"\\").replace('"', r"\"")
            value = f'"{escaped}"'
        return f"{self.field.name}{self.operand.sign}{value}"


@dataclass(frozen=True, slots=True)
class Reaction:
    """``what`` holds of one and the same reaction of the article."""

    what: "Node"

    def __str__(self) -> str:
        return f"reaction.{self.what}" if isinstance(self.what, Term) else f"reaction({self.what})"


@dataclass(frozen=True, slots=True)
class Not:
    what: "Node"

    def __str__(self) -> str:
        return f"NOT {_within(self.what, (And, Or))}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " AND ".join(_within(part, (Or,)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Node = Term | Reaction | Not | And | Or


def _within(node: Node, looser: tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, looser) else str(node)


def negated(node: Node) -> Node:
    """``NOT`` of a node; of another ``NOT``, what that holds."""
    return node.what if isinstance(node, Not) else Not(node)


def all_of(parts: Iterable[Node]) -> Node:
    return _flat(And, lambda node: node.parts if isinstance(node, And) else (node,), parts)


def any_of(parts: Iterable[Node]) -> Node:
    return _flat(Or, lambda node: node.parts if isinstance(node, Or) else (node,), parts)


def _flat(
    make: type[And] | type[Or],
    parts_of: Callable[[Node], tuple[Node, ...]],
    parts: Iterable[Node],
) -> Node:
    flat = tuple(each for part in parts for each in parts_of(part))
    return flat[0] if len(flat) == 1 else make(flat)
