"""Pure rendering: an article becomes an item, an item a fragment per format, a feed joins them.

PublishedArticle > item_of > Item | Tombstone > Format.item > fragment
                                    Channel + fragments > Format.feed > the bytes of a feed
"""

from newswire_publish.feeds.render import atom, json_feed, rss
from newswire_publish.feeds.render.item import Channel, Format, Item, Tombstone, item_of

FORMATS: dict[str, Format] = {"rss": rss.FORMAT, "atom": atom.FORMAT, "json": json_feed.FORMAT}

__all__ = ["FORMATS", "Channel", "Format", "Item", "Tombstone", "item_of"]
