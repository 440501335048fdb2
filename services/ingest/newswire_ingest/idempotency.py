"""``Idempotency-Key``: the same request sent again is answered as it was the first time.

    reserve (SET NX) > work > store the answer for a day | on failure give the reservation back

Draft RFC "The Idempotency-Key HTTP Header Field" (IETF httpapi). Keys are scoped by who sends them.
"""

import contextlib
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError

from newswire_common.connection import Client
from newswire_common.problems import Problem

KEPT_S = 24 * 3600
# A request that its service did not survive gives its key free after this.
RESERVED_S = 60
MAX_KEY = 255
PREFIX = "newswire:idempotency"
_SIZE = 16  # bytes of a fingerprint

log = structlog.get_logger()


class Answer(NamedTuple):
    """A response body; ``final`` unless the same request again may come to another."""

    body: bytes
    final: bool


class Idempotency:
    """The answers of a day, by principal and key."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def once(
        self, who: str, key: bytes, request: bytes, answer: Callable[[], Awaitable[Answer]]
    ) -> bytes:
        """The first answer to this request under this key; ``request`` is all that it says.

        Raises Problem 400 for an impossible key, 409 while the first one is under way, 422 when
        the key was used for another request, and what ``answer`` raises. Of that, and of an answer
        that is not final, nothing is kept.
        """
        if not 0 < len(key) <= MAX_KEY:
            raise Problem(400, f"an Idempotency-Key has 1 to {MAX_KEY} characters", kind="syntax")
        scoped = f"{len(who)}:{who}".encode() + key
        name = f"{PREFIX}:{blake2b(scoped, digest_size=_SIZE).hexdigest()}"
        mine = blake2b(request, digest_size=_SIZE).digest()
        if not await self._client.set(name, mine, nx=True, ex=RESERVED_S):
            return _stored(await self._client.get(name), mine)
        final = False
        try:
            body, final = await answer()
        finally:
            if not final:
                await self._forget(name)
        if final:
            await self._keep(name, mine + body)
        return body

    async def _forget(self, name: str) -> None:
        with contextlib.suppress(RedisError):  # a reservation ends by itself
            await self._client.delete(name)

    async def _keep(self, name: str, entry: bytes) -> None:
        try:
            await self._client.set(name, entry, ex=KEPT_S)
        except RedisError as error:
            # What was asked for is done, and doing it again changes nothing.
            log.warning("answer not kept", reason=f"{type(error).__name__}: {error}")


def _stored(entry: bytes | None, mine: bytes) -> bytes:
    if entry is not None and entry[:_SIZE] != mine:
        raise Problem(422, "this Idempotency-Key was used for another request", kind="idempotency")
    if entry is None or len(entry) == _SIZE:
        raise Problem(409, "the first request with this Idempotency-Key is still under way",
                      kind="idempotency", headers={"Retry-After": "1"})  # fmt: skip
    return entry[_SIZE:]
