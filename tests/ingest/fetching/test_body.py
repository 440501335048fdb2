"""A body's Content-Encoding is undone within caps, however it was cut into pieces."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, strategies

from newswire_ingest.fetching import FetchError
from newswire_ingest.fetching.body import MEMBERS, RATIO_FROM_BYTES, Body

MIB = 2**20
PACKERS = {
    "": lambda data: data,
    "gzip": lambda data: gzip.compress(data, 1),
    "deflate": zlib.compress,
}


def body(encoding: str = "gzip", raw: int = 8 * MIB, decoded: int = 16 * MIB) -> Body:
    return Body(encoding, raw_bytes=raw, decoded_bytes=decoded, ratio=100)


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    ends = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return (data[start:end] for start, end in pairwise(ends))


def decoded(data: bytes, encoding: str = "gzip", cuts: list[int] | None = None) -> bytes:
    collected = body(encoding)
    for piece in pieces(data, cuts or []):
        collected.feed(piece)
    return collected.finish()


CUTS = strategies.lists(strategies.integers(0, 10**6), max_size=8)


@given(strategies.binary(max_size=5_000), strategies.sampled_from(sorted(PACKERS)), CUTS)
def test_what_was_packed_comes_out_again(data: bytes, encoding: str, cuts: list[int]) -> None:
    """Wherever the network cuts it."""
    assert decoded(PACKERS[encoding](data), encoding, cuts) == data


@given(strategies.lists(strategies.binary(max_size=99), min_size=1, max_size=5), CUTS)
def test_members_of_gzip_follow_one_another(parts: list[bytes], cuts: list[int]) -> None:
    """RFC 1952 2.2: a file is a series of members; padding behind the last is passed over."""
    packed = b"".join(gzip.compress(part) for part in parts)
    assert decoded(packed, "gzip", cuts) == b"".join(parts)
    assert decoded(packed + b"\0" * 9, "gzip", cuts) == b"".join(parts)


@given(strategies.binary(max_size=300), strategies.text(max_size=20), CUTS)
def test_any_bytes_under_any_coding_decode_or_are_refused(
    data: bytes, encoding: str, cuts: list[int]
) -> None:
    """A header and a body from a stranger raise nothing but FetchError."""
    for header in (encoding, "gzip", "deflate"):
        with suppress(FetchError):
            assert len(decoded(data, header, cuts)) <= 100 * (len(data) + RATIO_FROM_BYTES)


@given(strategies.binary(min_size=50, max_size=500), strategies.integers(1, 10**6))
def test_what_was_cut_off_is_never_taken_for_the_whole(data: bytes, at: int) -> None:
    """Half a feed would look like one whose older entries are gone."""
    packed = gzip.compress(data)
    with pytest.raises(FetchError, match="broke off"):
        decoded(packed[: at % (len(packed) - 1) + 1])


def test_a_bomb_is_seen_by_its_ratio_long_before_the_limit() -> None:
    """Its first mebibyte gives it away, also where it came in one piece."""
    bomb = body()
    with pytest.raises(FetchError, match="expands more than 100 times") as refused:
        bomb.feed(gzip.compress(bytes(64 * MIB)))
    assert refused.value.kind == "too-large"
    assert bomb.size <= RATIO_FROM_BYTES


def test_small_bodies_may_shrink_as_they_like() -> None:
    """A short feed of blanks is no bomb."""
    assert len(decoded(gzip.compress(bytes(MIB)))) == MIB


@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_a_body_is_exactly_as_large_as_allowed(encoding: str) -> None:
    """Both caps hold to the byte."""
    data = bytes(range(256)) * 8
    packed = PACKERS[encoding](data)
    fits = body(encoding, raw=len(packed), decoded=len(data))
    fits.feed(packed)
    assert fits.finish() == data
    for caps in ({"raw": len(packed) - 1}, {"decoded": len(data) - 1}):
        with pytest.raises(FetchError, match="larger than"):
            body(encoding, **caps).feed(packed)


def test_members_without_end_are_refused() -> None:
    """Each costs a decoder, though it holds nothing."""
    with pytest.raises(FetchError, match="members"):
        body().feed(gzip.compress(b"") * (MEMBERS + 1))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, br", "compress"])
def test_a_coding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    """The parser is not given what it would take for garbage."""
    with pytest.raises(FetchError) as refused:
        body(encoding)
    assert refused.value.kind == "protocol"


def test_nothing_at_all_is_an_empty_body() -> None:
    """Answers without a body often name a coding all the same."""
    assert decoded(b"") == b""
