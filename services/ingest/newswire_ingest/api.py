"""The routes of ingest that are not hot: pages, and taking articles back.

POST /v1/pages                   key > page > article > desk > 202
POST /v1/articles/{id}/withdraw  key > whose is it? > withdrawal > desk > 202
"""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from newswire_common.article import Prose, WebUrl
from newswire_common.auth import Principal, needs
from newswire_common.errors import NotFound
from newswire_common.problems import Problem
from newswire_common.service import Runtime
from newswire_common.streams import is_article_id, partition_of
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import Desk, check_source, check_withdrawal
from newswire_ingest.drafts import parsed, refusal
from newswire_ingest.identity import withdrawal_of
from newswire_ingest.measures import Measures
from newswire_ingest.pages import kind_of, submission_of_page
from newswire_ingest.parsing.found import Origin
from newswire_ingest.trace import traceparent
from newswire_ingest.writer import Written

PAGE_BYTES = 5 * 2**20
WITHDRAWAL_BYTES = 64 * 2**10
Editor = Annotated[Principal, Depends(needs("ingest"))]
Trace = Annotated[str, Header(description="W3C Trace Context, carried to the webhooks")]


class Withdrawal(BaseModel):
    """What takes an article back: a kill (never to be used), or a takedown (by law or rights)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["kill", "takedown"]
    reason: Prose = ""


class Results(BaseModel):
    """What became of each article: created, revised, unchanged or stale."""

    results: list[Written]


def _takes(**content: Any) -> dict[str, Any]:  # noqa: ANN401 - a piece of OpenAPI
    media = {name.replace("_", "/"): {"schema": schema} for name, schema in content.items()}
    return {"requestBody": {"required": True, "content": media}}


def router(runtime: Runtime, desk: Desk, bodies: Bodies, measures: Measures) -> APIRouter:
    """The routes over a desk."""
    routes = APIRouter(prefix="/v1", tags=["ingest"])

    @routes.post(
        "/pages",
        status_code=202,
        openapi_extra=_takes(text_html={"type": "string"}, text_plain={"type": "string"}),
    )
    async def post_page(
        request: Request,
        who: Editor,
        source: str,
        url: Annotated[WebUrl | None, Query(description="where the page is")] = None,
        guid: Annotated[str | None, Query(description="its id, where it has no url")] = None,
    ) -> Results:
        """Take in a scraped page. What is recognised besides its text becomes fields and blocks."""
        with measures.refusals():
            content_type = request.headers.get("content-type", "")
            kind_of(content_type)
            body = await bodies.read(request.scope, request.receive, PAGE_BYTES)
            try:
                origin = Origin(source=source, url=str(url) if url else None, guid=guid)
                submission = await asyncio.to_thread(
                    submission_of_page, body, content_type, origin, _trace(request)
                )
                check_source(who, submission.source)
                return Results(results=[await desk.file_one(submission)])
            finally:
                bodies.release(body)

    @routes.post("/articles/{identity}/withdraw", status_code=202,
                 openapi_extra=_takes(application_json=Withdrawal.model_json_schema()))  # fmt: skip
    async def withdraw(request: Request, who: Editor, identity: str) -> Results:
        """Take an article back: its next version is canceled and has no text. Once is enough."""
        with measures.refusals():
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                raise Problem(415, "send application/json", headers={"Accept": "application/json"})
            body = await bodies.read(request.scope, request.receive, WITHDRAWAL_BYTES)
            asked = parsed(Withdrawal, body)
            source, guid = await _origin(runtime, identity)
            await check_withdrawal(who, source, runtime.keyring)
            try:
                submission = withdrawal_of(
                    identity, source, guid, asked.kind, asked.reason, _trace(request)
                )
            except ValidationError as error:
                raise refusal(error) from error
            return Results(results=[await desk.file_one(submission)])

    return routes


def _trace(request: Request) -> str:
    return traceparent(request.headers.get("traceparent", "").encode("latin-1"))


async def _origin(runtime: Runtime, identity: str) -> tuple[str, str]:
    """Source and guid of an article that was once taken in. Raises NotFound."""
    if is_article_id(identity):
        key = partition_of(identity, runtime.partitions).identity(identity)
        source, guid = await runtime.client.hmget(key, "source", "guid")
        if source is not None:
            return source.decode(), guid.decode()
    raise NotFound(f"no article {identity[:64]}")
