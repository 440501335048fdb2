"""Signatures: small, exact in JSON, and true about copies."""

from hypothesis import given
from hypothesis import strategies as st

from newswire_enrich.related.signature import SHINGLES, Signature, sample_shingles
from newswire_enrich.related.sketches import overlaps, sketch_of

WORDS = [f"word{number}" for number in range(400)]


def overlap(one: list[str], other: list[str]) -> int:
    """In ten-thousandths."""
    rows = sketch_of(sample_shingles(one))[None, :]
    return int(overlaps(rows, sketch_of(sample_shingles(other)))[0])


def test_an_edited_copy_overlaps_and_another_text_does_not() -> None:
    """The estimate follows the share of common word fours."""
    edited = [*WORDS[:100], "new", "words", *WORDS[104:]]
    other = [f"other{number}" for number in range(400)]
    assert overlap(WORDS, WORDS) == 10_000
    assert overlap(WORDS, edited) > 8_000
    assert overlap(WORDS, other) == 0


def test_the_order_of_the_words_counts() -> None:
    """The same words in another order are another text."""
    assert overlap(WORDS, WORDS[::-1]) == 0


def test_samples_are_the_same_everywhere() -> None:
    """Workers on other machines and in other processes must agree: the hash is fixed."""
    assert sample_shingles(["a", "b", "c", "d"]) == (5_956_473_831_517_119,)


@given(st.lists(st.text(min_size=1, max_size=5), max_size=90))
def test_a_signature_survives_json(words: list[str]) -> None:
    """What one worker sends is what another reads."""
    words = [word.encode("utf-8", "replace").decode() for word in words]
    shingles = sample_shingles(words)
    signature = Signature(
        id="a", version=2, headline="H", at_ms=5, terms=(("x", 0.6),), shingles=shingles
    )
    assert len(shingles) <= SHINGLES
    assert Signature.model_validate_json(signature.model_dump_json()) == signature
