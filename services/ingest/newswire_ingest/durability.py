"""What a 202 stands for: whether the server really keeps what it acknowledged.

everysec    the reply of the script; at most a second is lost, in a power failure only
always      the same on a server that syncs every write; that it does is checked at start
replicated  WAIT behind the script on the same connection, with its reply checked
"""

from typing import Any

import structlog
from redis.exceptions import NoPermissionError, ResponseError

from newswire_common.connection import Client
from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings

log = structlog.get_logger()

WANTED = {"appendonly": "yes", "appendfsync": "always"}


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
