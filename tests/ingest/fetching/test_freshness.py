"""What an answer's headers say of the next request, and what they can not do to us."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, strategies
from multidict import CIMultiDict

from newswire_ingest.fetching.freshness import (
    LONGEST_S,
    Validators,
    conditional,
    http_date,
    lifetime_s,
    retry_after_s,
    validators,
)

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
moments = strategies.datetimes(
    datetime(1977, 1, 1), datetime(2070, 1, 1), timezones=strategies.just(UTC)  # noqa: DTZ001 - hypothesis adds the zone
).map(lambda moment: moment.replace(microsecond=0))  # fmt: skip


def on(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def headers(**fields: str) -> CIMultiDict[str]:
    return CIMultiDict({name.replace("_", "-"): value for name, value in fields.items()})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"Cache_Control": "max-age=600"}, 600),
        ({"cache_control": "Public, MAX-AGE=600"}, 600),
        ({"Cache_Control": 'private="a, max-age=1", max-age="600"'}, 600),
        ({"Cache_Control": "max-age=600, max-age=9"}, 600),
        ({"Cache_Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache_Control": "max-age=600", "Age": "900"}, 0),
        ({"Cache_Control": "max-age=600", "Age": "-1"}, 600),
        ({"Cache_Control": "max-age=600", "Expires": on(NOW + HOUR)}, 600),
        ({"Cache_Control": "no-cache, max-age=600"}, None),
        ({"Cache_Control": "no-store", "Expires": on(NOW + HOUR)}, None),
        ({"Cache_Control": "max-age=-1"}, None),
        ({"Cache_Control": "max-age=6e9"}, None),
        ({"Cache_Control": "max-age"}, None),
        ({"Cache_Control": "s-maxage=9"}, None),
        ({"Cache_Control": "max-age=999999999999"}, LONGEST_S),
        ({"Expires": on(NOW + HOUR)}, 3600),
        ({"Expires": on(NOW + HOUR), "Date": on(NOW + HOUR / 2)}, 1800),
        ({"Expires": on(NOW - HOUR)}, 0),
        ({"Expires": "0"}, None),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_S),
    ],
)
def test_an_answer_is_fresh_for_as_long_as_it_says(
    fields: dict[str, str], expected: int | None
) -> None:
    """RFC 9111 4.2, and what servers make of it."""
    assert lifetime_s(headers(**fields), NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", 120), (" 120 ", 120), ("0", 0), ("999999999", LONGEST_S),
        (on(NOW + HOUR), 3600), (on(NOW - HOUR), 0),
        ("-1", None), ("1.5", None), ("NaN", None), ("1e9", None), ("", None), ("soon", None),
        ("٣", None), ("9" * 5_000, None), ("Mon, " * 1_000, None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_else_nothing(text: str, expected: int | None) -> None:
    """RFC 9110 10.2.3; nonsense neither stops a source for ever nor hurries us."""
    assert retry_after_s(headers(Retry_After=text), NOW) == expected


@given(moments)
def test_the_three_forms_of_a_date_are_the_same_moment(moment: datetime) -> None:
    """RFC 9110 5.6.7; the oldest servers send the oldest forms."""
    assert http_date(format_datetime(moment, usegmt=True)) == moment
    assert http_date(moment.strftime("%a %b %d %H:%M:%S %Y")) == moment
    if moment.year < 2069:  # a two-digit year means no later one
        assert http_date(moment.strftime("%A, %d-%b-%y %H:%M:%S GMT")) == moment


@given(strategies.text(max_size=80) | strategies.from_regex(r"[\w ,:+-]{0,70}"))
def test_no_header_is_too_strange(text: str) -> None:
    """What is written there raises nothing and never leaves the bounds."""
    every = dict.fromkeys(("Cache-Control", "Expires", "Age", "Date", "Retry-After"), text)
    for found in (lifetime_s(every, NOW), retry_after_s(every, NOW)):
        assert found is None or 0 <= found <= LONGEST_S
    age = lifetime_s({"Cache-Control": f"max-age=60, {text}", "Age": text}, NOW)
    assert age is None or 0 <= age <= LONGEST_S


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "abc", '"a b"', '""'])
def test_validators_go_back_as_they_came(etag: str) -> None:
    """Servers compare them letter by letter, right or wrong."""
    modified = "Sun, 06 Nov 1994 08:49:37 GMT"
    known = validators(headers(ETag=etag, Last_Modified=modified))
    assert conditional(known) == {
        "If-None-Match": etag,
        "If-Modified-Since": modified,
        "A-IM": "feed",
    }


def test_a_delta_is_asked_for_only_where_the_server_can_know_what_we_have() -> None:
    """RFC 3229 goes by the ETag."""
    assert conditional(Validators()) == {}
    assert "A-IM" not in conditional(Validators(None, on(NOW)))


@given(strategies.text(max_size=2_000), strategies.text(max_size=100))
def test_no_validator_can_break_the_request_that_it_goes_back_in(etag: str, modified: str) -> None:
    """A line break, a control character or a megabyte is not kept."""
    sent = conditional(validators({"ETag": etag, "Last-Modified": modified}))
    for value in sent.values():
        assert value.isascii()
        assert value.isprintable()
        assert len(value) <= 1024


def test_a_long_list_of_directives_is_read_in_no_time() -> None:
    """A header of many lines joined is at most a megabyte, and its beginning counts."""
    directives = ", ".join(["max-age=60", *(f'x{n}="{n}"' for n in range(50_000))])
    assert lifetime_s({"Cache-Control": directives}, NOW) == 60
