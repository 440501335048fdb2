"""What an article brings to the ledger of its story: the pure decision on a look at it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from newswire_common.article import Moment
from newswire_common.streams import is_article_id
from newswire_publish.library.links import linked
from newswire_publish.library.publication import OURS
from newswire_publish.reactions.ledger import GONE_MS, Entry
from newswire_publish.reactions.records import Memory, Record, records_of, remembering, since

MAX_HEADLINE = 300  # characters
MAX_DUPLICATES = 20  # links of one article
_US_OF_A_MS = 1_000


class Version(NamedTuple):
    """A version that readers have seen, since ``ms``, and its document as it is stored."""

    number: int
    ms: int
    document: bytes


class Look(NamedTuple):
    """An article at one moment, as look.lua answers. Times are in ms, the ticket is in µs.

    ``placed`` are the stories in whose ledgers it may be, ``links`` what the stage `links` keeps,
    ``versions`` those since the one in memory, and the newest.
    """

    article_id: str
    ticket: int
    status: bytes
    version: int
    first_ms: int
    at_ms: int
    accepted_ms: int
    trace: bytes
    memory: bytes
    placed: tuple[str, ...]
    links: bytes
    versions: Sequence[Version]

    @property
    def now_ms(self) -> int:
        """The server's clock at the time."""
        return self.ticket // _US_OF_A_MS


class Contribution(NamedTuple):
    """``entry`` goes to the ledger of ``story``, if it has one; it leaves those in ``leaves``."""

    look: Look
    story: str | None
    entry: Entry
    memory: Memory

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(one for one in self.look.placed if one != self.story)


def look_of(article_id: str, reply: Sequence[bytes]) -> Look:
    """Read the reply of look.lua, which is not empty."""
    ticket, status, version, first, at, accepted, trace, memory, placed, links, *rest = reply
    rows = zip(*[iter(rest)] * 3, strict=True)
    versions = [Version(int(number), int(ms), document) for number, ms, document in rows]
    return Look(
        article_id, int(ticket), status, int(version), int(first), int(at), int(accepted),
        trace, memory, tuple(orjson.loads(placed or b"[]")), links,
        [one for one in versions if one.document],
    )  # fmt: skip


def contribution(look: Look, retention_ms: int) -> Contribution:
    """What follows from a look at an article. Raises ValueError where its document is none."""
    if look.status != b"usable" or not look.versions:
        return Contribution(look, None, gone(look), Memory(version=look.version))
    memory = _remembered(look.memory)
    records: tuple[Record, ...] = ()
    document: dict[str, Any] = {}
    for one in look.versions:
        document = orjson.loads(one.document)
        records = since(memory, records_of(document, one.ms))
        memory = remembering(memory, one.number, records)
    enrichment = document.get("enrichment") or {}
    if look.links:
        enrichment = linked(enrichment, look.links)
    entry = Entry(
        ticket=look.ticket,
        version=look.version,
        accepted_ms=look.accepted_ms,
        trace=look.trace.decode(errors="replace"),
        first_ms=look.first_ms,
        until_ms=look.at_ms + retention_ms,
        headline=str(document.get("headline") or "")[:MAX_HEADLINE],
        published_at=_moment(document.get("published_at")),
        duplicates=_duplicates(enrichment),
        records=records,
        silences=memory.silences,
    )
    return Contribution(look, _story(look.article_id, enrichment), entry, memory)


def gone(look: Look) -> Entry:
    """What a ledger keeps of an article that has left it: so that no older look brings it back."""
    return Entry(ticket=look.ticket, stays=False, until_ms=look.now_ms + GONE_MS)


def _remembered(stored: bytes) -> Memory:
    try:
        return Memory.model_validate_json(stored) if stored else Memory()
    except ValidationError:  # of another release: what is told is compared by the script
        return Memory()


def _story(article_id: str, enrichment: Mapping[str, Any]) -> str:
    """The id of the article's story: without any, it is one by itself."""
    told = str((enrichment.get("story") or {}).get("id") or "")
    return told if is_article_id(told) else article_id


def _duplicates(enrichment: Mapping[str, Any]) -> tuple[str, ...]:
    ids = (
        str(link.get("id") or "")
        for link in enrichment.get("related") or ()
        if link.get("rel") == "duplicate" and link.get("origin", OURS) == OURS
    )
    return tuple(each for each in ids if is_article_id(each))[:MAX_DUPLICATES]


def _moment(stored: object) -> Moment | None:
    return Moment.model_validate(stored) if stored else None
