"""What an enricher answered, checked: nothing but what every later reader can read goes on.

A value is taken as it reads back from its own JSON. So there is no infinite number, half a
surrogate pair, or model with wrong types in it, which this process would send and the next refuse.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from newswire_common.article import EnrichedArticle, Enrichment, Keyword, Named, Provenance, Topic
from newswire_enrich.enrichers.protocol import EXTRA, Derived
from newswire_enrich.parts import describe

MOST_BYTES = 65_536  # of one field of one article, as JSON
DEEPEST = 16  # levels of lists and objects within each other
_LONGEST_METHOD = 200  # characters

_named = TypeAdapter(tuple[Named, ...])
_TAGS: Mapping[str, TypeAdapter[Any]] = {
    "tags.topics": TypeAdapter(tuple[Topic, ...]),
    "tags.people": _named,
    "tags.organisations": _named,
    "tags.places": _named,
    "tags.keywords": TypeAdapter(tuple[Keyword, ...]),
}


class Admission:
    """The checks of one enricher's answers. ``name`` is where its ``extra`` stands."""

    def __init__(self, name: str, version: str, fields: Collection[str]) -> None:
        self._name = name
        self._version = version
        self._fields = fields

    def admitted(self, article: EnrichedArticle, answer: object) -> EnrichedArticle:
        """The article with the fields of the answer that are as they should be.

        Of others, and of all where the answer is an exception or no mapping, provenance says why
        they are not there. A field that is set anew leaves no word of what it was before.
        """
        enrichment = article.enrichment
        try:
            known, unknown = self._known(answer)
        except Exception as error:  # noqa: BLE001 - whatever it raised, the article goes on
            return _with(article, self._refused(enrichment, sorted(self._fields), error))
        for field, derived in known.items():
            try:
                enrichment = self._with_field(article, enrichment, field, derived)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, likewise
                enrichment = self._refused(enrichment, [field], error)
        if unknown:
            undeclared = ValueError("set fields that are none of those it says it sets")
            enrichment = self._refused(enrichment, [EXTRA], undeclared)
        return _with(article, enrichment)

    def _known(self, answer: object) -> tuple[dict[str, Derived], bool]:
        """The fields of an answer that may be there, and whether there are others.

        Raises the answer where that is an exception, and TypeError where it is no mapping.
        """
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, Mapping):
            raise TypeError(f"an article's answer is no mapping but {type(answer).__name__}")
        known = {field: answer[field] for field in sorted(self._fields) if field in answer}
        return known, len(answer) > len(known)

    def _with_field(
        self, article: EnrichedArticle, enrichment: Enrichment, field: str, derived: Derived
    ) -> Enrichment:
        """Raises ValueError or TypeError, one line on what is wrong."""
        if not isinstance(derived, Derived):
            raise TypeError(f"is no Derived but {type(derived).__name__}")
        if derived.confidence is not None and not 0 <= derived.confidence <= 1:
            raise ValueError(f"has the confidence {derived.confidence}, which is not 0 to 1")
        told = self._provenance(
            field, str(derived.method)[:_LONGEST_METHOD], confidence=derived.confidence
        )
        kept = [one for one in enrichment.provenance if one.error or one.field != told.field]
        provenance = (*kept, told)
        if field == EXTRA:
            extra = enrichment.extra | {self._name: _json(derived.value)}
            return enrichment.model_copy(update={"extra": extra, "provenance": provenance})
        tags = _tags(_TAGS[field], derived.value, len(article.body_text))
        changed = enrichment.tags.model_copy(update={field.removeprefix("tags."): tags})
        return enrichment.model_copy(update={"tags": changed, "provenance": provenance})

    def _refused(
        self, enrichment: Enrichment, fields: Collection[str], error: Exception
    ) -> Enrichment:
        lost = [self._provenance(one, self._name, error=describe(error)) for one in fields]
        return enrichment.model_copy(update={"provenance": (*enrichment.provenance, *lost)})

    def _provenance(
        self, field: str, method: str, *, confidence: object = None, error: str | None = None
    ) -> Provenance:
        return Provenance.model_validate(
            {
                "field": f"{EXTRA}.{self._name}" if field == EXTRA else field,
                "method": method.encode("utf-8", "replace").decode(),
                "version": self._version,
                "confidence": confidence,
                "error": error,
            }
        )


def _with(article: EnrichedArticle, enrichment: Enrichment) -> EnrichedArticle:
    return article.model_copy(update={"enrichment": enrichment})


def _json(value: object) -> Any:  # noqa: ANN401 - anything that JSON can say
    told = orjson.dumps(value)
    _check_size(told)
    read = orjson.loads(told)
    if any(depth > DEEPEST for depth in _depths(read)):
        raise ValueError(f"is deeper than {DEEPEST} levels")
    return read


def _depths(value: object) -> Iterator[int]:
    """Of every list and object in it, which orjson bounds at 254."""
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, list | dict):
            yield depth
            inner = one.values() if isinstance(one, dict) else one
            waiting += [(each, depth + 1) for each in inner]


def _tags(adapter: TypeAdapter[Any], value: object, length: int) -> tuple[Any, ...]:
    """``length`` is the body's, in code points."""
    told = adapter.dump_json(adapter.validate_python(value), warnings="error")
    _check_size(told)
    try:
        tags: tuple[Any, ...] = adapter.validate_json(told)
    except ValidationError as error:
        raise ValueError(f"does not read back from JSON: {describe(error)}") from error
    for tag in tags:
        for span in getattr(tag, "evidence", ()):
            if not span.start <= span.end <= length:
                raise ValueError(f"has evidence outside the body: {span.start} to {span.end}")
    return tags


def _check_size(told: bytes) -> None:
    if len(told) > MOST_BYTES:
        raise ValueError(f"is {len(told):,} bytes of JSON; at most {MOST_BYTES:,} are taken")
