"""A source: a feed that is polled, as operators set it and as they see it."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
)

from newswire_common.article import Name
from newswire_common.stored import Stored
from newswire_ingest.characters import tidy
from newswire_ingest.fetching.hosts import host_of

State = Literal["ok", "failing", "quiet", "gone"]
STATES: tuple[State, ...] = get_args(State)
MAX_URL = 2_000  # characters
MAX_ID = 100
LONGEST_INTERVAL_S = 30 * 86_400
_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def _in_nfc(text: str) -> str:
    # An article's source is in NFC: another form would be another source.
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("must be in Unicode NFC")
    return text


def _is_feed_url(text: str) -> str:
    """The URL as it was given: OPML gives back what it was given."""
    _URL.validate_python(text)
    host_of(text)
    return text


def _tidied(text: object) -> object:
    return tidy(text) if isinstance(text, str) else text


# Letters of any script, so that a source can be called what it is called; no slash: it is in URLs.
SourceId = Annotated[
    str,
    StringConstraints(pattern=r"^\w[\w.:@~-]*$", max_length=MAX_ID),
    AfterValidator(_in_nfc),
]
FeedUrl = Annotated[
    str, StringConstraints(pattern=r"^[!-~]+$", max_length=MAX_URL), AfterValidator(_is_feed_url)
]
Label = Annotated[Name, BeforeValidator(_tidied)]
Interval = Annotated[int, Field(ge=1, le=LONGEST_INTERVAL_S)]


class SourceDraft(BaseModel):
    """What is posted of a new source. ``interval_s`` sets how often it is polled; else it adapts.

    ``section`` is that of articles which name none; ``full_text`` fetches the page of an entry that
    the feed has a summary of only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: SourceId
    feed_url: FeedUrl
    name: Label | None = None
    section: Label | None = None
    interval_s: Interval | None = None
    full_text: bool = False


class SourcePatch(BaseModel):
    """What is to change; what is not given stays, null takes away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feed_url: FeedUrl | None = None
    name: Label | None = None
    section: Label | None = None
    interval_s: Interval | None = None
    full_text: bool | None = None


class Source(Stored):
    """What is kept of a source."""

    id: str
    feed_url: str
    name: str | None = None
    section: str | None = None
    interval_s: int | None = None
    full_text: bool = False
    created_at: datetime

    @property
    def host(self) -> str:
        """The ``host:port`` whose turns its polls take."""
        return host_of(self.feed_url)

    def encode(self) -> bytes:
        return self.model_dump_json(exclude_defaults=True).encode()


class Health(BaseModel):
    """How a source is. ``error`` says what was wrong with the last poll.

    ``failing``: it can not be read. ``quiet``: it can, but has had nothing new for far longer than
    is its way. ``gone``: its server said so (410), and it is not polled any more.
    """

    state: State
    last_fetch_at: datetime | None = None
    last_status: int | None = None
    next_poll_at: datetime | None = None
    consecutive_failures: int = 0
    articles_24h: int = 0
    error: str | None = None


class SourceView(Source):
    """A source with its health."""

    health: Health


def changed(source: Source, patch: SourcePatch) -> Source:
    """The source with the fields that the patch gives."""
    given = patch.model_dump(include=patch.model_fields_set)
    for name in ("feed_url", "full_text"):  # these are never nothing
        if given.get(name, "") is None:
            del given[name]
    return source.model_copy(update=given)
