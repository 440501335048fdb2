"""API keys: kept hashed, compared in constant time, with scopes.

A key is ``nwk_`` and 256 random bits. High entropy needs no slow hash: SHA-256 is what is stored.
The admin key of the settings is never stored, so that it works on an emptied server too.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newswire_common.connection import Client
from newswire_common.errors import NotFound
from newswire_common.problems import Problem
from newswire_common.settings import Settings
from newswire_common.streams import KEYS

Scope = Literal["ingest", "subscribe", "admin"]
CACHE_S = 2.0  # a revoked key works, and a new one binds, at the most so much later
CACHE_SIZE = 10_000


class Principal(BaseModel):
    """Who asks. ``sources`` binds an ingest key to those; empty is any."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    scopes: frozenset[Scope]
    sources: frozenset[str] = Field(default_factory=frozenset)

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or "admin" in self.scopes


ADMIN = Principal(id="admin", name="admin", scopes=frozenset({"admin"}))


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


class Keyring:
    """The keys of one installation, read through a small cache of a few seconds.

    ``admit`` is asked for every request that a key authorises, and may raise Problem 429.
    """

    def __init__(self, client: Client, settings: Settings) -> None:
        self.admit: Callable[[Principal], None] | None = None
        self._client = client
        self._admin = _hash(settings.admin_key.get_secret_value()) if settings.admin_key else None
        self._cache: OrderedDict[str, tuple[float, Principal | None]] = OrderedDict()
        self._bound: tuple[float, frozenset[str]] | None = None

    async def create(
        self, name: str, scopes: frozenset[Scope], sources: frozenset[str] = frozenset()
    ) -> tuple[str, Principal]:
        """A new key and its record; the key itself is to be had only here."""
        key = "nwk_" + secrets.token_urlsafe(32)
        principal = Principal(id=secrets.token_hex(8), name=name, scopes=scopes, sources=sources)
        await self._client.hset(KEYS, _hash(key), principal.model_dump_json())
        return key, principal

    async def list(self) -> list[Principal]:
        rows = await self._client.hvals(KEYS)
        return sorted((Principal.model_validate_json(row) for row in rows), key=lambda p: p.name)

    async def bound_sources(self) -> frozenset[str]:
        """The sources that ingest keys are bound to."""
        if self._bound is None or time.monotonic() - self._bound[0] >= CACHE_S:
            at, keys = time.monotonic(), await self.list()
            bound = (who.sources for who in keys if "ingest" in who.scopes)
            self._bound = at, frozenset().union(*bound)
        return self._bound[1]

    async def revoke(self, identity: str) -> None:
        """Raises NotFound."""
        for hashed, row in (await self._client.hgetall(KEYS)).items():
            if Principal.model_validate_json(row).id == identity:
                await self._client.hdel(KEYS, hashed)
                return
        raise NotFound(f"no key {identity}")

    async def principal(self, key: str) -> Principal | None:
        """Who has this key, or None."""
        hashed = _hash(key)
        if self._admin and hmac.compare_digest(hashed, self._admin):
            return ADMIN
        at, known = self._cache.get(hashed, (0.0, None))
        if time.monotonic() - at < CACHE_S and at:
            return known
        row = await self._client.hget(KEYS, hashed)
        try:
            found = Principal.model_validate_json(row) if row else None
        except ValidationError:
            found = None
        self._cache[hashed] = (time.monotonic(), found)
        self._cache.move_to_end(hashed)
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return found

    async def authorize(self, authorization: str, scope: Scope) -> Principal:
        """Who asks, if they may. Raises Problem 401 or 403."""
        kind, _, key = authorization.partition(" ")
        who = await self.principal(key.strip()) if kind.lower() == "bearer" and key else None
        if who is None:
            raise Problem(
                401, "send a valid key as `Authorization: Bearer KEY`", kind="unauthorized",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        if not who.may(scope):
            raise Problem(403, f"this key does not have the scope {scope}", kind="forbidden")
        if self.admit:
            self.admit(who)
        return who


def needs(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """A FastAPI dependency that answers the principal, who has the scope."""

    async def authorize(request: Request) -> Principal:
        keyring: Keyring = request.app.state.runtime.keyring
        return await keyring.authorize(request.headers.get("authorization", ""), scope)

    return authorize
