"""Whatever the text: no exception, offsets that hold, and time in proportion to its length."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.reaction import Reaction
from newswire_enrich.reactions import find_reactions, summarise
from newswire_enrich.reactions.quotes import find_quotes
from newswire_enrich.tags.mention import Mention

WORDS = (
    "Japan|Seoul|Halden Steel|the union|They|He|both|the two nations|said|says|condemned|muted|"
    "has not yet commented|declined to comment|accused|response|'s|“|”|\"|„|«|»|‘|’|,|.|. |\n\n|\n|"
    " | and |who|which|by|of|to|(|)|according to|U.S.|Mr.|İ|ß|🇯🇵|e\u0301|\u00a0|\u202e|\u0000|"
    "\ud800|ﬁ|شجب|grave concerns"
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=60).map(" ".join),
    st.lists(PIECES, max_size=60).map("".join),
)


def states_in(text: str) -> list[Mention]:
    """Mentions by plain search, so that any text has some."""
    names = (("Japan", "JPN"), ("Seoul", "KOR"))
    found = [
        Mention(at, at + len(name), name, name, "place", "name", iso3)
        for name, iso3 in names
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    return sorted(found)


def assert_offsets_hold(text: str, reaction: Reaction) -> None:
    """Every span lies in the text, and the quote's cuts out its words with their surroundings."""
    evidence, quote, verb = reaction.evidence, reaction.quote, reaction.verb
    assert 0 <= evidence.start < evidence.end <= len(text)
    assert reaction.actor.mention.split()[0] in text
    if verb:
        assert evidence.start <= verb.start < verb.end <= evidence.end
    if quote:
        assert text[quote.start : quote.end] == quote.exact != ""
        assert text[: quote.start].endswith(quote.prefix)
        assert text[quote.end :].startswith(quote.suffix)
        assert len(quote.prefix) <= 32 >= len(quote.suffix)
        assert evidence.start <= quote.start < quote.end <= evidence.end


@given(TEXTS, st.sampled_from(["en", "de", "fr", "es", None]))
def test_offsets_hold_in_any_text(text: str, language: str | None) -> None:
    """Nothing raises, and each record's offsets are code points of the text as given."""
    reactions = find_reactions(text, text[:40], states_in(text), None, language)

    for reaction in reactions:
        assert_offsets_hold(text, reaction)
    assert len({each.id for each in reactions}) == len(reactions)
    assert summarise(reactions).actors <= len(reactions)


@given(st.text(max_size=40), st.text(alphabet="aé🙂 \u00a0\u202e", max_size=40))
def test_signs_before_a_reaction_shift_no_offset(before: str, within: str) -> None:
    """Emoji, marks that combine and right-to-left signs count as the code points they are."""
    text = f"{before}\n\nJapan expressed “grave {within}x concerns” over it."
    quotes = [each.quote for each in find_reactions(text, "", states_in(text), None, "en")]

    for quote in quotes:
        if quote and quote.exact.startswith("grave"):
            assert text[quote.start : quote.end] == f"grave {within}x concerns"


@given(TEXTS)
def test_quotes_never_overlap(text: str) -> None:
    """Quotes come in order, each within its marks."""
    reached = 0
    for quote in find_quotes(text):
        assert reached <= quote.outer_start <= quote.start < quote.end <= quote.outer_end
        assert quote.outer_end <= len(text)
        reached = quote.outer_end


HOSTILE = {
    "quotes": "“a” ",
    "unbalanced quotes": "“said ",
    "said": "said ",
    "commas": "Japan, ",
    "owners": "Japan's ",
    "lists": "Japan and ",
    "brackets": "(",
    "dots": ". ",
    "full stops": ".",
    "signs": "?!",
    "pronouns": "They said it. ",
    "pairs": "the two nations accused the two nations. ",
}


def seconds_of(text: str) -> float:
    """The least of three: neighbours only ever make it longer."""
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        find_reactions(text, "", [], None, "en")
        seconds.append(time.process_time() - begun)
    return min(seconds)


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    """Four times the text takes about four times as long, and a megabyte stays within seconds."""
    small, large = unit * (20_000 // len(unit)), unit * (80_000 // len(unit))
    find_reactions(small, "", [], None, "en")
    # Four for the length, and as much again for a busy machine; a quadratic rule takes sixteen.
    assert seconds_of(large) <= 8 * seconds_of(small) + 0.05


def test_a_megabyte_is_read_within_bounds() -> None:
    """The longest text that a client may send costs no more than its first part."""
    text = "“No,” said Halden Steel. " * 80_000
    begun = time.process_time()
    reactions = find_reactions(text, "", [], None, "en")

    assert time.process_time() - begun < 5
    assert len(reactions) <= 300
