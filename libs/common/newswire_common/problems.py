"""Errors over HTTP, everywhere the same: RFC 9457 ``application/problem+json``."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newswire_common.connection import is_away
from newswire_common.errors import NotFound, Unavailable, Unconfirmed

TYPES = "https://newswire.example/problems/"
MAX_ERRORS = 20
TITLES = {
    400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found",
    405: "Method not allowed", 409: "Conflict", 410: "Gone", 413: "Content too large",
    415: "Unsupported media type", 422: "Unprocessable content", 429: "Too many requests",
    500: "Internal server error", 503: "Service unavailable",
}  # fmt: skip

log = structlog.get_logger()


class Problem(Exception):
    """An answer that is an error. ``kind`` is the last part of its ``type``."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        content: dict[str, Any] = {
            "type": TYPES + self.kind if self.kind else "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            content["errors"] = list(self.errors)
        return orjson.dumps(content)

    def response(self) -> Response:
        return Response(
            self.body(), self.status, self.headers, media_type="application/problem+json"
        )


def invalid(error: ValidationError | RequestValidationError, *, skip: int = 0) -> Problem:
    """422 with a JSON pointer (RFC 6901) and a detail for each field that is wrong.

    ``skip`` leaves out leading parts of the location that are not of the body.
    """
    errors = [
        {"pointer": _pointer(item["loc"][skip:]), "detail": item["msg"]}
        for item in error.errors()[:MAX_ERRORS]
    ]
    return Problem(422, "the request does not have the right shape", kind="invalid", errors=errors)


def _pointer(location: Sequence[int | str]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _of_the_framework(error: Exception) -> Problem | None:
    if isinstance(error, RequestValidationError):
        return invalid(error, skip=1)
    if isinstance(error, HTTPException):
        return Problem(error.status_code, str(error.detail), headers=error.headers)
    return None


def problem_of(error: Exception) -> Problem:
    """The one place that turns an exception into an answer."""
    known = error if isinstance(error, Problem) else _of_the_framework(error)
    if known:
        return known
    if isinstance(error, Unavailable):
        kind = "unconfirmed" if isinstance(error, Unconfirmed) else "unavailable"
        return Problem(
            503, str(error), kind=kind, headers={"Retry-After": str(error.retry_after_s)}
        )
    if isinstance(error, NotFound):
        return Problem(404, str(error), kind="not-found")
    if is_away(error):
        return Problem(503, "the server behind this service is away", kind="unavailable",
                       headers={"Retry-After": "2"})  # fmt: skip
    log.error("unexpected", exc_info=error)
    return Problem(500, "an unexpected error; it has been logged", kind="internal")


def install(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""

    async def answer(_request: Request, error: Exception) -> Response:
        return problem_of(error).response()

    for kind in (Problem, Unavailable, NotFound, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
    app.add_middleware(_NothingEscapes)


class _NothingEscapes:
    """Answers what no handler caught. Starlette answers and raises again, which only fills logs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            if started:
                raise
            await problem_of(error).response()(scope, receive, send)
