"""Words and their weights: the same for every worker."""

import math
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.related.terms import (
    TERMS,
    Background,
    plain_words,
    term_vector,
    words,
)

BACKGROUND = Background.load()  # hypothesis and fixtures do not mix


def test_words_are_folded_and_told_apart_in_any_script() -> None:
    """NFKC and case folding; no list of languages."""
    assert words("Straße ﬁve №5 Κόσμος МОСКВА don’t x") == [
        "strasse", "five", "no5", "κόσμοσ", "москва", "don",
    ]  # fmt: skip


def test_scripts_without_spaces_give_pairs_of_characters() -> None:
    """Two articles in Japanese can share a word although no space marks one."""
    assert words("東京都") == ["東京", "京都"]


def test_signs_that_belong_to_a_letter_stay_with_it() -> None:
    """Vowel signs do not part a Hindi word, nor harakat an Arabic one."""
    assert words("हिन्दी समाचार की") == ["हिन्दी", "समाचार", "की"]
    assert words("مُحَمَّد") == ["مُحَمَّد"]


@given(st.text(st.sampled_from("ab Z9_-'’“”–—•£€.,\t\n\x1f\xa0éßŁ"), max_size=200))
def test_latin_words_are_runs_of_letters_and_digits(text: str) -> None:
    """Whatever marks stand between them, and whichever way the text is cut."""
    assert plain_words(text) == re.findall(r"[^\W_]{2,40}", unicodedata.normalize("NFKC", text))


def test_a_word_is_cut_at_forty_characters() -> None:
    """No word of a hostile text is longer than what the index holds."""
    assert [len(word) for word in words("x" * 81)] == [40, 40]


def test_characters_that_stand_for_many_do_not_multiply_a_text() -> None:
    """One letter of compatibility is eighteen in NFKC: a bound on memory and time."""
    assert sum(map(len, words("\ufdfa" * 10_000))) <= 31_000
    assert words("\ufdfa") == ["صلى", "الله", "عليه", "وسلم"]


def test_stop_words_and_common_words_weigh_nothing_or_little(background: Background) -> None:
    """ "the" is out, "government" is in, "obsidian" is heavier."""
    weights = dict(term_vector("the government sold the obsidian", "en", background))
    assert "the" not in weights
    assert weights["obsidian"] > weights["government"] > 0


def test_the_stop_words_are_those_of_the_language(background: Background) -> None:
    """ "die" is an article in German and a verb in English."""
    assert "die" not in dict(term_vector("die Krone", "de-AT", background))
    assert "die" in dict(term_vector("die young", "en", background))
    for norwegian in ("no", "nb", "nn-NO"):
        assert list(dict(term_vector("ikke en krone", norwegian, background))) == ["krone"]


@given(st.text(max_size=400))
def test_a_vector_is_of_unit_length_and_bounded(text: str) -> None:
    """Cosines are dot products, and no article sends more than its share of terms."""
    vector = term_vector(text, None, BACKGROUND)
    assert len(vector) <= TERMS
    assert not vector or math.isclose(sum(w * w for _, w in vector), 1.0, abs_tol=0.01)
