"""From text to lark's tree: the grammar, its limits, and what is said where a text breaks them.

::

    text ─▶ checked ─▶ tokens, counted as they come ─▶ LALR parser ─▶ tree of rules and tokens

The parser is a table and a stack: no text makes it recurse or go back, so that its time is linear.
"""

import re
from functools import cache
from typing import NoReturn

from lark import Lark, Token, Tree, UnexpectedInput

from newswire_common.filters.errors import FilterError

MAX_LENGTH = 2_000  # characters, also of the canonical form
MAX_TERMS = 64
MAX_DEPTH = 32  # brackets and NOTs within one another
WORDS = ("AND", "OR", "NOT")

_GRAMMAR = r"""
start: any
?any: all ("OR" all)*
?all: each ("AND"? each)*
?each: "NOT" each                    -> not
     | "(" any ")"
     | FIELD "(" any ")"             -> group
     | FIELD SIGN (QUOTED | BARE)    -> term

FIELD: /[^\W\d][\w-]*(\.[\w-]+)*/
SIGN: /[:~<>=!]+/
QUOTED: /"([^"\\]|\\.)*"/s
BARE: /[^\s()"]+/
%ignore /\s+/
"""
# What no text of a person holds: control characters but for space, and halves of surrogate pairs.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TERM = "a term such as section:World"


@cache
def _lark() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)


def read(text: str) -> Tree[Token]:
    """The tree of a filter's text. Raises FilterError."""
    _check(text)
    parser = _lark().parse_interactive(text)
    so_far = _SoFar(text)
    try:
        for token in parser.iter_parse():
            so_far.take(token)
        tree: Tree[Token] = parser.feed_token(Token("$END", ""))
    except UnexpectedInput as error:
        raise so_far.explained(error) from error
    return tree


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise FilterError(f"a filter holds at most {MAX_LENGTH} characters", text, MAX_LENGTH)
    found = _FORBIDDEN.search(text)
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise FilterError(f"a character that is not text ({code})", text, found.start())


class _SoFar:
    """What of the text was read: it bounds what may not grow, and tells what could come next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last: Token | None = None
        self._field = ""
        self._terms = 0
        self._nots = 0  # just before
        self._open: list[int] = []  # the NOTs before each bracket that is open

    def take(self, token: Token) -> None:
        """Raises FilterError where the token is one too many."""
        self._last = token
        if token.type == "FIELD":
            self._field = token[:40]
        elif token.type == "SIGN":
            self._terms += 1
            self._nots = 0
        else:
            self._nest(token)
        if self._terms > MAX_TERMS:
            self._fail(f"a filter holds at most {MAX_TERMS} terms", token)
        if len(self._open) + sum(self._open) + self._nots > MAX_DEPTH:
            self._fail(f"brackets and NOTs nest at most {MAX_DEPTH} deep", token)

    def _nest(self, token: Token) -> None:
        if token.type == "NOT":
            self._nots += 1
        elif token.type == "LPAR":
            self._open.append(self._nots)
            self._nots = 0
        elif token.type == "RPAR" and self._open:
            self._open.pop()

    def _fail(self, reason: str, token: Token) -> NoReturn:
        raise FilterError(reason, self._text, token.start_pos or 0)

    def explained(self, error: UnexpectedInput) -> FilterError:
        """The error of the parser in the terms of whoever wrote the filter."""
        last = self._last
        if last is not None and last.type == "FIELD" and last.upper() in WORDS:
            return FilterError(_misplaced(last), self._text, last.start_pos or 0)
        token = getattr(error, "token", None)
        at_end = token is not None and token.type == "$END"
        position = len(self._text) if at_end else error.pos_in_stream or 0
        return FilterError(f"expected {self._next(position)}", self._text, position)

    def _next(self, position: int) -> str:
        """What could have come at ``position``."""
        kind = "" if self._last is None else self._last.type
        if kind == "FIELD":
            return f"a sign (: ~ >= <= > <) after {self._field}, as in section:World"
        if kind == "SIGN":
            if self._text[position : position + 1] == '"':
                return "a closing quote for this one"
            return f"a value after {self._field}{self._last}"
        if kind not in {"BARE", "QUOTED", "RPAR"}:
            return f"{_TERM}, NOT or ("
        if not self._open:
            return "AND, OR or another term"
        return "a closing )" if position == len(self._text) else "AND, OR, another term or )"


def _misplaced(word: Token) -> str:
    if word in WORDS:
        return f"expected {_TERM}, not {word}"
    return f"expected a sign after {word}; AND, OR and NOT are written in capitals"
