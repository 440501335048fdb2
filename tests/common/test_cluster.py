"""The stage loop on a Redis Cluster: the same code, one slot a partition."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from newswire_common import connection
from newswire_common.auth import Keyring
from newswire_common.connection import Client
from newswire_common.keeper import ensure_fixed
from newswire_common.settings import Settings
from newswire_common.streams import ARTICLES, ENRICHED, partitions
from tests.common.test_stage import running, stage_of, until
from tests.support.cluster import cluster

PARTITIONS = partitions(3)


@pytest.fixture
def cluster_url(tmp_path: Path) -> Iterator[str]:
    """Three masters."""
    with cluster(tmp_path) as url:
        yield url


@pytest.fixture
async def nodes(cluster_url: str) -> AsyncIterator[Client]:
    """A client of the cluster."""
    client = connection.client(cluster_url)
    yield client
    await client.aclose()


async def test_every_partition_is_worked_on_and_its_dead_reclaimed(
    cluster_url: str, nodes: Client
) -> None:
    """Scale-out needs nothing of our own: partitions lie on different masters."""
    settings = Settings(redis_url=cluster_url, partitions=3, claim_idle_s=0.2, _env_file=None)
    await nodes.initialize()
    assert len({nodes.get_node_from_key(p.stream(ARTICLES)).name for p in PARTITIONS}) == 3
    for partition in PARTITIONS:
        await nodes.xgroup_create(partition.stream(ARTICLES), "enrich", id="0", mkstream=True)
        for number in range(20):
            await nodes.xadd(partition.stream(ARTICLES), {"body": str(number)})
        await nodes.xreadgroup("enrich", "killed", {partition.stream(ARTICLES): ">"}, count=5)

    async def all_there() -> bool:
        return all([await nodes.xlen(p.stream(ENRICHED)) == 20 for p in PARTITIONS])

    async with (
        running(settings, stage_of(), PARTITIONS[0]),
        running(settings, stage_of(), PARTITIONS[1]),
        running(settings, stage_of(), PARTITIONS[2]),
    ):
        await until(all_there, timeout_s=20)
    for partition in PARTITIONS:
        bodies = [int(f[b"body"]) for _, f in await nodes.xrange(partition.stream(ENRICHED))]
        assert sorted(bodies) == list(range(20))


async def test_what_is_fixed_and_keys_live_on_a_cluster_too(
    cluster_url: str, nodes: Client
) -> None:
    """Pipelines over several slots, keys and settings work as on one server."""
    settings = Settings(redis_url=cluster_url, partitions=3, _env_file=None)
    assert await ensure_fixed(nodes, settings, "first") == (3, "first")
    assert await ensure_fixed(nodes, settings, "second") == (3, "first")
    keyring = Keyring(nodes, settings)
    key, principal = await keyring.create("desk", frozenset({"ingest"}))
    assert await keyring.principal(key) == principal
