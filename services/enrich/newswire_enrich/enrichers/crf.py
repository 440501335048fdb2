"""Names by a conditional random field that `newswire names train` fitted on the user's own texts.

::

    text ─▶ sentences ─▶ words ─▶ what is seen of each and around it ─▶ CRFsuite ─▶ spans ─▶ tags

Lafferty, McCallum and Pereira, 2001, "Conditional Random Fields"; Okazaki, 2007, "CRFsuite".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers.conll import Word, names
from newswire_enrich.enrichers.names import FIELDS, Name, derived, read_text
from newswire_enrich.enrichers.protocol import Derived, EnricherError
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Mention

_HEADER = b"newswire names 1 "  # the number is raised when `seen` changes
_MOST_BYTES = 500_000_000
_LONGEST = 200  # words of a sentence; a longer one is a table or a list, and cut
_LONGEST_WORD = 40  # characters that are looked at: a bound on what is remembered, too
# A word with what is joined to it, an abbreviation with its full stops, or a sign.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\w+(?:-\w+)*|'s\b|’s\b|[^\w\s]")
_ENDS = frozenset(".!?…")


class Model(NamedTuple):
    """What CRFsuite reads, and the language (ISO 639) of the texts that it was fitted on."""

    language: str
    crf: bytes

    @property
    def digest(self) -> str:
        return sha256(self.language.encode() + self.crf).hexdigest()

    def packed(self) -> bytes:
        """The content of its file. CRFsuite reads beyond the end of a damaged one: so a digest."""
        return b"%s%s %s\n%s" % (_HEADER, self.language.encode(), self.digest.encode(), self.crf)


class CrfNames:
    """People, organisations and places of articles by the model in the file ``path``."""

    fields = FIELDS

    def __init__(self, path: str = "names.crf") -> None:
        """Raises EnricherError where python-crfsuite or the model is absent, or it is damaged."""
        try:
            library: Any = import_module("pycrfsuite")  # not everybody's
        except ImportError as error:
            raise EnricherError("python-crfsuite is not installed: newswire-enrich[crf]") from error
        model = _read(Path(path))
        self._model = model  # kept: CRFsuite reads from its bytes, and holds no reference to them
        self._tagger = library.Tagger()
        self._tagger.open_inmemory(model.crf)
        self._gazetteer = Gazetteer.load()
        self.version = f"{model.digest[:12]}, gazetteer {self._gazetteer.version}"

    def enrich(self, articles: Sequence[EnrichedArticle]) -> Iterable[Mapping[str, Derived]]:
        """No field for an article in another language than that of the model."""
        for article in articles:
            code = (article.enrichment.language or "").partition("-")[0].lower()
            if code == self._model.language:
                headline, body = map(self.names, read_text(article))
                yield derived(article, headline, body, self._gazetteer, "CRF")
            else:
                yield {}

    def names(self, text: str) -> list[Name]:
        """The names in a text, by start. Linear in its length."""
        sentences = list(split(text))
        found = []
        listed = self._gazetteer.find(text, self._model.language)
        for words, features in zip(sentences, seen(sentences, listed), strict=True):
            for start, end, kind in names(self._tagger.tag(features)):
                found.append(Name(words[start].start, words[end - 1].end, kind))
        return found


def _read(path: Path) -> Model:
    """Raises EnricherError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise EnricherError(f"{path}: is too large for a model of names")
        head, _, crf = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise EnricherError(f"{path}: {error.strerror}") from error
    told = head.removeprefix(_HEADER).decode("ascii", "replace").split()
    if not head.startswith(_HEADER) or len(told) != len(("language", "digest")):
        raise EnricherError(f"{path}: is no model of names of this version: train it again")
    model = Model(told[0], crf)
    if model.digest != told[1]:
        raise EnricherError(f"{path}: is damaged")
    return model


def split(text: str) -> Iterator[list[Word]]:
    """The words of each sentence of a text, as labelled texts part them."""
    sentence: list[Word] = []
    for match in _WORD.finditer(text):
        word = Word(match.start(), match.end(), match[0])
        if sentence and (_opens(text, sentence[-1], word) or len(sentence) == _LONGEST):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _opens(text: str, before: Word, word: Word) -> bool:
    """Whether ``word`` is the first of a sentence."""
    gap = text[before.end : word.start]
    return "\n\n" in gap or (before.text in _ENDS and bool(gap) and not word.text.islower())


def seen(
    sentences: Sequence[Sequence[Word]], listed: Sequence[Mention]
) -> Iterator[list[list[str]]]:
    """Of each word of each sentence what the model goes by: itself, its neighbours, what is listed.

    ``listed`` is what the gazetteer found in the whole text, by start.
    """
    kinds = _kinds([word for sentence in sentences for word in sentence], listed)
    for sentence in sentences:
        texts = [word.text[:_LONGEST_WORD] for word in sentence]
        yield _seen([(text.lower(), shape(text), next(kinds)) for text in texts])


def _seen(words: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    edge = ("", "", "")
    around = [edge, edge, *words, edge, edge]
    found = []
    for place, (word, form, listed) in enumerate(words, 2):
        features = [
            "bias", f"w={word}", f"s={form}", f"l={listed}", f"end={word[-3:]}",
            f"begin={word[:3]}", f"s|l={form}|{listed}",
            f"s-1|s={around[place - 1][1]}|{form}", f"s|s+1={form}|{around[place + 1][1]}",
        ]  # fmt: skip
        for at in (-2, -1, 1, 2):
            near, near_form, near_listed = around[place + at]
            features += (f"{at}w={near}", f"{at}s={near_form}", f"{at}l={near_listed}")
        found.append(features)
    return found


@lru_cache(16_384)
def shape(word: str) -> str:
    """Its letters and digits as ``X``, ``x`` and ``9``, one for many: "McDonald's" is XxXx'x."""
    signs = (
        "X" if sign.isupper() else "x" if sign.isalpha() else "9" if sign.isdigit() else sign
        for sign in word
    )
    return "".join(sign for sign, _ in groupby(signs))


def _kinds(words: Sequence[Word], listed: Sequence[Mention]) -> Iterator[str]:
    """What list and rules take each word for: a kind of name, begun or gone on with, or nothing."""
    at = 0
    for word in words:
        while at < len(listed) and listed[at].end <= word.start:
            at += 1
        if at < len(listed) and listed[at].start < word.end:
            mark = "B" if word.start <= listed[at].start else "I"
            yield f"{mark}-{listed[at].kind}"
        else:
            yield ""
