"""``GET /v1/operations/changes``: what operators are told, in the form of ``/v1/changes``.

The cursor is an entry id: operations are on one stream, and few.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from newswire_common import operations
from newswire_common.auth import needs
from newswire_common.connection import Client
from newswire_common.operations import Operation
from newswire_common.problems import Problem

TAG = "{sources}"  # where ingest keeps the state of sources
MAX_LIMIT = 1_000
_CURSOR = re.compile(r"\d{1,19}-\d{1,19}")

After = Annotated[str, Query(description="An earlier cursor; without: from the oldest event")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


class OperationChanges(BaseModel):
    """Events in their order, and the cursor to go on from."""

    events: list[Operation]
    cursor: str


@dataclass(frozen=True, slots=True)
class OperationRoutes:
    """The route over what happened to sources."""

    client: Client

    def router(self) -> APIRouter:
        router = APIRouter(tags=["operations"], dependencies=[Depends(needs("admin"))])
        router.add_api_route("/v1/operations/changes", self.changes, methods=["GET"])
        return router

    async def changes(self, after: After = "", limit: Limit = 100) -> OperationChanges:
        """What happened to sources after a cursor. 422 where it is none."""
        if after and not _CURSOR.fullmatch(after):
            wrong = [{"pointer": "/after", "detail": "not a cursor of this list"}]
            raise Problem(422, "`after` is no cursor", kind="invalid", errors=wrong)
        found = await operations.read(self.client, TAG, after, limit)
        return OperationChanges(events=found, cursor=found[-1].id if found else after or "0-0")
