"""``POST /v1/articles``: the one hot route, raw ASGI in front of FastAPI.

    key > media type > body > draft(s) > article(s) > desk > 202

FastAPI's routing costs more than everything that happens here together, so this stands before it;
`newswire_ingest.reference` tells of it in the same OpenAPI document. Every error is answered as the
problem that FastAPI's routes would give.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from newswire_common.auth import Keyring, Principal
from newswire_common.errors import Unavailable, Unconfirmed
from newswire_common.problems import Problem, problem_of
from newswire_ingest.bodies import JSON_BYTES, NDJSON_BYTES, Bodies, too_large
from newswire_ingest.desk import Desk, check_source, check_withdrawal, worked_out
from newswire_ingest.drafts import draft_of, refusal
from newswire_ingest.idempotency import Answer, Idempotency
from newswire_ingest.identity import Submission, submission_of, takes_back
from newswire_ingest.limits import Limits
from newswire_ingest.measures import Measures
from newswire_ingest.trace import traceparent
from newswire_ingest.writer import Written

PATH = "/v1/articles"
MAX_LINES = 1_000
# Blank lines are skipped, but looking for them must not take longer than the lines.
MAX_LINE_ENDS = 4 * MAX_LINES
LINE_ERRORS = 3  # of one wrong line
NDJSON = b"application/x-ndjson"
BREATH_BYTES = 256 * 2**10  # of lines between two turns of the loop
_JSON = re.compile(rb"application/(?:[a-z0-9!#$&^_.-]+\+)?json")
_HEADERS = [(b"content-type", b"application/json")]

Line = tuple[int, Submission | Problem]


class PushRoute:
    """The route; every other request goes on to ``app``."""

    def __init__(
        self, app: ASGIApp, *, keyring: Keyring, desk: Desk, bodies: Bodies,
        idempotency: Idempotency, measures: Measures, limits: Limits,
    ) -> None:  # fmt: skip
        self._app = app
        self._keyring = keyring
        self._desk = desk
        self._bodies = bodies
        self._idempotency = idempotency
        self._measures = measures
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - this is where every error becomes an answer
            # The lines of a request of which nothing was taken are counted already.
            problem = error if isinstance(error, _NothingTaken) else self._measures.rejected(error)
            await problem.response()(scope, receive, send)
            return
        length = (b"content-length", b"%d" % len(answer))
        await send({"type": "http.response.start", "status": 202, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] != "POST":
            raise Problem(405, "articles are sent here by POST", headers={"Allow": "POST"})
        headers: dict[bytes, bytes] = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        who = await self._keyring.authorize(authorization, "ingest")
        media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        lines = media_type == NDJSON
        if not lines and not _JSON.fullmatch(media_type):
            raise Problem(415, "send application/json or application/x-ndjson",
                          headers={"Accept": "application/json, application/x-ndjson"})  # fmt: skip
        body = await self._bodies.read(scope, receive, NDJSON_BYTES if lines else JSON_BYTES)
        trace = traceparent(headers.get(b"traceparent"))

        async def take() -> Answer:
            if lines:
                return await self._take_lines(who, body, trace)
            self._limits.articles.take(who.id, 1)
            submission = await self._submission(who, body, trace)
            return Answer(_body_of([await self._desk.file_one(submission)]), final=True)

        try:
            key = headers.get(b"idempotency-key")
            if key is None:
                return (await take()).body
            request = media_type + b"\n" + body
            return await self._idempotency.once(who.id, key, request, take)
        finally:
            self._bodies.release(body)

    async def _take_lines(self, who: Principal, body: bytes, trace: str) -> Answer:
        """Each line for itself. Raises Unavailable when no line at all could be taken."""
        lines = await self._read_lines(who, body, trace)
        self._limits.articles.take(who.id, len(lines))
        accepted = [read for _, read in lines if not isinstance(read, Problem)]
        outcomes = iter(await self._desk.file(accepted) if accepted else [])
        results: list[Any] = []
        failures: list[Unavailable] = []
        for number, read in lines:
            outcome = read if isinstance(read, Problem) else next(outcomes)
            if isinstance(outcome, Written):
                results.append(outcome)
                continue
            results.append(_failed(number, outcome, self._measures.rejected(outcome)))
            if isinstance(outcome, Unavailable):
                failures.append(outcome)
        if failures and len(failures) == len(accepted):
            raise _NothingTaken(failures, results)
        return Answer(_body_of(results), final=not failures)

    async def _submission(self, who: Principal, body: bytes, trace: str) -> Submission:
        """The article of a JSON text, if this key may write it. Raises Problem."""
        draft = draft_of(body)
        try:
            submission = await worked_out(len(draft.body_html or ""), submission_of, draft, trace)
        except ValidationError as error:
            raise refusal(error) from error
        if takes_back(draft):
            await check_withdrawal(who, submission.source, self._keyring)
        else:
            check_source(who, submission.source)
        return submission

    async def _read_lines(self, who: Principal, body: bytes, trace: str) -> list[Line]:
        """Each line that is not blank, with its number from 1. Raises Problem 413 or 400."""
        lines: list[Line] = []
        since_breath = 0
        for number, line in _lines(body):
            if len(lines) == MAX_LINES:
                raise Problem(413, f"more than {MAX_LINES} lines", kind="too-large")
            try:
                lines.append((number, await self._line(who, line, trace)))
            except Problem as problem:
                lines.append((number, problem))
            since_breath += len(line)
            if since_breath > BREATH_BYTES:
                since_breath = 0
                await asyncio.sleep(0)
        if not lines:
            raise Problem(400, "the body holds no line", kind="syntax")
        return lines

    async def _line(self, who: Principal, line: bytes, trace: str) -> Submission:
        if len(line) > JSON_BYTES:
            raise too_large(JSON_BYTES)
        return await self._submission(who, line, trace)


class _NothingTaken(Problem):
    """503 for a whole request, which still says it line by line."""

    def __init__(self, failures: Sequence[Unavailable], results: list[Any]) -> None:
        unconfirmed = next((f for f in failures if isinstance(f, Unconfirmed)), None)
        whole = problem_of(unconfirmed or failures[0])
        super().__init__(whole.status, whole.detail, kind=whole.kind, headers=whole.headers)
        self._results = results

    def body(self) -> bytes:
        return orjson.dumps({**orjson.loads(super().body()), "results": self._results})


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    if body.count(b"\n") > MAX_LINE_ENDS:
        raise Problem(413, f"more than {MAX_LINES} lines", kind="too-large")
    for number, line in enumerate(body.split(b"\n"), 1):
        if line and not line.isspace():
            yield number, line


def _failed(number: int, error: Problem | Unavailable, problem: Problem) -> dict[str, Any]:
    """What is told of a line that was not taken."""
    problem.errors = problem.errors[:LINE_ERRORS]
    outcome = "rejected" if isinstance(error, Problem) else problem.kind
    return {"line": number, "outcome": outcome, "error": orjson.loads(problem.body())}


def _body_of(results: Sequence[Written | dict[str, Any]]) -> bytes:
    return orjson.dumps({"results": results})
