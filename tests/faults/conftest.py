"""The live system of the fault tests, and the flag for their whole length."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.live import Live, Receiver


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
