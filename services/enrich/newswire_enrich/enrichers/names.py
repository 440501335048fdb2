"""What taggers of names share: from the spans that a model found to tags like Newswire's own.

::

    spans of a model ─┐
    list and rules ───┴▶ mentions: canonical names and countries where they agree ─▶ tags
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from newswire_common.article import EnrichedArticle, Named
from newswire_enrich.enrichers.protocol import Derived
from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer, without_overlaps
from newswire_enrich.tags.mention import Kind, Mention
from newswire_enrich.tags.organisations import organisations
from newswire_enrich.tags.people import people
from newswire_enrich.tags.places import places

FIELDS = ("tags.people", "tags.organisations", "tags.places")
READ_CHARACTERS = 20_000  # of a body: a model takes seconds for a hundred thousand
_ARTICLE = re.compile(r"(?:the|The|THE) ")
_POSSESSIVE = re.compile(r"['’]s?$")


class Name(NamedTuple):
    """Code points ``[start, end)`` of the text, and what the model takes them for."""

    start: int
    end: int
    kind: Kind


def read_text(article: EnrichedArticle) -> tuple[str, str]:
    """What of an article a model reads: its headline, and its body or the beginning of it."""
    return article.headline, article.body_text[:READ_CHARACTERS]


def derived(
    article: EnrichedArticle,
    in_headline: Sequence[Name],
    in_body: Sequence[Name],
    gazetteer: Gazetteer,
    method: str,
) -> dict[str, Derived]:
    """`FIELDS` of an article, from the names that a model found in `read_text` of it.

    People and bodies are those of the model. A place tags as everywhere in Newswire: a country that
    the gazetteer knows, where the model does not take the words for a person's or a body's name.
    """
    headline, body = read_text(article)
    language = article.enrichment.language
    found = Found(
        mentions(headline, in_headline, gazetteer.find(headline, language)),
        mentions(body, in_body, gazetteer.find(body, language)),
    )
    tags: Mapping[str, tuple[Named, ...]] = {
        "tags.people": people(found.of("person")),
        "tags.organisations": organisations(found.of("organisation")),
        "tags.places": places(found.of("place"), body, gazetteer.countries),
    }
    cut = len(article.body_text) > READ_CHARACTERS
    note = f" (first {READ_CHARACTERS} characters)" if cut else ""
    return {field: Derived(value, method + note) for field, value in tags.items()}


def mentions(text: str, names: Sequence[Name], listed: Sequence[Mention]) -> list[Mention]:
    """The people and bodies that a model named, and the places beside them; by start.

    ``listed`` is what the gazetteer found: where it says the same of the same words, its mention
    stands, with the canonical name and the country.
    """
    known = {(one.start, one.end, one.kind): one for one in listed}
    named = [
        known.get((name.start, name.end, name.kind)) or _mention(text, name)
        for name in _with_surnames(text, [*_trimmed(text, names)])
        if name.kind != "place"
    ]
    taken = without_overlaps(named)
    around = _overlapping(taken, [one for one in listed if one.kind == "place"])
    free = [place for place, overlaps in around if not overlaps]
    return without_overlaps([*taken, *free])


def _overlapping(
    taken: Sequence[Mention], listed: Sequence[Mention]
) -> Iterator[tuple[Mention, bool]]:
    """Each of ``listed``, and whether one of ``taken`` overlaps it; both are by start."""
    at = 0
    for one in listed:
        while at < len(taken) and taken[at].end <= one.start:
            at += 1
        yield one, at < len(taken) and taken[at].start < one.end


def _trimmed(text: str, names: Sequence[Name]) -> Iterator[Name]:
    """Without an article before and a possessive after, and none that runs over a paragraph."""
    for start, end, kind in names:
        word = text[start:end]
        article, possessive = _ARTICLE.match(word), _POSSESSIVE.search(word)
        first = start + article.end() if article else start
        last = start + possessive.start() if possessive else end
        if first < last and "\n\n" not in word:
            yield Name(first, last, kind)


def _with_surnames(text: str, names: Sequence[Name]) -> Iterator[Name]:
    """A word alone that is the last of a person's full name is that person, not a body or place."""
    full = [text[one.start : one.end].split() for one in names if one.kind == "person"]
    surnames = {words[-1] for words in full if len(words) > 1}
    for one in names:
        yield one._replace(kind="person") if text[one.start : one.end] in surnames else one


def _mention(text: str, name: Name) -> Mention:
    words = text[name.start : name.end]
    return Mention(name.start, name.end, words, " ".join(words.split()), name.kind, "name")
