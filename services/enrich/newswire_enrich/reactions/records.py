"""From what an actor is known to have said or done to the record of it.

The records of an article are validated together: model by model takes a third longer.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter

from newswire_common.reaction import Act, Codes, Reaction, Stance, When
from newswire_enrich.reactions.drafts import Draft
from newswire_enrich.reactions.lexicon import plover
from newswire_enrich.reactions.quotes import Quote, kind_of
from newswire_enrich.reactions.stance import polarity_of

METHOD = "reactions.rules"
VERSION = "1"

_CONTEXT = 32
_NARRATED = frozenset(
    {"attitude_reported", "no_comment_yet", "declined_comment", "muted", "action", "protest"}
)
Action = Literal["AgreeAction", "DisagreeAction", "EndorseAction", "ReactAction"]
_ACTIONS: dict[Stance, Action] = {"support": "AgreeAction", "oppose": "DisagreeAction"}
_REACTIONS = TypeAdapter(list[Reaction])


class Key(NamedTuple):
    """What makes two drafts one record: actor, act, and the evidence as `plain` gives it."""

    actor: str
    act: str
    evidence: str


def plain(text: str) -> str:
    """``text`` without case, its spaces one each."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def reactions_of(
    drafts: Mapping[Key, Draft], text: str, language: str, as_of: When | None
) -> list[Reaction]:
    """A record of each draft, in their order. ``as_of`` dates what has not been said yet."""
    method = f"{METHOD}.{language}"
    return _REACTIONS.validate_python(
        [_fields(key, draft, text, method, as_of) for key, draft in drafts.items()]
    )


def _fields(key: Key, draft: Draft, text: str, method: str, as_of: When | None) -> dict[str, Any]:
    party, act = draft.party, draft.act
    return {
        "id": _id(key),
        "actor": party.actor._asdict(),
        "actor_type": party.sector,
        "target": draft.target,
        "act": act,
        "codes": _codes(draft.cameo, draft.stance, act),
        "stance": draft.stance,
        "polarity": polarity_of(draft.stance),
        "intensity": draft.intensity,
        "intensity_cue": draft.cue,
        "modality": draft.modality,
        "quote": _selector(text, draft.quote) if draft.quote else None,
        "verb": _verb(draft),
        "attribution": {
            "speaker": party.speaker,
            "role": party.role,
            "reported_by": draft.reported_by,
            "voice": "narrator" if act in _NARRATED else "actor",
        },
        "as_of": as_of if act == "no_comment_yet" else None,
        "evidence": {
            "start": draft.span[0],
            "end": draft.span[1],
            "confidence": draft.confidence,
            "method": method,
            "version": VERSION,
        },
    }


def _id(key: Key) -> str:
    """The same for the same actor, act and evidence text, wherever in the article it stands."""
    content = "\x1f".join(key)
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def _codes(cameo: str | None, stance: Stance, act: Act) -> Codes:
    return Codes(cameo=cameo, plover=plover(cameo), schema_org=_action(stance, act))


def _action(stance: Stance, act: Act) -> Action | None:
    if stance == "none":
        return None
    if act == "endorsement":
        return "EndorseAction"
    return _ACTIONS.get(stance, "ReactAction")


def _verb(draft: Draft) -> dict[str, Any] | None:
    if draft.verb is None:
        return None
    return {"lemma": draft.lemma, "start": draft.verb[0], "end": draft.verb[1]}


def _selector(text: str, quote: Quote) -> dict[str, Any]:
    return {
        "exact": text[quote.start : quote.end],
        "prefix": text[max(0, quote.start - _CONTEXT) : quote.start],
        "suffix": text[quote.end : quote.end + _CONTEXT],
        "start": quote.start,
        "end": quote.end,
        "kind": kind_of(text, quote),
    }
