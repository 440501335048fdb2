"""Webmentions: pages on the web that answer, like or share an article (W3C Webmention, 2017).

    source, target > target is an article of ours? > GET source: does it link there, and how?
                   > mention.lua: {pN}:mentions:<id>, page -> kind > counts > {pN}:audience

A page that no longer links, or is gone, no longer counts. How it links is told by the class of the
link (https://microformats.org/wiki/h-entry).
"""

import asyncio
import hashlib
from datetime import UTC, datetime
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urldefrag

from lxml import etree

from newswire_common.audience import AudienceKind
from newswire_common.codec import SCHEMA
from newswire_common.errors import NewswireError, Unavailable
from newswire_common.service import Runtime
from newswire_common.streams import AUDIENCE, is_article_id, partition_of
from newswire_ingest.audience.counts import Counts
from newswire_ingest.durability import Durably
from newswire_ingest.fetching import Fetched, Fetcher, FetchError
from newswire_ingest.parsing.markup import Attributes, NestedTooDeep, read
from newswire_ingest.writer import refused

MENTION_LUA = files(__package__).joinpath("mention.lua").read_text()
PLATFORM = "webmention"
PAGE_BYTES = 2 * 2**20
MAX_MENTIONS = 10_000  # of an article
AT_ONCE = 8  # sources that are being looked at
DAY_MS = 86_400_000
GONE = 410
OK = range(200, 300)
CLASSES: dict[str, AudienceKind] = {
    "u-in-reply-to": "reply", "u-like-of": "like", "u-repost-of": "share",
}  # fmt: skip
LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "video": "src", "audio": "src"}


class NoMention(NewswireError):
    """The source does not bear the mention out; the text says why."""


class Mention(NamedTuple):
    """A page and the article that it says it links to."""

    source: str
    target: str
    article_id: str


class Mentions:
    """Looks at mentions, and keeps the count of those that hold."""

    def __init__(
        self, runtime: Runtime, counts: Counts, durably: Durably, fetcher: Fetcher
    ) -> None:
        self._partitions = runtime.partitions
        self._durably = durably
        self._counts = counts
        self._fetcher = fetcher
        self._lifetime_ms = max(1, int(runtime.settings.retention_days * DAY_MS))
        self._looking = 0

    async def take(self, mention: Mention, trace: str) -> None:
        """Look at the source and count what is there.

        Raises NoMention where it does not link to the target, NotFound where there is no such
        article, and Unavailable while too many are being looked at.
        """
        await self._counts.source_of(mention.article_id)
        if self._looking >= AT_ONCE:
            raise Unavailable("too many mentions are being looked at", retry_after_s=10)
        self._looking += 1
        try:
            kind = await self._seen(mention)
        finally:
            self._looking -= 1
        await self._note(mention, kind, trace)
        if kind is None:
            raise NoMention("the source does not link to the target")

    async def _seen(self, mention: Mention) -> AudienceKind | None:
        try:
            page = await self._fetcher.get(mention.source, {"Accept": "text/html, */*;q=0.1"},
                                           limit=PAGE_BYTES)  # fmt: skip
        except FetchError as error:
            raise NoMention(f"the source can not be read: {error}") from error
        if page.status == GONE:
            return None
        if page.status not in OK:
            raise NoMention(f"the source answers {page.status}")
        return await asyncio.to_thread(kind_of_link, page, mention.target)

    async def _note(self, mention: Mention, kind: AudienceKind | None, trace: str) -> None:
        """Keep or drop it, and tell the counts that this changes; the same again changes none.

        Raises Unavailable or Unconfirmed.
        """
        partition = partition_of(mention.article_id, self._partitions)
        stream = partition.stream(AUDIENCE)
        keys = (partition.key("mentions", mention.article_id), stream, partition.key("written"))
        page = hashlib.sha256(mention.source.encode()).digest()[:16]
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        kept = (page, kind or "", MAX_MENTIONS, self._lifetime_ms)
        told = (now, PLATFORM, SCHEMA, mention.article_id, trace)
        mark = "1" if self._durably.is_replicated else ""
        try:
            await self._durably.run(
                stream, ("EVAL", MENTION_LUA, len(keys), *keys, *kept, *told, mark)
            )
        except Exception as error:
            raise refused(error) from error


def mention_of(source: str, target: str, public_url: str) -> Mention:
    """The mention of two URLs. Raises ValueError where the target is no article's page of ours."""
    prefix = public_url.rstrip("/") + "/articles/"
    bare = urldefrag(target).url
    identity = bare.removeprefix(prefix)
    if not bare.startswith(prefix) or not is_article_id(identity):
        message = f"target: must be an article's page, {prefix}…"
        raise ValueError(message)
    if urldefrag(source).url == bare:
        message = "source: is the target itself"
        raise ValueError(message)
    return Mention(source, target, identity)


def kind_of_link(page: Fetched, target: str) -> AudienceKind | None:
    """How a page links to the target, None where it does not; a bare link shares it.

    In HTML an attribute has to be the URL itself (Webmention 3.2.2); in other text it has to stand
    somewhere.
    """
    text = page.body.decode("utf-8", errors="replace")
    if "html" not in page.headers.get("Content-Type", "").lower():
        return "share" if target in text else None
    links = _Links(target)
    try:
        read(text, links)
    except (NestedTooDeep, etree.LxmlError):
        return None
    return links.kind


class _Links:
    """Finds the first link to a URL that says what it is, else any."""

    def __init__(self, target: str) -> None:
        self.kind: AudienceKind | None = None
        self._target = target

    def start(self, tag: str, attributes: Attributes) -> None:
        name = LINKS.get(tag)
        if not name or (attributes.get(name) or "").strip() != self._target:
            return
        said = [
            CLASSES[word] for word in (attributes.get("class") or "").split() if word in CLASSES
        ]
        if said and self.kind in {None, "share"}:
            self.kind = said[0]
        elif self.kind is None:
            self.kind = "share"

    def end(self, tag: str) -> None:
        """Nothing is nested in a link that matters here."""

    def data(self, text: str) -> None:
        """Text links nowhere."""

    def close(self) -> None:
        """All was seen."""
