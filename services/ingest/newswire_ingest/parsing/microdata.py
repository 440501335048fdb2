"""The article that a page marks up as microdata (HTML Standard, 5) with the words of schema.org."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from newswire_ingest.parsing.document import Element, text_in
from newswire_ingest.parsing.found import moment
from newswire_ingest.parsing.json_ld import ARTICLE_TYPES, person_of, plain, types_of

# Themes that know no better word for what they show.
LOOSE_TYPES = frozenset({"CreativeWork", "WebPage"})
_ADDRESSES = {"a": "href", "area": "href", "img": "src", "link": "href", "source": "src"}

Properties = Mapping[str, Sequence[Element]]


def of_microdata(tree: Element) -> dict[str, object]:
    """A draft's fields from the first article that has a headline; empty without one.

    ``images`` is a list of addresses.
    """
    for types in (ARTICLE_TYPES, LOOSE_TYPES):
        for item in tree.iter():
            if (
                item.get("itemscope") is not None
                and types_of(item.get("itemtype", "").split()) & types
            ):
                properties = _properties(item)
                if "headline" in properties:
                    return _fields(properties)
    return {}


def _properties(item: Element) -> Properties:
    """The elements that say something of the item itself, not of an item within it."""
    found: dict[str, list[Element]] = defaultdict(list)
    for element in _own(item):
        for name in element.get("itemprop", "").split():
            found[name].append(element)
    return found


def _own(item: Element) -> Iterator[Element]:
    waiting = list(reversed(item))
    while waiting:
        element = waiting.pop()
        yield element
        if element.get("itemscope") is None:
            waiting.extend(reversed(element))


def _fields(properties: Properties) -> dict[str, object]:
    def first(name: str) -> str:
        return next((text for text in map(_value, properties.get(name, ())) if text), "")

    people = [*properties.get("author", ()), *properties.get("creator", ())]
    return {
        "headline": first("headline"),
        "summary": first("description"),
        "by": ", ".join(dict.fromkeys(filter(None, map(_name, people)))),
        "section": first("articleSection"),
        "dateline": first("dateline"),
        "published_at": moment(first("datePublished")),
        "updated_at": moment(first("dateModified")),
        "language": first("inLanguage"),
        "images": [_image(element) for element in properties.get("image", ())],
    }


def _value(element: Element) -> str:
    """What an element says: its content or datetime, else its text."""
    said = element.get("content") or element.get("datetime")
    return plain(text_in(element) if said is None else said)


def _name(element: Element) -> str:
    if element.get("itemscope") is not None:
        names = _properties(element).get("name")
        return person_of(_value(names[0])) if names else ""
    return person_of(_value(element))


def _image(element: Element) -> str:
    if element.get("itemscope") is not None:
        properties = _properties(element)
        inner = [*properties.get("url", ()), *properties.get("contentUrl", ())]
        return _image(inner[0]) if inner and inner[0].get("itemscope") is None else ""
    return element.get("content") or element.get(_ADDRESSES.get(str(element.tag), "src")) or ""
