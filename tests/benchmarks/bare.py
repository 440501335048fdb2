"""The bare baseline: what the same work costs at the least, without any of Newswire's promises.

    POST /v1/articles > pydantic > XADD > 202        (no identity, no version, no back-pressure)
    XREADGROUP > POST to the receiver > XACK         (no tags, no feed, no schedule, no retry)

``python -m tests.benchmarks.bare URL PORT [RECEIVER SECRET]``
"""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
import uvicorn
from redis.exceptions import ResponseError
from standardwebhooks import Webhook

from newswire_common import connection
from newswire_common.article import ArticleDraft
from newswire_common.serving import tune_memory

STREAM, GROUP = "bare:articles", "bare"
BATCH = 256
BLOCK_MS = 1_000


class Route:
    """A raw ASGI application: validate each line, add all of them in one pipeline, answer."""

    def __init__(self, url: str) -> None:
        self._client = connection.client(url)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        del scope
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        lines = body.split(b"\n")
        ids = await self._add(lines)
        answer = orjson.dumps({"results": [{"id": identity} for identity in ids]})
        headers = [(b"content-type", b"application/json"),
                   (b"content-length", b"%d" % len(answer))]  # fmt: skip
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _add(self, lines: list[bytes]) -> list[str]:
        drafts = [ArticleDraft.model_validate_json(line) for line in lines]
        pipe = self._client.pipeline(transaction=False)
        for draft, line in zip(drafts, lines, strict=True):
            pipe.xadd(STREAM, {"id": str(draft.guid), "body": line})
        return [entry.decode() for entry in await pipe.execute()]


async def forward(url: str, receiver: str, secret: str) -> None:
    """Hand every entry on to the receiver, signed, as soon as it is read."""
    client, webhook = connection.client(url), Webhook(secret)
    async with aiohttp.ClientSession() as session:

        async def deliver(fields: dict[bytes, bytes]) -> None:
            now, identity = datetime.now(UTC), fields[b"id"].decode()
            body = fields[b"body"].decode()
            headers = {
                "content-type": "application/json", "webhook-id": identity,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": webhook.sign(identity, now, body),
            }  # fmt: skip
            async with session.post(receiver, data=body, headers=headers) as answer:
                await answer.read()

        while True:
            for _, rows in await client.xreadgroup(
                GROUP, "one", {STREAM: ">"}, count=BATCH, block=BLOCK_MS
            ):
                await asyncio.gather(*(deliver(fields) for _, fields in rows))
                await client.xack(STREAM, GROUP, *(entry for entry, _ in rows))


async def make_group(url: str) -> None:
    client = connection.client(url)
    try:
        await client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
    finally:
        await client.aclose()


def main() -> None:
    url, port, *rest = sys.argv[1:]
    tune_memory()
    if rest:
        import uvloop

        async def forwarding() -> None:
            await make_group(url)
            await forward(url, *rest)

        uvloop.run(forwarding())
    else:
        uvicorn.run(Route(url), host="127.0.0.1", port=int(port), loop="uvloop",
                    http="httptools", access_log=False, lifespan="off")  # fmt: skip


if __name__ == "__main__":
    main()
