"""Whatever the text: no exception, offsets that hold, and time in proportion to its length."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.attribution import find_attributions, find_deeds
from newswire_enrich.attribution.marks import plain_marks
from newswire_enrich.attribution.text import MAX_TEXT

WORDS = (
    "Mara Holt|the union|They|He|who|said|says|told|claims|called|for|that|has not yet|to|wants|"
    "according to|rejected|sanctions|killed|by|and|but|, |. |.|,|?|“|”|\"|''|``|„|«|»|‘|’|'s|(|)|"
    ":|—|\n\n|\n| |Holt: |U.S.|Mr.|İ|ß|🇯🇵|e\u0301|\u00a0|\u202e|\u0000|\ud800|ﬁ|شجب"
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=60).map(" ".join),
    st.lists(PIECES, max_size=60).map("".join),
)


@given(TEXTS)
def test_offsets_of_attributions_lie_in_any_text(text: str) -> None:
    """Nothing raises; every span is of code points of the text as given, and cuts out words."""
    for told in find_attributions(text, "en"):
        spans = [told.cue, *told.contents]
        spans += [span for span in (told.source, told.speaker) if span]
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip()
        assert told.contents


@given(TEXTS)
def test_offsets_of_deeds_lie_in_any_text(text: str) -> None:
    """The same of deeds."""
    for deed in find_deeds(text, "en"):
        for start, end in (deed.actor, deed.verb):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip() != ""


@given(TEXTS)
def test_marks_are_made_plain_in_place(text: str) -> None:
    """Not a code point is added or lost, or every offset behind it would be wrong."""
    plain = plain_marks(text)
    assert len(plain) == len(text)
    assert all(
        one == other or (one in "\"'`" and other in '“” "')
        for one, other in zip(text, plain, strict=True)
    )


@given(st.text(alphabet="aé🙂 \u00a0\u202e", max_size=40))
def test_signs_before_a_quotation_shift_no_offset(before: str) -> None:
    """Emoji, marks that combine and right-to-left signs count as the code points they are."""
    text = f"{before}\n\n“The ferry is lost,” Mara Holt said."
    (told,) = find_attributions(text, "en")
    assert [text[start:end] for start, end in told.contents] == ["“The ferry is lost,”"]


Find = Callable[[str, str], object]

HOSTILE = {
    "said": "said ",
    "quotes": "“a” ",
    "quoted speech": "“Why?” Berg asked. ",
    "quotes left open": "“said ",
    "straight marks": '"',
    "doubled apostrophes": "''a ",
    "commas": "Berg, ",
    "lists": "Berg and ",
    "owners": "Berg's ",
    "brackets": "(a) ",
    "dashes": "a — ",
    "relatives": "who said ",
    "verbs with objects": "praised ",
    "infinitives": "to say ",
    "groups": "has not yet ",
    "participles": "Berg praised it, saying ",
    "labels": "A: b\n",
    "deeds": "lifted the sanctions ",
    "agents": "killed by ",
    "paragraphs": "“a\n\n",
}


def least_seconds(find: Find, *texts: str) -> list[float]:
    """CPU time of each, the least of four in turns: neighbours only ever make it longer."""
    rounds = []
    for _ in range(4):
        seconds = []
        for text in texts:
            begun = time.process_time()
            find(text, "en")
            seconds.append(time.process_time() - begun)
        rounds.append(seconds)
    return [min(each) for each in zip(*rounds, strict=True)]


@pytest.mark.parametrize("find", [find_attributions, find_deeds])
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_takes_about_twice_the_time(unit: str, find: Find) -> None:
    """However it is made; a rule that reads on to the end of the text would take four times."""
    small, large = unit * (6_000 // len(unit)), unit * (12_000 // len(unit))
    one, two = least_seconds(find, small, large)
    # What is over within a few milliseconds is not measured more finely than by this.
    assert two <= 2.3 * one + 0.015


def test_a_megabyte_is_read_within_bounds() -> None:
    """The longest text that a client may send costs no more than its first part."""
    text = "“No,” said Mara Holt. " * 50_000
    begun = time.process_time()
    found = find_attributions(text, "en")
    assert time.process_time() - begun < 5
    assert MAX_TEXT - 100 < found[-1].cue.end <= MAX_TEXT
