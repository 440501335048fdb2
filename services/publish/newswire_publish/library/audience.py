"""The stage `audience`: from ``{pN}:audience`` beside the article, never into it.

    {pN}:audience > newest count of each kind (audience.lua) > {pN}:audience:<id>, audience.updated
    a reader of the article > its document, with the counts of `audience_of` in it

What readers did changes by the minute; the article, its version and its reactions do not.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from newswire_common.audience import Count, Observation
from newswire_common.codec import check_schema
from newswire_common.errors import DecodeError
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import AUDIENCE, Partition, is_article_id
from newswire_publish.library.stage import SHOW_LUA

AUDIENCE_LUA = SHOW_LUA + files(__package__).joinpath("audience.lua").read_text()


class Observed(NamedTuple):
    """An observation, and the article that it is of."""

    article_id: str
    observation: Observation
    trace: bytes


def audience_stage(lifetime_ms: int) -> Stage[Observed]:
    """The stage that keeps counts, for ``lifetime_ms`` after the last of an article."""

    async def work(
        _partition: Partition, batch: Sequence[Observed]
    ) -> Sequence[Effect | BaseException]:
        return gather_effects(lambda observed: _effect(observed, lifetime_ms), batch)

    return Stage("audience", AUDIENCE, _decode, work, effect_lua=AUDIENCE_LUA)


def audience_of(kept: Mapping[bytes, bytes]) -> dict[str, Any]:
    """The audience of a document, from what the stage keeps of it."""
    told: dict[str, Any] = {"counts": {}}
    for name, value in kept.items():
        if name == b"comments_open":
            told["comments_open"] = value == b"1"
        else:
            told["counts"][name.decode()] = orjson.loads(value)["count"]
    return told


def _decode(_partition: Partition, entry: Entry) -> Observed:
    """Raises DecodeError."""
    check_schema(entry.fields)
    try:
        identity = entry.fields[b"id"].decode()
        observation = Observation.model_validate_json(entry.fields[b"body"])
    except (KeyError, ValueError, ValidationError) as error:
        raise DecodeError(f"not a readable observation: {error}"[:500]) from error
    if not is_article_id(identity):
        raise DecodeError(f"not the id of an article: {identity!r}"[:200])
    return Observed(identity, observation, entry.fields.get(b"trace", b""))


def _effect(observed: Observed, lifetime_ms: int) -> Effect:
    observation = observed.observation
    counts = {kind: _kept(observation, value) for kind, value in observation.counts.items()}
    is_open = observation.comments_open
    return (
        observed.article_id,
        lifetime_ms,
        observed.trace,
        "" if is_open is None else int(is_open),
        orjson.dumps(counts),
    )


def _kept(observation: Observation, value: int | None) -> str:
    seen = observation.observed_at
    at = seen.isoformat().replace("+00:00", "Z")
    count = Count(value=value, platform=observation.platform, observed_at=at)
    record = {"at": round(seen.timestamp() * 1000), "count": count.model_dump()}
    return orjson.dumps(record).decode()
