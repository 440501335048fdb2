"""The vocabulary of topics and the terms that speak for them (build time only).

::

    IPTC Media Topics (.xlsx) ─┬─▶ concepts: names, parent, subject code, successor of the retired
    lists/topics_retired.txt  ─┘        │ names and definitions
    lists/topics_names.txt    ───▶ names that newsrooms use
    lists/topics_{language}.txt ──▶ terms ◀┘
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl  # type: ignore[import-untyped]  # it ships no types

from newswire_enrich.data import artefacts, lists
from newswire_enrich.related.terms import words
from newswire_enrich.topics.rules import LIST_LANGUAGES
from newswire_enrich.topics.terms import FAINT, FIRM, PLAIN

_WORKBOOK = "iptc/IPTC-MediaTopic-NewsCodes-mappings.xlsx"
_SOURCES = [
    (
        "IPTC Media Topics NewsCodes, 2023-10-24. Copyright © International Press "
        "Telecommunications Council (IPTC), www.iptc.org; CC BY 4.0; changed: names, hierarchy "
        "and mappings are kept, "
        "words of definitions became weights, successors of retired codes are ours"
    ),
    "Newswire's own term lists (Apache-2.0)",
]
# The columns of the workbook by the language that they hold (BCP 47).
_LANGUAGES = {
    "ar": "ar", "de": "de", "dk": "da", "en-GB": "en", "en-US": "en-US", "es": "es", "fr": "fr",
    "no-NB": "nb", "no-NN": "nn", "pt-PT": "pt", "pt-BR": "pt-BR", "se": "sv", "zh-Hans": "zh",
}  # fmt: skip
_WIDER = {"en-US": "en", "pt-BR": "pt"}  # not told again where it is the same
_LEVELS = [f"Level{level}/NewsCode" for level in range(1, 7)]
_WEIGHTS = {"": PLAIN, "!": FIRM, "?": FAINT}
_ASIDE = re.compile(r"\s*\([^)]*\)")
_PIECE = re.compile(r"[^\W_]+")
_VOWEL_Y = re.compile(r"[^aeiou]y$")
_SIBILANT = re.compile(r"(s|x|z|ch|sh)$")
_LEAST_SAID, _LEAST_SHARE = 2, 0.6  # of a word in the definitions under one top-level topic


class Concept(NamedTuple):
    """A row of the workbook. Codes are eight digits, without ``medtop:``."""

    code: str
    parent: str | None
    names: Mapping[str, str]
    definition: str
    subject: str | None
    retired: bool


def media_topics(version: str, source: Path) -> dict[str, Any]:
    """``media_topics.json``. Raises ValueError where a list names a code that is none."""
    concepts = {concept.code: concept for concept in _concepts(source / _WORKBOOK)}
    successors = _successors(concepts)
    return {
        "artefact": "media_topics",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": _SOURCES,
        "concepts": {
            code: _record(concept, successors.get(code)) for code, concept in concepts.items()
        },
        "aliases": _aliases(concepts),
        "terms": {
            language: _terms(language, concepts)
            for language in sorted({*_LANGUAGES.values()} - {*_WIDER})
        },
    }


def _concepts(path: Path) -> Iterator[Concept]:
    """Rows stand in the order of the tree; the level's column that is filled tells the depth."""
    line: list[str] = []
    for row in _rows(path):
        depth = next(number for number, level in enumerate(_LEVELS) if row[level])
        code = str(row[_LEVELS[depth]]).rpartition(":")[2]
        line = [*line[:depth], code]
        yield Concept(
            code,
            line[-2] if depth else None,
            _names(row),
            str(row["Definition (en-GB)"] or ""),
            str(row["SubjectCode mapping"] or "").rpartition("/")[2] or None,
            bool(row["RetiredDate"]),
        )


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of the first sheet, by the names of their columns."""
    with closing(openpyxl.load_workbook(path, read_only=True)) as workbook:
        rows = workbook.worksheets[0].iter_rows(min_row=2, values_only=True)
        head = [str(cell) for cell in next(rows)]
        for cells in rows:
            yield dict(zip(head, cells, strict=True))


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    told = {
        language: _clean(row[f"Name ({column})"])
        for column, language in _LANGUAGES.items()
        if row[f"Name ({column})"]
    }
    return {
        language: name
        for language, name in told.items()
        if told.get(_WIDER.get(language, "")) != name
    }


def _clean(cell: object) -> str:
    return unicodedata.normalize("NFC", " ".join(str(cell).split()))


def _successors(concepts: Mapping[str, Concept]) -> dict[str, str]:
    """What a retired code became: as our list says, or else the topic above it."""
    listed = {code: successor for code, successor, _ in lists.records("topics_retired", 3)}
    unknown = {*listed, *listed.values()} - {*concepts}
    if unknown:
        message = f"lists/topics_retired.txt: no such code: {sorted(unknown)}"
        raise ValueError(message)
    retired = [concept for concept in concepts.values() if concept.retired]
    return {one.code: listed.get(one.code) or one.parent or one.code for one in retired}


def _record(concept: Concept, successor: str | None) -> dict[str, Any]:
    record = {
        "parent": concept.parent,
        "names": concept.names,
        "subject": concept.subject,
        "successor": successor,
    }
    return {key: value for key, value in record.items() if value is not None}


def _aliases(concepts: Mapping[str, Concept]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, names in lists.records("topics_names", 2):
        if code not in concepts:
            message = f"lists/topics_names.txt: no such code: {code}"
            raise ValueError(message)
        found |= {name.strip().casefold(): code for name in names.split(";") if name.strip()}
    return dict(sorted(found.items()))


def _terms(language: str, concepts: Mapping[str, Concept]) -> list[list[Any]]:
    """``[code, weight, term, …]`` rows; a term that ends in ``*`` is the beginning of a word."""
    weights: dict[tuple[str, str], int] = {}
    for code, weight, term in _all_terms(language, concepts):
        weights.setdefault((term, code), weight)
    rows: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for (term, code), weight in sorted(weights.items()):
        rows[code, weight].append(term)
    return [[code, weight, *terms] for (code, weight), terms in sorted(rows.items())]


def _all_terms(language: str, concepts: Mapping[str, Concept]) -> Iterator[tuple[str, int, str]]:
    """Ours first, so that their weight decides; then names, then words of definitions.

    What a list says of a topic and is the name of a narrower one is said of that: "earthquake".
    """
    names = dict(_named(language, concepts))
    ours: set[str] = set()
    if language in LIST_LANGUAGES:
        for code, weight, term in _listed(language, concepts):
            ours.add(term)
            named = names.get(term, code)
            yield named if code in _line(named, concepts) else code, weight, term
    single, several = (FAINT, PLAIN) if ours else (PLAIN, FIRM)
    for name, code in names.items():
        if name not in ours:
            yield code, several if " " in name else single, name
    if language == "en":
        yield from _defined(concepts, ours)


def _listed(language: str, concepts: Mapping[str, Concept]) -> Iterator[tuple[str, int, str]]:
    name = f"topics_{language}"
    for code, column in lists.records(name, 2):
        if code not in concepts or concepts[code].retired:
            message = f"lists/{name}.txt: no such code, or retired: {code}"
            raise ValueError(message)
        for value in filter(None, map(str.strip, column.split(";"))):
            mark = value[-1] if value[-1] in "!?" else ""
            text = value.removesuffix(mark)
            begins = text.endswith("*")
            term = _words(text)
            if not term:
                message = f"lists/{name}.txt: too short to be told apart: {text}"
                raise ValueError(message)
            yield code, _WEIGHTS[mark], term + "*" * begins
            if language == "en" and not begins:
                yield from ((code, _WEIGHTS[mark], form) for form in _plural(term))


def _words(text: str) -> str:
    """As the words of a text are told; empty where a word of one character would be lost.

    Beside two others it may be: "coup d'état" is "coup état" there too.
    """
    term = " ".join(words(text))
    lost = len(_PIECE.findall(text)) > len(_PIECE.findall(term)) and not text.endswith("'s")
    return "" if lost and " " not in term else term


def _plural(term: str) -> Iterator[str]:
    """The English plural of a term's last word; a form that nobody writes is never found."""
    if not term[-1:].isalpha() or len(term) < len("war") or term.endswith("s"):
        return
    if _VOWEL_Y.search(term):
        yield term[:-1] + "ies"
    else:
        yield term + ("es" if _SIBILANT.search(term) else "s")


def _named(language: str, concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str]]:
    """The names of topics in use, and their codes: the last is that of the narrowest topic."""
    for concept in concepts.values():
        for told in (language, *(key for key, wider in _WIDER.items() if wider == language)):
            name = _words(_ASIDE.sub("", concept.names.get(told, "")))
            if not name or concept.retired:
                continue
            yield name, concept.code
            if language == "en":
                yield from ((form, concept.code) for form in _plural(name))


def _defined(concepts: Mapping[str, Concept], ours: set[str]) -> Iterator[tuple[str, int, str]]:
    """Words that the definitions under one top-level topic use and those of others hardly do."""
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for concept in concepts.values():
        if not concept.retired:
            told = f"{concept.names['en']} {concept.definition}"
            said[_line(concept.code, concepts)[-1]].update(set(words(told)))
    stop_words = {word for line in lists.lines("stopwords_en") for word in words(line)}
    everywhere = sum(said.values(), Counter[str]())
    for top, counts in sorted(said.items()):
        for word, count in sorted(counts.items()):
            telling = count >= _LEAST_SAID and count >= _LEAST_SHARE * everywhere[word]
            if telling and word not in stop_words and word not in ours and word.isalpha():
                yield top, 1, word


def _line(code: str, concepts: Mapping[str, Concept]) -> list[str]:
    """The code and what is above it."""
    line = [code]
    while (parent := concepts[line[-1]].parent) is not None:
        line.append(parent)
    return line
