"""Feeds over HTTP: ``GET /feeds``, ``GET|HEAD /feeds/{name}.{rss,atom,json}``."""

import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from newswire_common.errors import NotFound
from newswire_common.events import from_ms
from newswire_publish.access import cache_control, may_read
from newswire_publish.conditional import accepts_gzip, answer, last_modified
from newswire_publish.feeds.editions import ALL, Edition, Editions, Order, feed_url
from newswire_publish.feeds.render import FORMATS
from newswire_publish.metrics import PublishMetrics

Limit = Annotated[int, Query(ge=1, le=200, description="How many of the newest items")]


@dataclass(frozen=True, slots=True)
class FeedRoutes:
    """The routes over the editions of this process; ``private`` keeps answers out of caches."""

    editions: Editions
    metrics: PublishMetrics
    private: bool

    def router(self) -> APIRouter:
        router = APIRouter(tags=["feeds"], dependencies=[Depends(may_read)])
        router.add_api_route("/feeds", self.catalogue, methods=["GET"])
        path = "/feeds/{name:path}.{form}"
        router.add_api_route(path, self.feed, methods=["GET"], response_class=Response)
        router.add_api_route(path, self.feed, methods=["HEAD"], include_in_schema=False)
        return router

    async def catalogue(self) -> dict[str, Any]:
        """Every feed there is, by name, with its URLs and when it last changed."""
        known = await self.editions.library.catalogue()
        names = sorted({ALL, *known}, key=lambda name: (name != ALL, name))
        return {"feeds": [self._entry(name, known.get(name)) for name in names]}

    def _entry(self, name: str, changed_ms: int | None) -> dict[str, Any]:
        return {
            "name": name,
            "updated_at": None if changed_ms is None else from_ms(changed_ms),
            "urls": {form: feed_url(self.editions.public_url, name, form) for form in FORMATS},
        }

    async def feed(self, request: Request, name: str, form: str, limit: Limit = 50) -> Response:
        """The newest items of a feed in RSS 2.0, Atom 1.0 or JSON Feed 1.1.

        Answers 304 to a conditional request where nothing has changed, and 404 where there is no
        such feed.
        """
        if form not in FORMATS:
            raise NotFound(f"no format {form}: there are {', '.join(FORMATS)}")
        coding = accepts_gzip(request.headers.get("accept-encoding", ""))
        edition = await self.editions.of(Order(name, form, limit, "gzip" if coding else "identity"))
        if edition is None:
            self.metrics.feed_requests.labels(form, "404").inc()
            raise NotFound(f"no feed {name[:200]}: GET /feeds lists them")
        response = self._answer(request, edition, form, gzipped=coding)
        self.metrics.feed_requests.labels(form, str(response.status_code)).inc()
        return response

    def _answer(self, request: Request, edition: Edition, form: str, *, gzipped: bool) -> Response:
        changed_ms = edition.changed_ms
        return answer(
            request.headers,
            edition.body,
            etag=edition.etag,
            modified_s=None if changed_ms is None else last_modified(changed_ms, time.time()),
            headers={
                "Content-Type": FORMATS[form].content_type,
                "Cache-Control": cache_control(private=self.private),
                "Vary": "Accept-Encoding",
                "X-Content-Type-Options": "nosniff",
                **({"Content-Encoding": "gzip"} if gzipped else {}),
            },
        )
