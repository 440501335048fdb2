"""Where hubs reach us: one URL a lease, which nobody else can guess (WebSub 5.2, 5.3, 7).

    GET  /websub/{token}  asked for? > save > challenge      denied > save, told to operators
    POST /websub/{token}  whose? > body > signature > Intake > 202

To a stranger there is nothing here: 404. A body that is not signed as it should be is answered like
any other and has no effect, so that nobody can try signatures out.
"""

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
import structlog
from fastapi import APIRouter, Request, Response

from newswire_common.errors import NotFound, Unavailable
from newswire_common.problems import Problem
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import worked_out
from newswire_ingest.websub.following import MAX_REASON, denied, ended, proved, verified
from newswire_ingest.websub.intake import Intake
from newswire_ingest.websub.ledger import Change, Kept, Ledger
from newswire_ingest.websub.measures import Content, HubMeasures
from newswire_ingest.websub.signature import signed

PATH = "/websub"
CONTENT_BYTES = 16 * 2**20
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
# A challenge comes back to whoever sent it: no more than text, and not much of it (WebSub 8.2).
_CHALLENGE = re.compile(r"[!-~]{1,1024}")
_SECONDS = re.compile(r"[0-9]{1,10}")
# Nothing that a browser would make anything of.
_ECHO = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class Callbacks:
    """The routes. ``hasten`` has a source polled as soon as its host allows; raises NotFound."""

    ledger: Ledger
    intake: Intake
    bodies: Bodies
    measures: HubMeasures
    hasten: Callable[[str], Awaitable[None]]

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        path = f"{PATH}/{{token}}"
        router.add_api_route(path, self.intent, methods=["GET"], response_class=Response)
        router.add_api_route(path, self.content, methods=["POST"], response_class=Response)
        return router

    async def intent(self, token: str, request: Request) -> Response:
        """A hub asks whether we want what we asked for, or says that we do not get it."""
        asked = request.query_params
        if asked.get("hub.mode") == "denied":
            await self._denied(token, asked)
            return Response(status_code=200)
        challenge = asked.get("hub.challenge", "")
        if not _CHALLENGE.fullmatch(challenge) or not await self._wanted(token, asked):
            self.measures.intent("rejected")
            raise _nothing()
        self.measures.intent("confirmed")
        return Response(challenge, headers=_ECHO, media_type="application/octet-stream")

    async def content(self, token: str, request: Request) -> Response:
        """A hub brings content."""
        kept = await self._of(token)
        lease = kept.following.lease(token) if kept else None
        if kept is None or lease is None:
            self.measures.brought("unknown")
            raise _nothing()
        if not kept.has_source or not kept.following.brings(lease):
            raise self._over()
        body = await self.bodies.read(request.scope, request.receive, CONTENT_BYTES)
        try:
            header = request.headers.get("x-hub-signature")
            how = await worked_out(len(body), signed, header, lease.secret, body)
            if how == "signed":
                kind = request.headers.get("content-type")
                self.measures.brought(await self._take(kept, body, kind, lease.topic))
                await self._prove(kept, token)
            else:
                log.warning("hub's content", source=kept.source, hub=lease.hub, reason=how)
                self.measures.brought(how)
        finally:
            self.bodies.release(body)
        return Response(status_code=202)

    async def _take(self, kept: Kept, body: bytes, kind: str | None, topic: str) -> Content:
        try:
            return await self.intake.take(kept, body, kind, topic)
        except NotFound as error:
            raise self._over() from error
        except Unavailable:
            self.measures.brought("busy")
            raise

    async def _prove(self, kept: Kept, token: str) -> None:
        """Have the leases before this one ended, now that it is known to work."""

        def decide(kept: Kept) -> Change | None:
            after = proved(kept.following, token, kept.now_ms)
            return Change(after) if after else None

        if decide(kept):
            await self.ledger.change(lambda: self._of(token), decide)

    async def _wanted(self, token: str, asked: Mapping[str, str]) -> bool:
        """Whether the hub is to go on; then that is written."""
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        told_s = asked.get("hub.lease_seconds", "")
        lease_s = int(told_s) if _SECONDS.fullmatch(told_s) else None

        def decide(kept: Kept) -> Change | None:
            before, now_ms = kept.following, kept.now_ms
            if mode == "unsubscribe":
                after = ended(before, token, topic, now_ms)
                return Change(after) if after else None
            if mode != "subscribe":
                return None
            after = verified(before, token, topic, lease_s, now_ms, random.random())
            trusted_ms = after.current.expires_ms if after and after.current else 0
            return Change(after, trusted_ms) if after else None

        changed = await self.ledger.change(lambda: self._of(token), decide)
        if changed:
            log.info("verified", source=changed.source, mode=mode, lease_s=lease_s)
        return changed is not None

    async def _denied(self, token: str, asked: Mapping[str, str]) -> None:
        """Raises Problem 404 where it is about nothing that we asked for."""
        topic, reason = asked.get("hub.topic", ""), asked.get("hub.reason", "")[:MAX_REASON]

        def decide(kept: Kept) -> Change | None:
            after = denied(kept.following, token, topic, reason, kept.now_ms)
            lease = kept.following.lease(token)
            if not after or not lease:
                return None
            if lease in kept.following.leaving:
                return Change(after)
            detail = orjson.dumps({"hub": lease.hub, "topic": topic, "reason": reason})
            return Change(after, detail=detail)

        changed = await self.ledger.change(lambda: self._of(token), decide)
        if not changed:
            self.measures.intent("rejected")
            raise _nothing()
        self.measures.intent("denied")
        log.warning("denied", source=changed.source, reason=reason)
        if changed.has_source:
            await self.hasten(changed.source)

    async def _of(self, token: str) -> Kept | None:
        return await self.ledger.at(token) if _TOKEN.fullmatch(token) else None

    def _over(self) -> Problem:
        """What tells a hub that it need bring no more (WebSub 7)."""
        self.measures.brought("ended")
        return Problem(410, "this subscription has ended", kind="gone")


def _nothing() -> Problem:
    return Problem(404, "there is nothing here", kind="not-found")
