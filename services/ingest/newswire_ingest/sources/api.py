"""``/v1/sources``: the feeds that are polled.

Sources are for an admin; an ingest key that is bound to sources sees those, and to it there are no
others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from newswire_common.auth import Principal, needs
from newswire_common.errors import NotFound
from newswire_common.net import check_url
from newswire_common.problems import Problem
from newswire_common.settings import Network
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import worked_out
from newswire_ingest.drafts import M, parsed
from newswire_ingest.sources import opml
from newswire_ingest.sources.opml import OpmlError
from newswire_ingest.sources.registry import Registry
from newswire_ingest.sources.source import (
    MAX_ID,
    SourceDraft,
    SourcePatch,
    SourceView,
    State,
    changed,
)
from newswire_ingest.sources.subscriptions import Imported, Subscriptions

SOURCE_BYTES = 64 * 2**10
MAX_LIMIT = 1_000
OPML = "text/x-opml"
OPML_KINDS = frozenset({
    OPML, "text/xml", "application/xml", "application/x-opml+xml", "application/opml+xml",
})  # fmt: skip

Admin = Annotated[Principal, Depends(needs("admin"))]
Reader = Annotated[Principal, Depends(needs("ingest"))]


class Listing(BaseModel):
    """A page of sources by id. ``cursor`` leads to the next, None at the end."""

    sources: list[SourceView]
    cursor: str | None = None


def _takes(model: type[BaseModel]) -> dict[str, Any]:
    media = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": media}}


_TAKES_OPML: dict[str, Any] = {
    "requestBody": {"required": True, "content": {OPML: {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, eq=False)
class SourcesApi:
    """The routes."""

    registry: Registry
    subscriptions: Subscriptions
    bodies: Bodies
    allowed: Sequence[Network]

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/v1", tags=["sources"])
        router.add_api_route("/sources", self.add, methods=["POST"], status_code=201,
                             openapi_extra=_takes(SourceDraft))  # fmt: skip
        router.add_api_route("/sources", self.list, methods=["GET"])
        router.add_api_route("/sources.opml", self.document, methods=["GET"])
        router.add_api_route("/sources/opml", self.take_in, methods=["POST"],
                             openapi_extra=_TAKES_OPML)  # fmt: skip
        router.add_api_route("/sources/{source}", self.show, methods=["GET"])
        router.add_api_route("/sources/{source}", self.change, methods=["PATCH"],
                             openapi_extra=_takes(SourcePatch))  # fmt: skip
        router.add_api_route("/sources/{source}", self.remove, methods=["DELETE"], status_code=204)
        router.add_api_route("/sources/{source}/poll", self.poll, methods=["POST"], status_code=202)
        return router

    async def add(self, _who: Admin, request: Request) -> SourceView:
        """Poll a feed from now on. Its id is the `source` of its articles."""
        draft = await self._body(request, SourceDraft)
        self._check_url(draft.feed_url)
        await self.registry.add(draft)
        return await self.registry.get(draft.id)

    async def list(
        self,
        who: Reader,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
        cursor: Annotated[str, Query(max_length=MAX_ID)] = "",
        state: Annotated[State | None, Query(description="Only those in this state")] = None,
    ) -> Listing:
        """Sources by id, with their health."""
        if who.may("admin"):
            ids = await self.registry.ids(cursor, limit + 1, state)
        else:
            ids = [one for one in _own(who) if one.encode() > cursor.encode()]
        page = ids[:limit]
        views = await self.registry.views(page)
        return Listing(
            sources=[one for one in views if state in (None, one.health.state)],
            cursor=page[-1] if len(ids) > limit else None,
        )

    async def show(self, who: Reader, source: str) -> SourceView:
        """One source, with its health."""
        if not who.may("admin") and source not in _own(who):
            raise NotFound(f"no source {source[:MAX_ID]}")
        return await self.registry.get(_known(source))

    async def change(self, _who: Admin, source: str, request: Request) -> SourceView:
        """Change what is given; null takes away. A source that has changed is polled at once."""
        patch = await self._body(request, SourcePatch)
        if patch.feed_url:
            self._check_url(patch.feed_url)
        await self.registry.change(_known(source), lambda before: changed(before, patch))
        return await self.registry.get(source)

    async def remove(self, _who: Admin, source: str) -> None:
        """Poll it no more. Its articles stay."""
        await self.registry.remove(_known(source))

    async def poll(self, _who: Admin, source: str) -> SourceView:
        """Poll it as soon as its host's turn comes, also one that is gone."""
        await self.registry.hasten(_known(source))
        return await self.registry.get(source)

    async def take_in(self, _who: Admin, request: Request) -> Imported:
        """Add the feeds of an OPML document. What is a source already stays as it is."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in OPML_KINDS:
            raise Problem(415, f"send {OPML}", headers={"Accept": ", ".join(sorted(OPML_KINDS))})
        body = await self.bodies.read(request.scope, request.receive, opml.MAX_BYTES)
        try:
            document = await worked_out(len(body), opml.parse, body)
        except OpmlError as error:
            raise Problem(422, f"the document {error}", kind="invalid") from error
        finally:
            self.bodies.release(body)
        return await self.subscriptions.take_in(document)

    async def document(self, _who: Admin) -> Response:
        """All sources as OPML 2.0: the outlines that were imported, and what was added since."""
        body = await self.subscriptions.document()
        return Response(body, media_type=f"{OPML}; charset=utf-8")

    async def _body(self, request: Request, model: type[M]) -> M:
        """Raises Problem 400, 413, 415 or 422."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem(415, "send application/json", headers={"Accept": "application/json"})
        body = await self.bodies.read(request.scope, request.receive, SOURCE_BYTES)
        try:
            return parsed(model, body)
        finally:
            self.bodies.release(body)

    def _check_url(self, url: str) -> None:
        try:
            check_url(url, self.allowed)
        except ValueError as error:
            wrong = {"pointer": "/feed_url", "detail": str(error)}
            raise Problem(422, f"the feed_url {error}", kind="invalid", errors=[wrong]) from error


def _own(who: Principal) -> list[str]:
    """The sources that an ingest key is bound to. Raises Problem 403 where it is bound to none."""
    if not who.sources:
        raise Problem(403, "this key does not have the scope admin", kind="forbidden")
    return sorted(who.sources)


def _known(source: str) -> str:
    """An id that can be one. Raises NotFound."""
    if len(source) > MAX_ID:
        raise NotFound(f"no source {source[:MAX_ID]}")
    return source
