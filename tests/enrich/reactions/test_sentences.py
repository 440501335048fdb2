"""Sentences: abbreviations and quotes do not end them, paragraphs do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.reactions.quotes import find_quotes
from newswire_enrich.reactions.sentences import MAX_SENTENCE, MAX_SENTENCES, split, unwrapped

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


def test_a_day_of_a_german_date_ends_no_sentence() -> None:
    """ "3. Oktober" is one date; a year ends a sentence as any word does."""
    text = "Am 3. Oktober war es so. Das war 2012. Polen lehnte ab."
    spans = split(text, [], frozenset(), ordinals=True)
    assert [text[span.start : span.end] for span in spans] == [
        "Am 3. Oktober war es so.", "Das war 2012.", "Polen lehnte ab.",
    ]  # fmt: skip


@given(st.text(alphabet="ab \n", max_size=400))
def test_unwrapping_moves_nothing_and_keeps_paragraphs(text: str) -> None:
    """Offsets into the text hold, and an empty line stays one."""
    lines = unwrapped(text)
    assert len(lines) == len(text)
    assert lines.count("\n\n") == text.count("\n\n")
    assert all(
        one == other or (one, other) == ("\n", " ") for one, other in zip(text, lines, strict=True)
    )


def test_headings_and_items_are_not_wrapped_lines() -> None:
    """A short line ends where it ends."""
    assert unwrapped("What they said\nNorway: no\nSweden: yes") == (
        "What they said\nNorway: no\nSweden: yes"
    )


def test_an_endless_sentence_is_cut() -> None:
    """No sentence grows beyond the bound that keeps every rule linear."""
    assert max(len(each) for each in sentences("word " * 2_000)) <= MAX_SENTENCE


def test_a_text_of_scraps_has_so_many_sentences_and_no_more() -> None:
    """A bound on time: ordinary articles come nowhere near it."""
    assert len(sentences("No. " * (2 * MAX_SENTENCES))) == MAX_SENTENCES
