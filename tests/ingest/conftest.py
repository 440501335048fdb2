"""Fixtures of the ingest tests."""

from collections.abc import AsyncIterator

import pytest

from newswire_common.connection import Client
from newswire_common.settings import Settings
from tests.ingest.newsroom import Newsroom, running


@pytest.fixture
async def newsroom(settings: Settings, client: Client) -> AsyncIterator[Newsroom]:
    """The service with the settings of the tests."""
    async with running(settings, client) as started:
        yield started
