"""``python -m tests.benchmarks.poll_server PORT``: feeds on every address of the loopback.

Each address is a host with a feed of its own. One answer in ten has a new item; else what asks for
news is told that there are none, as most feeds of the web do.
"""

import asyncio
import sys
from collections import Counter
from typing import Any

import uvloop

ITEMS = 10
NEWS_EVERY = 10  # answers
ITEM = (
    "<item><guid isPermaLink='false'>{number}</guid><title>Negotiators agree, part {number}</title>"
    "<link>http://{host}/{number}</link><description>The ministry said on Tuesday that both sides "
    "had agreed on a text.</description></item>"
)


class Feeds(asyncio.Protocol):
    """One kept connection; requests come one at a time."""

    def __init__(self, asked: Counter[str]) -> None:
        self.asked = asked  # by address
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            self._transport.write(self._answer(self._received))
            self._received = b""

    def _answer(self, request: bytes) -> bytes:
        edition = self.asked[self._host] // NEWS_EVERY
        self.asked[self._host] += 1
        etag = b'"%d"' % edition
        if b"If-None-Match: " + etag in request:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        numbers = range(edition, edition + ITEMS)
        items = "".join(ITEM.format(number=number, host=self._host) for number in numbers)
        body = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %s\r\n"
            b"Content-Length: %d\r\n\r\n"
        )
        return head % (etag, len(body)) + body


async def main(port: int) -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    asked: Counter[str] = Counter()
    server = await loop.create_server(lambda: Feeds(asked), "0.0.0.0", port, backlog=4_096)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
