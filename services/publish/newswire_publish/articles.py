"""One article over HTTP: its newest version, and what became of it version by version."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from newswire_common.article import PublishedArticle
from newswire_common.errors import NotFound
from newswire_common.events import from_ms
from newswire_common.problems import Problem
from newswire_common.streams import article_uri, is_article_id
from newswire_publish.access import cache_control, may_read
from newswire_publish.conditional import answer, etag_of
from newswire_publish.library.library import Library, State
from newswire_publish.library.stage import VISIBLE

# State and document are read one after the other; a withdrawal in between shows the next time.
ATTEMPTS = 2

ArticleId = Annotated[str, Path(description="32 hexadecimal digits, as ingest answered them")]


@dataclass(frozen=True, slots=True)
class ArticleRoutes:
    """The routes over the library; ``private`` keeps answers out of shared caches."""

    library: Library
    private: bool

    def router(self) -> APIRouter:
        router = APIRouter(tags=["articles"], dependencies=[Depends(may_read)])
        router.add_api_route(
            "/v1/articles/{article_id}", self.article, methods=["GET"],
            response_class=Response, responses={200: {"model": PublishedArticle}},
        )  # fmt: skip
        router.add_api_route(
            "/v1/articles/{article_id}", self.article, methods=["HEAD"], include_in_schema=False
        )
        router.add_api_route("/v1/articles/{article_id}/history", self.history, methods=["GET"])
        return router

    async def article(self, request: Request, article_id: ArticleId) -> Response:
        """The newest version. 404 where it is unknown or not shown yet, 410 once withdrawn."""
        for _ in range(ATTEMPTS):
            state = await self._shown(article_id)
            if state.status == "canceled":
                raise Problem(
                    410, f"article {article_id} was withdrawn in version {state.version}",
                    kind="withdrawn",
                )  # fmt: skip
            [document] = await self.library.documents([(article_id, state)])
            if document is not None:
                return self._answer(request, await self.library.with_story_size(document))
        raise NotFound(f"no article {article_id}")

    def _answer(self, request: Request, document: bytes) -> Response:
        return answer(
            request.headers, document, etag=etag_of(document), modified_s=None,
            headers={
                "Content-Type": "application/json",
                "Cache-Control": cache_control(private=self.private),
            },
        )  # fmt: skip

    async def history(self, article_id: ArticleId) -> dict[str, Any]:
        """The last 20 versions that were shown, the oldest first, with what each was and when."""
        await self._shown(article_id)
        steps = await self.library.history(article_id)
        return {
            "id": article_id,
            "uri": article_uri(article_id),
            "versions": [
                {"version": step.version, "status": step.outcome, "at": from_ms(step.at_ms)}
                for step in steps
                if step.outcome in VISIBLE
            ],
        }

    async def _shown(self, article_id: str) -> State:
        """Where the article stands. Raises NotFound where nobody may know of it."""
        state = await self.library.state(article_id) if is_article_id(article_id) else None
        if state is None or state.status == "withheld":
            raise NotFound(f"no article {article_id[:64]}")
        return state
