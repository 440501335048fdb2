"""Which hub a feed has, and under which URL the hub knows it (WebSub 4). Pure but for `Discovery`.

Link headers > what the feed itself says > topic and hubs
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from newswire_ingest.fetching import Fetched
from newswire_ingest.parsing.feed import Feed
from newswire_ingest.sources.source import Source
from newswire_ingest.websub.following import heard, left
from newswire_ingest.websub.ledger import Change, Kept, Ledger
from newswire_ingest.websub.links import links

MAX_URL = 2_000  # characters
MAX_HUBS = 5


class Topic(NamedTuple):
    """``url`` is what to subscribe to, ``hubs`` where: any one of them, the first ones rather."""

    url: str
    hubs: tuple[str, ...]


def topic_of(headers: Mapping[str, str], url: str, feed: Feed) -> Topic | None:
    """The topic of a feed that was fetched from ``url``; None where it has no hub.

    Each relation is taken from the Link headers if they have it, else from the feed. A feed that
    does not say its own URL is known by the one that it was fetched from. Hubs with https stand
    first (WebSub 8.2).
    """
    linked = list(links(headers.get("Link", ""), url))
    hubs = [link.url for link in linked if "hub" in link.relations] or feed.hub_urls
    usable = [hub for hub in dict.fromkeys(hubs) if _is_usable(hub)]
    if not usable:
        return None
    said = [link.url for link in linked if "self" in link.relations] or [feed.self_url or ""]
    topic = next((one for one in (said[0], url) if _is_usable(one)), None)
    first_safe = sorted(usable, key=lambda hub: not hub.startswith("https:"))
    return Topic(topic, tuple(first_safe[:MAX_HUBS])) if topic else None


def _is_usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_text = len(url) <= MAX_URL and url.isprintable() and " " not in url
    return is_text and parts.scheme in {"http", "https"} and bool(parts.hostname)


@dataclass(frozen=True, eq=False)
class Discovery:
    """Notes what polls find."""

    ledger: Ledger

    async def heard(self, source: Source, answer: Fetched, feed: Feed) -> None:
        """Note the hub of a feed that was fetched and read; nothing where that is known.

        Raises Unavailable, and what the server raises when it is away.
        """
        topic = topic_of(answer.headers, answer.url, feed)

        def noted(kept: Kept) -> Change | None:
            before = kept.following
            after = heard(before, *topic) if topic else left(before, kept.now_ms)
            is_known = after == before and not kept.is_void
            return None if is_known or not kept.has_source else Change(after)

        await self.ledger.change(source.id, noted)
