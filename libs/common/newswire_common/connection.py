"""One place that turns ``REDIS_URL`` into a FastStream broker or a client."""

from collections.abc import Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import hiredis
from faststream.redis import RedisBroker, RedisClusterBroker, RedisSentinelBroker
from redis.asyncio import ConnectionPool, Redis, RedisCluster, Sentinel
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    DataError,
    ReadOnlyError,
    RedisError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)

# A Redis or a RedisCluster: the same commands, another way to connect. redis-py types every reply
# as the union of all protocols' (bytes | str | int | None …); ours are what RESP3 without decoding
# gives, so what comes back is typed where it is read.
Client: TypeAlias = Any
Script: TypeAlias = Any  # as its register_script gives it

# What goes away by itself: the server is restarting, loading, failing over, or out of reach.
AWAY = (RedisConnectionError, RedisTimeoutError, ReadOnlyError, ConnectionError, TimeoutError)
_AWAY_REPLIES = {
    "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "NOREPLICAS",
}  # fmt: skip
CONNECT_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 10.0  # above every block time that we ask for
# A connection a command under way; one more is refused as "away". The pool that waits instead costs
# half as much again for every command.
MAX_CONNECTIONS = 1_024
NO_RETRY = Retry(NoBackoff(), 0)  # what is safe to repeat is repeated by who knows that it is


def is_away(error: BaseException) -> bool:
    """Whether the server, not the request, is the trouble: the same may work in a moment."""
    if isinstance(error, AWAY):
        return True
    if not isinstance(error, RedisError):
        return False
    # The code of an error that redis-py has a class for is no longer in its text.
    return (error.status_code or str(error).partition(" ")[0]) in _AWAY_REPLIES


def broker(url: str, *, middlewares: Sequence[Any] = ()) -> RedisBroker:
    """The FastStream broker for any URL that `client` takes."""
    common: dict[str, Any] = {
        # A line a message costs a third of the throughput; a batch logs one line of its own.
        "logger": None,
        "middlewares": middlewares,
        "apply_types": False,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": COMMAND_TIMEOUT_S,
    }
    scheme, _, rest = url.partition("://")
    if scheme == "redis+cluster":
        return RedisClusterBroker("redis://" + rest, **common)
    if scheme == "redis+sentinel":
        sentinels, master, url = _sentinels(rest)
        return RedisSentinelBroker(url, sentinels=sentinels, sentinel_master_name=master, **common)
    return RedisBroker(url, **common)


def client(url: str) -> Client:
    """A client for ``redis://``, ``rediss://``, ``unix://``, ``redis+cluster://``, ``redis+sentinel://``.

    It never repeats a command by itself.
    ``redis+sentinel://host:port,host:port/service`` names the master set in its path.
    """
    common: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": COMMAND_TIMEOUT_S,
        "retry": NO_RETRY,
    }
    scheme, _, rest = url.partition("://")
    if scheme == "redis+cluster":
        cluster: Any = RedisCluster.from_url(
            "redis://" + rest, max_connections=MAX_CONNECTIONS, **common
        )
        return cluster
    if scheme == "redis+sentinel":
        sentinels, master, _ = _sentinels(rest)
        sentinel: Any = Sentinel(sentinels, **common)  # type: ignore[no-untyped-call]
        return sentinel.master_for(master)
    pool = ConnectionPool.from_url(url, max_connections=MAX_CONNECTIONS, **common)
    pool.connection_class = _packed_by_hiredis(pool.connection_class)
    return Redis.from_pool(pool)


def _packed_by_hiredis(base: type[AbstractConnection]) -> type[AbstractConnection]:
    """The connection class with the packer in C, which redis-py has in blocking connections alone.

    The asyncio one appends each argument to a growing buffer, which copies it again each time: a
    commit of 256 articles takes five times as long.
    """
    return type(base.__name__, (base,), {"pack_command": _pack_command})


def _pack_command(
    _connection: AbstractConnection, name: str, *arguments: bytes | str | float
) -> list[bytes]:
    try:
        # "SCRIPT LOAD" goes as two. The types of the package know of a single argument only.
        return [hiredis.pack_command((*name.split(), *arguments))]  # type: ignore[arg-type]
    except TypeError as error:
        raise DataError(str(error)) from error


def _sentinels(rest: str) -> tuple[list[tuple[str, int]], str, str]:
    parts = urlsplit("//" + rest)
    credentials, _, hosts = parts.netloc.rpartition("@")
    pairs = [host.rpartition(":") for host in hosts.split(",")]
    sentinels = [(host, int(port)) for host, _, port in pairs]
    first = f"{sentinels[0][0]}:{sentinels[0][1]}"
    return (
        sentinels,
        parts.path.strip("/"),
        f"redis://{credentials + '@' if credentials else ''}{first}",
    )
