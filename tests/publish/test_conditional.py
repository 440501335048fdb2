"""Conditional requests and content coding, decided purely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_publish.conditional import accepts_gzip, etag_of, last_modified, not_modified

MODIFIED = 1_795_440_000
SAME, BEFORE, AFTER = (
    "Mon, 23 Nov 2026 13:20:00 GMT",
    "Mon, 23 Nov 2026 13:19:59 GMT",
    "Mon, 23 Nov 2026 13:20:01 GMT",
)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ("*", True),
        ('"x"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_an_entity_tag_is_found_in_any_list(header: str, known: bool) -> None:
    """A client that has these bytes is not sent them again (RFC 9110, 13.1.2)."""
    assert not_modified({"if-none-match": header}, '"abc"', MODIFIED) is known


@pytest.mark.parametrize(
    ("date", "known"), [(SAME, True), (AFTER, True), (BEFORE, False), ("yesterday", False)]
)
def test_a_date_is_compared_to_the_second(date: str, known: bool) -> None:
    """A client that only knows dates is served (RFC 9110, 13.1.3)."""
    assert not_modified({"if-modified-since": date}, '"abc"', MODIFIED) is known


def test_an_entity_tag_outweighs_a_date() -> None:
    """The exact validator decides where both are sent."""
    headers = {"if-none-match": '"x"', "if-modified-since": AFTER}
    assert not not_modified(headers, '"abc"', MODIFIED)


def test_a_change_is_not_missed_by_date_within_its_second() -> None:
    """Two changes in one second: who has seen the first by date is sent the second."""
    first = last_modified(MODIFIED * 1000 + 200, MODIFIED + 0.3)
    assert first == MODIFIED - 1
    second = last_modified(MODIFIED * 1000 + 900, MODIFIED + 1.5)
    assert second > first


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("x-gzip", True),
        ("GZIP ; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("br", False),
        ("notgzip", False),
        ("identity;q=1, *;q=0", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_who_asks_for_it(header: str, asked: bool) -> None:
    """A weight of 0 is a refusal (RFC 9110, 12.5.3)."""
    assert accepts_gzip(header) is asked


@given(st.text(max_size=200))
def test_no_header_is_an_error(text: str) -> None:
    """Whatever a client sends there, it is answered."""
    accepts_gzip(text)
    not_modified({"if-none-match": text, "if-modified-since": text}, '"abc"', MODIFIED)
    not_modified({"if-modified-since": text}, '"abc"', MODIFIED)


def test_an_entity_tag_is_strong_and_of_the_bytes() -> None:
    """Different bytes, different tag; the same bytes from any process, the same."""
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
    assert etag_of(b"").startswith('"')
