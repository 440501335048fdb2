"""The article that a page describes in JSON-LD (W3C) with the words of schema.org.

scripts > JSON, its usual slips mended > nodes, @graph unfolded > the article > a draft's fields
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any

import orjson

from newswire_ingest.parsing.found import moment
from newswire_ingest.parsing.markup import text_of

ARTICLE_TYPES = frozenset({
    "AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle",
    "BackgroundNewsArticle", "BlogPosting", "LiveBlogPosting", "NewsArticle",
    "OpinionNewsArticle", "Report", "ReportageNewsArticle", "ReviewNewsArticle",
    "SatiricalArticle", "ScholarlyArticle", "TechArticle",
})  # fmt: skip
MAX_JSON = 1_000_000  # characters of one script
MAX_DEPTH = 6  # of @graph, mainEntity and lists around the article
MAX_NODES = 1_000
MAX_NAMES = 50
MAX_VALUE = 10_000  # characters of a text, but for the article's body
_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage")
# Content systems wrap scripts for browsers of the last century, and leave line breaks in strings.
_WRAPPINGS = (
    ("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("// <![CDATA[", "// ]]>"),
    ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>"),
)  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_LAST_COMMA = re.compile(r",\s*(?=[}\]])")
_SITE = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}|@\w+", re.ASCII)
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)

Node = Mapping[str, Any]


def of_json_ld(scripts: Iterable[str]) -> dict[str, object]:
    """A draft's fields from the article among the scripts; empty without one.

    ``body_text`` is its ``articleBody``, ``images`` and ``crumbs`` are lists of texts.
    """
    nodes: list[Node] = []
    for script in scripts:
        for node in _nodes(_read(script), MAX_DEPTH):
            nodes.append(node)
            if len(nodes) >= MAX_NODES:
                break
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    found = _fields(article, named) if (article := _article(nodes)) else {}
    return found | {"crumbs": _crumbs(nodes)}


def _read(script: str) -> object:
    """The JSON, mended where it is wrong in one of the usual ways; None where it is not to read."""
    if len(script) > MAX_JSON:
        return None
    for text in (script, _mended(script)):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
    return None


def _mended(script: str) -> str:
    script = script.strip()
    for opening, closing in _WRAPPINGS:
        script = script.removeprefix(opening).removesuffix(closing)
    return _LAST_COMMA.sub("", _CONTROLS.sub(" ", script))


def _nodes(value: object, depth: int) -> Iterator[Node]:
    if isinstance(value, list) and depth:
        for item in value:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for name in _CONTAINERS:
            yield from _nodes(value.get(name), depth - 1 if depth else 0)


def types_of(value: object) -> set[str]:
    """The names of schema.org's types, with or without its address."""
    kinds = value if isinstance(value, list) else [value]
    return {re.split(r"[/#:]", kind)[-1] for kind in kinds if isinstance(kind, str)}


def _article(nodes: Sequence[Node]) -> Node | None:
    """The first article that has a headline; others are teasers, or of no use."""
    articles = [node for node in nodes if types_of(node.get("@type")) & ARTICLE_TYPES]
    return next((node for node in articles if node.get("headline") or node.get("name")), None)


def _fields(node: Node, named: Mapping[str, Node]) -> dict[str, object]:
    return {
        "headline": _text(node.get("headline")) or _text(node.get("name")),
        "summary": _text(node.get("description")),
        "by": _names(node.get("author") or node.get("creator"), named),
        "section": _section(node.get("articleSection")),
        "dateline": _text(node.get("dateline")),
        "published_at": moment(_text(node.get("datePublished"))),
        "updated_at": moment(_text(node.get("dateModified"))),
        "language": _language(node.get("inLanguage")),
        "canonical": _address(node.get("url")) or _address(node.get("mainEntityOfPage")),
        "copyright_holder": _names(node.get("copyrightHolder"), named),
        "images": list(_images(node.get("image"), named)),
        "body_text": _body(node.get("articleBody")),
    }


def plain(value: str) -> str:
    """A value without the entities and tags that content systems leave in it, in one line."""
    text = unescape(value[:MAX_VALUE])
    return " ".join((text_of(text) if "</" in text else text).split())


def _text(value: object) -> str:
    """A text, or the first of several; of an object its value or name."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return plain(value) if isinstance(value, str) else ""


def _section(value: object) -> str:
    """The first; some content systems list them in one text, without a space between."""
    section = _text(value)
    return section if ", " in section else section.partition(",")[0]


def _address(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) else ""


def _language(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return _text(value)


def _names(value: object, named: Mapping[str, Node]) -> str:
    """Of one or several people or organisations, whether named, described or referred to."""
    people = value if isinstance(value, list) else [value]
    names = (_name(person, named) for person in people[:MAX_NAMES])
    return ", ".join(dict.fromkeys(name for name in names if name))


def _name(person: object, named: Mapping[str, Node]) -> str:
    if isinstance(person, dict):
        if "name" not in person:
            person = named.get(str(person.get("@id")), person)
        person = _text(person.get("name"))
    return person_of(person) if isinstance(person, str) else ""


def person_of(name: str) -> str:
    """A name without "By"; the address of a site or a profile is none."""
    name = _BY.sub("", plain(name), count=1)
    return "" if "://" in name or _SITE.fullmatch(name) else name


def _images(value: object, named: Mapping[str, Node]) -> Iterator[str]:
    for image in (value if isinstance(value, list) else [value])[:MAX_NAMES]:
        said = image
        if isinstance(image, dict):
            known = image if "url" in image else named.get(str(image.get("@id")), image)
            said = known.get("url") or known.get("contentUrl")
        if isinstance(said, str):
            yield said


def _crumbs(nodes: Iterable[Node]) -> list[str]:
    """The names of the first breadcrumb trail, from the site to the page."""
    for node in nodes:
        items = node.get("itemListElement")
        if "BreadcrumbList" in types_of(node.get("@type")) and isinstance(items, list):
            names = (
                _text(item.get("name")) or _text(item.get("item"))
                for item in items[:MAX_NAMES]
                if isinstance(item, dict)
            )
            return [name for name in names if name]
    return []


def _body(value: object) -> str:
    """The whole text; its paragraphs are parted by line breaks, if at all."""
    if not isinstance(value, str):
        return ""
    lines = (" ".join(line.split()) for line in unescape(value).splitlines())
    return "\n\n".join(line for line in lines if line)
