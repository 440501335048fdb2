"""What publish keeps of a reaction, and what it remembers of an article's reactions.

::

    document of each version ─▶ records ─▶ Memory: what was told, since when, and broken silences

Pure. An actor is known by a key, so that all who speak for a state are one with it.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

from pydantic import TypeAdapter

from newswire_common.reaction import Act, Modality, Reaction, Sector, Stance, When
from newswire_common.stored import Stored
from newswire_publish.library.publication import ISO3

MAX_RECORDS = 100  # of one article; the first in its text
MAX_SILENCES = 50  # that an article has told of once and no more
MAX_NAME = 200  # characters
SILENCE: Act = "no_comment_yet"
TRIGGER = "trigger"
# What is said not to have been, only might be, or was on another occasion, takes no side now.
_NOT_NOW: frozenset[Modality] = frozenset({"negated", "hypothetical", "historical"})
_REACTIONS = TypeAdapter(list[Reaction])


class Record(Stored):
    """A reaction without its words. ``ms`` is when readers could first see it in its article.

    ``actor`` is the key of the actor, ``state`` that of the state whose wait a statement ends too.
    ``same`` is equal where actor, act and the text that says so are, in whatever article.
    """

    id: str
    same: str
    actor: str
    state: str | None = None
    name: str
    iso3: str | None = None
    sector: Sector = "UNK"
    act: Act
    stance: Stance = "none"
    polarity: Literal[-1, 0, 1] | None = None
    target: str = TRIGGER
    modality: Modality = "asserted"
    time: When | None = None
    mark: str = ""  # another one: the record says something else
    ms: int = 0

    @property
    def is_now(self) -> bool:
        """Whether it is of what was done or said on this occasion."""
        return self.modality not in _NOT_NOW

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement on the trigger, which ends a wait."""
        return self.act == "statement" and self.target == TRIGGER and self.modality == "asserted"

    @property
    def is_silence(self) -> bool:
        """Whether its actor is said not to have commented yet."""
        return self.act == SILENCE and self.is_now


class Silence(Stored):
    """A not-yet that an article told of at ``ms``, in a version that has been revised since."""

    id: str
    actor: str
    ms: int


class Told(Stored):
    """What subscribers know of a reaction: by it the next version is compared."""

    id: str
    act: Act
    stance: Stance
    mark: str
    ms: int
    actor: str = ""
    silence: bool = False


class Memory(Stored):
    """The reactions of an article up to ``version``, the first in the text first."""

    version: int = 0
    told: tuple[Told, ...] = ()
    silences: tuple[Silence, ...] = ()


def records_of(document: Mapping[str, Any], ms: int) -> tuple[Record, ...]:
    """The first `MAX_RECORDS` reactions of a stored document that readers could see from ``ms``.

    Raises ValueError where they are none.
    """
    enrichment = document.get("enrichment") or {}
    text = str(document.get("body_text") or "")
    found = _REACTIONS.validate_python((enrichment.get("reactions") or [])[:MAX_RECORDS])
    distinct = {one.id: one for one in found}
    return tuple(_record(one, text, ms) for one in distinct.values())


def since(memory: Memory, records: Iterable[Record]) -> tuple[Record, ...]:
    """The records with the time from which the article has said so, where that is known."""
    known = {told.id: told.ms for told in memory.told}
    return tuple(
        one.model_copy(update={"ms": known[one.id]}) if one.id in known else one for one in records
    )


def remembering(memory: Memory, version: int, records: Sequence[Record]) -> Memory:
    """The memory once a version with these records has followed. They come as of `since`."""
    ids = {record.id for record in records}
    gone = [told for told in memory.told if told.silence and told.id not in ids]
    known = {one.id: one for one in memory.silences}
    known |= {one.id: Silence(id=one.id, actor=one.actor, ms=one.ms) for one in gone}
    return Memory(
        version=version,
        told=tuple(map(_told, records)),
        silences=tuple(known.values())[-MAX_SILENCES:],
    )


def _told(record: Record) -> Told:
    return Told(
        id=record.id, act=record.act, stance=record.stance, mark=record.mark, ms=record.ms,
        actor=record.actor, silence=record.is_silence,
    )  # fmt: skip


def _record(reaction: Reaction, text: str, ms: int) -> Record:
    actor, key = reaction.actor, actor_key(reaction)
    iso3 = actor.iso3 if ISO3.fullmatch(actor.iso3 or "") else None
    evidence = text[reaction.evidence.start : reaction.evidence.end]
    state = iso3 if reaction.actor_type == "GOV" else None
    return Record(
        id=reaction.id[:MAX_NAME],
        same=digest(key, reaction.act, _plain(evidence) or reaction.id),
        actor=key,
        state=state if state != key else None,
        name=actor.name[:MAX_NAME],
        iso3=iso3,
        sector=reaction.actor_type,
        act=reaction.act,
        stance=reaction.stance,
        polarity=reaction.polarity,
        target=reaction.target[:MAX_NAME],
        modality=reaction.modality,
        time=reaction.time or reaction.as_of,
        mark=_mark(reaction),
        ms=ms,
    )


def actor_key(reaction: Reaction) -> str:
    """One for each actor: a state speaks by many names, everyone else has their own.

    A named person of a government is an actor of their own.
    """
    actor = reaction.actor
    personal = reaction.attribution.speaker == actor.name
    if reaction.actor_type == "GOV" and actor.iso3 and not personal:
        return actor.iso3[:MAX_NAME]
    return _plain(actor.name)[:MAX_NAME]


def _mark(reaction: Reaction) -> str:
    """Of all that a reader would call another record, but not of where in the text it stands."""
    actor = reaction.actor
    said = (
        actor.name, actor.iso3, reaction.actor_type, reaction.target, reaction.stance,
        reaction.polarity, reaction.intensity, reaction.modality,
    )  # fmt: skip
    return digest(*map(str, said))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def digest(*parts: str) -> str:
    """A short name for texts, the same for the same ones."""
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=8).hexdigest()
