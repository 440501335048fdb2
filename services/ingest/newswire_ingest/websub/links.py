"""The HTTP header Link (RFC 8288), as far as relations need it. Pure.

The packages that read it are years old, and none heeds ``anchor``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

MAX_CHARS = 16_384
MAX_LINKS = 100
# Each is matched where the last one ended: the whole is read once, whatever it is.
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"<]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')
_QUOTED_PAIR = re.compile(r"\\(.)")


class Link(NamedTuple):
    """Where a link leads, as an absolute URL, and the relations that it names, in lower case."""

    url: str
    relations: frozenset[str]


def links(header: str, url: str) -> Iterator[Link]:
    """The links of what was fetched from ``url``; what is malformed is passed over.

    A link with an ``anchor`` is about another resource (RFC 8288 3.2) and left out.
    """
    header, position = header[:MAX_CHARS], 0
    for _ in range(MAX_LINKS):
        found = _TARGET.match(header, position)
        if not found:
            comma = header.find(",", position + 1)
            if comma < 0:
                return
            position = comma
            continue
        parameters, position = _parameters(header, found.end())
        target = _absolute(found[1].strip(), url)
        if target and "anchor" not in parameters:
            yield Link(target, frozenset(parameters.get("rel", "").lower().split()))


def _parameters(header: str, position: int) -> tuple[dict[str, str], int]:
    """The parameters that begin there, the first of each name, and where they end."""
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(header, position):
        name, quoted, plain = found.groups()
        value = plain or "" if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted)
        parameters.setdefault(name.lower(), value)
        position = found.end()
    return parameters, position


def _absolute(target: str, url: str) -> str | None:
    try:
        return urljoin(url, target)
    except ValueError:
        return None
