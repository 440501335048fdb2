"""For operators, over HTTP: dead letters of all stages, and API keys. All of it needs ``admin``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from newswire_common.auth import Keyring, Principal, Scope, needs
from newswire_common.connection import Client
from newswire_common.dead import DeadLetter, drop_dead, list_dead, retry_dead, show_dead
from newswire_common.streams import Partition
from newswire_publish.body import accepts, body_of

Name = Annotated[str, Field(min_length=1, max_length=300)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


class DeadLetters(BaseModel):
    dead: list[DeadLetter]


class KeyRequest(BaseModel):
    """``sources`` binds an ingest key to those; empty is any."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    sources: Annotated[frozenset[Name], Field(max_length=1_000)] = frozenset()


class NewKey(Principal):
    """The key itself is to be had only here."""

    key: str


class Keys(BaseModel):
    keys: list[Principal]


@dataclass(frozen=True, slots=True)
class DeadLetterRoutes:
    """Dead letters are addressed as ``stage:partition:entry``."""

    client: Client
    partitions: Sequence[Partition]

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/v1/dead", tags=["dead letters"], dependencies=_ADMIN)
        router.add_api_route("", self.all, methods=["GET"])
        router.add_api_route("/{letter}", self.one, methods=["GET"])
        router.add_api_route("/{letter}", self.drop, methods=["DELETE"], status_code=204)
        router.add_api_route("/{letter}/retry", self.retry, methods=["POST"], status_code=202)
        return router

    async def all(self, stage: str | None = None, limit: Limit = 100) -> DeadLetters:
        """The newest dead letters, of one stage or of all."""
        found = await list_dead(self.client, self.partitions, stage=stage, limit=limit)
        return DeadLetters(dead=found)

    async def one(self, letter: str) -> DeadLetter:
        """One dead letter, with the beginning of each of its fields."""
        return await show_dead(self.client, self.partitions, letter)

    async def retry(self, letter: str) -> DeadLetter:
        """Have its stage work on it once more, within seconds."""
        found = await show_dead(self.client, self.partitions, letter)
        await retry_dead(self.client, self.partitions, letter)
        return found

    async def drop(self, letter: str) -> None:
        """Remove it for good."""
        await drop_dead(self.client, self.partitions, letter)


@dataclass(frozen=True, slots=True)
class KeyRoutes:
    """API keys: made, listed without their secret, revoked."""

    keyring: Keyring

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/v1/keys", tags=["keys"], dependencies=_ADMIN)
        router.add_api_route("", self.all, methods=["GET"])
        router.add_api_route(
            "", self.create, methods=["POST"], status_code=201, openapi_extra=accepts(KeyRequest)
        )
        router.add_api_route("/{identity}", self.revoke, methods=["DELETE"], status_code=204)
        return router

    async def all(self) -> Keys:
        """Every key's record, by name."""
        return Keys(keys=await self.keyring.list())

    async def create(self, wanted: Annotated[KeyRequest, Depends(body_of(KeyRequest))]) -> NewKey:
        """A new key, shown this once."""
        key, who = await self.keyring.create(wanted.name, wanted.scopes, wanted.sources)
        return NewKey(key=key, **who.model_dump())

    async def revoke(self, identity: str) -> None:
        """Revoke a key: it stops working within two seconds."""
        await self.keyring.revoke(identity)


_ADMIN = [Depends(needs("admin"))]
