"""The article, named by its moment: Draft (posted) -> Article (identified) -> Enriched, Published.

Field names follow ninjs 3.1 where it has one. Every model is frozen; stored models ignore fields
they do not know, so that a message of a neighbouring schema version stays readable, and a draft
refuses them, so that a client's typo is an error and not a silent loss.

All offsets anywhere in Newswire count Unicode code points into ``body_text`` (NFC).
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    JsonValue,
    StringConstraints,
)

from newswire_common.audience import Audience
from newswire_common.reaction import Reaction, ReactionSummary
from newswire_common.stored import Stored

Precision = Literal["year", "month", "day", "minute", "second"]
PubStatus = Literal["usable", "withheld", "canceled"]
RevisionKind = Literal["new", "update", "correction", "kill", "takedown"]
Relation = Literal["same-story", "background", "duplicate", "later-coverage"]


RFC_3339 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?P<time>[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d))?",
    re.ASCII,
)


class Moment(Stored):
    """A date as exactly as it is known: ``2024-06-20`` is a day, not a midnight in UTC."""

    value: str
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read RFC 3339, or a date alone (precision day). Raises ValueError on anything else."""
        found = RFC_3339.fullmatch(text.strip())
        if found is None:
            message = "not a date (2024-06-20) or RFC 3339 time (2024-06-20T09:30:00Z)"
            raise ValueError(message)
        if found["time"] is None:
            return cls(value=date.fromisoformat(found["date"]).isoformat(), precision="day")
        try:
            moment = datetime.fromisoformat(found[0].upper()).astimezone(UTC)
        except OverflowError as error:
            message = "no such moment in UTC"
            raise ValueError(message) from error
        return cls(value=moment.isoformat().replace("+00:00", "Z"), precision="second")

    def as_datetime(self) -> datetime:
        """The first instant of the moment, in UTC, for formats that only know instants."""
        padded = {"year": self.value + "-01-01", "month": self.value + "-01"}.get(
            self.precision, self.value
        )
        moment = datetime.fromisoformat(padded)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Association(Stored):
    """A link the source itself offered ("Check Also" has origin ``source-widget``)."""

    uri: str | None = None
    title: str | None = None
    rel: str = "related"
    origin: str = "source"
    score: float | None = Field(default=None, allow_inf_nan=False)


class Rendition(Stored):
    href: str
    content_type: str | None = None
    size_bytes: int | None = Field(default=None, ge=0)


class Subject(Stored):
    """A subject the provider gave, kept as given."""

    name: str
    code: str | None = None
    scheme: str | None = None


class Block(Stored):
    """A part of a scraped page that is not its body text."""

    kind: Literal[
        "breadcrumb", "section-date", "byline", "dateline", "comment-form", "check-also", "related"
    ]
    text: str


Short = Annotated[str, StringConstraints(max_length=1_000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(max_length=10_000, strip_whitespace=True)]
# 2 MB of text is four long novels: room for any article, and a bound for every stage behind.
Body = Annotated[str, StringConstraints(max_length=2_000_000)]
WebUrl = Annotated[HttpUrl, AfterValidator(str)]


def _moment(text: str) -> str:
    Moment.parse(text)
    return text


DateText = Annotated[str, StringConstraints(max_length=64), AfterValidator(_moment)]


class ArticleDraft(BaseModel):
    """What a client posts to ``POST /v1/articles``. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Name
    headline: Annotated[
        str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)
    ]
    guid: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = None
    url: WebUrl | None = None
    body_text: Body | None = None
    body_html: Body | None = None
    summary: Prose | None = None
    by: Short | None = None
    section: Name | None = None
    located: Name | None = None
    dateline: Short | None = None
    language: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None
    ) = None
    published_at: DateText | None = None
    updated_at: DateText | None = None
    source_version: int | None = Field(default=None, ge=0, lt=2**53)
    revision_kind: RevisionKind | None = None
    correction_note: Prose | None = None
    ed_note: Prose | None = None
    embargoed_until: DateText | None = None
    expires: DateText | None = None
    urgency: int | None = Field(default=None, ge=1, le=9)
    genres: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    subjects: Annotated[tuple[Subject, ...], Field(max_length=200)] = ()
    people: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    organisations: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    places: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    associations: Annotated[tuple[Association, ...], Field(max_length=200)] = ()
    renditions: Annotated[tuple[Rendition, ...], Field(max_length=200)] = ()
    copyright_holder: Short | None = None
    copyright_notice: Short | None = None
    usage_terms: Prose | None = None
    audience: Audience | None = None


class Article(Stored):
    """An identified article: the body of an entry on ``{pN}:articles``.

    ``version``, ``first_created`` and ``version_created`` are given by the write itself and travel
    in the envelope; `newswire_common.codec` puts them here.
    """

    id: str
    uri: str
    source: str
    guid: str
    headline: str
    version: int = 0
    first_created: datetime | None = None
    version_created: datetime | None = None
    alt_ids: tuple[str, ...] = ()
    canonical_url: str | None = None
    content_hash: str = ""
    source_version: int | None = None

    pub_status: PubStatus = "usable"
    revision_kind: RevisionKind = "new"
    embargoed_until: Moment | None = None
    expires: Moment | None = None
    correction_note: str | None = None
    ed_note: str | None = None

    body_text: str = ""
    body_html: str | None = None
    summary: str | None = None
    language: str | None = None
    published_at: Moment | None = None
    updated_at: Moment | None = None

    by: str | None = None
    located: str | None = None
    dateline: str | None = None
    copyright_holder: str | None = None
    copyright_notice: str | None = None
    usage_terms: str | None = None

    urgency: int | None = None
    section: str | None = None
    genres: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    associations: tuple[Association, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    blocks: tuple[Block, ...] = ()
    audience: Audience = Audience()


class Span(Stored):
    """Code points ``[start, end)`` of ``body_text``."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Topic(Stored):
    code: str
    name: str
    confidence: float
    evidence: tuple[Span, ...] = ()


class Named(Stored):
    """A person, organisation or place of the text; ``iso3`` for places (ISO 3166-1 alpha-3)."""

    name: str
    iso3: str | None = None
    mentions: int = 1
    evidence: tuple[Span, ...] = ()


class Keyword(Stored):
    text: str
    weight: float


class Tags(Stored):
    topics: tuple[Topic, ...] = ()
    people: tuple[Named, ...] = ()
    organisations: tuple[Named, ...] = ()
    places: tuple[Named, ...] = ()
    keywords: tuple[Keyword, ...] = ()


class Related(Stored):
    """A related link found by us, or offered by the source (origin ``source-widget``)."""

    id: str | None = None
    url: str | None = None
    headline: str | None = None
    rel: Relation = "same-story"
    score: float | None = None
    origin: str = "newswire"


class Story(Stored):
    id: str
    size: int = 1


class Provenance(Stored):
    """How a derived field came to be; ``error`` names the failure that left it as it was."""

    field: str
    method: str
    version: str
    confidence: float | None = None
    error: str | None = None


class Enrichment(Stored):
    """What was derived; ``extra`` by enrichers of other packages, under their names."""

    language: str | None = None
    tags: Tags = Tags()
    related: tuple[Related, ...] = ()
    story: Story | None = None
    reactions: tuple[Reaction, ...] = ()
    reaction_summary: ReactionSummary = ReactionSummary()
    extra: dict[str, JsonValue] = Field(default_factory=dict)
    provenance: tuple[Provenance, ...] = ()


class EnrichedArticle(Article):
    """The body of an entry on ``{pN}:enriched``, and the document that publish stores."""

    enrichment: Enrichment = Enrichment()


class PublishedArticle(EnrichedArticle):
    """What readers and subscribers get: the document plus what only publication decides."""

    first_published: datetime | None = None
