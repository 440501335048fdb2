"""``/v1/webhooks``: a subscriber's endpoints, and what was delivered to them.

An endpoint belongs to the principal that made it; to anybody else but an admin it does not exist.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from newswire_common.auth import Principal, needs
from newswire_common.errors import NotFound
from newswire_common.net import check_url
from newswire_common.problems import Problem
from newswire_common.settings import Network
from newswire_common.streams import Partition
from newswire_publish.body import accepts, body_of
from newswire_publish.webhooks.delivery import Attempt, Task
from newswire_publish.webhooks.endpoint import (
    Endpoint,
    EndpointDraft,
    EndpointPatch,
    EndpointView,
    State,
    register,
    rotated,
    view,
)
from newswire_publish.webhooks.queue import DeliveryQueue, Page, shard_of
from newswire_publish.webhooks.subscriptions import Subscriptions, is_endpoint

MAX_ENDPOINTS = 1_000  # an owner
TEST_TYPE = "webhook.test"
SECRET = {"Cache-Control": "no-store"}  # of an answer that holds one, RFC 9111 5.2.2.5
EPOCH = datetime.fromtimestamp(0, UTC)

Who = Annotated[Principal, Depends(needs("subscribe"))]


class Registered(EndpointView):
    """An endpoint with its secret, which is shown this once."""

    secret: str


class Rotated(BaseModel):
    """The new secret, shown this once; the one before signs beside it until then."""

    id: str
    secret: str
    previous_until: datetime


class Listing(BaseModel):
    """A page of endpoints, the oldest first. ``after`` is the next page's, None at the end.

    It names a place and no endpoint: what is removed meanwhile changes nothing for the rest.
    """

    webhooks: list[EndpointView]
    after: str | None = None


class Deliveries(BaseModel):
    """The newest first."""

    deliveries: list[Attempt]


class TestSent(BaseModel):
    """The test event, and the id of its delivery: the ``webhook-id``."""

    event_id: str
    delivery: str


class Sending(Protocol):
    """Where deliveries are made."""

    async def enqueue(self, shard: Partition, page: Page) -> int:
        """Enqueue a page; answers how many of its deliveries were new."""

    def wake(self, shards: Iterable[Partition]) -> None:
        """Look at shards where something has changed."""


@dataclass(eq=False)
class WebhooksApi:
    """The routes."""

    subscriptions: Subscriptions
    queue: DeliveryQueue
    allowed: Sequence[Network]
    sending: Sending

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
        router.add_api_route("", self.register, methods=["POST"], status_code=201,
                             openapi_extra=accepts(EndpointDraft))  # fmt: skip
        router.add_api_route("", self.list, methods=["GET"])
        router.add_api_route("/{endpoint}", self.show, methods=["GET"])
        router.add_api_route("/{endpoint}", self.change, methods=["PATCH"],
                             openapi_extra=accepts(EndpointPatch))  # fmt: skip
        router.add_api_route("/{endpoint}", self.remove, methods=["DELETE"], status_code=204)
        router.add_api_route("/{endpoint}/test", self.test, methods=["POST"], status_code=202)
        router.add_api_route("/{endpoint}/rotate", self.rotate, methods=["POST"])
        router.add_api_route("/{endpoint}/pause", self.pause, methods=["POST"])
        router.add_api_route("/{endpoint}/resume", self.resume, methods=["POST"])
        router.add_api_route("/{endpoint}/deliveries", self.deliveries, methods=["GET"])
        return router

    async def register(
        self,
        who: Who,
        draft: Annotated[EndpointDraft, Depends(body_of(EndpointDraft))],
        response: Response,
    ) -> Registered:
        """Register an endpoint. It gets every event that is accepted from now on and matches."""
        self._check_url(draft.url)
        await self.subscriptions.refresh()
        if len(self.subscriptions.owned_by(who.id)) >= MAX_ENDPOINTS:
            raise Problem(409, f"a key may have {MAX_ENDPOINTS:,} webhooks", kind="too-many")
        endpoint = register(draft, who.id, datetime.now(UTC))
        await self.subscriptions.add(endpoint)
        response.headers.update(SECRET)
        return Registered(**view(endpoint, "active").model_dump(), secret=endpoint.secret)

    async def list(
        self,
        who: Who,
        limit: Annotated[int, Query(ge=1, le=MAX_ENDPOINTS)] = MAX_ENDPOINTS,
        after: Annotated[str, Query(max_length=100)] = "",
    ) -> Listing:
        """Your webhooks; an admin sees everybody's."""
        await self.subscriptions.refresh()
        mine = self.subscriptions.owned_by(None if who.may("admin") else who.id)
        rest = [one for one in mine if _place(one) > _parsed_place(after)] if after else mine
        page = rest[:limit]
        return Listing(
            webhooks=[self._view(one) for one in page],
            after="{}-{}".format(*_place(page[-1])) if len(rest) > limit else None,
        )

    async def show(self, who: Who, endpoint: str) -> EndpointView:
        """One webhook."""
        return self._view(await self._own(who, endpoint))

    async def change(
        self,
        who: Who,
        endpoint: str,
        patch: Annotated[EndpointPatch, Depends(body_of(EndpointPatch))],
    ) -> EndpointView:
        """Change what is given and leave the rest. Given headers replace all of them."""
        await self._own(who, endpoint)
        changes = patch.given(unset=False)
        if "url" in changes:
            self._check_url(patch.url)
        changed = await self.subscriptions.change(
            endpoint, lambda before: before.model_copy(update=changes)
        )
        return self._view(changed)

    async def remove(self, who: Who, endpoint: str) -> None:
        """Remove a webhook and all that waits for it."""
        await self._own(who, endpoint)
        await self.subscriptions.remove(endpoint)

    async def test(self, who: Who, endpoint: str) -> TestSent:
        """Deliver an event of type `webhook.test`, whatever events the webhook is for."""
        found = await self._own(who, endpoint)
        if self.subscriptions.state(endpoint) == "disabled":
            raise Problem(409, "this webhook is disabled; resume it first", kind="disabled")
        event = f"test-{time.time_ns() // 1_000_000}-{token_hex(12)}"
        page = Page()
        delivery = page.add(endpoint, Task(event=event, type=TEST_TYPE, form=found.payload))
        shard = shard_of(endpoint, self.subscriptions.shards)
        if not await self.sending.enqueue(shard, page):
            raise Problem(409, "too much waits for this webhook already", kind="backlog")
        return TestSent(event_id=event, delivery=delivery)

    async def rotate(self, who: Who, endpoint: str, response: Response) -> Rotated:
        """A new secret. For a day both sign, so that no delivery fails while you change over."""
        await self._own(who, endpoint)
        now = datetime.now(UTC)
        try:
            changed = await self.subscriptions.change(endpoint, lambda before: rotated(before, now))
        except ValueError as error:
            raise Problem(409, str(error), kind="too-many") from error
        response.headers.update(SECRET)
        return Rotated(id=endpoint, secret=changed.secret, previous_until=changed.previous[0].until)

    async def pause(self, who: Who, endpoint: str) -> EndpointView:
        """Send nothing for now; what comes in waits."""
        return await self._set(who, endpoint, "paused")

    async def resume(self, who: Who, endpoint: str) -> EndpointView:
        """Go on, with what waits first; also after the endpoint was disabled."""
        return await self._set(who, endpoint, "active")

    async def deliveries(
        self,
        who: Who,
        endpoint: str,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        *,
        failed: bool = False,
    ) -> Deliveries:
        """The last attempts; with `failed`, the last deliveries that were given up."""
        await self._own(who, endpoint)
        shard = shard_of(endpoint, self.subscriptions.shards)
        read = self.queue.dead if failed else self.queue.attempts
        return Deliveries(deliveries=await read(shard, endpoint, limit))

    async def _own(self, who: Principal, endpoint: str) -> Endpoint:
        """The endpoint, if it is theirs. Raises NotFound."""
        await self.subscriptions.refresh()
        found = self.subscriptions.find(endpoint) if is_endpoint(endpoint) else None
        if found is None or not (found.owner == who.id or who.may("admin")):
            raise NotFound("no such webhook")
        return found

    async def _set(self, who: Principal, endpoint: str, state: State) -> EndpointView:
        found = await self._own(who, endpoint)
        now = await self.subscriptions.set_state(endpoint, state)
        self.sending.wake([shard_of(endpoint, self.subscriptions.shards)])
        return view(found, now)

    def _view(self, endpoint: Endpoint) -> EndpointView:
        return view(endpoint, self.subscriptions.state(endpoint.id))

    def _check_url(self, url: str) -> None:
        try:
            check_url(url, self.allowed)
        except ValueError as error:
            wrong = {"pointer": "/url", "detail": str(error)}
            raise Problem(422, f"the URL {error}", kind="invalid", errors=[wrong]) from error


def _place(endpoint: Endpoint) -> tuple[int, str]:
    """An endpoint's place in a listing: microseconds since the Unix epoch, and its id."""
    return (endpoint.created_at - EPOCH) // timedelta(microseconds=1), endpoint.id


def _parsed_place(after: str) -> tuple[int, str]:
    """Raises Problem 422."""
    moment, _, endpoint = after.partition("-")
    if not (moment.isdecimal() and moment.isascii() and is_endpoint(endpoint)):
        wrong = {"pointer": "/after", "detail": "is not from a listing"}
        raise Problem(422, "`after` is no place in a listing", kind="invalid", errors=[wrong])
    return int(moment), endpoint
