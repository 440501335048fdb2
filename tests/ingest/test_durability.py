"""DURABILITY: what a 202 stands for, and what happens where the server does not keep it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings
from newswire_ingest import durability
from newswire_ingest.app import build
from newswire_local.embedded import EmbeddedServer
from tests.ingest.newsroom import Newsroom, a_draft, http_of, is_refused, running


def _with(settings: Settings, **changes: Any) -> Settings:
    return settings.model_copy(update=changes)


async def test_alwaysis_refused_by_a_server_that_does_not_sync(
    settings: Settings, client: Client
) -> None:
    """A setting that the server does not keep is no setting: the start stops, naming it."""
    with pytest.raises(ConfigurationError, match=r"^NEWSWIRE_DURABILITY: .*appendfsync"):
        await durability.check(client, _with(settings, durability="always"))


async def test_without_the_promised_durability_nothing_is_taken(
    settings: Settings, client: Client
) -> None:
    """Before the check has passed no 202 is given."""
    app = build(_with(settings, durability="always"))
    async with app.router.lifespan_context(app), http_of(app) as http:
        room = Newsroom(app, http, client, settings)
        async with asyncio.timeout(10):
            while "appendfsync" not in (await http.get("/readyz")).text:
                await asyncio.sleep(0.01)
        await is_refused(room, "/unavailable")
        assert await room.entries() == []


async def test_always_is_taken_by_a_server_that_syncs(settings: Settings, client: Client) -> None:
    """On the right server the strict mode just works."""
    await client.config_set("appendfsync", "always")
    async with running(_with(settings, durability="always"), client) as room:
        assert await room.taken(a_draft()) == (1, "created")


async def test_a_server_that_forbids_config_is_trusted_loudly(
    settings: Settings, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hosted server may not be asked; then the operator is told, and vouches for it."""
    await client.execute_command("ACL SETUSER", "default", "-config")
    await durability.check(client, _with(settings, durability="always"))
    assert "durability can not be checked" in capsys.readouterr().out


async def test_without_a_replica_a_replicated_write_is_unconfirmed_again_and_again(
    settings: Settings, client: Client
) -> None:
    """An unconfirmed article sent again is not waved through because it is unchanged."""
    replicated = _with(settings, durability="replicated", durability_timeout_ms=50)
    async with running(replicated, client) as room:
        for _ in range(3):
            answer = await room.post(a_draft())
            assert answer.status_code == 503
            assert answer.json()["type"].endswith("/unconfirmed")
        assert len(await room.entries()) == 1
        lines = await room.post_lines(json.dumps(a_draft()).encode())
        assert [result["outcome"] for result in lines.json()["results"]] == ["unconfirmed"]


AT_ONCE = ("--repl-diskless-sync-delay", "0")


@pytest.fixture
async def replicated(tmp_path: Path) -> AsyncIterator[tuple[EmbeddedServer, EmbeddedServer]]:
    """A primary and its replica, in touch."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    primary = EmbeddedServer(tmp_path / "primary", extra=("--port", port, *AT_ONCE))
    replica = EmbeddedServer(tmp_path / "replica", extra=("--replicaof", "127.0.0.1", port))
    primary.start()
    replica.start()
    redis = connection.client(primary.url)
    async with asyncio.timeout(15):
        while not await _replicates(redis):
            pass
    await redis.aclose()
    yield primary, replica
    replica.stop()
    primary.stop()


async def _replicates(redis: Client) -> bool:
    pipe = redis.pipeline(transaction=False)
    pipe.set("in-touch", "?")
    pipe.execute_command("WAIT", 1, 50)
    return bool((await pipe.execute())[1])


async def test_with_a_replica_a_replicated_write_is_confirmed(
    replicated: tuple[EmbeddedServer, EmbeddedServer],
) -> None:
    """A 202 means that the article is on two servers; without the second there is none."""
    primary, replica = replicated
    settings = Settings(  # type: ignore[call-arg]  # _env_file is pydantic-settings' own
        redis_url=primary.url,
        admin_key="admin-key",  # type: ignore[arg-type]  # validated into a secret
        durability="replicated",
        durability_timeout_ms=800,
        _env_file=None,
    )
    redis, copy = connection.client(primary.url), connection.client(replica.url)
    async with running(settings, redis) as room:
        assert await room.taken(a_draft()) == (1, "created")
        assert await copy.xlen(room.partitions[0].key("articles")) == 1
        assert await room.taken(a_draft()) == (1, "unchanged")
        replica.kill()
        await is_refused(room, "/unconfirmed")
    await redis.aclose()
    await copy.aclose()
