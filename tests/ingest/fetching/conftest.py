"""What the tests of fetching share: a fetcher to whom the origin on loopback is open."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest

from newswire_common.settings import Settings
from newswire_ingest.fetching import Fetcher, Limits

Making = Callable[..., Fetcher]


def loopback() -> Settings:
    """With loopback open; the Redis is never asked."""
    return Settings(
        redis_url="redis://unused",
        allow_private_networks=(ip_network("127.0.0.0/8"),),
        public_url="https://news.example.org",
        _env_file=None,
    )


@pytest.fixture
async def making() -> AsyncIterator[Making]:
    """Makes fetchers with the limits that a test gives, and closes them."""
    made = []

    def make(resolver: object = None, **limits: float) -> Fetcher:
        fetcher = Fetcher(loopback(), Limits(**{"total_s": 5.0, **limits}), resolver)
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        await fetcher.aclose()


@pytest.fixture
def fetcher(making: Making) -> Fetcher:
    return making()
