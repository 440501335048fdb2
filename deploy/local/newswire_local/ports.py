"""Ports of this machine: is one free, and which to take where any will do."""

import random
import socket

from newswire_common.errors import ConfigurationError

# Below what Linux and macOS give to outgoing connections, which would race us for a port.
UNASSIGNED = range(20_000, 32_000)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises ConfigurationError on an unknown host."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        message = f"NEWSWIRE_HOST: {host}: {error.strerror}"
        raise ConfigurationError(message) from error
    with socket.socket(family, kind, protocol) as probe:
        # As the services do it: a port with connections in TIME_WAIT only counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def free_ports(host: str, count: int) -> list[int]:
    """Ports that were free a moment ago, drawn at random so that two callers seldom meet."""
    found: list[int] = []
    for port in random.sample(UNASSIGNED, len(UNASSIGNED)):
        if len(found) == count:
            break
        if is_free(host, port):
            found.append(port)
    return found


def authority(host: str, port: int) -> str:
    """``host:port`` as this machine reaches a server that listens on ``host``."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"
