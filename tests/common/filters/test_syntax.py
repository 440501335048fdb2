"""Reading filters: what is one, what it means by its brackets, and where a mistake is."""

import time
import unicodedata
from contextlib import suppress
from dataclasses import FrozenInstanceError
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter, ValidationError

from newswire_common.errors import NewswireError
from newswire_common.filters import FilterError, parse
from tests.common.filters.articles import texts

CONTRACT = [
    'section:World AND (topic:medtop:11000000 OR place:JPN) AND NOT source:"x"',
    "reaction(actor:JPN polarity<0)",
    "reaction.stance:oppose",
    "urgency<=3",
    "language:en",
    'headline~"pact"',
    "tag:nato*",
    "published_at>=2026-11-01",
]


@pytest.mark.parametrize("text", CONTRACT)
def test_the_examples_of_the_public_interface_are_filters(text: str) -> None:
    """What the interface shows works as it stands there."""
    assert parse(text).matches({"id": "a"}) is False


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("section:World", "section:world"),
        ("SECTION : World", "section:world"),
        ('section:"Arts & Culture"', 'section:"arts culture"'),
        ("section:arts-culture", 'section:"arts culture"'),
        ("place:jpn", "place:JPN"),
        ("place:Rio", "place:rio"),
        ("topic:MEDTOP:11000000", "topic:medtop:11000000"),
        ("language:en_GB", "language:en-gb"),
        ("reaction.act:no-comment-yet", "reaction.act:no_comment_yet"),
        ("reaction(act:muted)", "reaction.act:muted"),
        ("Reaction (act:muted stance:none)", "reaction(act:muted AND stance:none)"),
        ("reaction(NOT act:muted)", "reaction(NOT act:muted)"),
        ("urgency <= 03", "urgency<=3"),
        ("published_at>2026-11-01T10:00:00+09:00", "published_at>2026-11-01T01:00:00Z"),
        ("tag:**nato**", "tag:*nato*"),
        ('tag:"nato *"', 'tag:"nato *"'),
        ("section:***", "section:*"),
        ("headline~*Pact", "headline~*pact"),
        ('headline~"pact *"', "headline~pact"),
        (r'id:"a \"b\" \\"', r'id:"a \"b\" \\"'),
        ('id:"<a"', 'id:"<a"'),
        ("place:ｊｐｎ", "place:JPN"),
        ('id:"´"', "id:\u0301"),
        ('topic:"a:´"', 'topic:"a \u0301"'),
        ("language:en＿GB", "language:en-gb"),
        ("section:a section:b", "section:a AND section:b"),
        ("((section:a) AND (section:b section:c))", "section:a AND section:b AND section:c"),
        ("(section:a OR section:b) section:c", "(section:a OR section:b) AND section:c"),
        ("section:a OR section:b section:c", "section:a OR section:b AND section:c"),
        ("NOT section:a section:b", "NOT section:a AND section:b"),
        ("NOT (section:a section:b)", "NOT (section:a AND section:b)"),
        ("NOT NOT section:a", "section:a"),
        ("section:AND", "section:and"),
        ("section:ＷＯＲＬＤ\u00a0language:en", "section:world AND language:en"),
    ],
)
def test_each_filter_has_one_canonical_text(text: str, canonical: str) -> None:
    """Case, spacing, needless brackets and a written AND make no other filter, nor cache key."""
    found = parse(text)
    assert str(found) == canonical
    assert parse(canonical) == found
    assert hash(parse(canonical)) == hash(found)


@settings(deadline=None)
@given(texts())
def test_the_canonical_text_of_any_filter_is_that_filter(text: str) -> None:
    """What is stored, shown or used as a key means what was asked for."""
    found = parse(text)
    assert parse(str(found)) == found
    assert str(parse(str(found))) == str(found)


@settings(deadline=None)
@given(texts(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)))
def test_any_value_survives_being_written(text: str) -> None:
    """No letter of any script, quote or backslash is lost or breaks out of its value."""
    try:
        found = parse(text)
    except FilterError:
        return
    assert parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "expected a term such as section:World"),
        ("  ", 2, "expected a term"),
        ("world", 5, "expected a sign (: ~ >= <= > <) after world"),
        ("section:", 8, "expected a value after section:"),
        ('section:"abc', 8, "expected a closing quote"),
        ("section:(a)", 8, "expected a value after section:"),
        ('section:a"b"', 9, "expected AND, OR or another term"),
        ("section:a AND", 13, "expected a term"),
        ("section:a OR OR section:b", 13, "expected a term such as section:World, not OR"),
        ("AND section:a", 0, "expected a term such as section:World, not AND"),
        ("section:a and section:b", 10, "AND, OR and NOT are written in capitals"),
        ("(section:a", 10, "expected a closing )"),
        ("section:a)", 9, "expected AND, OR or another term"),
        ("()", 1, "expected a term"),
        ("reaction()", 9, "expected a term"),
        ("sektion:a", 0, "did you mean section?"),
        ("title:a", 0, "did you mean headline?"),
        ("actor:JPN", 0, "did you mean reaction.actor?"),
        ("zzz:a", 0, "there are id, section"),
        ("reaction.zzz:a", 0, "there are actor, "),
        ("reaction(section:a)", 9, "section stands outside reaction(...)"),
        ("reaction(reaction(act:muted))", 9, "expected a field of the reaction"),
        ("reaction(reaction.act:muted)", 9, "no field reaction.act"),
        ("place(JPN)", 9, "expected a sign"),
        ("place(id:a)", 0, "only reaction is followed by ("),
        ("headline:pact", 8, "expected ~ after headline, not :"),
        ("section~a", 7, "expected : after section, not ~"),
        ("urgency=3", 7, "expected : >= <= > < after urgency, not ="),
        ("urgency!=3", 7, "not !="),
        ("urgency<=three", 9, "a whole number"),
        ("urgency<=1e3", 9, "a whole number"),
        ("urgency<=" + "9" * 400, 9, "a whole number"),
        ("urgency<=٣", 9, "a whole number"),
        ("published_at>=yesterday", 14, "expected a date (2026-11-01)"),
        ("published_at>=2026-13-01", 14, "expected a date"),
        ("published_at>=2026-11-01T09:30", 14, "expected a date"),
        ('section:"&"', 8, "a letter or a digit"),
        ('section:""', 8, "a letter or a digit"),
        ('headline~"a*b"', 9, "with * at their ends alone"),
        ("headline~*", 9, "with * at their ends alone"),
        ("reaction.stance:opose", 16, "did you mean oppose?"),
        ("reaction.act:x*", 13, "expected one of statement, "),
        (r'id:"a\n"', 5, r"expected \" or \\"),
        ("section:a\x00", 9, "U+0000"),
        ("section:\ud800", 8, "U+D800"),
        ("section:a ; section:b", 10, "expected AND, OR or another term"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(
    text: str, position: int, said: str
) -> None:
    """Who writes a filter by hand sees at once what to change, and where."""
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.position == position
    assert said in caught.value.reason


def test_line_and_column_count_code_points_from_one() -> None:
    """An editor can go to the place, whatever characters stand before it."""
    with pytest.raises(FilterError) as caught:
        parse("section:日本\n  AND 😀:x\n  AND foo:b")
    error = caught.value
    assert (error.position, error.line, error.column) == (17, 2, 7)
    assert str(error).endswith("(line 2, column 7)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id:a " + "x" * 2_000, "at most 2000 characters"),
        ("id:a " * 65, "at most 64 terms"),
        ("(" * 33 + "id:a" + ")" * 33, "nest at most 32 deep"),
        ("NOT " * 33 + "id:a", "nest at most 32 deep"),
        ("NOT (" * 17 + "id:a" + ")" * 17, "nest at most 32 deep"),
        ("section:" + "ﷺ" * 200, "every AND written out"),
    ],
)
def test_a_filter_beyond_the_limits_is_refused(text: str, said: str) -> None:
    """What one filter costs is bounded before it is looked at."""
    with pytest.raises(FilterError, match=said):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["id:a " * 64, "(" * 32 + "id:a" + ")" * 32, "NOT " * 32 + "id:a", "id:" + "x" * 1_997],
)
def test_a_filter_at_the_limits_is_read(text: str) -> None:
    """The limits are those that are told."""
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 2_000,
        "NOT " * 500,
        '"' * 2_000,
        "id:a(" * 400,
        "a" * 2_000,
        "a-" * 1_000 + ":b",
        'id:"' + "\\" * 1_990,
        ":" * 2_000,
        "tag:" + "*a" * 998,
        "tag:" + "*" * 1_996,
        "\u0345\u0301" * 1_000,
    ],
)
def test_hostile_text_costs_no_more_than_other_text(text: str) -> None:
    """No text within the limit keeps a worker busy, or ends in anything but an answer."""
    began = time.process_time()
    with suppress(FilterError):
        parse(text)
    assert time.process_time() - began < 0.5


@settings(deadline=None)
@given(st.text(st.characters(), max_size=200) | st.text('ands:orNOT ()"\\*~<>=.1', max_size=80))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    """A stranger's text never ends in a server error."""
    position = 0
    try:
        parse(text)
    except FilterError as error:
        position = error.position
    assert 0 <= position <= len(text)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_read_as_text_are_a_filter_or_a_filter_error(data: bytes) -> None:
    """Not even bytes that are no UTF-8, taken along as surrogates, do harm."""
    for text in (data.decode("utf-8", "surrogateescape"), data.decode("latin-1")):
        with suppress(FilterError):
            parse(text)


def test_the_normal_form_of_a_value_does_not_matter() -> None:
    """Decomposed text, as macOS writes it, is the same filter."""
    assert parse(unicodedata.normalize("NFD", "section:Économie")) == parse("section:économie")


def test_a_filter_can_not_be_changed() -> None:
    """A filter may be shared between tasks and kept as a key."""
    with pytest.raises(FrozenInstanceError):
        parse("id:a").text = "id:b"  # type: ignore[misc]


def test_a_filter_error_is_one_of_ours_and_fits_into_a_model() -> None:
    """The one handler of errors knows it, and a request's model may parse its filter."""
    assert issubclass(FilterError, NewswireError)
    with pytest.raises(ValidationError, match="expected a closing"):
        TypeAdapter(Annotated[str, AfterValidator(parse)]).validate_python("(id:a")
