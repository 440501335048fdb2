"""The cursor: whatever goes in comes out, and nothing else is taken for one."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_publish.cursor import MAX_PART, Cursor, Position

parts = st.integers(min_value=0, max_value=MAX_PART)
positions = st.builds(Position, parts, parts)


@given(st.text("0123456789abcdef", min_size=1, max_size=16), st.lists(positions, min_size=1))
def test_a_cursor_survives_its_way_to_the_client_and_back(
    epoch: str, places: list[Position]
) -> None:
    """A client that sends back what it got goes on exactly there."""
    cursor = Cursor(epoch, tuple(places))
    text = cursor.encode()
    assert Cursor.decode(text, len(places)) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=100))
def test_any_other_text_is_refused_with_a_value_error(text: str) -> None:
    """No input makes the decoder fail in another way."""
    try:
        Cursor.decode(text, 3)
    except ValueError:
        return
    pytest.fail(f"{text!r} was taken for a cursor")


@pytest.mark.parametrize(
    "inner",
    [
        "ab",
        "ab|1-1|2-2",
        "ab|1",
        "ab|1-x",
        "xyz|1-1",
        "|1-1",
        "ab|-1-1",
        "ab|99999999999999999999-0",
    ],
)
def test_what_only_looks_like_a_cursor_is_refused(inner: str) -> None:
    """Too few or many positions, or none at all: it is not a place to read from."""
    with pytest.raises(ValueError, match="not a"):
        Cursor.decode(urlsafe_b64encode(inner.encode()).decode(), 1)


def test_a_very_long_cursor_is_refused_unread() -> None:
    """The work for a made-up cursor is bounded."""
    with pytest.raises(ValueError, match="too long"):
        Cursor.decode("A" * 10_000, 1)
