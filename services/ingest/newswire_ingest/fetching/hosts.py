"""Whose turn a request takes. The turns themselves are shared by all processes (`polling`)."""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The ``host:port`` that a URL leads to. Raises ValueError where the port is none."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return f"{(parts.hostname or '').rstrip('.')}:{port}"
