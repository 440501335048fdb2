"""Whatever is sent: 4xx as problem+json, never 5xx, and nothing gets onto a stream."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newswire_ingest.bodies import Bodies
from tests.ingest.newsroom import ADMIN, JSON, NDJSON, Newsroom, a_draft


def with_raw(name: str, raw: str) -> bytes:
    """A good draft with one more field of raw JSON."""
    return json.dumps(a_draft()).encode()[:-1] + f', "{name}": {raw}}}'.encode()


def is_problem(answer: httpx.Response) -> bool:
    return (
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["status"] == answer.status_code
    )


NO_JSON = {
    "empty": b"",
    "blank": b" \n ",
    "cut off": b'{"source": "agency"',
    "NaN": with_raw("urgency", "NaN"),
    "NaN where anything may stand": with_raw("associations", '[{"title": "x", "score": NaN}]'),
    "NaN in a field of nobody": with_raw("subjects", '[{"name": "x", "more": NaN}]'),
    "Infinity": with_raw("associations", '[{"score": Infinity}]'),
    "-Infinity": with_raw("associations", '[{"score": -Infinity}]'),
    "a lone surrogate": with_raw("summary", r'"\ud800"'),
    "a lone low surrogate": with_raw("summary", r'"\udc00 x"'),
    "a lone surrogate in a key": with_raw(r"\ud800", "1"),
    "invalid UTF-8": with_raw("summary", '"x"').replace(b'"x"', b'"\xff"'),
    "an encoded surrogate": with_raw("summary", '"x"').replace(b'"x"', b'"\xed\xa0\x80"'),
    "a raw NUL": with_raw("summary", '"x"').replace(b'"x"', b'"\x00"'),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(a_draft()).encode(),
    "UTF-16": json.dumps(a_draft()).encode("utf-16"),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "closed deep lists": with_raw("genres", "[" * 100_000 + "]" * 100_000),
    "two texts": b"{} {}",
    "single quotes": b"{'source': 'agency'}",
    "a comment": b"/**/{}",
    "binary": bytes(range(256)),
}
NO_DRAFT = {
    "null": b"null",
    "a number": b"1",
    "a text": b'"x"',
    "a list": b"[]",
    "a list of drafts": json.dumps([a_draft()]).encode(),
    "nothing in it": b"{}",
    "no headline": json.dumps(a_draft(headline=None)).encode(),
    "a blank headline": json.dumps(a_draft(headline="  ")).encode(),
    "a headline of controls": json.dumps(a_draft(headline="\x01\x02")).encode(),
    "neither guid nor url": json.dumps(a_draft(guid=None)).encode(),
    "an empty guid": json.dumps(a_draft(guid="")).encode(),
    "a wrong type": json.dumps(a_draft(headline=["x"])).encode(),
    "a number for a text": json.dumps(a_draft(body_text=1)).encode(),
    "an unknown field": json.dumps(a_draft(head_line="x")).encode(),
    "a wrong url": json.dumps(a_draft(url="javascript:alert(1)")).encode(),
    "a wrong date": json.dumps(a_draft(published_at="yesterday")).encode(),
    "a date without an offset": json.dumps(a_draft(published_at="2026-11-20T10:00:00")).encode(),
    "a date before time": json.dumps(a_draft(published_at="0001-01-01T00:00:00+23:59")).encode(),
    "a date after time": json.dumps(a_draft(expires="9999-12-31T23:59:59-23:59")).encode(),
    "1e999 in an integer": with_raw("urgency", "1e999"),
    "1e999 in a score": with_raw("associations", '[{"score": 1e999}]'),
    "-1e999 in a score": with_raw("associations", '[{"score": -1e999}]'),
    "a huge integer": with_raw("source_version", "9" * 4_000),
    "a NUL": with_raw("summary", r'"a\u0000b"'),
    "a NUL in the headline": json.dumps(a_draft(headline="a\0b")).encode(),
    "a NUL in the guid": json.dumps(a_draft(guid="a\0b")).encode(),
    "a NUL deep inside": with_raw("subjects", r'[{"name": "x"}, {"name": "\u0000"}]'),
    "a long headline": json.dumps(a_draft(headline="x" * 1_001)).encode(),
    "a long body": json.dumps(a_draft(body_text="x" * 2_000_001)).encode(),
    "deep HTML": json.dumps(a_draft(body_html="<b>" * 100_000)).encode(),
    "HTML that grows": json.dumps(a_draft(body_html="&" * 1_900_000)).encode(),
    "a million items": with_raw("genres", "[" + "1," * 1_000_000 + "1]"),
    "a million fields": b"{" + b",".join(b'"%d":0' % n for n in range(400_000)) + b"}",
}


async def answered(newsroom: Newsroom, bodies: dict[str, bytes]) -> dict[str, int | str]:
    """The status of each body, or the text of an answer that is no short problem document."""
    statuses: dict[str, int | str] = {}
    for name, body in bodies.items():
        answer = await newsroom.post(body)
        right = is_problem(answer) and len(answer.content) < 20_000
        statuses[name] = answer.status_code if right else answer.text[:500]
    return statuses


async def test_what_is_no_json_is_400(newsroom: Newsroom) -> None:
    """RFC 8259 decides what JSON is, whatever the parser would put up with."""
    assert await answered(newsroom, NO_JSON) == dict.fromkeys(NO_JSON, 400)
    assert await newsroom.entries() == []


async def test_a_syntax_error_is_told_with_its_place(newsroom: Newsroom) -> None:
    """The client finds the line and column."""
    answer = await newsroom.post(b'{"source": "agency",\n "headline": x}')
    assert "line 2 column 14" in answer.json()["detail"]


async def test_what_is_no_draft_is_422(newsroom: Newsroom) -> None:
    """Good JSON of the wrong shape is told as such, and shortly, however long it is."""
    assert await answered(newsroom, NO_DRAFT) == dict.fromkeys(NO_DRAFT, 422)
    assert await newsroom.entries() == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"headline": 1}, "/headline"),
        ({"guid": None}, "/guid"),
        ({"subjects": [{"name": "x"}, {"nome": "y"}]}, "/subjects/1/name"),
        ({"subjects": [{"name": "x\0"}]}, "/subjects/0/name"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"genres": [str(n) for n in range(5_000)]}, "/genres"),
    ],
)
async def test_a_wrong_field_is_pointed_to(
    newsroom: Newsroom, changes: dict[str, Any], pointer: str
) -> None:
    """RFC 6901 pointers lead an editor's tool to the field."""
    answer = await newsroom.post(a_draft(**changes))
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_words_that_only_look_wrong_are_taken(newsroom: Newsroom) -> None:
    """The checks are of JSON's syntax, not of what a text is about."""
    for text in ("NaN", "Infinity and -Infinity", r"C:\u0000\b", "1e999", "\u007f\u0085\u00a0"):
        assert (await newsroom.post(a_draft(body_text=text))).status_code == 202


async def test_other_media_types_are_415(newsroom: Newsroom) -> None:
    """What is not JSON by its own word is not guessed at."""
    for content_type in (
        "", "text/plain", "application/xml", "multipart/form-data; boundary=x", "json", "a/b;json",
    ):  # fmt: skip
        headers = {"Content-Type": content_type}
        answer = await newsroom.http.post("/v1/articles", content=b"{}", headers=headers)
        assert is_problem(answer)
        assert answer.status_code == 415


async def test_every_media_type_of_json_is_taken(newsroom: Newsroom) -> None:
    """The suffix +json (RFC 6839) and parameters are JSON too."""
    for content_type in (
        "application/json; charset=utf-8", "Application/JSON", "application/ld+json",
    ):  # fmt: skip
        body, headers = json.dumps(a_draft()), {"Content-Type": content_type}
        answer = await newsroom.http.post("/v1/articles", content=body, headers=headers)
        assert answer.status_code == 202


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip,br", "x"])
async def test_a_body_in_another_encoding_is_415(newsroom: Newsroom, coding: str) -> None:
    """A compressed body is not taken for garbage; the client learns what it may send."""
    headers = JSON | {"Content-Encoding": coding}
    answer = await newsroom.http.post("/v1/articles", content=b"x", headers=headers)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "gzip, identity")


async def test_a_gzipped_body_is_taken(newsroom: Newsroom) -> None:
    """A load over a slow line goes packed, single or by lines."""
    one, headers = gzip.compress(json.dumps(a_draft()).encode()), {"Content-Encoding": "gzip"}
    answer = await newsroom.http.post("/v1/articles", content=one, headers=JSON | headers)
    assert answer.json()["results"][0]["outcome"] == "created"
    drafts = [a_draft(guid=str(n), body_text=f"{n**9} words. " * 20) for n in range(1_000)]
    lines = gzip.compress(b"\n".join(json.dumps(draft).encode() for draft in drafts))
    answer = await newsroom.http.post("/v1/articles", content=lines, headers=NDJSON | headers)
    assert answer.status_code == 202, answer.text
    assert len(answer.json()["results"]) == 1_000


GOOD = gzip.compress(json.dumps(a_draft()).encode())
WRONG_GZIP = {
    "no gzip": (b"x" * 100, 400),
    "nothing": (b"", 400),
    "cut off": (GOOD[:-9], 400),
    "a wrong checksum": (GOOD[:-8] + b"xxxxxxxx", 400),
    "two members": (GOOD + GOOD, 400),
    "a million empty members": (gzip.compress(b"") * 200_000, 400),
    "something behind": (GOOD + b"x", 400),
    "gzip in gzip": (gzip.compress(GOOD), 400),
    "a bomb": (gzip.compress(b"0" * 50_000_000), 413),
    "a bomb within the limit": (gzip.compress(b" " * 5_000_000), 413),
}


@pytest.mark.parametrize(("body", "status"), WRONG_GZIP.values(), ids=list(WRONG_GZIP))
async def test_a_wrong_or_hostile_gzip_is_a_problem(
    newsroom: Newsroom, body: bytes, status: int
) -> None:
    """It is told as such, nothing is taken, and no memory stays held."""
    headers = JSON | {"Content-Encoding": "gzip"}
    answer = await newsroom.http.post("/v1/articles", content=body, headers=headers)
    assert is_problem(answer)
    assert answer.status_code == status
    assert await newsroom.entries() == []


@given(size=st.integers(0, 3_000_000), level=st.integers(0, 9), pieces=st.integers(1, 5))
@settings(max_examples=30, deadline=None)
async def test_whatever_was_packed_is_unpacked_and_given_back(
    size: int, level: int, pieces: int
) -> None:
    """Not a byte is lost at the end of a piece, and what is held is given back."""
    text = random.Random(size).randbytes(size // 40 + 1).hex().encode() * 20
    packed = gzip.compress(text[:size], level)
    step = len(packed) // pieces + 1
    messages = [
        {
            "type": "http.request",
            "body": packed[at : at + step],
            "more_body": at + step < len(packed),
        }
        for at in range(0, len(packed), step)
    ]
    waiting = iter(messages)

    async def receive() -> Any:
        return next(waiting)

    bodies = Bodies()
    body = await bodies.read({"headers": [(b"content-encoding", b"gzip")]}, receive, 5_000_000)
    assert body == text[:size]
    bodies.release(body)
    assert bodies.held == 0


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_413(newsroom: Newsroom, declared: bool) -> None:
    """20 MB are refused, whether their length is declared or only found out."""
    body = json.dumps(a_draft(body_text="x" * 20_000_000)).encode()

    async def pieces() -> Any:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    answer = await newsroom.http.post(
        "/v1/articles", content=body if declared else pieces(), headers=JSON
    )
    assert is_problem(answer)
    assert answer.status_code == 413
    assert await newsroom.entries() == []


async def test_a_line_over_the_limit_is_rejected_alone(newsroom: Newsroom) -> None:
    """One line may be as long as one JSON body."""
    long = json.dumps(a_draft(body_text="x" * 5_300_000)).encode()
    answer = await newsroom.post_lines(long, json.dumps(a_draft()).encode())
    rejected, taken = answer.json()["results"]
    assert rejected["error"]["status"] == 413
    assert taken["outcome"] == "created"


async def test_ndjson_without_a_line_is_refused(newsroom: Newsroom) -> None:
    """Nothing sent is an error of the client's, and blank lines cost nothing."""
    for body in (b"", b"\n\n  \r\n", b"\n" * 5_000_000):
        answer = await newsroom.http.post("/v1/articles", content=body, headers=NDJSON)
        assert is_problem(answer)


ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from([*a_draft(), "url", "published_at", "subjects", "associations", "by"]),
        st.none() | st.integers() | st.floats() | st.text(max_size=50) | st.lists(st.integers()),
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=ANYTHING, media_type=st.sampled_from([JSON, NDJSON]))
async def test_no_bytes_make_a_server_error(
    newsroom: Newsroom, body: bytes, media_type: dict[str, str]
) -> None:
    """Any bytes are taken or refused; refused ones leave nothing on the streams."""
    before = len(await newsroom.entries())
    answer = await newsroom.http.post("/v1/articles", content=body, headers=media_type)
    assert answer.status_code < 500, answer.text
    results = answer.json().get("results", [])
    new = sum(result["outcome"] in {"created", "revised"} for result in results)
    assert len(await newsroom.entries()) == before + new


async def test_json_test_suite(newsroom: Newsroom, outside_data: Path) -> None:
    """JSONTestSuite: n_ is 400, y_ is never a syntax error, nothing is a server error."""
    folder = outside_data / "json" / "JSONTestSuite" / "test_parsing"
    wrong = {}
    files = sorted(folder.glob("*.json"))
    for file in files:
        answer = await newsroom.post(file.read_bytes(), **ADMIN)
        status, kind = answer.status_code, file.name[0]
        right = {"n": status == 400, "y": status == 422, "i": status in {400, 422}}[kind]
        if not right:
            wrong[file.name] = status
    assert len(files) > 300
    assert wrong == {}
    assert await newsroom.entries() == []
