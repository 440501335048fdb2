"""What the worst of the web answers, by path, for `origin` to serve. Nothing endless is held.

STREAMS are endless, slow or large; `fixed_replies` are short enough to be said at once.
"""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Iterable

METADATA = "http://169.254.169.254/latest/meta-data/"
NEVER = "/never"  # where the entities lead: a request of it is a failure
PAUSE_S = 0.02  # between two drips

RSS = "application/rss+xml; charset=utf-8"
ITEM = b"<item><guid>%d</guid><title>An item of news</title><link>http://e.org/%d</link></item>\n"
HEAD = b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>News</title>\n'
UTF_8_HEAD = HEAD.replace(b"?>", b' encoding="utf-8"?>')
TAIL = b"</channel></rss>\n"


def rss(items: int, first: int = 0) -> bytes:
    """A healthy feed of that many items, numbered from ``first``."""
    return HEAD + b"".join(ITEM % (n, n) for n in range(first, first + items)) + TAIL


def reply(
    body: bytes = b"", status: str = "200 OK", content_type: str = RSS, **headers: str
) -> bytes:
    """A whole answer; underscores in the names of headers are hyphens."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


Stream = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def _send(writer: asyncio.StreamWriter, pieces: Iterable[bytes], pause_s: float = 0) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause_s)  # lets go of the loop even where nothing holds us up


def _for_ever(piece: bytes) -> Iterable[bytes]:
    while True:
        yield piece


def streaming(piece: bytes, *, start: bytes = b"", pause_s: float = 0) -> Stream:
    """Begins, and says the piece again and again until nobody listens."""

    async def stream(writer: asyncio.StreamWriter) -> None:
        await _send(writer, [start])
        await _send(writer, _for_ever(piece), pause_s)

    return stream


async def _hang(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def not_found(writer: asyncio.StreamWriter) -> None:
    await _send(writer, [reply(b"not found", "404 Not Found", "text/plain")])


async def _items_of_200_mb(writer: asyncio.StreamWriter) -> None:
    batch = b"".join(ITEM % (n, n) for n in range(1_000))
    chunk = f"{len(batch):x}\r\n".encode() + batch + b"\r\n"
    await _send(writer, [b"%b%x\r\n%b\r\n" % (CHUNKED, len(HEAD), HEAD)])
    await _send(writer, (chunk for _ in range(200 * 10**6 // len(batch))))
    await _send(writer, [b"%x\r\n%b\r\n0\r\n\r\n" % (len(TAIL), TAIL)])


async def _2000_headers(writer: asyncio.StreamWriter) -> None:
    await _send(writer, [OK])
    await _send(writer, (b"X-%d: %b\r\n" % (n, b"a" * 8_000) for n in range(2_000)))
    await _send(writer, [b"\r\n" + rss(1)])


async def _stalled_429(writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 429 Slow Down\r\nRetry-After: 120\r\nContent-Length: 100\r\n\r\n"
    await _send(writer, [head])
    await _hang(writer)


async def _stalled(writer: asyncio.StreamWriter) -> None:
    await _send(writer, [OK + b"Content-Length: 200000\r\n\r\n" + bytes(100_000)])
    await _hang(writer)


def _bomb() -> Stream:
    """Gzip of zeros without an end: 1 MiB flushed whole can be repeated (RFC 1951 2.3)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    gzip_head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    return streaming(block, start=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip_head)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Content-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
DEEP = b"<a>" * 100_000 + b"</a>" * 100_000
ATTRIBUTES = b" ".join(b'a%d="x"' % n for n in range(100_000))

STREAMS: dict[str, Stream] = {
    "/hang": _hang,
    "/drip": streaming(b"1\r\na\r\n", start=CHUNKED, pause_s=PAUSE_S),
    "/drip-head": streaming(b"a", start=OK + b"X-Slow: ", pause_s=PAUSE_S),
    "/endless": streaming(b" " * 2**16, start=OK + b"\r\n" + HEAD),
    "/endless-chunk": streaming(b"a" * 2**16, start=CHUNKED + b"ffffffff\r\n"),
    "/endless-chunk-extension": streaming(b"a" * 2**16, start=CHUNKED + b"1;"),
    "/endless-trailers": streaming(b"X-T: " + b"a" * 1_000 + b"\r\n", start=CHUNKED + b"0\r\n"),
    "/endless-header": streaming(b"a" * 2**16, start=OK + b"X-Long: "),
    "/endless-continue": streaming(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
    "/gzip-bomb": _bomb(),
    "/2000-headers": _2000_headers,
    "/200-mb-of-items": _items_of_200_mb,
    "/stalled": _stalled,
    "/stalled-429": _stalled_429,
}


def fixed_replies(base: str) -> dict[str, bytes]:
    """The answers that need no stream, by path."""
    return {**broken_http(), **statuses(base), **hostile_documents(base)}


def broken_http() -> dict[str, bytes]:
    """Answers that break RFC 9112, or say of themselves what is not so."""
    body = rss(1)
    chunk = b"%x\r\n%b\r\n" % (len(body), body)
    length = b"Content-Length: %d\r\n\r\n"
    return {
        "/immediate-close": b"",
        "/no-status-line": b"hello, I am no HTTP server\r\n\r\n",
        "/http-0.9": body,
        "/too-short": OK + length % (len(body) + 10) + body,
        "/too-long": OK + length % (len(body) - 10) + body,
        "/declares-1-tb": OK + length % 10**12 + body,
        "/negative-length": OK + length % -1 + body,
        "/two-lengths": OK + b"Content-Length: 3\r\n" + length % len(body) + body,
        "/bad-chunks": CHUNKED + b"zz\r\n" + body + b"\r\n0\r\n\r\n",
        "/cut-chunk": CHUNKED + chunk[:-20],
        "/no-last-chunk": CHUNKED + chunk,
        "/cl-and-te": OK + b"Transfer-Encoding: chunked\r\n" + length % 5 + chunk + b"0\r\n\r\n",
        "/not-gzip": reply(body, Content_Encoding="gzip"),
        "/cut-gzip": reply(gzip.compress(body)[:-12], Content_Encoding="gzip"),
        "/gzip-in-gzip": reply(gzip.compress(gzip.compress(body)), Content_Encoding="gzip, gzip"),
        "/unasked-brotli": reply(body, Content_Encoding="br"),
        "/nul-in-header": OK + b"X-Nul: a\0b\r\n" + length % 0,
        "/204-with-body": b"HTTP/1.1 204 No Content\r\n\r\n" + body,
    }


def statuses(base: str) -> dict[str, bytes]:
    """Errors and redirects."""

    def to(location: str, status: str = "302 Found") -> bytes:
        return reply(status=status, Location=location)

    return {
        "/500": reply(b"oops", "500 Internal Server Error", "text/plain"),
        "/503": reply(b"", "503 Service Unavailable", Retry_After="30"),
        "/429": reply(b"", "429 Too Many Requests", Retry_After="120"),
        "/410": reply(b"", "410 Gone"),
        "/301": to(base + "/moved", "301 Moved Permanently"),
        "/308": to("/moved", "308 Permanent Redirect"),
        "/301-302": to("/302", "301 Moved Permanently"),
        "/301-301": to("/301", "301 Moved Permanently"),
        "/302": to("/moved"),
        "/moved": reply(rss(1)),
        "/redirect-loop": to("/redirect-loop"),
        "/redirect-nowhere": reply(status="302 Found"),
        "/redirect-to-metadata": to(METADATA),
        "/redirect-to-file": to("file:///etc/passwd"),
        "/redirect-to-credentials": to(base.replace("//", "//user:secret@") + "/moved"),
        "/redirect-to-garbage": to("http://[::1/%zz\x7f"),
        "/cookie": reply(rss(1), Set_Cookie="tracked=yes; Path=/"),
    }


def hostile_documents(base: str) -> dict[str, bytes]:
    """Sound HTTP; what it carries is aimed at the parser."""
    laughs = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    never = (base + NEVER).encode()

    def feed(title: bytes, doctype: bytes = b"", head: bytes = HEAD) -> bytes:
        return head.replace(b"<rss", doctype + b"<rss", 1) + b"<title>" + title + b"</title>" + TAIL

    return {
        "/html": reply(b"<!doctype html><html><body><p>Not found</html>", content_type="text/html"),
        "/billion-laughs": reply(
            feed(b"&l9;", b'<!DOCTYPE rss [<!ENTITY l0 "lol">' + laughs + b"]>")
        ),
        "/quadratic": reply(
            feed(b"&a;" * 50_000, b'<!DOCTYPE rss [<!ENTITY a "' + b"a" * 50_000 + b'">]>')
        ),
        "/xxe-file": reply(
            feed(b"&x;", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
        ),
        "/xxe-http": reply(feed(b"&x;", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "' + never + b'">]>')),
        "/xxe-dtd": reply(feed(b"x", b'<!DOCTYPE rss SYSTEM "' + never + b'">')),
        "/deep": reply(feed(DEEP)),
        "/100000-attributes": reply(feed(b"<b " + ATTRIBUTES + b"/>")),
        "/nul-bytes": reply(feed(b"a\0b\0c")),
        "/wrong-charset": reply(
            feed("caf\u00e9 \u2013".encode("cp1252"), head=UTF_8_HEAD),
            content_type="application/rss+xml; charset=utf-16",
        ),
    }  # fmt: skip


PATHS = sorted([*STREAMS, *fixed_replies("")])
