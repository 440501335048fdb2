"""Whose request it is, where proxies stand in front of the service.

peer > trusted proxy? > X-Forwarded-For or Forwarded, from the right > the first that is none
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

from newswire_common.errors import ConfigurationError
from newswire_common.settings import Network

MAX_HOPS = 32
KNOWN = 20_000  # addresses that are parsed once
_BY = re.compile(r"(?:^|;)\s*for=\"?([^\";]+)", re.IGNORECASE)  # RFC 7239, one element
_PORT = re.compile(r"(?:\[(.+)\]|([^:]+))(?::\d+)?")


def networks(trusted_proxies: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list. Raises ConfigurationError."""
    try:
        named = [part.strip() for part in trusted_proxies.split(",")]
        return tuple(ip_network(name, strict=False) for name in named if name)
    except ValueError as error:
        raise ConfigurationError(f"NEWSWIRE_TRUSTED_PROXIES: {error}") from error


def client_of(scope: Scope, trusted: tuple[Network, ...]) -> str:
    """Whose request it is: the peer, or behind trusted proxies the last address that is none.

    What proxies say in X-Forwarded-For or Forwarded (RFC 7239) is read from the right, since
    anybody can write what stands left. Where both are there and differ, one of them is a client's
    invention, and the proxy's own address counts. An IPv6 client is its /64 network.
    """
    peer = scope.get("client")
    host: str = peer[0] if peer else ""
    if trusted and _is_trusted(host, trusted):
        told = {
            _last_untrusted(host, chain, trusted)
            for chain in (_forwarded_for(scope), _forwarded(scope))
            if chain
        }
        host = told.pop() if len(told) == 1 else host
    return _one_client(host)


def _forwarded_for(scope: Scope) -> list[str]:
    return _elements(scope, b"x-forwarded-for")


def _forwarded(scope: Scope) -> list[str]:
    found = (_BY.search(element) for element in _elements(scope, b"forwarded"))
    return [by[1] if by else "" for by in found]


def _elements(scope: Scope, name: bytes) -> list[str]:
    """The last elements of a list header, the last one first."""
    lines = [value.decode("latin-1") for header, value in scope["headers"] if header == name]
    if not lines:
        return []
    last = ",".join(lines).rsplit(",", MAX_HOPS)[-MAX_HOPS:]
    return [element.strip() for element in reversed(last)]


def _last_untrusted(peer: str, chain: Iterable[str], trusted: tuple[Network, ...]) -> str:
    for host in _hosts(chain):
        peer = host
        if not _is_trusted(host, trusted):
            break
    return peer


def _hosts(chain: Iterable[str]) -> Iterator[str]:
    """The addresses of a chain, without ports, up to the first that is none."""
    for element in chain:
        found = _PORT.fullmatch(element)
        host = (found[1] or found[2]) if found else element
        if _address(host) is None:
            return
        yield host


@lru_cache(maxsize=KNOWN)
def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(host)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


@lru_cache(maxsize=KNOWN)
def _is_trusted(host: str, trusted: tuple[Network, ...]) -> bool:
    found = _address(host)
    return found is not None and any(found in network for network in trusted)


@lru_cache(maxsize=KNOWN)
def _one_client(host: str) -> str:
    found = _address(host)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found else host
