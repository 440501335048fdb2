"""A body on its way in: its Content-Encoding undone piece by piece, within caps. Pure.

zlib of the standard library is called directly: it alone stops at a given size of output, and the
decoders of HTTP clients are either unlimited (httpx) or no public interface (aiohttp, urllib3).
Brotli and Zstandard are not asked for: gzip is understood by every server, and each decoder more is
one more to be attacked.
"""

import zlib
from io import BytesIO

from newswire_ingest.fetching.exchange import FetchError

STEP_BYTES = 256 * 2**10  # of output at a time
MEMBERS = 1_000  # of one gzip body; each costs a decoder
RATIO_FROM_BYTES = 2**20  # below, no ratio is a danger

_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
_DEFLATE = {"gzip", "x-gzip", "deflate"}
_UNDECODED = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}


class Body:
    """Collects a body. ``encoding`` is the header Content-Encoding (RFC 9110 8.4)."""

    def __init__(self, encoding: str, *, raw_bytes: int, decoded_bytes: int, ratio: int) -> None:
        self._limit, self._raw_limit, self._ratio = decoded_bytes, raw_bytes, ratio
        self._coding = _coding(encoding)
        self._decoded = BytesIO()
        self._raw = 0
        self._inflate: zlib._Decompress | None = None
        self._head = b""  # what is too short yet to tell what it begins
        self._members = 0
        self._ended = False

    @property
    def size(self) -> int:
        """Bytes held, decoded."""
        return self._decoded.tell()

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises FetchError: too-large, or protocol where it is malformed."""
        self._raw += len(piece)
        if self._raw > self._raw_limit:
            raise too_large(self._raw_limit, "transferred")
        if not self._coding:
            self._keep(piece, self._raw)
            return
        data = self._head + piece
        self._head = b""
        while data and not self._ended:
            data = self._decode(data) if self._inflate else self._begin(data)

    def finish(self) -> bytes:
        """The whole. Raises FetchError where it broke off."""
        if self._inflate or (self._coding and self._raw and not self._members):
            raise FetchError("protocol", f"the body's {self._coding} broke off")
        return self._decoded.getvalue()

    def _begin(self, data: bytes) -> bytes:
        """Make the decoder of what begins here; what is left to decode."""
        if len(data) < len(_GZIP_MAGIC):
            self._head = data
            return b""
        is_zlib = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
        if data.startswith(_GZIP_MAGIC) or (is_zlib and not self._members):
            self._inflate = zlib.decompressobj(_ZLIB_OR_GZIP)
        elif self._members:
            self._ended = True  # padding behind the end, which gzip and browsers pass over too
        elif self._coding == "deflate":
            # Without the zlib wrapper, as old servers send it: RFC 9110 8.4.1.2.
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        else:
            raise FetchError("protocol", f"the body is not {self._coding}, as it says it is")
        return data

    def _decode(self, data: bytes) -> bytes:
        """Decode a step or more; what lies behind the end of the decoder's member."""
        inflate = self._inflate
        assert inflate  # noqa: S101 - for the type checker
        more = True
        while more:
            try:
                out = inflate.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise FetchError("protocol", f"the body is damaged {self._coding}") from error
            data = inflate.unconsumed_tail
            self._keep(out, self._raw - len(data))
            # A full step may leave output in the decoder though all input was consumed.
            more = not inflate.eof and (bool(data) or len(out) == STEP_BYTES)
        if inflate.eof:
            self._inflate = None
            self._members += 1
            if self._members > MEMBERS:
                raise FetchError("protocol", f"the body has over {MEMBERS} gzip members")
        return inflate.unused_data

    def _keep(self, piece: bytes, raw: int) -> None:
        """Keep a piece; ``raw`` bytes have brought everything so far."""
        size = self.size + len(piece)
        if size > self._limit:
            raise too_large(self._limit, "decoded" if self._coding else "transferred")
        if size > max(RATIO_FROM_BYTES, self._ratio * raw):
            raise FetchError("too-large", f"the body expands more than {self._ratio} times")
        self._decoded.write(piece)


def too_large(limit: int, how: str) -> FetchError:
    """The error of a body over ``limit`` bytes."""
    return FetchError("too-large", f"the body is larger than {limit} bytes {how}")


def _coding(header: str) -> str:
    """The one coding to undo, or empty. Raises FetchError for more than one or one unknown to us.

    A name that is no coding at all ("utf-8", "none") is passed over, as browsers do.
    """
    names = [name.strip().lower() for name in header.split(",")]
    known = [name for name in names if name in _DEFLATE or name in _UNDECODED]
    if len(known) > 1:
        raise FetchError("protocol", "the body is encoded more than once")
    if known and known[0] in _UNDECODED:
        raise FetchError("protocol", f"the body is encoded as {known[0]}, which was not asked for")
    return known[0] if known else ""
