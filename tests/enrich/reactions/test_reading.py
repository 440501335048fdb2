"""The text is cut into words once; every sentence reads its part of them."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.reactions.actors import Discourse
from newswire_enrich.reactions.interpretation import interpret
from newswire_enrich.reactions.lexicon import Lexicon, lexicon_for
from newswire_enrich.reactions.reading import Document
from newswire_enrich.reactions.sentences import Span, split
from newswire_enrich.reactions.tokens import tokenised

WORDS = (
    "Japan|Halden Steel|They|it|both|said|says|condemned|took|streets|worried|is|was|no|comment|"
    "muted|response|available|declined to comment|has not yet commented|according to|will|not|"
    "Germany's|didn’t|sit-in|4,000|U.S.|l’accord|a dit|sagte|“|”|\"|«|»|'|’|,|.|. |\n\n|\n|\t| |_|"
    "İ|ß|\u00a0|\x1c|é|e\u0301|🇯🇵|—|(|)"
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=50).map(" ".join),
    st.lists(PIECES, max_size=50).map("".join),
)
LANGUAGES = st.sampled_from(["en", "de", "fr", "es"])


def known(language: str) -> Lexicon:
    lexicon = lexicon_for(language)
    assert lexicon is not None
    return lexicon


def sentences(document: Document) -> list[Span]:
    return split(document.lines, document.quotes, document.lexicon.words["abbreviations"])


@pytest.mark.parametrize(
    ("text", "elided", "words"),
    [
        ("The U.S. didn’t pay 4,000.", False, "The U.S . didn’t pay 4,000 ."),
        ("Japan's sit-in, J. Doe", False, "Japan 's sit-in , J . Doe"),
        ("l’accord d'hier", True, "l’ accord d' hier"),
        (" \n(no)\t—\u00a0yes_", False, "( no ) — yes _"),
    ],
)
def test_words_keep_their_apostrophes_hyphens_and_points(
    text: str, elided: bool, words: str
) -> None:
    """The rules know "didn't" and "U.S" as words, and every other sign by itself."""
    span = Span(len(text) - len(text.lstrip()), len(text))

    assert tokenised(text, span, elided=elided)[0] == words.split()


@given(TEXTS, st.booleans())
def test_every_sign_is_in_one_word_and_each_is_where_it_is_said_to_be(
    text: str, elided: bool
) -> None:
    """Places are sums of lengths: they are still those of the text, with only space between."""
    begins = len(text) - len(text.lstrip())
    words, starts = tokenised(text, Span(begins, len(text)), elided=elided)

    reached = 0
    for word, start in zip(words, starts, strict=True):
        assert word
        assert not text[reached:start].strip()
        assert text[start : start + len(word)] == word
        reached = start + len(word)
    assert not text[reached:].strip()


@given(TEXTS, LANGUAGES)
def test_a_sentence_reads_as_it_would_alone(text: str, language: str) -> None:
    """The part of the text's words that is a sentence's is what cutting the sentence gives."""
    document = Document(text, [], known(language))
    elided = "elision" in document.lexicon.flags

    for span in sentences(document):
        reading = document.reading(span)
        alone = tokenised(text, span, elided=elided)
        assert (reading.words, reading.starts) == alone
        cues = document.lexicon.cues
        assert reading.cues == [i for i, low in enumerate(reading.lows) if low in cues]


@given(TEXTS, st.data())
def test_a_part_of_a_sentence_reads_as_it_would_alone(text: str, data: st.DataObject) -> None:
    """Where a word is cut in two, its part is read: an opening ends after so many characters."""
    document = Document(text, [], known("en"))
    for sentence in sentences(document)[:3]:
        end = data.draw(st.integers(sentence.start + 1, sentence.end))
        reading = document.reading(Span(sentence.start, end))

        assert (reading.words, reading.starts) == tokenised(
            text, Span(sentence.start, end), elided=False
        )
        assert reading.size == bisect_left(reading.starts, end)


@given(TEXTS, LANGUAGES)
def test_a_sentence_that_is_passed_over_holds_no_reaction(text: str, language: str) -> None:
    """Most sentences are told by their words alone to hold none: reading them finds none."""
    document = Document(text, [], known(language))

    for span in sentences(document):
        if not document.may_react(document.tokens(span)):
            assert interpret(document, document.reading(span), Discourse()) == []
