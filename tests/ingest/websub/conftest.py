"""Fixtures of the tests of WebSub."""

from collections.abc import AsyncIterator

import pytest

from newswire_common.connection import Client
from newswire_local.embedded import EmbeddedServer
from tests.ingest.websub.hub import Hub, serving
from tests.ingest.websub.station import Station


@pytest.fixture
def server(valkey: EmbeddedServer) -> EmbeddedServer:
    """One server: the scripts are tried on all that we support in test_processes.py."""
    return valkey


@pytest.fixture
async def station(client: Client) -> AsyncIterator[Station]:
    """One process with one source, ``kestrel``."""
    station = Station(client)
    await station.add()
    yield station
    await station.fetcher.aclose()


@pytest.fixture
async def hub(station: Station) -> AsyncIterator[Hub]:
    """A hub that reaches the station."""
    async with station.http() as reach, serving(reach) as started:
        yield started


@pytest.fixture
async def subscribed(station: Station, hub: Hub) -> Station:
    """The station, with a lease at the hub."""
    await station.hear(hub.url)
    await station.attend()
    (answer,) = await hub.verify()
    assert answer.status_code == 200
    return station
