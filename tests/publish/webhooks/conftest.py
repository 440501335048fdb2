"""What the tests of webhooks share: open loopback, a receiver, and webhooks that run."""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import pytest

from newswire_common.connection import Client
from newswire_common.settings import Settings
from newswire_common.streams import Partition, partitions
from newswire_publish.webhooks.queue import DeliveryQueue
from tests.publish.webhooks.publisher import Publisher, publishing
from tests.publish.webhooks.receiver import Receiver, receiving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With loopback open, where the receivers of the tests are."""
    return settings.model_copy(update={"allow_private_networks": (ip_network("127.0.0.0/8"),)})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
async def publisher(settings: Settings) -> AsyncIterator[Publisher]:
    async with publishing(settings) as started:
        yield started


@pytest.fixture
def shard() -> Partition:
    return partitions(1, prefix="w")[0]


@pytest.fixture
def queue(client: Client) -> DeliveryQueue:
    """A queue whose leases outlast any test."""
    return DeliveryQueue(client, lease=timedelta(minutes=1), window=timedelta(days=1))
