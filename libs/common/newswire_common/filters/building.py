"""From lark's tree to ours: fields looked up, operands read, each mistake told with its place."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NoReturn

from lark import Token, Tree

from newswire_common.filters.errors import FilterError
from newswire_common.filters.fields import ARTICLE, REACTION, Field
from newswire_common.filters.operands import Operand
from newswire_common.filters.patterns import ANYTHING
from newswire_common.filters.tree import Node, Reaction, Term, all_of, any_of, negated

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_OF_REACTION = "reaction."
# What people write for a field whose name is not near to it.
_MEANT = {
    "title": "headline", "author": "by", "byline": "by", "text": "body", "content": "body",
    "country": "place", "location": "place", "people": "person", "org": "organisation",
    "category": "section", "subject": "topic", "feed": "source", "publisher": "source",
    "lang": "language", "date": "published_at", "published": "published_at",
    "updated": "updated_at", "priority": "urgency", "status": "pub_status",
}  # fmt: skip


class Builder:
    """Builds the tree of one text. Its depth is bounded by the grammar's limits."""

    def __init__(self, text: str) -> None:
        self._text = text

    def build(self, tree: Tree[Token]) -> Node:
        """Raises FilterError."""
        return self._node(tree.children[0], ARTICLE)

    def _node(self, tree: Tree[Token] | Token, fields: Mapping[str, Field]) -> Node:
        if isinstance(tree, Token):
            raise TypeError(f"a rule was expected, not {tree!r}")
        if tree.data == "term":
            return self._term(tree, fields)
        if tree.data == "group":
            return self._group(tree, fields)
        parts = [self._node(child, fields) for child in tree.children]
        if tree.data == "not":
            return negated(parts[0])
        return all_of(parts) if tree.data == "all" else any_of(parts)

    def _group(self, tree: Tree[Token], fields: Mapping[str, Field]) -> Node:
        name, inner = tree.children
        if not isinstance(name, Token) or name.lower() != "reaction":
            self._fail("expected a sign: only reaction is followed by (", name)
        if fields is REACTION:
            self._fail("expected a field of the reaction: reaction(...) holds no other", name)
        return Reaction(self._node(inner, REACTION))

    def _term(self, tree: Tree[Token], fields: Mapping[str, Field]) -> Node:
        name, sign, value = (child for child in tree.children if isinstance(child, Token))
        written = name.lower()
        if fields is ARTICLE and written.startswith(_OF_REACTION):
            field = self._field(name, written.removeprefix(_OF_REACTION), REACTION)
            return Reaction(Term(field, self._operand(field, sign, value)))
        field = self._field(name, written, fields)
        return Term(field, self._operand(field, sign, value))

    def _field(self, token: Token, name: str, fields: Mapping[str, Field]) -> Field:
        found = fields.get(name)
        if found is None:
            self._fail(f"there is no field {token[:40]}{_meant(name[:40], fields)}", token)
        return found

    def _operand(self, field: Field, sign: Token, value: Token) -> Operand:
        text = self._unquoted(value)
        if sign == ":" and text.strip() and not text.strip().strip("*"):
            return ANYTHING
        if sign not in field.kind.signs:
            takes = " ".join(field.kind.signs)
            self._fail(f"expected {takes} after {field.name}, not {sign[:10]}", sign)
        try:
            return field.kind.read(str(sign), text)
        except ValueError as error:
            self._fail(f"expected {error} after {field.name}{sign}", value)

    def _unquoted(self, value: Token) -> str:
        if value.type == "BARE":
            return str(value)
        inner = value[1:-1]
        for escape in _ESCAPE.finditer(inner):
            if escape[1] not in '"\\':
                position = (value.start_pos or 0) + 1 + escape.start()
                raise FilterError(r"expected \" or \\ in a quoted value", self._text, position)
        return _ESCAPE.sub(r"\1", inner)

    def _fail(self, reason: str, token: Tree[Token] | Token) -> NoReturn:
        position = token.start_pos if isinstance(token, Token) else 0
        raise FilterError(reason, self._text, position or 0)


def _meant(name: str, fields: Mapping[str, Field]) -> str:
    """A hint at the field that was probably meant."""
    if fields is ARTICLE and name in REACTION:
        return f"; did you mean reaction.{name}?"
    if fields is REACTION and name in ARTICLE:
        return f" of a reaction: {name} stands outside reaction(...)"
    near = get_close_matches(_MEANT.get(name, name), fields, n=1)
    return f"; did you mean {near[0]}?" if near else f": there are {', '.join(fields)}"
