"""The language of a few words, of a sentence and of an article.

The sentences are the definitions of the IPTC Media Topics in nine languages (Chinese has no words
to count; Bokmål and Nynorsk count as Norwegian), paragraphs of web pages in the language that the
page declares, and news in English. A text counts where it is long enough. The languages most alike,
Portuguese and Spanish, and Danish, Norwegian and Swedish, are more than half of the texts: a harder
mixture than a day's news.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from newswire_enrich.language import detect
from tests.benchmarks.quality.corpora import iptc_terms, masakhanews

_DEFINITION = re.compile(r"Definition \((?P<language>\w\w)(?:-(?P<variant>\w+))?\)")
# What the table calls by the code of a country, or by more than we tell apart.
_CODES = {"dk": "da", "se": "sv", "nb": "no", "nn": "no"}
_UNSPACED = "zh"
_DECLARED = re.compile(r"<html[^>]*\blang=[\"']?(?P<language>\w\w)\b")
Text = tuple[str, str]  # its language and what it says
_SENTENCE = 15  # words
_ARTICLE = 350


def measure(data: Path) -> dict[str, float]:
    """Shares of texts whose language is found without a declaration, and with a wrong one."""
    texts = [*_definitions(data), *_paragraphs(data)]
    texts += [("en", story.body) for story in masakhanews(data)]
    return {
        "seven_words": _share(texts, 7),
        "seven_words_mean_of_languages": _mean_share(texts, 7),
        "sentence": _share(texts, _SENTENCE),
        "article": _share(texts, _ARTICLE),
        "wrongly_declared_sentence": _share(texts, _SENTENCE, declared="nl"),
        "rightly_declared_seven_words": _kept(texts, 7),
    }


def _definitions(data: Path) -> Iterator[Text]:
    """Those in force, each once a language: many are the same in Portugal and in Brazil."""
    seen: set[tuple[str, str]] = set()
    for row in iptc_terms(data):
        for column, text in row.items():
            match = _DEFINITION.fullmatch(column)
            if match and "RetiredDate" not in row and match["language"] != _UNSPACED:
                seen.add((_code(match["language"]), text))
    yield from sorted(seen)


def _code(language: str | None) -> str:
    return _CODES.get(language or "", language or "und")


def _paragraphs(data: Path) -> Iterator[Text]:
    """The main texts' beginnings of real pages that declare a language."""
    expected = json.loads((data / "pages" / "expected.json").read_text(encoding="utf-8"))
    for page in expected.values():
        path = data / "pages" / "html" / page["file"]
        declared = _DECLARED.search(path.read_text(encoding="utf-8", errors="replace"))
        if declared:
            yield from ((_code(declared["language"].lower()), text) for text in page["with"])


def _cut(texts: Sequence[Text], length: int) -> Iterator[Text]:
    for language, text in texts:
        words = text.split()
        if len(words) >= length:
            yield language, " ".join(words[:length])


def _share(texts: Sequence[Text], length: int, declared: str | None = None) -> float:
    return mean(_found(cut, declared) == wanted for wanted, cut in _cut(texts, length))


def _found(text: str, declared: str | None) -> str:
    return _code(detect(text, declared).language)


def _kept(texts: Sequence[Text], length: int) -> float:
    return mean(_found(cut, wanted) == wanted for wanted, cut in _cut(texts, length))


def _mean_share(texts: Sequence[Text], length: int) -> float:
    """Every language counts alike, however many texts it has."""
    languages = {language for language, _ in texts}
    parts = [[one for one in texts if one[0] == language] for language in languages]
    return mean(_share(part, length) for part in parts if any(_cut(part, length)))
