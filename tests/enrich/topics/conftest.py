"""What the tests of topics share: the shipped topics, and a text as the enricher reads it."""

from collections.abc import Callable

import pytest

from newswire_common.article import Subject, Topic
from newswire_enrich.related.terms import folded, plain_words
from newswire_enrich.topics import Topics, Words

Tag = Callable[..., tuple[Topic, ...]]


@pytest.fixture(scope="session")
def tag(topics: Topics) -> Tag:
    """Tags a text: body, headline, language, subjects."""

    def run(
        body: str,
        headline: str = "",
        language: str | None = "en",
        subjects: tuple[Subject, ...] = (),
    ) -> tuple[Topic, ...]:
        plain = plain_words(body)
        words = Words(folded(plain_words(headline)), folded(plain), plain)
        return topics.tag(subjects, body, words, language)

    return run
