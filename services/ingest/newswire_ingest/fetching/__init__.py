"""The web as ingest sees it: one request, guarded and bounded, and when to make the next.

    url > check_url > PublicNames > BoundedSockets > request > answer > Body > Fetched
              ^                                                 |
              `-------------- redirect, at most 5 --------------'

`freshness` reads what an answer says of the next request.
"""

from newswire_ingest.fetching.exchange import Fetched, FetchError, FetchErrorKind, Limits
from newswire_ingest.fetching.fetcher import Fetcher

__all__ = ["FetchError", "FetchErrorKind", "Fetched", "Fetcher", "Limits"]
