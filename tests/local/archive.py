"""Stored articles as an older enricher would have left them, for the tests of replay."""

from typing import Any

import orjson
from redis import Redis

from newswire_common.streams import Partition, partitions

PARTITION = partitions(1)[0]


def stored(client: Redis, article_id: str, partition: Partition = PARTITION) -> dict[str, Any]:
    """The document of the newest version."""
    key = partition.article(article_id)
    found: dict[str, Any] = orjson.loads(_body(client, key))
    return found


def age(client: Redis, article_id: str, partition: Partition = PARTITION) -> None:
    """Have the article look as if the enricher had known no countries, nor another language."""
    key = partition.article(article_id)
    document = orjson.loads(_body(client, key))
    enrichment = document["enrichment"]
    enrichment["tags"].pop("places")
    enrichment["provenance"] = [row | {"version": "old"} for row in enrichment["provenance"]]
    feeds = orjson.loads(client.hget(key, "feeds"))
    for name in feeds:
        if name.startswith("place/"):
            client.zrem(partition.feed(name), article_id)
            client.hdel(partition.key("feeds"), name)
    kept = [name for name in feeds if not name.startswith("place/")]
    version = int(client.hget(key, "version"))
    client.hset(key, mapping={f"v{version}": orjson.dumps(document), "feeds": orjson.dumps(kept)})


def _body(client: Redis, key: str) -> bytes:
    version = int(client.hget(key, "version"))
    body: bytes = client.hget(key, f"v{version}")
    return body
