"""The routes over an article's audience: counts that somebody posts, and mentions of the web."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response

from newswire_common.auth import Principal, needs
from newswire_common.net import check_url
from newswire_common.problems import Problem
from newswire_common.settings import Settings
from newswire_ingest.audience.counts import Counts, PostedCounts
from newswire_ingest.audience.mentions import Mentions, NoMention, mention_of
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import check_source
from newswire_ingest.drafts import parsed
from newswire_ingest.measures import Measures
from newswire_ingest.trace import traceparent

COUNTS_BYTES = 16 * 2**10
MENTION_BYTES = 16 * 2**10
MAX_URL = 2_000
FORM = "application/x-www-form-urlencoded"
Editor = Annotated[Principal, Depends(needs("ingest"))]


def router(
    settings: Settings, counts: Counts, mentions: Mentions, bodies: Bodies, measures: Measures
) -> APIRouter:
    """``POST /v1/articles/{id}/audience`` and ``POST /webmention``."""
    routes = APIRouter(tags=["audience"])
    allowed, public_url = settings.allow_private_networks, settings.public_url

    async def read(request: Request, content_type: str, limit: int) -> bytes:
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent != content_type:
            raise Problem(415, f"send {content_type}", headers={"Accept": content_type})
        body = await bodies.read(request.scope, request.receive, limit)
        bodies.release(body)
        return body

    @routes.post(
        "/v1/articles/{identity}/audience", status_code=202, response_class=Response,
        openapi_extra=_body("application/json", PostedCounts.model_json_schema()),
    )  # fmt: skip
    async def post_counts(request: Request, who: Editor, identity: str) -> Response:
        """Take in what readers did: counts overwrite; null is unknown, and never 0."""
        with measures.refusals():
            posted = parsed(PostedCounts, await read(request, "application/json", COUNTS_BYTES))
            check_source(who, await counts.source_of(identity))
            try:
                observation = posted.observation(datetime.now(UTC))
            except ValueError as error:
                wrong = [{"pointer": "/observed_at", "detail": str(error)}]
                raise Problem(422, str(error), kind="invalid", errors=wrong) from error
            await counts.write([(identity, observation)], _trace(request))
            return Response(status_code=202)

    @routes.post(
        "/webmention", response_class=Response,
        openapi_extra=_body(FORM, {
            "type": "object", "required": ["source", "target"],
            "properties": {name: {"type": "string", "format": "uri"}
                           for name in ("source", "target")},
        }),
    )  # fmt: skip
    async def webmention(request: Request) -> Response:
        """Look whether the page `source` links to the article `target`, and count it (W3C)."""
        with measures.refusals():
            form = _form(await read(request, FORM, MENTION_BYTES))
            try:
                source = check_url(form.get("source", "")[:MAX_URL], allowed)
                mention = mention_of(source, form.get("target", "")[:MAX_URL], public_url)
            except ValueError as error:
                raise Problem(400, f"no webmention: {error}", kind="invalid") from error
            try:
                await mentions.take(mention, _trace(request))
            except NoMention as error:
                raise Problem(400, str(error), kind="unverified") from error
            return Response(status_code=200)

    return routes


def _form(body: bytes) -> dict[str, str]:
    """The first value of each name. Raises Problem 400."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=20, strict_parsing=False)
    except ValueError as error:
        raise Problem(400, "the body is no form in UTF-8", kind="syntax") from error
    return {name: values[0] for name, values in fields.items()}


def _trace(request: Request) -> str:
    return traceparent(request.headers.get("traceparent", "").encode("latin-1"))


def _body(content_type: str, schema: dict[str, object]) -> dict[str, object]:
    return {"requestBody": {"required": True, "content": {content_type: {"schema": schema}}}}
