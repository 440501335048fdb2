"""A subscriber's endpoint, named by its moment: Draft (posted) -> Endpoint (kept) -> View (shown).

A custom header must not be able to change what a request means or who seems to have signed it;
its value is a secret of the subscriber's and is never shown again.
"""

import base64
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from newswire_common.events import EventType
from newswire_common.stored import Stored

Form = Literal["full", "thin"]
State = Literal["active", "paused", "disabled"]

MAX_GLOBS = 20
MAX_HEADERS = 20
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
OVERLAP = timedelta(hours=24)  # how long a rotated secret signs beside the new one
MAX_PREVIOUS = 5
HIDDEN = "***"

# What frames the request (RFC 9112), says where it goes, or is ours to set.
_OURS = frozenset(
    {
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
        "upgrade", "expect", "content-type", "content-encoding", "accept-encoding", "user-agent",
        "traceparent", "newswire-loop",
    }
)  # fmt: skip
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # a field name, RFC 9110 5.1
_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
_GLOB = re.compile(r"[a-z_.*]{1,100}")


def _literals(kind: object) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(name for part in get_args(kind) for name in _literals(part))


EVENT_TYPES = _literals(EventType)


def _glob(glob: str) -> str:
    if not _GLOB.fullmatch(glob):
        raise ValueError("may hold lower-case letters, `_`, `.` and `*`")
    if not any(fnmatchcase(known, glob) for known in EVENT_TYPES):
        raise ValueError(f"matches none of {', '.join(EVENT_TYPES)}")
    return glob


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{name[:100]!r} is not the name of a header")
        if name.lower() in _OURS or name.lower().startswith(("webhook-", "proxy-")):
            raise ValueError(f"{name} is set by us")
        if not _VALUE.fullmatch(value):
            raise ValueError(
                f"the value of {name} must be at most 1,000 printable ASCII characters"
            )
    return headers


def _not_yet(what: str) -> AfterValidator:
    def refuse(value: object) -> None:
        if value is not None and value is not False:
            raise ValueError(f"{what} come with a later release")

    return AfterValidator(refuse)


Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Glob = Annotated[str, AfterValidator(_glob)]
Globs = Annotated[tuple[Glob, ...], Field(min_length=1, max_length=MAX_GLOBS)]
Headers = Annotated[dict[str, str], Field(max_length=MAX_HEADERS), AfterValidator(_headers)]
Description = Annotated[str, StringConstraints(max_length=500)]


class _Given(BaseModel):
    """Unknown fields are refused, and so is what is not there yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: Annotated[object, _not_yet("filters")] = None
    fifo: Annotated[object, _not_yet("endpoints that deliver in order")] = None
    rate_per_s: Annotated[object, _not_yet("rate limits")] = None

    def given(self, *, unset: bool) -> dict[str, Any]:
        """The fields of an endpoint in it; ``unset`` ones, too, or only those that were given."""
        return self.model_dump(exclude_unset=not unset, exclude=set(_Given.model_fields))


class EndpointDraft(_Given):
    """What a subscriber posts."""

    url: Url
    events: Globs = ("article.*",)
    payload: Form = "full"
    headers: Headers = Field(default_factory=dict)
    description: Description = ""


class EndpointPatch(EndpointDraft):
    """What a subscriber changes; what is not given stays."""

    url: Url = ""


class Previous(Stored):
    """A secret that was rotated away and signs beside the new one until ``until``."""

    secret: str
    until: datetime


class Endpoint(Stored):
    """An endpoint as it is kept. ``owner`` is the id of the principal that made it."""

    id: str
    owner: str
    url: str
    events: tuple[str, ...]
    payload: Form
    headers: dict[str, str] = Field(default_factory=dict)
    description: str = ""
    created_at: datetime
    secret: str
    previous: tuple[Previous, ...] = ()

    def wants(self, event_type: str) -> bool:
        return any(fnmatchcase(event_type, glob) for glob in self.events)

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at that time, the newest first."""
        return (self.secret, *(old.secret for old in self.previous if now < old.until))


class EndpointView(BaseModel):
    """An endpoint as its owner sees it: no secret, header names without their values."""

    id: str
    owner: str
    url: str
    events: tuple[str, ...]
    payload: Form
    headers: dict[str, str]
    description: str
    created_at: datetime
    state: State


def register(draft: EndpointDraft, owner: str, now: datetime) -> Endpoint:
    """A new endpoint with a secret of its own."""
    return Endpoint(
        id="ep_" + secrets.token_hex(12),
        owner=owner,
        created_at=now,
        secret=new_secret(),
        **draft.given(unset=True),
    )


def rotated(endpoint: Endpoint, now: datetime) -> Endpoint:
    """The endpoint with a new secret; the one before signs on for a day. Raises ValueError."""
    still = _still_signing(endpoint.previous, now)
    if len(still) >= MAX_PREVIOUS:
        raise ValueError(
            f"{MAX_PREVIOUS} rotated secrets still sign; the first ends {still[-1].until}"
        )
    previous = (Previous(secret=endpoint.secret, until=now + OVERLAP), *still)
    return endpoint.model_copy(update={"secret": new_secret(), "previous": previous})


def view(endpoint: Endpoint, state: State) -> EndpointView:
    shown = endpoint.model_dump(exclude={"secret", "previous", "headers"})
    return EndpointView(**shown, headers=dict.fromkeys(endpoint.headers, HIDDEN), state=state)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _still_signing(previous: Sequence[Previous], now: datetime) -> tuple[Previous, ...]:
    return tuple(old for old in previous if now < old.until)
