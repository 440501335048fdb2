"""Sentences: abbreviations and quotes do not end them, paragraphs do."""

import pytest

from newswire_enrich.reactions.quotes import find_quotes
from newswire_enrich.reactions.sentences import MAX_SENTENCE, split

ABBREVIATIONS = frozenset({"mr", "u.s", "gen"})


def sentences(text: str) -> list[str]:
    """The sentences of ``text``."""
    return [text[span.start : span.end] for span in split(text, find_quotes(text), ABBREVIATIONS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Mr. Berg spoke. J. Doe left.", ["Mr. Berg spoke.", "J. Doe left."]),
        ("The U.S. Senate met.", ["The U.S. Senate met."]),
        ("“Over. Lost,” said Ann. Bob left.", ["“Over. Lost,” said Ann.", "Bob left."]),
        ("“Over.” Then silence.", ["“Over.”", "Then silence."]),
        ("A heading\n\nIts text", ["A heading", "Its text"]),
        ("A line that is\nwrapped.", ["A line that is\nwrapped."]),
        ("It cost 3.5 million. Why?", ["It cost 3.5 million.", "Why?"]),
    ],
)  # fmt: skip
def test_sentences_end_where_readers_see_it(text: str, expected: list[str]) -> None:
    """Words and the quote they attribute stay in one sentence."""
    assert sentences(text) == expected


def test_an_endless_sentence_is_cut() -> None:
    """No sentence grows beyond the bound that keeps every rule linear."""
    assert max(len(each) for each in sentences("word " * 2_000)) <= MAX_SENTENCE
