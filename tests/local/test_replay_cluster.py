"""Replay on a Redis Cluster: each partition on its own server, one slot a script."""

import asyncio
from pathlib import Path

import orjson
import pytest

from newswire_common import connection
from newswire_common.article import Enrichment
from newswire_common.settings import Settings
from newswire_common.streams import partition_of, partitions
from newswire_local.replay import Options, run
from tests.publish.desk import Desk, enriched, moment_in, running
from tests.support.cluster import cluster

COUNT = 24
EVERY = partitions(3)
BODY = "Japan and Norway signed a fisheries pact in Oslo on Tuesday."


async def test_all_partitions_are_replayed_and_their_share_by_each_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASSIGNED_PARTITIONS parts the work; together they do all of it, once."""
    monkeypatch.chdir(tmp_path)
    with cluster(tmp_path) as url:
        monkeypatch.setenv("NEWSWIRE_REDIS_URL", url)
        settings = Settings(redis_url=url, partitions=3, claim_idle_s=0.5, _env_file=None)
        async with running(settings) as newsroom:
            # As an enricher that found nothing would have left them.
            bare = [
                enriched(f"g-{n}", body_text=BODY, enrichment=Enrichment()) for n in range(COUNT)
            ]
            held = enriched("held", body_text=BODY, embargoed_until=moment_in(60))
            await newsroom.publish(*bare, held)
            first = [one for one in bare if partition_of(one.id, EVERY).number == 0]
            assert 0 < len(first) < COUNT
            monkeypatch.setenv("NEWSWIRE_ASSIGNED_PARTITIONS", "0")
            assert await asyncio.to_thread(run, tmp_path, Options())
            assert await renewed(newsroom.desk) == {one.id: 1 for one in first}
            monkeypatch.delenv("NEWSWIRE_ASSIGNED_PARTITIONS")
            for _ in range(2):
                assert await asyncio.to_thread(run, tmp_path, Options())
                assert await renewed(newsroom.desk) == {one.id: 1 for one in bare}
            assert [place.article_id for place in await newsroom.desk.library.top("place/NOR", 99)]
            partition = partition_of(held.id, EVERY)
            client = connection.client(url)
            document = orjson.loads(await client.hget(partition.article(held.id), "v1"))
            await client.aclose()
            assert document["enrichment"]["language"] == "en"


async def renewed(desk: Desk) -> dict[str, int | None]:
    """The last number of each article that was enriched anew."""
    return {one.id: one.enrichment for one in await desk.events() if one.enrichment}
