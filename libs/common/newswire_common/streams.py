"""The topology: every stream, who writes it, which groups read it, and how its keys are named.

    stream      written by   read by (group)   carries                    kept
    articles    ingest       enrich            Article                    until acknowledged
    enriched    enrich       publish           EnrichedArticle            until acknowledged
    audience    ingest       audience          counts of an article's     until acknowledged
                                               readers' reactions
    links       enrich       links             related links and story    until acknowledged
                                               of an article, as of now
    signatures  enrich       (every enrich     terms of an article,       for the related window
                             worker, no group) no body
    events      publish      webhooks,         what happened, by id       for the retention
                             reactions

Partition N of P is hash(source, guid) mod P. All its keys start with one hash tag, so that a script
touches one slot of a Redis Cluster; the tags are chosen so that the partitions spread evenly over
the slots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from redis.crc import key_slot

SLOTS = 16_384  # of a Redis Cluster
META = "newswire:meta"  # HASH: what is fixed at first start (partitions), and the epoch
KEYS = "newswire:keys"  # HASH: hashed API key -> its record


class Stream(NamedTuple):
    """A row of the topology. ``groups`` are the stages that must have read before a trim."""

    name: str
    writer: str
    groups: tuple[str, ...]
    carries_bodies: bool


ARTICLES = Stream("articles", "ingest", ("enrich",), carries_bodies=True)
ENRICHED = Stream("enriched", "enrich", ("publish",), carries_bodies=True)
AUDIENCE = Stream("audience", "ingest", ("audience",), carries_bodies=True)
LINKS = Stream("links", "enrich", ("links",), carries_bodies=True)
SIGNATURES = Stream("signatures", "enrich", (), carries_bodies=False)
EVENTS = Stream("events", "publish", ("webhooks", "reactions"), carries_bodies=False)
TOPOLOGY = (ARTICLES, ENRICHED, AUDIENCE, LINKS, SIGNATURES, EVENTS)


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition and the names of its keys."""

    number: int
    tag: str

    def key(self, *parts: str) -> str:
        """``{tag}:part:part``; every key of the partition is made here."""
        return ":".join((self.tag, *parts))

    def stream(self, stream: Stream) -> str:
        return self.key(stream.name)

    @property
    def dropped(self) -> str:
        """HASH of the keeper: stream -> id of the newest entry that the retention took."""
        return self.key("dropped")

    def dead(self, stage: str) -> str:
        """The stream of what a stage gave up on."""
        return self.key("dead", stage)

    def identity(self, article_id: str) -> str:
        """HASH of ingest: version, content hash, source version. It outlives the article."""
        return self.key("identity", article_id)

    def article(self, article_id: str) -> str:
        """HASH of publish: version, status, feeds, and a document a version."""
        return self.key("article", article_id)

    def audience(self, article_id: str) -> str:
        """HASH of publish: kind of reaction -> its newest count."""
        return self.key("audience", article_id)

    def links(self, article_id: str) -> str:
        """HASH of publish: the newest links of an article, and when they were told of."""
        return self.key("links", article_id)

    def feed(self, name: str) -> str:
        """ZSET of publish: article ids by the milliseconds of their last event."""
        return self.key("feed", name)


@lru_cache(maxsize=8)
def partitions(count: int, prefix: str = "p") -> tuple[Partition, ...]:
    """All partitions. With another prefix: the shards of something else, spread the same way."""
    return tuple(Partition(n, _tag(prefix, n, count)) for n in range(count))


def _tag(prefix: str, number: int, count: int) -> str:
    """The first of ``{p3}``, ``{p3.1}``, … that falls in the number's share of the slots."""
    first, last = number * SLOTS // count, (number + 1) * SLOTS // count
    suffix = 0
    while True:
        tag = f"{{{prefix}{number}.{suffix}}}" if suffix else f"{{{prefix}{number}}}"
        if first <= key_slot(tag.encode()) < last:
            return tag
        suffix += 1


def article_id(source: str, guid: str) -> str:
    """The identity of an article: 128 bits of BLAKE2b (RFC 7693) over source and guid, in hex."""
    # The length keeps ("ab", "c") and ("a", "bc") apart.
    name = f"{len(source)}:{source}{guid}".encode()
    return blake2b(name, digest_size=16).hexdigest()


def article_uri(identity: str) -> str:
    return f"urn:newswire:{identity}"


def is_article_id(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)  # noqa: PLR2004 - hex of 128 bits


def partition_of(identity: str, all_partitions: Sequence[Partition]) -> Partition:
    """The partition of an article id (see `article_id`)."""
    return all_partitions[int(identity[:16], 16) % len(all_partitions)]
