"""The frozen background: document frequencies and stop words (build time only)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stop_words  # type: ignore[import-untyped]  # it ships no types

from newswire_enrich.data import artefacts, lists
from newswire_enrich.related.terms import words

LANGUAGES = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it",
    "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sv", "tr", "uk",
)  # fmt: skip
_WIKIGOLD = "wikigold/CONLL-format/data/wikigold.conll.txt"
_WIKIGOLD_SOURCE = (
    "Wikigold (Balasuriya, Ringland, Nothman, Murphy and Curran, 2009), CC BY 4.0; word counts of "
    "its first two thirds"
)
_STOP_WORDS_SOURCE = "stop-words (Alireza Savand and contributors), BSD-3-Clause"
_NEW_DOCUMENT = "-DOCSTART-"
_LEAST_DOCUMENTS = 2  # a word of one document is no more known than one of none


def idf(version: str, source: Path) -> dict[str, Any]:
    """``idf.json``: in how many articles of Wikigold's first two thirds a word stands.

    The last third is left to those who measure names on it.
    """
    documents = list(_documents(source / _WIKIGOLD))
    kept = documents[: len(documents) * 2 // 3]
    counts = Counter(word for document in kept for word in set(words(document)))
    known = {word: count for word, count in counts.items() if count >= _LEAST_DOCUMENTS}
    return {
        "artefact": "idf",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": [_WIKIGOLD_SOURCE],
        "documents": len(kept),
        "frequencies": dict(sorted(known.items())),
    }


def stopwords(version: str) -> dict[str, Any]:
    """``stopwords.json``: English from our own list, the others from the package stop-words."""
    languages = {code: _folded(stop_words.get_stop_words(code)) for code in LANGUAGES}
    languages["en"] = _folded(" ".join(lists.lines("stopwords_en")).split())
    return {
        "artefact": "stopwords",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": [_STOP_WORDS_SOURCE, "Newswire's own list for English (Apache-2.0)"],
        "languages": dict(sorted(languages.items())),
    }


def _folded(entries: list[str]) -> list[str]:
    """As the tokeniser gives them: "n'est" is "est" there."""
    return sorted({word for entry in entries for word in words(entry)})


def _documents(path: Path) -> Iterator[str]:
    """The texts of a CoNLL file: one token and its label a line."""
    tokens: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        token = line.partition(" ")[0]
        if token != _NEW_DOCUMENT:
            tokens.append(token)
        elif tokens:
            yield " ".join(tokens)
            tokens = []
    if tokens:
        yield " ".join(tokens)
