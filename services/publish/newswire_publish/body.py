"""Reads a JSON body that is bounded, by the model's own parser, with errors that say where."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from newswire_common.problems import Problem, invalid

MAX_BYTES = 65_536  # 20 headers of 1,000 characters and all else, twice over
M = TypeVar("M", bound=BaseModel)


def body_of(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """A FastAPI dependency that answers the body as the model.

    Raises Problem 400, 413, 415 or 422.
    """

    async def read(request: Request) -> M:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem(415, "send the body as `Content-Type: application/json`")
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise Problem(413, f"the body is longer than {MAX_BYTES:,} bytes")
        return parsed(model, bytes(raw))

    return read


def parsed(model: type[M], raw: bytes) -> M:
    """Raises Problem 400 where it is no JSON, 422 where it is not the model."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Problem(400, f"the body is not JSON: {first['msg']}", kind="syntax") from error
        raise invalid(error) from error


def accepts(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a body that is read so."""
    schema = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": schema}}
