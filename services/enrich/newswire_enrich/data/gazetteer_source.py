"""The gazetteer artefact from our own lists and CLDR's territory names (build time only)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from babel import Locale

from newswire_enrich.data import artefacts, lists
from newswire_enrich.data.lists import Marked

SOURCES = (
    "Newswire's own lists (Apache-2.0)",
    "Unicode CLDR, territory names (Unicode License v3), through Babel (BSD-3-Clause)",
)
LANGUAGES = ("de", "fr", "es", "pt", "it", "nl", "ar")
# Names of territories in other languages that are given names or plain words there or here.
_CLDR_SKIPPED = frozenset({
    "Dominique", "Guadalupe", "Jersey", "Jordan", "Maurice", "Salvador", "Chad", "Man", "Martinica",
    "Georgia", "Congo", "Granada", "Reunion", "La Reunion", "Samoa Americana",
})  # fmt: skip
# Those that are another word or name there or here: they count beside firmer evidence only.
_CLDR_DOUBTFUL = frozenset({
    "Island", "Islands", "Norfolk", "Norfolks", "Chili", "Chilis", "Malte", "Grenade", "Mauricio",
    "Malis", "Perus", "Gana", "Saint-Martin", "Saint-Martins", "Santa Elena", "Santa Helena",
})  # fmt: skip
_POSSESSIVE_S = ("de", "nl")  # "Russlands", "Japans": the genitive is written together
_SHORTEST_CAPITALS = 4  # shorter all-capital forms collide with acronyms


class Surface(NamedTuple):
    """One way to write an entity. ``form`` as in `newswire_enrich.tags.mention`."""

    text: str
    name: str
    kind: str
    form: str
    iso3: str
    mark: str = ""
    rival: str = ""
    language: str = ""


def artefact(version: str) -> dict[str, Any]:
    """The content of ``gazetteer.json``: entities, their surfaces, given names and titles."""
    surfaces: dict[str, Surface] = {}
    for surface in _all_surfaces():
        for text in _spellings(surface):
            surfaces.setdefault(text, surface._replace(text=text))
    entities = sorted({(s.name, s.kind, s.iso3) for s in surfaces.values()})
    number = {entity: index for index, entity in enumerate(entities)}
    return {
        "artefact": "gazetteer",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": SOURCES,
        "countries": {row[0]: lists.marked(row[2]).text for row in lists.records("countries", 8)},
        "entities": entities,
        "surfaces": [
            (text, number[s.name, s.kind, s.iso3], s.form, s.mark, s.rival, s.language)
            for text, s in sorted(surfaces.items())
        ],
        "words": _words(),
    }


def _words() -> dict[str, Any]:
    """The sets of `newswire_enrich.tags.lexicon.Lexicon`, sorted."""
    titles, bare = (line.split() for line in lists.lines("titles"))
    bodies, of_bodies = (line.split() for line in lists.lines("organisation_words"))
    sets = {
        "titles": [*titles, *bare],
        "bare_titles": bare,
        "organisation_words": [*bodies, *of_bodies],
        "organisation_of_words": of_bodies,
    }
    for name in ("given_names", "roles", "not_names", "function_words", "family_first"):
        sets[name] = " ".join(lists.lines(name)).split()
    words: dict[str, Any] = {key: sorted(set(values)) for key, values in sorted(sets.items())}
    words["surnames"] = {
        row[0]: sorted(surname.text.rstrip("+") for surname in lists.values(row[3]))
        for row in sorted(lists.records("leaders", 4))
        if row[3]
    }
    return words


def _all_surfaces() -> Iterator[Surface]:
    """Earlier ones win where two share a text: our own lists before the vocabularies."""
    yield from _organisations()
    yield from _people()
    yield from _countries()
    for text in lists.lines("not_places"):
        yield Surface(text, text, "", "name", "")
    yield from _other_languages()
    yield from _cldr()


def _other_languages() -> Iterator[Surface]:
    for iso3, name, form, texts in lists.records("names_other", 4):
        for value in lists.values(texts):
            yield _surface(value, name, "place", form, iso3)


def _countries() -> Iterator[Surface]:
    for iso3, _, name, others, demonyms, capital, seats, cities in lists.records("countries", 8):
        country = lists.marked(name)
        for value in (country, *lists.values(others)):
            form = "acronym" if _is_acronym(value.text) else "name"
            yield _surface(value, country.text, "place", form, iso3)
        for value in lists.values(demonyms):
            yield _surface(value, country.text, "place", "demonym", iso3)
        for value in (*lists.values(capital), *lists.values(seats)):
            yield _surface(value, value.text, "place", "metonym", iso3)
        for value in lists.values(cities):
            yield _surface(value, value.text, "place", "name", iso3)


def _organisations() -> Iterator[Surface]:
    for column, iso3, others, metonyms in lists.records("organisations", 4):
        name = lists.marked(column)
        for value in (name, *lists.values(others)):
            form = "acronym" if _is_acronym(value.text) else "name"
            yield _surface(value, name.text, "organisation", form, iso3)
        for value in lists.values(metonyms):
            yield _surface(value, name.text, "organisation", "metonym", iso3)


def _people() -> Iterator[Surface]:
    for name, iso3, others, surnames in lists.records("leaders", 4):
        for value in (Marked(name), *lists.values(others)):
            yield _surface(value, name, "person", "name", iso3)
        for value in lists.values(surnames):
            if value.text.endswith("+"):
                yield Surface(value.text[:-1], name, "person", "surname", iso3)


def _cldr() -> Iterator[Surface]:
    """Country names in other languages, from the Unicode CLDR as Babel carries it."""
    countries = [(row[0], row[1], lists.marked(row[2])) for row in lists.records("countries", 8)]
    for language in LANGUAGES:
        territories = Locale(language).territories
        for iso3, iso2, country in countries:
            text = territories.get(iso2, "")
            if not text or text in _CLDR_SKIPPED or "(" in text:
                continue
            genitive = language in _POSSESSIVE_S and text[-1] not in "sxzß"
            for form in (text, text + "s") if genitive else (text,):
                mark = "?" if form in _CLDR_DOUBTFUL else ""
                yield Surface(form, country.text, "place", "name", iso3, mark, "", language)


def _surface(value: Marked, name: str, kind: str, form: str, iso3: str) -> Surface:
    return Surface(value.text, name, kind, form, iso3, value.mark, value.rival)


def _is_acronym(text: str) -> bool:
    letters = text.replace(".", "")
    return letters.isupper() and " " not in letters


def _spellings(surface: Surface) -> Iterator[str]:
    """The text as our matcher sees texts, and in capitals for headlines set in them."""
    text = surface.text.replace("\u2019", "'")
    yield text
    if len(text) >= _SHORTEST_CAPITALS and surface.form != "acronym":
        yield text.upper()
