"""Feedparser's expectations (``Expect:`` in a file's first comment) in terms of our own feeds.

An expectation is a conjunction of comparisons. `PARTS` says which part of our feed answers to which
part of feedparser's; what has none is out of scope, for the reason that `OUT_OF_SCOPE` gives.
"""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from newswire_common.article import Moment
from newswire_ingest.parsing.feed import Feed
from newswire_ingest.parsing.markup import text_of

# An item without any words is no article; most files give an item only the element they are about.
_ITEM = re.compile(rb"<(item|entry)\b[^>]*>(?:(?!<(?:\w+:)?title\b).)*?(?=</\1)", re.DOTALL)

OUT_OF_SCOPE = {
    r"feed\.(author|publisher|contributors|managingeditor)": "a feed's people are not an article's",
    r"feed\.(updated|published|created|modified|validity)": "no feed's date decides anything",
    r"feed\.(tags|category|generator|docs|cloud|image|textinput|copyright|description|tagline)":
        "nothing is made of it: the source is described by who registers it",
    r"feed\.newlocation": "a source moves by HTTP 301, not by what any mirror may repeat",
    r"(feed|entries\.0)\.links": "links are carried by what they are for, not as a list",
    r"entries\.0\.guidislink": "how an id became a link",
    r"entries\.0\.(author_detail|publisher_detail)\.email": "addresses of people are not kept",
    r"entries\.0\.(publisher|contributors)": "a byline names who wrote it",
    r"entries\.0\.content\.0\.type": "HTML or text; which of two HTMLs is all the same",
    r"entries\.0\.comments": "the page of the comments; their feed and number are carried",
}  # fmt: skip

SANITISERS = {
    "item_description_not_a_doctype.xml": "what feedparser's own sanitiser makes of broken markup:",
    "item_description_not_a_doctype2.xml": "ours reads it as browsers do, as a comment",
}


class Check(NamedTuple):
    """One comparison: the path to feedparser's value, and the value."""

    path: str
    expected: Any


def checks_of(text: str) -> Iterator[Check]:
    """The comparisons of an expectation; what it says of well-formedness is not among them."""
    tree = ast.parse(text.strip(), mode="eval").body
    parts = tree.values if isinstance(tree, ast.BoolOp) else [tree]
    for part in parts:
        if isinstance(part, ast.Compare):
            (right,) = part.comparators
            value = ast.literal_eval(right)
            yield Check(_path(part.left), ANY if isinstance(part.ops[0], ast.NotEq) else value)
        elif isinstance(part, ast.UnaryOp) and isinstance(part.operand, ast.Call):
            # `not entries[0].has_key('link')`
            yield Check(f"entries.0.{ast.literal_eval(part.operand.args[0])}", None)
        elif _path(part) not in {"not bozo", "1"}:
            yield Check(_path(part), ANY)


class _Any:
    """Equal to whatever is there."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    __hash__ = None  # type: ignore[assignment]  # never in a set


ANY = _Any()


def _path(node: ast.expr) -> str:
    match node:
        case ast.Subscript(value, ast.Constant(key)):
            return f"{_path(value)}.{key}"
        case ast.Attribute(value, name):
            return f"{_path(value)}.{name}"
        case ast.Name(name):
            return name
        case ast.Constant(value):
            return str(value)
        case ast.Call(args=[inner]):
            return _path(inner)  # len(entries[0]['links'])
        case ast.UnaryOp(operand=inner):
            inner_path = _path(inner)
            return "not bozo" if inner_path == "bozo" else inner_path
    raise ValueError(ast.dump(node))


def is_out_of_scope(path: str) -> bool:
    return any(re.match(pattern + r"\b|" + pattern + "_", path) for pattern in OUT_OF_SCOPE)


def with_words(body: bytes) -> bytes:
    """The document with a title in each item that has none."""
    return _ITEM.sub(lambda found: found[0] + b"<title>Words</title>", body)


def holds(check: Check, feed: Feed) -> bool:
    """Whether our feed says the same."""
    for pattern, same in PARTS.items():
        if found := re.fullmatch(pattern, check.path):
            return same(feed, check.expected, *map(int, (g for g in found.groups() if g)))
    raise KeyError(check.path)


def _field(name: str) -> Callable[..., bool]:
    return lambda feed, expected: bool(expected == feed.entries[0].fields.get(name))


def _date(name: str) -> Callable[..., bool]:
    return lambda feed, expected: is_moment(feed.entries[0].fields.get(name), expected)


def is_moment(ours: str | None, expected: object) -> bool:
    """Whether ours is the moment, written in any way, or as a tuple of its parts in UTC."""
    if ours is None:
        return False
    if isinstance(expected, tuple):
        moment = datetime(*expected[:6], tzinfo=UTC)
    else:
        assert isinstance(expected, str)
        try:
            moment = datetime.fromisoformat(expected)
        except ValueError:
            moment = parsedate_to_datetime(expected)
    return Moment.parse(ours).as_datetime() == moment


def _body(feed: Feed, expected: str) -> bool:
    fields = feed.entries[0].fields
    return expected in {fields.get("body_html"), fields.get("body_text")}


def _summary(feed: Feed, expected: str) -> bool:
    return _body(feed, expected) or text_of(expected) == feed.entries[0].fields.get("summary")


def _author(feed: Feed, expected: str, place: int | None = None) -> bool:
    by = feed.entries[0].fields.get("by", "")
    return bool(expected == (by if place is None else by.split(", ")[place]))


def _subject(key: str) -> Callable[..., bool]:
    return lambda feed, expected, place=0: bool(
        expected == feed.entries[0].fields["subjects"][place].get(key)
    )


def _rendition(feed: Feed, expected: dict[str, str], place: int) -> bool:
    one = feed.entries[0].fields["renditions"][place]
    ours = {"href": one["href"], "length": str(one["size_bytes"]), "type": one["content_type"]}
    return ours == expected


def _rendition_part(key: str) -> Callable[..., bool]:
    return lambda feed, expected, place: bool(
        str(feed.entries[0].fields["renditions"][place].get(key)) == expected
    )


def _origin(key: str) -> Callable[..., bool]:
    def same(feed: Feed, expected: str) -> bool:
        links = feed.entries[0].fields.get("associations", [])
        return any(link["rel"] == "source" and link.get(key) == expected for link in links)

    return same


PARTS: dict[str, Callable[..., bool]] = {
    r"version": lambda feed, expected: bool(feed.kind == expected),
    r"feed\.title": lambda feed, expected: bool(feed.title == expected),
    r"feed\.link": lambda feed, expected: bool(feed.home_url == expected),
    r"feed\.ttl": lambda feed, expected: bool(feed.interval_s == int(expected) * 60),
    r"entries\.0\.title": _field("headline"),
    r"entries\.0\.link": _field("url"),
    r"entries\.0\.(?:id|guid)": _field("guid"),
    r"entries\.0\.(?:published|issued|created)(?:_parsed)?": _date("published_at"),
    r"entries\.0\.(?:updated|modified)(?:_parsed)?": _date("updated_at"),
    r"entries\.0\.expired(?:_parsed)?": _date("expires"),
    r"entries\.0\.(?:author|author_detail\.name)": _author,
    r"entries\.0\.authors\.(\d)\.name": _author,
    r"entries\.0\.content\.0\.value": _body,
    r"entries\.0\.(?:description|summary)": _summary,
    r"entries\.0\.enclosures\.(\d)": _rendition,
    r"entries\.0\.enclosures\.(\d)\.url": _rendition_part("href"),
    r"entries\.0\.enclosures\.(\d)\.type": _rendition_part("content_type"),
    r"entries\.0\.enclosures\.(\d)\.length": _rendition_part("size_bytes"),
    r"entries\.0\.category": _subject("name"),
    r"entries\.0\.tags\.(\d)\.term": _subject("name"),
    r"entries\.0\.tags\.(\d)\.scheme": _subject("scheme"),
    r"entries\.0\.copyright": _field("copyright_notice"),
    r"entries\.0\.license": _field("usage_terms"),
    r"entries\.0\.source\.title": _origin("title"),
    r"entries\.0\.source\.href": _origin("uri"),
}
