"""Documents made to hang, to exhaust memory or to read files: each ends in time, in a sandbox."""

import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from newswire_ingest.parsing.feed import Feed, FeedError, parse_feed
from newswire_ingest.parsing.sandbox import Sandbox, SandboxError
from tests.ingest.feeds.samples import URL, rss

MIB = 2**20
TIME_S = 10.0  # for everything that is served, however it is made; the sandbox has less
ITEM = b"<item><title>A</title><link>https://news.example/a</link></item>"
PUBLIC = '<?xml version="1.0"?>\n'


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A child for one document, forked within milliseconds."""
    opened = Sandbox(size=1)
    yield opened
    await opened.aclose()


async def parsed(sandbox: Sandbox, body: bytes) -> Feed:
    """The feed, within the time of a poll."""
    started = time.monotonic()
    try:
        return await sandbox.run(parse_feed, body, "application/rss+xml", URL)
    finally:
        assert time.monotonic() - started < TIME_S


def with_dtd(dtd: str, title: str) -> bytes:
    item = f"<rss><channel><item><title>{title}</title></item></channel></rss>"
    return f"{PUBLIC}<!DOCTYPE rss [{dtd}]>{item}".encode()


def item(parts: str) -> bytes:
    return rss(f"<item><title>A</title>{parts}</item>")


def described(text: str) -> bytes:
    return item(f"<description>{text}</description>")


def laughs() -> str:
    """Nine entities, each ten of the one before."""
    pairs = zip("abcdefghi", "bcdefghij", strict=True)
    return '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairs)


ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(100_000))
REFUSED = {
    "billion laughs": with_dtd(laughs(), "&j;"),
    "quadratic blow-up": with_dtd(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 50_000),
    "a small entity, many times": with_dtd(f'<!ENTITY a "{"x" * 200}">', "&a;" * 100_000),
    "XXE of a file": with_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    "XXE in a parameter": with_dtd('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', "A"),
    "many entities": with_dtd("".join(f'<!ENTITY a{n} "x">' for n in range(10_000)), "&a1;"),
    "a DTD without an end": b"<!DOCTYPE rss [" + b"<!ELEMENT a ANY>" * 100_000,
    "100,000 elements deep": b"<rss><channel>" + b"<a>" * 100_000,
    "100,000 deep and closed": item("<a>" * 100_000 + "</a>" * 100_000),
    "100,000 attributes": item(f"<a {ATTRIBUTES}/>"),
    "100,000 attributes, malformed": rss(f"<item></b><a {ATTRIBUTES}>"),
    "100,000 prefixes": item(f"<a {ATTRIBUTES.replace('a', 'xmlns:a')}/>"),
    "a million elements": item("<a/>" * 1_000_000),
    "tags that do not end": rss("<item <item " * 100_000),
    "NULs": b"\0" * 10 * MIB,
    "white space": b" " * 16 * MIB,
    "HTML": b"<!doctype html><html><body>" + b"<p>Hello" * 500_000,
    "deep JSON": b"[" * 1_000_000,
    "a deep JSON Feed": b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 10**6,
}


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_refused_in_time(sandbox: Sandbox, name: str) -> None:
    """What no honest publisher writes is no feed, and the source learns why."""
    with pytest.raises(FeedError):
        await parsed(sandbox, REFUSED[name])


SURVIVED = {
    "NUL bytes": item("\0\0<category>\0B</category>"),
    "a text of 15 MiB": described("word " * 3 * MIB),
    "a title of 1 MB": rss(f"<item><title>{'x' * MIB}</title><summary>A</summary></item>"),
    "an author of 1 MB": item(f"<author>{'a' * MIB}</author>"),
    "authors by the thousand": item(f"<author>{'a' * 390}</author>" * 1_000),
    "a date of 1 MB": item(f"<pubDate>{'1' * MIB}</pubDate>"),
    "dates by the thousand": item(f"<pubDate>{'1:' * 1_900}</pubDate>" * 1_000),
    "an attribute of 1 MB": item(f"<enclosure url='{'a' * MIB}'/>"),
    "deep HTML": described("&lt;b>" * 100_000),
    "HTML of half tags": described("&lt;a href=" * 100_000),
    "links by the thousand": item("<link rel='via' href='/a'/>" * 50_000),
    "tags by the thousand": item("".join(f"<category>{n}</category>" for n in range(3_000))),
    "ampersands": described("&" * 200_000),
    "less-thans": described("< " * 200_000),
    "white space behind": rss("<item><title>A</title></item>" + "\n" * 10 * MIB),
    "CDATA that does not end": rss("<item><title>A</title></item>" + "<![CDATA[" * 100_000),
    "comments that do not end": rss("<item><title>A</title></item>" + "<!--" * 9_000),
    "a wrong charset": rss("<item><title>A</title></item>").replace(b'"utf-8"', b'"utf-16"'),
}


@pytest.mark.parametrize("name", SURVIVED)
async def test_it_is_read_in_time(sandbox: Sandbox, name: str) -> None:
    """A monstrous part costs itself; the entry that it is a part of is there."""
    feed = await parsed(sandbox, SURVIVED[name])
    assert feed.entries[0].fields["headline"].startswith("A")


async def test_items_over_the_limit_are_counted(sandbox: Sandbox) -> None:
    """A feed of 15 MiB of items gives the first thousand, and says how many it did not give."""
    count = 15 * MIB // len(ITEM)
    feed = await parsed(sandbox, rss((ITEM * count).decode()))
    assert (len(feed.entries), feed.skipped) == (1_000, count - 1_000)


async def test_200_mb_of_items_do_not_get_in(sandbox: Sandbox) -> None:
    """They are refused before they are copied to a child."""
    body = rss("").replace(b"</channel>", ITEM * (200 * MIB // len(ITEM)) + b"</channel>")
    with pytest.raises(SandboxError) as caught:
        await parsed(sandbox, body)
    assert caught.value.kind == "memory"
    with pytest.raises(FeedError, match="over"):
        parse_feed(body, None, URL)


async def test_malformed_items_within_the_limits_end_in_time(sandbox: Sandbox) -> None:
    """The tolerant parser is slow; as much as it is given, it does in time."""
    feed = await parsed(sandbox, rss("<item><title>A</title></b>" * 4_500))
    assert feed.entries[0].fields["headline"] == "A"


async def test_nothing_that_a_document_names_is_fetched(unused_tcp_port: int) -> None:
    """Neither DTD, entity, schema, stylesheet nor XInclude, wherever it is named."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="<!ENTITY a 'b'>")

    application = web.Application()
    application.router.add_get("/{any:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    here = f"http://127.0.0.1:{unused_tcp_port}"
    opened = Sandbox(size=1)
    try:
        feed = await opened.run(parse_feed, document_that_names(here), None, here + "/feed")
        for dtd in (f'<!ENTITY a SYSTEM "{here}/a">', f'<!ENTITY % p SYSTEM "{here}/p"> %p;'):
            with pytest.raises(FeedError):
                await opened.run(parse_feed, with_dtd(dtd, "&a;"), None, here + "/feed")
    finally:
        await opened.aclose()
        await runner.cleanup()
    assert feed.entries[0].fields["headline"] == "A"
    assert asked == []


def document_that_names(here: str) -> bytes:
    return (
        f'{PUBLIC}<?xml-stylesheet href="{here}/style"?>'
        f'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "{here}/dtd">'
        f'<rss xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="urn:x" '
        f'xsi:schemaLocation="{here}/schema"><channel><xi:include href="{here}/included"/>'
        f'<item><title>A</title><link>{here}/article</link><content src="{here}/content"/>'
        f"</item></channel></rss>"
    ).encode()


async def test_the_body_of_a_feed_is_not_the_name_of_a_file(sandbox: Sandbox) -> None:
    """Feedparser opens what it is given as a file, if it may."""
    for body in (b"/etc/passwd", b"file:///etc/passwd", b"<rss>/etc/passwd"):
        with pytest.raises(FeedError):
            await parsed(sandbox, body)
