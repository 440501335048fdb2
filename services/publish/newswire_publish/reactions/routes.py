"""Stories over HTTP: ``GET /v1/stories/{id}``."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from newswire_common.errors import NotFound
from newswire_common.streams import is_article_id
from newswire_publish.access import cache_control, may_read
from newswire_publish.conditional import answer, etag_of
from newswire_publish.reactions.stories import StoryLibrary, StoryPage

StoryId = Annotated[str, Path(description="32 hexadecimal digits: `enrichment.story.id`")]
PATH = "/v1/stories/{story_id}"


@dataclass(frozen=True, slots=True)
class StoryRoutes:
    """The routes over stories; ``private`` keeps answers out of shared caches."""

    stories: StoryLibrary
    private: bool

    def router(self) -> APIRouter:
        router = APIRouter(tags=["stories"], dependencies=[Depends(may_read)])
        router.add_api_route(
            PATH, self.story, methods=["GET"], response_class=Response,
            responses={200: {"model": StoryPage}},
        )  # fmt: skip
        router.add_api_route(PATH, self.story, methods=["HEAD"], include_in_schema=False)
        return router

    async def story(self, request: Request, story_id: StoryId) -> Response:
        """A story with its articles and the summary of their reactions. 404 where there is none.

        307 to the story that it was merged into: it may part from that again.
        """
        headers = {"Cache-Control": cache_control(private=self.private)}
        if not is_article_id(story_id):
            raise NotFound(f"no story {story_id[:64]}")
        surviving = await self.stories.surviving(story_id)
        if surviving != story_id and (page := await self.stories.find(surviving)):
            location = str(request.url.path).replace(story_id, page.id)
            return Response(status_code=307, headers={"Location": location, **headers})
        page = await self.stories.find(story_id)
        if page is None:
            raise NotFound(f"no story {story_id}")
        document = page.model_dump_json(exclude_none=True).encode()
        headers["Content-Type"] = "application/json"
        return answer(
            request.headers, document, etag=etag_of(document), modified_s=None, headers=headers
        )
