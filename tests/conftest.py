"""Every test that needs a server gets a real one of its own: it starts in milliseconds.

Tests run on the embedded Valkey and, where `redis-server` is installed, on that too.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from newswire_common import connection
from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_local.embedded import EmbeddedServer
from tests.support.live import Live, Receiver
from tests.support.origin import Origin, serving

REDIS = shutil.which("redis-server")
SERVERS = ["valkey", *(["redis"] if REDIS else [])]
DATA = os.environ.get("NEWSWIRE_TEST_DATA")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flag for the whole length of the fault tests."""
    parser.addoption("--long", action="store_true", help="fault tests at their whole length")


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether fault tests run at their whole length."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """An embedded Valkey, started, with data of its own."""
    server = EmbeddedServer(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=SERVERS)
def every_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Each server that we support and that is here: the embedded Valkey, Debian's Redis."""
    binary = Path(REDIS) if request.param == "redis" and REDIS else None
    started = EmbeddedServer(tmp_path / request.param, binary=binary)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def server(every_server: EmbeddedServer) -> EmbeddedServer:
    """The server of a test; folders where one will do put their own here."""
    return every_server


@pytest.fixture
async def client(server: EmbeddedServer) -> AsyncIterator[Client]:
    """A client of the server."""
    connected = connection.client(server.url)
    yield connected
    await connected.aclose()


@pytest.fixture
def settings(server: EmbeddedServer) -> Settings:
    """Settings for the server, with a short claim idle time."""
    return Settings(redis_url=server.url, claim_idle_s=0.2, admin_key="admin-key", _env_file=None)


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """The folder of data from outside; the test is skipped where there is none."""
    if not DATA:
        pytest.skip("NEWSWIRE_TEST_DATA is not set: no data from outside to measure against")
    return Path(DATA)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """Nothing runs yet: the test starts what it needs."""
    system = Live(tmp_path)
    yield system
    system.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without a keep-alive that would outlive a killed service."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(10)
    ) as session:
        yield session


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A subscriber's server, to be started by the test."""
    subscriber = Receiver()
    yield subscriber
    await subscriber.stop()


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    """A server of the web, on loopback."""
    async with serving() as started:
        yield started
