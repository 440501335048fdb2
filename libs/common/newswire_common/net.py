"""SSRF guard: no request of ours reaches an address that only we can reach.

Checked at connect time, on the address that the socket is to be opened to, so that a name that
changes its answer, an address literal and a redirect are all covered. `ipaddress.is_global` is not
enough: it calls multicast, 6to4, NAT64, IPv4-compatible and some reserved networks global
(docs/decisions/0006-ssrf.md).
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from newswire_common.errors import NewswireError
from newswire_common.settings import Network

_NOT_GLOBAL = tuple(
    ip_network(net)
    for net in (
        "168.63.129.16/32", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = ip_network("64:ff9b::/96")

AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]


class AddressRefused(NewswireError, OSError):
    """The address is private, reserved or otherwise not for the public."""


def is_public(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether a request may go to the address (an IP literal). An embedded IPv4 counts too."""
    ip = ip_address(address.partition("%")[0])
    if any(ip.version == net.version and ip in net for net in allowed):
        return True
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner), allowed)
    return ip.is_global and not any(ip.version == n.version and ip in n for n in _NOT_GLOBAL)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4 or NAT64 address."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    return IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None


class SafeSockets:
    """A ``socket_factory`` for `aiohttp.TCPConnector`: refuses what is not public."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self.allowed = allowed

    def __call__(self, info: AddrInfo) -> socket.socket:
        """Raises AddressRefused."""
        family, kind, protocol, _, address = info
        if not is_public(str(address[0]), self.allowed):
            raise AddressRefused(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)


def check_url(url: str, allowed: Sequence[Network] = ()) -> str:
    """The URL, if a request to it may be tried. Raises ValueError with the reason.

    Names are not looked up here: what counts is the address at connect time.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "must be an absolute http or https URL"
        raise ValueError(message)
    if parts.port == 0:  # one that is no number up to 65535 raises by itself
        message = "port 0 is none"
        raise ValueError(message)
    if parts.username or parts.password:
        message = "must not hold a user name or password"
        raise ValueError(message)
    literal = _literal(parts.hostname)
    if literal and not is_public(literal, allowed):
        message = f"{parts.hostname} is not a public address"
        raise ValueError(message)
    if parts.hostname.rstrip(".").lower() == "localhost" and not is_public("127.0.0.1", allowed):
        message = "localhost is not a public address"
        raise ValueError(message)
    return url


def _literal(host: str) -> str | None:
    """The address that a host is, also in the decimal, octal, hex and short forms of inet_aton."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host.encode("ascii", "ignore").decode()))
    except OSError:
        return None
