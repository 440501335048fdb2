"""Shards on a cluster, and a server that goes away under the workers."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from newswire_common.settings import Settings
from newswire_local.embedded import EmbeddedServer
from newswire_publish.webhooks.queue import shard_of
from tests.publish.webhooks.publisher import publishing
from tests.publish.webhooks.receiver import Receiver, answering_after
from tests.support.cluster import cluster
from tests.support.live import until

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def cluster_settings(tmp_path: Path) -> Iterator[Settings]:
    """Three masters and three partitions."""
    with cluster(tmp_path) as url:
        yield Settings(
            redis_url=url,
            partitions=3,
            admin_key="admin-key",
            allow_private_networks=LOOPBACK,
            _env_file=None,
        )


async def test_on_a_cluster_every_shard_delivers(
    cluster_settings: Settings, receiver: Receiver
) -> None:
    """The keys of a shard are in one slot; registering, sending and the log work unchanged."""
    async with publishing(cluster_settings) as publisher:
        made: dict[str, tuple[str, str]] = {}
        while len({shard_of(one, publisher.webhooks.shards) for one in made}) < 3:
            path = f"/{len(made)}"
            registered = await publisher.register(receiver.url + path)
            made[registered["id"]] = (path, registered["secret"])
        await publisher.publish(5)
        for path, secret in made.values():
            for received in await receiver.wait_for(5, path):
                received.verify(secret)
        await publisher.webhooks.upkeep.tick()
        for endpoint in made:
            assert (await publisher.call("DELETE", f"/{endpoint}")).status_code == 204


@pytest.fixture
def settings(valkey: EmbeddedServer) -> Settings:
    """For a server that a test may kill."""
    return Settings(
        redis_url=valkey.url,
        admin_key="admin-key",
        allow_private_networks=LOOPBACK,
        _env_file=None,
    )


async def test_a_server_that_was_killed_and_came_back_loses_no_delivery(
    valkey: EmbeddedServer, settings: Settings, receiver: Receiver
) -> None:
    """What was enqueued is delivered by the same worker, without a restart."""
    async with publishing(settings) as publisher:
        made = await publisher.register(receiver.url + "/")
        await publisher.call("POST", f"/{made['id']}/pause")
        await publisher.publish(20)
        valkey.kill()
        valkey.start()

        async def resumed() -> bool:
            return (await publisher.call("POST", f"/{made['id']}/resume")).status_code == 200

        await until(resumed)
        received = await receiver.wait_for(20)
    assert len({one.id for one in received}) == 20


async def test_what_was_sent_while_the_server_was_away_is_noted_and_not_sent_again(
    valkey: EmbeddedServer, settings: Settings, receiver: Receiver
) -> None:
    """A result is kept until it can be noted, for as long as its lease holds."""
    release = asyncio.Event()
    receiver.answer = answering_after(release)
    async with publishing(settings) as publisher:
        made = await publisher.register(receiver.url + "/")
        await publisher.publish(5)
        await receiver.wait_for(5)
        valkey.kill()
        release.set()
        valkey.start()

        async def noted() -> bool:
            log = await publisher.call("GET", f"/{made['id']}/deliveries")
            return log.status_code == 200 and len(log.json()["deliveries"]) == 5

        await until(noted)
    assert len(receiver.received) == 5
