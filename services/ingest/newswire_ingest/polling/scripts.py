"""The scripts over all sources: one call of any is one step, whatever is killed around it."""

import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal, NamedTuple, Self

from newswire_common.connection import Client
from newswire_common.operations import OPERATION_LUA
from newswire_common.settings import Settings

TAG = "{sources}"
HOSTS = f"{TAG}:hosts"
INDEX = f"{TAG}:index"
SOURCES_LUA = files("newswire_ingest.sources").joinpath("keys.lua").read_text()

Name = Literal["claim", "finish", "put", "remove", "hasten", "slot"]
Argument = bytes | str | int | float


def key_of(identity: str) -> str:
    """HASH of a source; keys.lua says what is in it."""
    return f"{TAG}:source:{identity}"


def hours_of(identity: str) -> str:
    return f"{TAG}:hours:{identity}"


def state_key(state: str) -> str:
    """SET of the sources in a state."""
    return f"{TAG}:state:{state}"


class Politeness(NamedTuple):
    """What a host is asked at the most, by all processes together."""

    at_once: int
    per_s: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.host_connections, settings.host_requests_per_s)

    def arguments(self) -> tuple[Argument, ...]:
        """For keys.lua. A bucket holds a second's worth: at a high rate nobody waits for each."""
        between_ms = 1_000 / self.per_s
        return self.at_once, between_ms, between_ms * (max(1, math.floor(self.per_s)) - 1)


class Scripts:
    """The scripts, as one process calls them."""

    def __init__(self, client: Client, politeness: Politeness) -> None:
        self._client = client
        self._shared = (TAG, *politeness.arguments())
        self._registered: Mapping[str, Any] = {
            name: client.register_script(_text(name))
            for name in ("claim", "finish", "put", "remove", "hasten", "slot")
        }

    async def call(self, name: Name, *arguments: Argument) -> Any:  # noqa: ANN401 - each script has a reply of its own shape
        script = self._registered[name]
        return await script(keys=[HOSTS], args=[*self._shared, *arguments], client=self._client)


def _text(name: str) -> str:
    here, hubs = files(__package__), files("newswire_ingest.websub")
    texts = [here.joinpath("keys.lua"), hubs.joinpath("polls.lua"), here.joinpath(f"{name}.lua")]
    keys, beside, script = (text.read_text() for text in texts)
    return f"{SOURCES_LUA}\n{keys}\n{beside}\n{OPERATION_LUA}\n{script}"
