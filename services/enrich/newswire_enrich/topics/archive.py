"""A newsroom's own tagged articles, to learn topics from: JSON, an article a line.

::

    {"headline": …, "body_text": …, "subjects": [{"name": …, "code": …}], "language": …}
    {"headline": …, "body_text": …, "topics": ["medtop:15000000", …]}
    {"data": {"article": {…}}}, {"article": {…}}      events and documents of Newswire itself

Only what people or the source gave is taken: what the enricher tagged it would learn from itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from newswire_common.article import Subject
from newswire_enrich.related.terms import words
from newswire_enrich.topics.given import given_codes
from newswire_enrich.topics.model import HEADLINE_TIMES
from newswire_enrich.topics.rules import Rules, leaning
from newswire_enrich.topics.terms import join
from newswire_enrich.topics.vocabulary import Vocabulary

MOST_LINE_BYTES = 10_000_000
READ_CHARACTERS = 200_000  # of a body
_WRAPPINGS = ("data", "article")
_NAME_LENGTH = 300


class Example(NamedTuple):
    """An article's words, those of the headline as often as the model counts them, and its topics.

    ``codes`` are eight digits, parents included; ``leaning`` is what the rules say of the text.
    """

    words: list[str]
    codes: frozenset[str]
    leaning: Mapping[str, float]


class ArchiveError(ValueError):
    """A line is no tagged article; the text says why in a few words."""


class _Article(BaseModel):
    """The fields that are read; others may be there."""

    model_config = ConfigDict(extra="ignore")

    headline: str = ""
    body_text: Annotated[str, Field(min_length=1)]
    language: str | None = None
    subjects: tuple[Subject, ...] = ()
    topics: tuple[Subject, ...] = ()

    @field_validator("topics", mode="before")
    @classmethod
    def _coded(cls, value: object) -> object:
        """Codes, URIs and names stand there without an object around them."""
        if not isinstance(value, list):
            return value
        return [
            {"name": one[:_NAME_LENGTH], "code": one, "scheme": "medtop"}
            if isinstance(one, str)
            else {"name": "", "scheme": "medtop", **one}
            if isinstance(one, dict)
            else one
            for one in value
        ]


def example(line: bytes, vocabulary: Vocabulary, rules: Rules) -> Example:
    """Read one line. Raises ArchiveError."""
    if len(line) > MOST_LINE_BYTES:
        raise ArchiveError(f"is longer than {MOST_LINE_BYTES // 1_000_000} MB")
    article = _article(line)
    given = given_codes((*article.subjects, *article.topics), article.language, vocabulary)
    codes = {above for code in given if code in vocabulary for above in vocabulary.line(code)}
    if not codes:
        raise ArchiveError("has no topic of the IPTC Media Topics in `subjects` or `topics`")
    headline, body = words(article.headline), words(article.body_text[:READ_CHARACTERS])
    reading = rules.read(headline, join(body), len(headline) + len(body), article.language)
    return Example([*headline * HEADLINE_TIMES, *body], frozenset(codes), leaning(reading))


def examples(
    lines: Iterable[bytes], vocabulary: Vocabulary, rules: Rules
) -> Iterator[tuple[int, Example | ArchiveError]]:
    """Each line that is not blank, by its number from 1: an example, or what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, example(line, vocabulary, rules)
        except ArchiveError as error:
            yield number, error


def _article(line: bytes) -> _Article:
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ArchiveError(f"is no JSON: {error}") from error
    for name in _WRAPPINGS:
        if isinstance(value, dict) and isinstance(value.get(name), dict):
            value = value[name]
    try:
        return _Article.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise ArchiveError(f"{where}: {first['msg']}") from error
