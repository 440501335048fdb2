"""A desk that publishes on each server, and a running service on the embedded one."""

from collections.abc import AsyncIterator

import pytest

from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import partitions
from newswire_local.embedded import EmbeddedServer
from tests.publish.desk import Desk, Newsroom, running


@pytest.fixture
def desk(client: Client) -> Desk:
    """A desk on one partition."""
    return Desk(client, partitions(1))


@pytest.fixture
def newsroom_settings(valkey: EmbeddedServer) -> Settings:
    """What the running service starts with; a test may ask for another by a fixture of its own."""
    return Settings(
        redis_url=valkey.url,
        claim_idle_s=0.2,
        admin_key="admin-key",
        public_url="https://news.example/",
        _env_file=None,
    )


@pytest.fixture
async def newsroom(newsroom_settings: Settings) -> AsyncIterator[Newsroom]:
    """The running service."""
    async with running(newsroom_settings) as started:
        yield started
