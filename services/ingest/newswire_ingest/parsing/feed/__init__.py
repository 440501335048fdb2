"""Feeds of every format: bytes in, entries out, within bounds. `parse_feed` is the way in."""

from newswire_ingest.parsing.feed.model import Deleted, Entry, Feed, FeedError
from newswire_ingest.parsing.feed.parse import parse_feed

__all__ = ["Deleted", "Entry", "Feed", "FeedError", "parse_feed"]
