"""Thousands of requests that nobody would send on purpose: each is taken or refused, none is 5xx.

Half follow the OpenAPI document (schemathesis, right and wrong alike), half are of kinds that broke
other systems. They are the same with every run; `--long` sends 10,000 of them.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from newswire_common import connection
from newswire_common.settings import Settings
from newswire_ingest.app import build
from newswire_local.embedded import EmbeddedServer
from tests.ingest.newsroom import ADMIN, Newsroom, a_draft, running

SHORT, LONG = 200, 5_000  # requests of each half
AT_ONCE = 8
Request = tuple[str, str, list[tuple[bytes, bytes]], bytes]  # method, URL, headers, body


def configured(url: str) -> Settings:
    """Nothing is polled: what is made up is never asked for over the network."""
    return Settings(redis_url=url, admin_key="admin-key", polls_at_once=0, _env_file=None)


@pytest.fixture
async def room(valkey: EmbeddedServer) -> AsyncIterator[Newsroom]:
    """The service on one server: what it answers to nonsense does not depend on which."""
    client = connection.client(valkey.url)
    async with running(configured(valkey.url), client) as started:
        yield started
    await client.aclose()


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many examples, the same each time."""
    examples: list[Any] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(example: Any) -> None:
        examples.append(example)

    collect()
    return examples


def by_the_document() -> st.SearchStrategy[Request]:
    """Requests to every operation of the service, such as its document allows and forbids."""
    # It takes seconds to load, which every other test would pay for.
    import schemathesis

    document = build(configured("redis://127.0.0.1:1")).openapi()
    schema = schemathesis.openapi.from_dict(document)
    operations = [result.ok() for result in schema.get_all_operations()]
    return st.one_of(
        operation.as_strategy(generation_mode=mode).map(_request_of)
        for operation in operations
        for mode in schemathesis.GenerationMode
    )


def _request_of(case: Any) -> Request:
    """What a client would send for a case of schemathesis."""
    import requests

    named = case.as_transport_kwargs(base_url="http://ingest")
    prepared = requests.Request(**named).prepare()
    headers = [
        (_bytes(name), _bytes(value))
        for name, value in prepared.headers.items()
        if name != "X-Schemathesis-TestCaseId"  # another one with every run
    ]
    return prepared.method, prepared.url, headers, _bytes(prepared.body or b"")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


NAUGHTY = [
    "", " ", "\0", "\ufeff", "\u202e", "\ud800", "\udfff\ud800", "\U0010ffff", "\ufffe", "\x0b\x0c",
    "é" * 300, "👩‍👩‍👧‍👦", "ﷺ", "İ", "ﬀ", "null", "undefined", "NaN", "-1", "1e999", "0x0", "true",
    "../../etc/passwd", "%00", "%", "%s%n", "{0}", "${7*7}", "{{7*7}}", "'; DROP TABLE articles;--",
    "<script>alert(1)</script>", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "]]>", "\r\nX-A: 1",
    "http://", "http://[::1", "http://a.example:99999/", "https://a.example/?utm_source=%ff#\ud800",
    "https://www.google.com/amp/s/amp/s/amp", "2026-02-30", "9999-12-31T23:59:59-23:59", "0" * 32,
    "f" * 32, "{p0}", "*", "newswire:keys", "\n", "{}", "[]", "\\u0000",
]  # fmt: skip
STRINGS = st.sampled_from(NAUGHTY) | st.sampled_from([2_100, 70_000]).map(lambda size: "x" * size)
SCALARS = (
    STRINGS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, 2**63, 2**64, -(2**63), 10**400, 1e308, -0.0])
    | st.floats(allow_nan=True)
    | st.text(st.characters(), max_size=40)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["name", "title", "uri", "score", "counts", "like", "value", "", "\0"]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = st.sampled_from([
    "source", "guid", "headline", "body_text", "body_html", "url", "summary", "by", "language",
    "published_at", "updated_at", "source_version", "revision_kind", "embargoed_until", "urgency",
    "genres", "subjects", "associations", "renditions", "audience", "kind", "reason", "id",
    "feed_url", "interval_s", "platform", "counts", "unknown", "\0", "\ud800",
])  # fmt: skip
OBJECTS = st.dictionaries(FIELDS, VALUES, max_size=5).map(lambda wrong: a_draft() | wrong)
HTML = st.lists(
    st.sampled_from(["<p>", "</p>", "<b>", "<table><td>", "<!--", "-->", "<svg><style>", "&#0;",
                     "<meta charset=utf-16>", "<h1>Pact</h1>", "&#xD800;", '<a href="//x">', "\0"])
    | st.sampled_from(NAUGHTY),
    max_size=12,
).map("".join)  # fmt: skip
TEXTS = OBJECTS.map(json.dumps) | VALUES.map(json.dumps) | HTML
BODIES = (
    TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(TEXTS, max_size=5).map(lambda lines: "\n".join(lines).encode(errors="surrogatepass"))
    | TEXTS.map(lambda text: gzip.compress(text.encode("utf-8", "surrogatepass"), mtime=0))
    | TEXTS.map(lambda text: text.encode("utf-16", "surrogatepass"))
    | st.binary(max_size=300)
    | st.sampled_from([b"[", b'{"a":', b"<div>", b"\n", b"&lt;"]).map(lambda part: part * 20_000)
)
ROUTES = [
    ("POST", "/v1/articles"), ("POST", "/v1/pages"), ("POST", "/v1/articles/{}/withdraw"),
    ("POST", "/v1/articles/{}/audience"), ("POST", "/webmention"), ("POST", "/v1/sources"),
    ("PATCH", "/v1/sources/{}"), ("POST", "/v1/sources/{}/poll"), ("POST", "/v1/sources/opml"),
    ("GET", "/v1/sources/{}"), ("DELETE", "/v1/sources/{}"), ("PUT", "/v1/articles"),
    ("GET", "/{}"),
]  # fmt: skip
MEDIA = [
    b"application/json", b"application/x-ndjson", b"text/html", b"text/plain; charset=utf-16",
    b"text/html; charset=base64", b"application/x-www-form-urlencoded", b"text/x-opml", b"",
    b"multipart/form-data; boundary=", b"application/json; charset=\xff", b"text/xml",
]  # fmt: skip
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"content-encoding", b"idempotency-key", b"traceparent", b"accept",
                         b"content-length", b"x-forwarded-for", b"forwarded", b"authorization",
                         b"newswire-loop", b"range", b"if-none-match", b"content-type"]),
        st.sampled_from([b"gzip", b"", b"x", b"1", b"-1", b"9" * 30, b"\xff\xfe", b"k" * 300,
                         b'for="', b"1.2.3.4, ::1", b"Bearer ", b"Bearer \xe9"])
        | st.binary(max_size=20),
    ),
    max_size=3,
)  # fmt: skip


def naughty() -> st.SearchStrategy[Request]:
    """Requests to every route with what breaks parsers, encoders, stores and clocks."""

    def request(route: tuple[str, str], name: str, media: bytes, *rest: Any) -> Request:
        query, headers, body = rest
        method, path = route
        url = f"http://ingest{path.format(quote(name, safe=''))}?{urlencode(query)}"
        return method, url, [(b"content-type", media), *headers], body

    queries = st.dictionaries(
        st.sampled_from(["source", "url", "guid", "limit", "\0"]), st.sampled_from(NAUGHTY)
    )
    return st.builds(
        request, st.sampled_from(ROUTES), st.sampled_from([*NAUGHTY, "agency"]).map(_short),
        st.sampled_from(MEDIA), queries.map(lambda q: {k: _short(v) for k, v in q.items()}),
        HEADERS, BODIES,
    )  # fmt: skip


def _short(text: str) -> str:
    return text[:500].encode(errors="replace").decode()


async def answers(room: Newsroom, requests: list[Request]) -> list[str]:
    """Send all, some at a time; every answer that is no answer."""
    wrong: list[str] = []
    waiting = iter(requests)

    async def send() -> None:
        for method, url, headers, body in waiting:
            who = (
                []
                if any(name.lower() == b"authorization" for name, _ in headers)
                else [*ADMIN.items()]
            )
            try:
                request = room.http.build_request(
                    method, url, headers=[*headers, *who], content=body
                )
            except (httpx.InvalidURL, ValueError):  # no client could send it
                continue
            answer = await room.http.send(request)
            told = answer.headers.get("content-type", "")
            if answer.status_code >= 500 or (answer.is_error and "problem+json" not in told):
                wrong.append(f"{answer.status_code} {method} {url[:200]} {headers} {body[:200]!r}")

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(send())
    return wrong


@pytest.mark.parametrize("made", [by_the_document, naughty])
async def test_nothing_that_is_sent_is_a_server_error(
    room: Newsroom, made: Callable[[], st.SearchStrategy[Request]], long: bool
) -> None:
    """No client, mistaken or hostile, makes the service fail; every error is a problem document."""
    count = LONG if long else SHORT
    requests = await asyncio.to_thread(drawn, made(), count)
    assert len(requests) == count
    assert await answers(room, requests) == []
    assert (await room.post(a_draft(guid="still-here"))).status_code == 202
