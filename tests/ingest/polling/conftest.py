"""Fixtures of the tests of polling."""

import pytest

from newswire_common.connection import Client
from tests.ingest.polling.newsbeat import Newsbeat


@pytest.fixture
async def beat(client: Client) -> Newsbeat:
    """One process that polls, with a web of its own."""
    return Newsbeat(client)
