"""Names by a spaCy model of the user's: `NEWSWIRE_ENRICHERS=spacy:en_core_web_sm`, or a path.

Only the model's recogniser of names is used, and only for articles in its language.
https://spacy.io/api/entityrecognizer
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers.names import FIELDS, Name, derived, read_text
from newswire_enrich.enrichers.protocol import Derived, EnricherError
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Kind

# Labels of OntoNotes (English, Chinese), and of WikiNER (most of the others).
_KINDS: Mapping[str, Kind] = {
    "PERSON": "person", "PER": "person", "ORG": "organisation",
    "GPE": "place", "LOC": "place", "NORP": "place",
}  # fmt: skip
_UNUSED = ("tagger", "parser", "attribute_ruler", "lemmatizer", "morphologizer", "senter")
_ANY_LANGUAGE = "xx"
_UNSPACED = ("zh", "ja", "th")
# What is no name, and takes spaCy's tokenizer time that grows with the square of its length.
_SIGNS = re.compile(r"[^\w\s]{40,}")
_SIGNS_OR_RUN = re.compile(r"[^\w\s]{40,}|\S{200,}")


class SpacyNames:
    """People, organisations and places of articles by the model ``model``."""

    fields = FIELDS

    def __init__(self, model: str = "en_core_web_sm") -> None:
        """Raises EnricherError where spaCy or the model is absent, or the model knows no names."""
        try:
            library: Any = import_module("spacy")  # heavy, and not everybody's
        except ImportError as error:
            raise EnricherError("spaCy is not installed: newswire-enrich[spacy]") from error
        try:
            self._model = library.load(model, exclude=_UNUSED)
        except (OSError, ValueError) as error:
            raise EnricherError(f"spaCy can not load the model {model}: {error}") from error
        if "ner" not in self._model.pipe_names:
            raise EnricherError(f"the spaCy model {model} does not recognise names")
        if "tok2vec" in self._model.pipe_names:
            layer = self._model.get_pipe("tok2vec")
            if "ner" not in layer.listening_components:  # of the small models it has its own
                self._model.disable_pipe("tok2vec")
        meta = self._model.meta
        self._language = self._model.lang
        self._method = f"spaCy {meta['lang']}_{meta['name']}"
        self._gazetteer = Gazetteer.load()
        lists = f"gazetteer {self._gazetteer.version}"
        self.version = f"{meta['version']}, spaCy {library.__version__}, {lists}"

    def enrich(self, articles: Sequence[EnrichedArticle]) -> Iterable[Mapping[str, Derived]]:
        """No field for an article in another language than the model's."""
        mine = [one for one in articles if self._reads(one.enrichment.language)]
        texts = [self._readable(text) for one in mine for text in read_text(one)]
        with self._model.memory_zone():  # or every word ever read would be kept
            found = iter([_names(document) for document in self._model.pipe(texts)])
        tags = {
            one.id: derived(one, next(found), next(found), self._gazetteer, self._method)
            for one in mine
        }
        return [tags.get(one.id, {}) for one in articles]

    def _readable(self, text: str) -> str:
        """The text, as long as it was, with spaces for what would only take time."""
        pattern = _SIGNS if self._language in _UNSPACED else _SIGNS_OR_RUN
        return pattern.sub(lambda run: " " * len(run[0]), text)

    def _reads(self, language: str | None) -> bool:
        code = (language or "").partition("-")[0].lower()
        return self._language in (_ANY_LANGUAGE, code)


def _names(document: Any) -> list[Name]:  # noqa: ANN401 - spaCy is imported only where it is used
    return [
        Name(one.start_char, one.end_char, _KINDS[one.label_])
        for one in document.ents
        if one.label_ in _KINDS
    ]
