"""The fetcher against an origin that does its worst: everything ends, early and small."""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from newswire_ingest.fetching import Fetched, Fetcher, FetchError, Limits
from tests.ingest.fetching.conftest import Making, loopback
from tests.support.misbehaviour import NEVER, PATHS
from tests.support.origin import Origin, serving

ROOT = Path(__file__).parents[3]
MIB = 2**20

# What comes of a path: the kind of the error, or the status of the answer.
OUTCOMES: dict[str, str | int] = {
    "/hang": "timeout",
    "/drip": "timeout",
    "/drip-head": "timeout",
    "/endless": "too-large",
    "/endless-chunk": "too-large",
    "/endless-chunk-extension": "timeout",
    "/endless-trailers": "protocol",
    "/endless-header": "protocol",
    "/endless-continue": "timeout",
    "/gzip-bomb": "too-large",
    "/200-mb-of-items": "too-large",
    "/declares-1-tb": "too-large",
    "/stalled": "timeout",
    "/stalled-429": 429,
    "/immediate-close": "protocol",
    "/no-status-line": "protocol",
    "/http-0.9": "protocol",
    "/too-short": "protocol",
    "/negative-length": "protocol",
    "/two-lengths": "protocol",
    "/bad-chunks": "protocol",
    "/cut-chunk": "protocol",
    "/no-last-chunk": "protocol",
    "/cl-and-te": "protocol",
    "/not-gzip": "protocol",
    "/cut-gzip": "protocol",
    "/gzip-in-gzip": "protocol",
    "/unasked-brotli": "protocol",
    "/2000-headers": "protocol",
    "/nul-in-header": "protocol",
    "/redirect-loop": "redirects",
    "/redirect-nowhere": 302,
    "/redirect-to-metadata": "blocked",
    "/redirect-to-file": "blocked",
    "/redirect-to-credentials": "blocked",
    "/redirect-to-garbage": "protocol",
    "/500": 500,
    "/503": 503,
    "/429": 429,
    "/410": 410,
}
# What follows a body that is complete may be read with it, or stay unread: an answer or an error.
EITHER = {"/too-long", "/204-with-body"}


async def outcome(fetcher: Fetcher, url: str) -> str | int:
    try:
        return (await fetcher.get(url)).status
    except FetchError as error:
        text = str(error)
        assert text
        assert text.isprintable()
        assert len(text) < 200
        return error.kind


@pytest.mark.parametrize("path", PATHS)
async def test_every_misbehaviour_ends_as_an_error_or_an_answer(
    path: str, origin: Origin, making: Making
) -> None:
    """No server holds us longer than our own clock, or fails in a way that we do not know."""
    expected = OUTCOMES.get(path, 200)
    fetcher = making(total_s=0.3 if expected == "timeout" else 5.0)
    async with asyncio.timeout(8):
        found = await outcome(fetcher, origin.url(path))
    assert found == expected or (path in EITHER and found in {204, "protocol"})
    assert origin.at(NEVER) == []


async def test_no_misbehaviour_takes_much_memory_or_holds_up_the_loop(origin: Origin) -> None:
    """At most 64 MiB more for all of them, and everybody else has a turn meanwhile."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ingest.fetching.gauge",
        origin.url("/moved"), *map(origin.url, PATHS),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == 0, errors.decode()
    cost = json.loads(output)
    assert cost["grown_bytes"] <= 64 * MIB
    assert cost["longest_s"] < 3
    assert cost["held_up_s"] < 2


async def test_a_low_ratio_is_no_way_around_the_limit_of_a_body(
    origin: Origin, fetcher: Fetcher
) -> None:
    """What is decoded counts, and the caller may allow less of it."""
    page = origin.publish("/big", bytes(range(256)) * 1_000)
    assert len((await fetcher.get(page)).body) == 256_000
    with pytest.raises(FetchError, match="larger than 255999 bytes") as refused:
        await fetcher.get(page, limit=255_999)
    assert refused.value.kind == "too-large"


async def test_large_bodies_wait_for_room_and_small_ones_do_not(
    origin: Origin, making: Making
) -> None:
    """Many hostile answers at once do not add up: only so many large bodies are held at a time."""
    fetcher = making(large_bytes=10_000, large_at_once=1, total_s=1.0)
    small, large = origin.publish("/small", b"a"), origin.publish("/large", os.urandom(300_000))
    started = time.perf_counter()
    stalled = asyncio.create_task(outcome(fetcher, origin.url("/stalled")))
    async with asyncio.timeout(5):
        while not fetcher._large.locked():
            await asyncio.sleep(0)
    assert (await fetcher.get(small)).body == b"a"
    assert await outcome(fetcher, large) in {200, "timeout"}
    assert time.perf_counter() - started > 0.9
    assert await stalled == "timeout"
    assert len((await fetcher.get(large)).body) == 300_000


@given(strategies.binary(max_size=400) | strategies.from_regex(rb"HTTP/1\.[01] [1-5]\d\d .{0,99}"))
@settings(max_examples=50, deadline=None)
def test_any_bytes_at_all_are_an_answer_or_a_fetch_error(reply: bytes) -> None:
    """Nothing that a server can say gets past the one exception that callers expect."""

    async def fetch() -> None:
        async with serving() as origin:
            origin.replies["/fuzz"] = reply
            fetcher = Fetcher(loopback(), Limits(total_s=1.0))
            with suppress(FetchError):
                assert isinstance(await fetcher.get(origin.url("/fuzz")), Fetched)
            await fetcher.aclose()

    asyncio.run(fetch())
