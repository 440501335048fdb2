"""The language of an article: measured, and checked against what the source says."""

import pytest

from newswire_enrich.language import detect

ENGLISH = "The minister said on Monday that the government would not change its plans for schools."
GERMAN = (
    "Die Ministerin sagte am Montag, die Regierung werde ihre Pläne für die Schulen nicht ändern."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("La ministre a déclaré lundi que le gouvernement ne changerait pas ses projets.", "fr"),
        ("La ministra dijo el lunes que el gobierno no cambiará sus planes.", "es"),
        ("قالت الوزيرة يوم الاثنين إن الحكومة لن تغير خططها للمدارس", "ar"),
    ],
)
def test_an_undeclared_language_is_detected(text: str, language: str) -> None:
    """Feeds often say nothing of their language."""
    detected = detect(text, None)
    assert (detected.language, detected.method) == (language, "detected")


def test_a_declaration_that_agrees_keeps_its_region() -> None:
    """ "en-GB" says more than "en"."""
    assert detect(ENGLISH, "en-GB")[0::2] == ("en-GB", "declared+detected")


def test_a_wrong_declaration_of_a_clear_text_is_overruled() -> None:
    """A template that says "en" on every page does not make German English."""
    assert detect(GERMAN, "en")[0::2] == ("de", "detected")


def test_the_declaration_wins_on_a_short_text() -> None:
    """Three words are too few to contradict a newsroom."""
    assert detect("Die another day, again", "de").language == "de"


@pytest.mark.parametrize("text", ["", "1, 2, 3 …", "😀😀😀", "\ud83d" * 30, "\n\n"])
def test_a_text_without_words_says_nothing(text: str) -> None:
    """Then the declaration is all there is, or nothing is."""
    assert detect(text, None).language is None
    assert detect(text, "fr").language == "fr"


def test_capitals_and_line_ends_do_not_mislead() -> None:
    """An all-capital flash is still English."""
    assert detect(ENGLISH.upper().replace(" ", "\n"), None).language == "en"
