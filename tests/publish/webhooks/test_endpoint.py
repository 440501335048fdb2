"""What a subscriber may ask for, and how long its secrets sign."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from newswire_publish.webhooks.endpoint import (
    EVENT_TYPES,
    Endpoint,
    EndpointDraft,
    EndpointPatch,
    register,
    rotated,
    view,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def draft(**fields: Any) -> EndpointDraft:
    return EndpointDraft(url="https://example.com/hook", **fields)


def endpoint(**fields: Any) -> Endpoint:
    return register(draft(**fields), "owner", NOW)


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "Transfer-Encoding", "webhook-id", "Webhook-Signature", "Connection",
     "Proxy-Authorization", "newswire-loop", "Content-Type", "", "a b", "a:b", "x\r\ny", "ü"],
)  # fmt: skip
def test_a_custom_header_cannot_change_what_the_request_is(name: str) -> None:
    """Nobody frames, redirects or forges a request of ours by a header."""
    with pytest.raises(ValidationError):
        draft(headers={name: "x"})


@pytest.mark.parametrize("value", ["a\r\nHost: b", "a\nb", "\0", "x" * 1_001, "ü"])
def test_the_value_of_a_custom_header_is_one_line_of_ascii(value: str) -> None:
    """No header smuggles another."""
    with pytest.raises(ValidationError):
        draft(headers={"Authorization": value})


def test_an_ordinary_header_is_taken_and_its_value_never_shown_again() -> None:
    """A subscriber's token stays between us."""
    made = endpoint(headers={"Authorization": "Bearer secret"})
    shown = view(made, "active").model_dump_json()
    assert made.headers == {"Authorization": "Bearer secret"}
    assert "Bearer" not in shown
    assert made.secret not in shown


@pytest.mark.parametrize(
    "events", [[], ["artcle.*"], ["ARTICLE.*"], ["article.[pu]*"], ["*"] * 21, ["a" * 101]]
)
def test_globs_that_match_nothing_or_are_too_many_are_refused(events: list[str]) -> None:
    """A typo is an error and not a silent loss."""
    with pytest.raises(ValidationError):
        draft(events=events)


def test_events_are_chosen_by_glob() -> None:
    """An endpoint gets what it asked for."""
    corrections = endpoint(events=["article.corr*", "story.updated"])
    wanted = [kind for kind in EVENT_TYPES if corrections.wants(kind)]
    assert wanted == ["article.corrected", "story.updated"]


@pytest.mark.parametrize(
    "fields", [{"filter": "section:World"}, {"fifo": True}, {"rate_per_s": 5}, {"colour": "red"}]
)
def test_what_is_not_there_yet_is_refused_and_not_ignored(fields: dict[str, Any]) -> None:
    """Who asks for a filter does not get everything instead."""
    with pytest.raises(ValidationError):
        draft(**fields)


def test_null_is_no_filter() -> None:
    """A client may write out what it does not want."""
    assert draft(filter=None, fifo=False, rate_per_s=None).given(unset=False) == {
        "url": "https://example.com/hook"
    }


def test_a_patch_names_only_what_it_changes() -> None:
    """What is not given stays as it was."""
    assert EndpointPatch(payload="thin").given(unset=False) == {"payload": "thin"}


def test_a_rotated_secret_signs_for_a_day_beside_the_new_one() -> None:
    """No delivery fails while a subscriber changes over."""
    first = endpoint()
    second = rotated(first, NOW)
    assert second.secrets_at(NOW + timedelta(hours=23)) == (second.secret, first.secret)
    assert second.secrets_at(NOW + timedelta(hours=24)) == (second.secret,)
    third = rotated(second, NOW + timedelta(hours=1))
    assert third.secrets_at(NOW + timedelta(hours=2)) == (
        third.secret,
        second.secret,
        first.secret,
    )


def test_rotation_without_end_is_refused() -> None:
    """The headers of a delivery stay short."""
    made = endpoint()
    for _ in range(5):
        made = rotated(made, NOW)
    with pytest.raises(ValueError, match="still sign"):
        rotated(made, NOW)
    assert len(rotated(made, NOW + timedelta(days=2)).previous) == 1
