"""Reaction metadata: who reacted to the news, how, in which words, and who has not yet.

One record per actor x act x evidence span. A quote is located by the text quote and text position
selectors of the W3C Web Annotation Data Model (https://www.w3.org/TR/annotation-model/#selectors);
``codes`` name the CAMEO and PLOVER event codes and the schema.org action.

``target`` is ``trigger`` (the news), ``claim`` (an assertion or denial of something else), or the
names of the other actors that the act is aimed at. ``metonym_of`` is the ISO 3166-1 alpha-3 code of
the country that the mention stands for.

Silence is never scored: an act that is a non-reaction has ``polarity`` null.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Sector = Literal[
    "GOV", "MIL", "LEG", "OPP", "BUS", "CVL", "JRN", "SOC", "JUD", "COP", "EDU", "MED", "IGO",
    "NGO", "REB", "LAB", "REL", "HLH", "AGR", "CRM", "SPY", "UNK", "MARKET", "PUBLIC",
]  # fmt: skip
Act = Literal[
    "statement", "attitude_reported", "declined_comment", "no_comment_yet", "muted", "demand",
    "threat", "endorsement", "action", "protest",
]  # fmt: skip
Stance = Literal["support", "oppose", "concern", "mixed", "neutral", "none"]
Modality = Literal["asserted", "future", "hypothetical", "negated", "historical"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(_Frozen):
    """``mention`` is the text as written; ``iso3`` is ISO 3166-1 alpha-3; "Seoul" is a metonym."""

    mention: str
    name: str
    iso3: str | None = None
    wikidata: str | None = None
    metonym_of: str | None = None


class Codes(_Frozen):
    cameo: str | None = None
    plover: str | None = None
    schema_org: Literal["AgreeAction", "DisagreeAction", "EndorseAction", "ReactAction"] | None = (
        None
    )


class Quote(_Frozen):
    """``exact`` is ``body_text[start:end]`` in code points."""

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    kind: Literal["direct", "partial", "indirect"]


class Verb(_Frozen):
    lemma: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Attribution(_Frozen):
    speaker: str | None = None
    role: str | None = None
    reported_by: str | None = None
    voice: Literal["actor", "narrator"] = "actor"


class When(_Frozen):
    value: str
    precision: Literal["year", "month", "day", "minute", "second"]


class Evidence(_Frozen):
    """The code points ``[start, end)`` of ``body_text`` that assert the reaction."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    confidence: float = Field(ge=0, le=1)
    method: str
    version: str


class Reaction(_Frozen):
    id: str
    actor: Actor
    actor_type: Sector = "UNK"
    target: str = "trigger"
    act: Act
    codes: Codes = Codes()
    stance: Stance = "none"
    polarity: Literal[-1, 0, 1] | None = None
    intensity: int = Field(default=0, ge=0, le=4)
    intensity_cue: str | None = None
    modality: Modality = "asserted"
    quote: Quote | None = None
    verb: Verb | None = None
    attribution: Attribution = Attribution()
    time: When | None = None
    as_of: When | None = None
    evidence: Evidence
    supersedes: str | None = None


class Awaited(_Frozen):
    """An actor said not to have commented yet, and without a statement since."""

    name: str
    iso3: str | None = None
    reaction: str


class ReactionSummary(_Frozen):
    by_act: dict[str, int] = Field(default_factory=dict)
    by_stance: dict[str, int] = Field(default_factory=dict)
    by_sector: dict[str, int] = Field(default_factory=dict)
    by_country: dict[str, int] = Field(default_factory=dict)
    actors: int = 0
    awaiting: tuple[Awaited, ...] = ()
    dispersion: float | None = None
    first_at: When | None = None
    last_at: When | None = None
