"""What a 202 stands for: whether the server really keeps what it acknowledged.

everysec    the reply of the script; at most a second is lost, in a power failure only
always      the same on a server that syncs every write; that it does is checked at start
replicated  WAIT behind the script on the same connection, with its reply checked
"""

from typing import Any

import structlog
from redis.exceptions import NoPermissionError, ResponseError

from newswire_common.connection import Client
from newswire_common.errors import ConfigurationError, Unconfirmed
from newswire_common.settings import Settings

log = structlog.get_logger()

WANTED = {"appendonly": "yes", "appendfsync": "always"}
Command = tuple[str | bytes | int, ...]


class Durably:
    """Runs what writes, and answers once that is as durable as the settings want it.

    WAIT counts only what its own connection wrote: where ``is_replicated``, a command that may
    find that all is written already has to write all the same.
    """

    def __init__(self, client: Client, settings: Settings) -> None:
        self.is_replicated = settings.durability == "replicated"
        self._client = client
        self._wait = ("WAIT", settings.durability_replicas, settings.durability_timeout_ms)

    async def run(self, key: str, *commands: Command) -> list[Any]:
        """The replies of commands that write in the slot of ``key``, in order.

        Raises Unconfirmed where too few replicas answered in time, and what the server says.
        """
        if len(commands) == 1 and not self.is_replicated:
            return [await self._client.execute_command(*commands[0])]
        # Sent on to another node, a write would leave WAIT behind: all goes to one, or nowhere.
        node = self._node(key) if self.is_replicated else {}
        only_there = {"allow_redirections": False} if node else {}
        pipe = self._client.pipeline(transaction=False)
        for command in (*commands, self._wait) if self.is_replicated else commands:
            pipe.execute_command(*command, **node)
        replies: list[Any] = await pipe.execute(raise_on_error=False, **only_there)
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        if self.is_replicated and (confirmed := replies.pop()) < self._wait[1]:
            wanted = self._wait[1]
            raise Unconfirmed(f"{confirmed} of {wanted} replicas confirmed the write in time")
        return replies

    async def load(self, key: str, script: str) -> None:
        """Have the server of a key know a script, for EVALSHA."""
        await self._client.execute_command("SCRIPT LOAD", script, **self._node(key))

    def _node(self, key: str) -> dict[str, Any]:
        """On a cluster, the node of a key, as commands take it."""
        if not hasattr(self._client, "get_node_from_key"):
            return {}
        return {"target_nodes": self._client.get_node_from_key(key)}


async def check(client: Client, settings: Settings) -> None:
    """Raises ConfigurationError if the server does not sync every write though it should.

    Where the server does not let us ask, as hosted ones do, that is logged as an error.
    """
    if settings.durability != "always":
        return
    for option, wanted in WANTED.items():
        try:
            found = await _option(client, option)
        except (NoPermissionError, ResponseError) as error:
            log.error(  # noqa: TRY400 - a hosted server's policy, not a failure of ours to trace
                "durability can not be checked: the server forbids CONFIG GET",
                asked="NEWSWIRE_DURABILITY=always", option=option, reason=str(error),
            )  # fmt: skip
            return
        if wrong := found - {wanted}:
            raise ConfigurationError(
                f"NEWSWIRE_DURABILITY: is always, but {option} of the server is "
                f"{wrong.pop()}; start it with --{option} {wanted}"
            )


async def _option(client: Client, name: str) -> set[str]:
    """The values that an option has on the primaries."""
    if not hasattr(client, "get_primaries"):
        return {_value(await client.config_get(name))}
    replies: dict[str, Any] = await client.config_get(name, target_nodes=client.PRIMARIES)
    return {_value(reply) for reply in replies.values()}


def _value(reply: dict[Any, Any]) -> str:
    value = next(iter(reply.values()), b"")
    return value.decode() if isinstance(value, bytes) else str(value)
