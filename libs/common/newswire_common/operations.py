"""What operators are told: sources and endpoints that fail, recover, move. On no public stream.

    a script that changes a state > `operation` in that same script > {tag}:operations > read

The event is appended by the script that makes the change, in its slot: there is one event for each
change, whatever is killed in between.

    type    source.failing, endpoint.disabled, …
    source  id of the source or endpoint that it is about
    at      when, milliseconds of the server's clock
    detail  JSON object: what one has to know to act on it
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from newswire_common.connection import Client
from newswire_common.errors import DecodeError
from newswire_common.events import from_ms
from newswire_common.stored import Stored

STREAM = "operations"
KEPT = 10_000  # entries a stream, some 3 MB; a page is trimmed at a time
# To be put before the script that uses it. ``kept_ms`` is the retention.
OPERATION_LUA = f"""
local function operation(stream, kind, subject, at, detail, kept_ms)
  redis.call('XADD', stream, 'MAXLEN', '~', {KEPT}, '*', 'type', kind, 'source', subject,
    'at', string.format('%.0f', at), 'detail', detail)
  redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f', math.max(0, at - kept_ms)))
end
"""


class Operation(Stored):
    """One entry. ``id`` is its place on its stream, ``ms-seq``."""

    id: str
    type: str
    source: str
    at: datetime
    detail: dict[str, Any]


def stream(tag: str) -> str:
    """The name of the stream beside the keys of a hash tag such as ``{sources}``."""
    return f"{tag}:{STREAM}"


async def read(client: Client, tag: str, after: str = "", limit: int = 100) -> list[Operation]:
    """What came after an entry id, or from the oldest that is kept; in order."""
    start = f"({after}" if after else "-"
    rows = await client.xrange(stream(tag), start, "+", count=limit)
    return [decode(entry_id.decode(), fields) for entry_id, fields in rows]


def decode(entry_id: str, fields: Mapping[bytes, bytes]) -> Operation:
    """Raises DecodeError."""
    try:
        return Operation(
            id=entry_id,
            type=fields[b"type"].decode(),
            source=fields[b"source"].decode(),
            at=from_ms(int(fields[b"at"])),
            detail=orjson.loads(fields[b"detail"]),
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise DecodeError(f"not a readable operation: {error}"[:500], entry_id=entry_id) from error
