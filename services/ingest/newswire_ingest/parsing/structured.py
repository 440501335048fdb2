"""What a page says of itself for machines: JSON-LD (schema.org) and meta elements (Open Graph)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from newswire_ingest.parsing.found import moment

ARTICLE_TYPES = frozenset({
    "AnalysisNewsArticle", "Article", "BackgroundNewsArticle", "BlogPosting", "NewsArticle",
    "OpinionNewsArticle", "ReportageNewsArticle", "ReviewNewsArticle",
})  # fmt: skip
MAX_JSON = 1_000_000  # characters of one script
MAX_DEPTH = 4  # of @graph and lists around the article
MAX_NODES = 1_000


def of_json_ld(scripts: Iterable[str]) -> dict[str, object]:
    """A draft's fields from the first article among the scripts; empty without one."""
    for script in scripts:
        try:
            found = orjson.loads(script) if len(script) <= MAX_JSON else None
        except orjson.JSONDecodeError:
            continue
        for number, node in enumerate(_nodes(found, MAX_DEPTH)):
            if _types(node) & ARTICLE_TYPES:
                return _fields(node)
            if number > MAX_NODES:
                break
    return {}


def of_meta(meta: Mapping[str, str]) -> dict[str, object]:
    """A draft's fields from meta elements, by their name or property in lower case."""

    def first(*names: str) -> str:
        return next((meta[name].strip() for name in names if meta.get(name, "").strip()), "")

    return {
        "headline": first("og:title", "twitter:title"),
        "summary": first("og:description", "description", "twitter:description"),
        "by": _person(first("author", "article:author", "dc.creator")),
        "section": first("article:section"),
        "published_at": moment(first("article:published_time", "date", "dc.date.issued")),
        "updated_at": moment(first("article:modified_time", "og:updated_time")),
        "language": first("og:locale").replace("_", "-"),
        "canonical": first("og:url"),
        "copyright_holder": first("copyright"),
    }


def _nodes(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and depth:
        for item in value:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"), depth - 1 if depth else 0)


def _types(node: Mapping[str, Any]) -> set[str]:
    kinds = node.get("@type")
    return {
        kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    }


def _fields(node: Mapping[str, Any]) -> dict[str, object]:
    return {
        "headline": _text(node.get("headline")),
        "summary": _text(node.get("description")),
        "by": _names(node.get("author")),
        "section": _text(node.get("articleSection")),
        "published_at": moment(_text(node.get("datePublished"))),
        "updated_at": moment(_text(node.get("dateModified"))),
        "language": _text(node.get("inLanguage")),
        "canonical": _text(node.get("url")) or _text(node.get("mainEntityOfPage")),
        "copyright_holder": _names(node.get("copyrightHolder")),
        "body_text": _text(node.get("articleBody")),
    }


def _text(value: object) -> str:
    """A text, or the first of several; of an object its id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("name")
    return value.strip() if isinstance(value, str) else ""


def _names(value: object) -> str:
    people = value if isinstance(value, list) else [value]
    names = (person.get("name") if isinstance(person, dict) else person for person in people)
    return ", ".join(_person(name) for name in names if isinstance(name, str) and _person(name))


def _person(name: str) -> str:
    """A name; what is a link to a profile is none."""
    return "" if "://" in name else name.strip()
