"""The demo as a client of the running system: a provider, a subscriber, a reader."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

import httpx
import orjson

from newswire_common.article import Moment, PublishedArticle
from newswire_common.errors import NewswireError
from newswire_local import sample
from newswire_local.demo.expectation import OF_OTHERS, Sent, Told
from newswire_local.folder import Running

FEED_LIMIT = 200  # the most that a feed shows; above what the sample holds
WAIT_S = 5  # of one long poll
PAGE = 1_000


class DemoFailed(NewswireError):
    """The system answered what it should not have."""


class Client:
    """Everything that the demo asks over HTTP. Each call raises DemoFailed."""

    def __init__(self, running: Running, key: str) -> None:
        self._running = running
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"}, timeout=30, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def subscribe(self, url: str) -> tuple[str, str]:
        """Register a webhook for every event of articles; answers its id and its secret."""
        answer = await self._publish("POST", "/v1/webhooks", json={"url": url})
        made = answer.json()
        return made["id"], made["secret"]

    async def send_test(self, endpoint: str) -> None:
        """Have a test event delivered."""
        await self._publish("POST", f"/v1/webhooks/{endpoint}/test")

    async def send_sample(self) -> AsyncIterator[Sent]:
        """Send each draft, then each page, one by one; what ingest answered."""
        for draft in sample.drafts():
            body = orjson.dumps(draft)
            yield _sent(draft, await self._ingest("/v1/articles", body, "application/json"))
        for page in sample.pages():
            answer = await self._ingest(
                "/v1/pages", page.body, page.content_type, source=page.source, url=page.url
            )
            yield _sent({"headline": page.name}, answer)

    async def changes(self, due: Counter[Told], timeout_s: float) -> Counter[Told]:
        """All that was published, as soon as it holds what is due, or when the time is over."""
        told: Counter[Told] = Counter()
        cursor, deadline = "", time.monotonic() + timeout_s
        while True:
            left_s = deadline - time.monotonic() if due - told else 0
            wait_s = max(0.0, min(WAIT_S, left_s))
            params = {"after": cursor} if cursor else {}
            answer = await self._publish(
                "GET", "/v1/changes", params={**params, "limit": PAGE, "wait": wait_s}
            )
            page = answer.json()
            cursor = page["cursor"]
            told.update(
                Told(e["uri"], e["version"], e["type"])
                for e in page["events"]
                if not e["type"].startswith(OF_OTHERS)
            )
            if not page["events"] and left_s <= 0:
                return told

    async def articles(self, uris: Iterable[str]) -> list[PublishedArticle]:
        """The newest version of each."""
        ids = [uri.rpartition(":")[2] for uri in uris]
        answers = await asyncio.gather(
            *(self._publish("GET", f"/v1/articles/{identity}") for identity in ids)
        )
        return [PublishedArticle.model_validate_json(answer.content) for answer in answers]

    async def feed(self, name: str, form: str) -> bytes:
        """A feed's bytes, as long as it can be."""
        answer = await self._publish("GET", f"/feeds/{name}.{form}", params={"limit": FEED_LIMIT})
        return answer.content

    async def feed_urls(self) -> dict[str, dict[str, str]]:
        """Feed name → format → URL."""
        answer = await self._publish("GET", "/feeds")
        return {feed["name"]: feed["urls"] for feed in answer.json()["feeds"]}

    async def _publish(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
    ) -> httpx.Response:
        url = self._running.publish + path
        return await self._answer(self._http.build_request(method, url, params=params, json=json))

    async def _ingest(self, path: str, body: bytes, kind: str, **params: str) -> Mapping[str, Any]:
        request = self._http.build_request(
            "POST", self._running.ingest + path, params=params, content=body,
            headers={"Content-Type": kind},
        )  # fmt: skip
        [result] = (await self._answer(request)).json()["results"]
        return dict(result)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = f"{request.method} {request.url}"
        try:
            answer = await self._http.send(request)
        except httpx.HTTPError as error:
            raise DemoFailed(f"{asked}: {type(error).__name__} {error}") from error
        if answer.is_error:
            raise DemoFailed(f"{asked}: {answer.status_code} {answer.text[:500]}")
        return answer


def _sent(draft: Mapping[str, Any], result: Mapping[str, Any]) -> Sent:
    embargo = draft.get("embargoed_until")
    return Sent(
        label=draft["headline"],
        outcome=result["outcome"],
        uri=result["uri"],
        version=result["version"],
        revision_kind=draft.get("revision_kind") or "new",
        embargoed=embargo is not None and Moment.parse(embargo).as_datetime() > datetime.now(UTC),
    )
