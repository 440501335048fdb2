"""What `newswire ingest` is given, as requests to ingest.

.json                 an article, or a list of them    ┐
.ndjson               an article a line                ├─▶ POST /v1/articles
.xml, .rss, .atom     a feed, by its entries           ┘
.html, .txt           a page, as its text              ──▶ POST /v1/pages
URL                   by the type that its server says
-                     standard input, by how it begins
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Literal
from urllib.parse import urlsplit

import httpx
import orjson

from newswire_common.errors import NewswireError
from newswire_ingest.parsing.feed import FeedError, parse_feed

Kind = Literal["json", "ndjson", "feed", "html", "text"]
SUFFIXES: Mapping[str, Kind] = {
    ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".html": "html", ".htm": "html",
    ".txt": "text", ".xml": "feed", ".rss": "feed", ".atom": "feed", ".rdf": "feed",
}  # fmt: skip
MEDIA: Mapping[str, Kind] = {
    "application/json": "json", "application/x-ndjson": "ndjson", "text/html": "html",
    "application/xhtml+xml": "html", "text/plain": "text", "application/feed+json": "feed",
    "application/rss+xml": "feed", "application/atom+xml": "feed", "application/rdf+xml": "feed",
    "application/xml": "feed", "text/xml": "feed",
}  # fmt: skip
CONTENT_TYPES: Mapping[Kind, str] = {
    "json": "application/json", "ndjson": "application/x-ndjson",
    "html": "text/html", "text": "text/plain; charset=utf-8",
}  # fmt: skip
DOCUMENT_BYTES = 50_000_000  # of what is read in one piece: the most that ingest takes at once
# Ingest takes 1,000 lines a request; fewer make a livelier progress bar.
PARCEL_LINES, PARCEL_BYTES = 200, 1_000_000


class WrongUsage(NewswireError):
    """What was given can not be sent."""


Numbered = tuple[int, bytes]  # a line and its number, from 1


@dataclass(frozen=True)
class Item:
    """One of the arguments, opened when its turn comes. ``size`` is in bytes.

    ``address`` is what a page is known by: its ``url``, or the ``guid`` of one that has none.
    """

    name: str
    kind: Kind
    source: str
    address: Mapping[str, str]
    size: int
    data: bytes | Path = field(repr=False)

    def open(self) -> IO[bytes]:
        """Raises NewswireError where the file can not be read."""
        if isinstance(self.data, bytes):
            return BytesIO(self.data)
        try:
            return self.data.open("rb")
        except OSError as error:
            raise NewswireError(f"{self.name}: {error.strerror}") from error


@dataclass(frozen=True)
class Parcel:
    """One request: ``lines`` of NDJSON that are not blank, or a document as the only one."""

    item: Item
    path: str
    content_type: str
    lines: tuple[Numbered, ...]
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return b"".join(line for _, line in self.lines)

    @property
    def numbered(self) -> bool:
        """Whether each of its lines is an article of its own."""
        return self.content_type == CONTENT_TYPES["ndjson"]


def item(argument: str, *, source: str | None = None, url: str | None = None) -> Item:
    """What an argument stands for. Raises WrongUsage."""
    if argument == "-":
        return _from_input(source, url)
    if argument.startswith(("http://", "https://")):
        return _from_web(argument, source, url)
    return _from_file(Path(argument), source, url)


def _from_file(path: Path, source: str | None, url: str | None) -> Item:
    if not path.is_file():
        raise WrongUsage(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise WrongUsage(f"{path}: is none of {', '.join(SUFFIXES)}")
    source = source or path.resolve().parent.name or "local"
    address = {"url": url} if url else {"guid": _guid_of(path)}
    return Item(str(path), SUFFIXES[suffix], source, address, path.stat().st_size, path)


def _guid_of(path: Path) -> str:
    """Its name to people, and a digest of its place: a/1.html and b/1.html are two articles."""
    place = sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{path.name}#{place[:12]}"


def _from_input(source: str | None, url: str | None) -> Item:
    data = _read("standard input", sys.stdin.buffer.read)
    address = {"url": url} if url else {"guid": sha256(data).hexdigest()}
    return Item("standard input", sniff(data), source or "local", address, len(data), data)


def sniff(data: bytes) -> Kind:
    """What data without a name is, by how it begins."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf:RDF")):
        return "feed"
    if start.startswith(b"<"):
        return "html"
    if not start.startswith((b"{", b"[")):
        return "text"
    lines = start.splitlines()
    several = len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[0].startswith(b"{")
    return "ndjson" if several else "json"


def _from_web(address: str, source: str | None, url: str | None) -> Item:
    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=30) as answer:
            answer.raise_for_status()
            data = _bounded(address, answer.iter_bytes())
            media = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            found = str(answer.url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NewswireError(f"{address}: {error}") from error
    if media not in MEDIA:
        raise WrongUsage(f"{address}: can not read {media or 'that'}")
    host = urlsplit(found).hostname or "web"
    place = {"url": url or found}
    return Item(address, MEDIA[media], source or host, place, len(data), data)


def _bounded(name: str, chunks: Iterable[bytes]) -> bytes:
    data = b""
    for chunk in chunks:
        data += chunk
        if len(data) > DOCUMENT_BYTES:
            raise WrongUsage(f"{name}: is larger than {DOCUMENT_BYTES // 1_000_000} MB")
    return data


def parcels(one: Item) -> Iterator[Parcel]:
    """The requests that an item makes. Raises WrongUsage where something is too large."""
    with one.open() as file:
        if one.kind == "ndjson":
            yield from _of_lines(one, _numbered(one, file))
            return
        body = _read(one.name, file.read)
    if one.kind in {"html", "text"}:
        params = {"source": one.source, **one.address}
        yield Parcel(one, "/v1/pages", CONTENT_TYPES[one.kind], ((1, body),), params)
    elif one.kind == "feed":
        yield from _of_lines(one, _entries(one, body))
    elif body.lstrip().startswith(b"["):
        yield from _of_lines(one, _listed(one, body))
    else:
        yield Parcel(one, "/v1/articles", CONTENT_TYPES["json"], ((1, body),))


def _read(name: str, read: Callable[[int], bytes]) -> bytes:
    data = read(DOCUMENT_BYTES + 1)
    if len(data) > DOCUMENT_BYTES:
        raise WrongUsage(f"{name}: is larger than {DOCUMENT_BYTES // 1_000_000} MB")
    return data


def _numbered(one: Item, file: IO[bytes]) -> Iterator[Numbered]:
    number = 0
    while line := _read(f"{one.name}:{number + 1}", file.readline):
        number += 1
        if not line.isspace():
            yield number, line if line.endswith(b"\n") else line + b"\n"


def _listed(one: Item, body: bytes) -> Iterator[Numbered]:
    try:
        articles = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise WrongUsage(f"{one.name}: {error}") from error
    for number, article in enumerate(articles, 1):
        yield number, orjson.dumps(article) + b"\n"


def _entries(one: Item, body: bytes) -> Iterator[Numbered]:
    try:
        feed = parse_feed(body, None, one.address.get("url", ""))
    except FeedError as error:
        raise WrongUsage(f"{one.name}: {error}") from error
    for number, entry in enumerate(feed.entries, 1):
        yield number, orjson.dumps({**entry.fields, "source": one.source}) + b"\n"


def _of_lines(one: Item, lines: Iterable[Numbered]) -> Iterator[Parcel]:
    taken: list[Numbered] = []
    size = 0
    for number, line in lines:
        if taken and (len(taken) == PARCEL_LINES or size + len(line) > PARCEL_BYTES):
            yield Parcel(one, "/v1/articles", CONTENT_TYPES["ndjson"], tuple(taken))
            taken, size = [], 0
        taken.append((number, line))
        size += len(line)
    if taken:
        yield Parcel(one, "/v1/articles", CONTENT_TYPES["ndjson"], tuple(taken))
