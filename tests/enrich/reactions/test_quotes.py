"""Quotations: where they begin and end, and of which kind they are."""

import pytest

from newswire_enrich.reactions.quotes import find_quotes, kind_of


def quoted(text: str) -> list[str]:
    """The words within the quotes of ``text``."""
    return [text[quote.start : quote.end] for quote in find_quotes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She said “no”.", ["no"]),
        ('He said "yes" and "no".', ["yes", "no"]),
        ("Il a dit « c'est fini ».", ["c'est fini"]),
        ("Er sagte „nein“.", ["nein"]),
        ("It's ‘over’, isn't it?", ["over"]),
        ("“He told me ‘never’ twice,” she said.", ["He told me ‘never’ twice,"]),
        ("A stray “ mark. Another “word”.", ["word"]),
        ("“Left open.\n\nA new paragraph with “a quote”.", ["a quote"]),
        ("“It goes on.\n\n“And ends here,” he said.", ["It goes on.", "And ends here,"]),
        ('A 5" pipe and a 6" pipe.', []),
        ("None at all.", []),
        ("'We lost,' said Ann. 'It's over!'", ["We lost,", "It's over!"]),
        ("'The players' union won't pay,' said Ann.", ["The players' union won't pay,"]),
        ("Rock 'n' roll, the boys' plan and the '90s.", []),
    ],
)
def test_quotes_are_found_in_every_style(text: str, expected: list[str]) -> None:
    """Curly, straight, low, angular, nested, over paragraphs, and unbalanced."""
    assert quoted(text) == expected


def test_a_clause_is_direct_and_a_few_words_are_partial() -> None:
    """The kind tells whether the words stand by themselves or serve the narrator's sentence."""
    text = "“We will not sign this paper,” said Ann. Bob called it “a trap”."

    assert [kind_of(text, quote) for quote in find_quotes(text)] == ["direct", "partial"]
