"""From the bytes of a request to a draft, once, in Rust; what is wrong is said where it is wrong.

bytes > RFC 8259? 400 with line and column > of a draft's shape? 422 with JSON pointers > draft
"""

from collections.abc import Sized
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from newswire_common.article import ArticleDraft
from newswire_common.problems import Problem, invalid

# A draft longer than this and of more commas than these is looked at before it is validated:
# pydantic would make an error for each of a million wrong items, at 10 µs each.
SHORT = 4_096  # bytes
MANY_COMMAS = 500
MAX_ITEMS = 200  # of any list of a draft, as its fields say
MAX_FIELDS = 200
# Where a number that is none could get by: these hold floats, or ignore what they do not know.
TOLERANT = frozenset({"subjects", "associations", "renditions", "audience"})
MAX_POINTER = 200  # characters of a client's own text that are said back to it

M = TypeVar("M", bound=BaseModel)


def draft_of(body: bytes) -> ArticleDraft:
    """The draft that a JSON text holds. Raises Problem 400 (no JSON) or 422 (no draft)."""
    draft = parsed(ArticleDraft, body)
    if not TOLERANT.isdisjoint(draft.model_fields_set):
        _check_numbers(body)
    return draft


def parsed(model: type[M], body: bytes) -> M:
    """A model from a JSON text as it came in. Raises Problem 400 (no JSON) or 422 (wrong shape)."""
    if len(body) > SHORT and body.count(b",") > MANY_COMMAS:
        _check_sizes(_json(body))
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        _check_numbers(body)
        raise refusal(error) from error
    except OverflowError as error:
        raise Problem(422, "a date is out of range", kind="invalid") from error


def refusal(error: ValidationError) -> Problem:
    """What to answer to a body that does not validate."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return _no_json(first["msg"].removeprefix("Invalid JSON: "))
    problem = invalid(error)
    problem.errors = [
        {"pointer": item["pointer"][:MAX_POINTER], "detail": item["detail"][:MAX_POINTER]}
        for item in problem.errors
    ]
    return problem


def _check_numbers(body: bytes) -> None:
    """Raises Problem 400 for what pydantic takes as numbers and RFC 8259 does not."""
    if b"NaN" in body or b"Infinity" in body:
        _json(body)


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _no_json(str(error)) from error


def _no_json(reason: str) -> Problem:
    return Problem(400, f"the body is not JSON (RFC 8259): {reason}"[:500], kind="syntax")


def _check_sizes(value: object) -> None:
    """Raises Problem 422 where an object or one of its lists is longer than any draft's."""
    if not isinstance(value, dict):
        return  # that is an error of its own, and only one
    if len(value) > MAX_FIELDS:
        raise _too_many("", value, "fields")
    for name, inner in value.items():
        if isinstance(inner, list) and len(inner) > MAX_ITEMS:
            raise _too_many("/" + name[:MAX_POINTER], inner, "items")


def _too_many(pointer: str, value: Sized, what: str) -> Problem:
    detail = f"has {len(value)} {what}; at most {MAX_ITEMS} are taken"
    return Problem(422, "the body does not have the right shape", kind="invalid",
                   errors=[{"pointer": pointer, "detail": detail}])  # fmt: skip
