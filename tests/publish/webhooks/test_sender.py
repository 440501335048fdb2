"""Requests to addresses that strangers chose: guarded, bounded, never following."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web

from newswire_common.net import AddressRefused
from newswire_publish.webhooks.exchange import Answer, Request
from newswire_publish.webhooks.sender import READ_BYTES, HttpSender, PublicNames
from tests.publish.webhooks.receiver import Received, Receiver

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    """A sender to whom loopback is open, and who does not wait long."""
    made = HttpSender(LOOPBACK, connect_s=1.0, total_s=1.0)
    yield made
    await made.close()


def to(url: str, body: bytes = b"{}") -> Request:
    return Request(url, {"webhook-id": "msg_1", "content-type": "application/json"}, body)


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """A server that says whatever it likes; answers its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def saying(reply: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()

    return talk


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0x7f.1", "10.0.0.1",
     "169.254.169.254", "[64:ff9b::7f00:1]", "0.0.0.0", "[::]"],
)  # fmt: skip
async def test_no_address_that_only_we_can_reach_is_connected_to(host: str) -> None:
    """However it is written, and whatever name stands for it."""
    sender = HttpSender(total_s=5.0)
    answer = await sender.send(to(f"http://{host}:9/"))
    await sender.close()
    # What is no literal by RFC 3986 is a name, which not every resolver takes for an address.
    assert answer.error == "refused_address" or (host, answer.error) == ("0x7f.1", "dns")


async def test_a_name_is_refused_when_any_of_its_addresses_is_private() -> None:
    """Mixed answers are how a rebinding attack begins."""

    class Mixed(aiohttp.abc.AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[aiohttp.abc.ResolveResult]:
            return [
                aiohttp.abc.ResolveResult(
                    hostname=host, host=address, port=port, family=family, proto=0, flags=0
                )
                for address in ("93.184.215.14", "127.0.0.1")
            ]

        async def close(self) -> None:
            """Holds nothing."""

    with pytest.raises(AddressRefused):
        await PublicNames((), Mixed()).resolve("example.com")
    assert len(await PublicNames(LOOPBACK, Mixed()).resolve("example.com")) == 2


async def test_an_accepted_delivery_is_answered_with_its_status(
    sender: HttpSender, receiver: Receiver
) -> None:
    """2xx is success; what was sent is what arrived, byte for byte."""
    answer = await sender.send(to(receiver.url, '{"a":"협정"}'.encode()))
    assert (answer.status, answer.error, answer.accepted) == (204, None, True)
    assert receiver.received[0].body == '{"a":"협정"}'.encode()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(
    sender: HttpSender, receiver: Receiver, status: int
) -> None:
    """Nobody sends our request somewhere else."""

    async def elsewhere(_received: Received) -> web.StreamResponse:
        return web.Response(status=status, headers={"location": f"{receiver.url}/other"})

    receiver.answer = elsewhere
    answer = await sender.send(to(receiver.url))
    assert (answer.status, answer.error) == (status, "status")
    assert receiver.at("/other") == []


async def test_a_response_is_read_to_a_limit_and_not_decompressed(
    sender: HttpSender, receiver: Receiver
) -> None:
    """A bomb or an endless body costs us nothing, and the status stands."""

    async def endless(_received: Received) -> web.StreamResponse:
        return web.Response(body=b"\x1f\x8b" + b"x" * 1_000_000,
                            headers={"content-encoding": "gzip"})  # fmt: skip

    receiver.answer = endless
    answer = await sender.send(to(receiver.url))
    assert answer.accepted
    assert len(answer.body) == READ_BYTES
    assert answer.body.startswith(b"\x1f\x8b")


async def test_a_body_that_drips_ends_at_the_deadline_with_its_status(sender: HttpSender) -> None:
    """Once the status is known nothing in the body changes it, and the slot is freed."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin")
        await reader.read()  # until we are hung up on

    async with talking(drip) as url:
        answer = await sender.send(to(url))
    assert (answer.status, answer.error, answer.body) == (200, None, b"begin")


async def test_silence_ends_at_the_deadline(sender: HttpSender) -> None:
    """A receiver that hangs holds a slot for so long and no longer."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with talking(silent) as url:
        answer = await sender.send(to(url))
    assert (answer.status, answer.error) == (None, "timeout")
    assert 900 < answer.took_ms < 3_000


@pytest.mark.parametrize(
    "reply",
    [b"garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 8_000) for n in range(1_300)),
     b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"],
)  # fmt: skip
async def test_what_is_no_http_is_a_protocol_error(sender: HttpSender, reply: bytes) -> None:
    """Garbage is an outcome of the attempt and ends nothing else."""
    async with talking(saying(reply)) as url:
        answer = await sender.send(to(url))
    assert (answer.status, answer.error) == (None, "protocol")


async def test_nobody_listening_and_no_such_name_are_told_apart(sender: HttpSender) -> None:
    """A subscriber sees in the log what is wrong."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert (await sender.send(to(f"http://127.0.0.1:{port}/"))).error == "connect"
        assert (await sender.send(to(f"https://127.0.0.1:{port}/"))).error == "connect"
    assert (await sender.send(to("http://no-such-name.invalid/"))).error == "dns"


async def test_bad_tls_is_told_apart(sender: HttpSender, receiver: Receiver) -> None:
    """Plain HTTP behind an https URL is a TLS error."""
    answer = await sender.send(to(receiver.url.replace("http:", "https:")))
    assert answer.error == "tls"


async def test_a_connection_that_the_receiver_closed_meanwhile_is_no_failure(
    sender: HttpSender,
) -> None:
    """A kept connection that ends as we write says nothing of the receiver."""
    served: list[int] = []

    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(1)
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")  # a second request comes, and is dropped

    async with talking(twice) as url:
        answers: Sequence[Answer] = [await sender.send(to(url)) for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]
    assert len(served) == 2


async def test_cookies_are_not_kept_and_no_proxy_is_asked(
    sender: HttpSender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One subscriber's cookie reaches no other, and the environment changes no destination."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def cookie(_received: Received) -> web.StreamResponse:
        return web.Response(status=204, headers={"set-cookie": "a=b"})

    receiver.answer = cookie
    answers = [await sender.send(to(receiver.url)) for _ in range(2)]
    assert all(answer.accepted for answer in answers)
    assert "cookie" not in receiver.received[1].headers
