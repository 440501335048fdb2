"""The one feed model: what every format says of an article, each in its own words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newswire_common.article import Moment, PublishedArticle
from newswire_publish.feeds.render.markup import (
    excerpt,
    paragraphs,
    plain,
    sanitised,
    web_url,
)

EPOCH = datetime.fromtimestamp(0, UTC)
MAX_TAGS = 100
MAX_RELATED = 20
# The parts of an article that JSON Feed has no name for; its readers find them in `_newswire`.
EXTENSION = {
    "version", "source", "section", "dateline", "urgency", "revision_kind", "correction_note",
    "published_at", "updated_at", "first_published", "audience", "associations",
    "copyright_holder", "usage_terms",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed without its items. ``updated`` is None as long as nothing ever happened in it."""

    title: str
    self_url: str
    home_url: str
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Tag:
    """``kind`` is the vocabulary: section, topic, person, organisation, place, keyword, subject."""

    kind: str
    term: str
    label: str

    @property
    def scheme(self) -> str:
        return f"urn:newswire:{self.kind}"


@dataclass(frozen=True, slots=True)
class Item:
    """``html`` is sanitised, ``title`` and ``summary`` are plain text, URLs are absolute.

    ``text`` is the article's ``body_text`` to the letter: reactions and tags point into it.
    """

    uri: str
    version: int
    title: str
    link: str
    author: str
    summary: str | None
    html: str
    text: str
    published: datetime
    published_as: Moment | None
    updated: datetime
    language: str | None
    rights: str | None
    tags: tuple[Tag, ...]
    related: tuple[tuple[str, str], ...]  # URL and title
    extension: dict[str, Any]

    @property
    def teaser(self) -> str:
        """The summary, or the first words."""
        return self.summary or excerpt(self.text)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawn article: readers that kept a copy are told to let go of it."""

    uri: str
    version: int
    link: str
    at: datetime
    kind: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Format:
    """A syndication format: how it writes an item, a tombstone, and a feed around those.

    A fragment depends on its article's version alone, so it is written once and joined often.
    """

    content_type: str
    item: Callable[[Item], bytes]
    tombstone: Callable[[Tombstone], bytes]
    feed: Callable[[Channel, Sequence[bytes]], bytes]

    def fragment(self, item: Item | Tombstone) -> bytes:
        """The item in this format."""
        return self.tombstone(item) if isinstance(item, Tombstone) else self.item(item)


def item_of(article: PublishedArticle, public_url: str) -> Item | Tombstone:
    """What feeds say of an article; URLs of our own begin with ``public_url``."""
    url = web_url(article.canonical_url)
    link = url or f"{public_url}/v1/articles/{article.id}"
    if article.pub_status == "canceled":
        return Tombstone(
            uri=article.uri,
            version=article.version,
            link=link,
            at=article.version_created or EPOCH,
            kind="takedown" if article.revision_kind == "takedown" else "kill",
            reason=plain(article.correction_note or article.ed_note or "") or None,
        )
    known = (article.version_created, article.first_published)
    updated = max((moment for moment in known if moment), default=EPOCH)
    return Item(
        uri=article.uri,
        version=article.version,
        title=plain(article.headline),
        link=link,
        author=plain(article.by or article.source),
        summary=plain(article.summary or "") or None,
        html=sanitised(article.body_html, url)
        if article.body_html
        else paragraphs(article.body_text),
        text=article.body_text,
        published=_instant(article.published_at) or article.first_published or updated,
        published_as=article.published_at,
        updated=updated,
        language=article.enrichment.language or article.language,
        rights=plain(article.copyright_notice or article.copyright_holder or "") or None,
        tags=tuple(_tags(article))[:MAX_TAGS],
        related=tuple(_related(article))[:MAX_RELATED],
        extension=_extension(article),
    )


def _instant(moment: Moment | None) -> datetime | None:
    """The first instant of a moment in UTC, or None where a source's date is none."""
    try:
        return moment.as_datetime().astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None


def _tags(article: PublishedArticle) -> Iterator[Tag]:
    """Each tag once, in order: the source's section and subjects, then what enrichment found."""
    seen: set[tuple[str, str]] = set()
    for tag in _all_tags(article):
        if tag.term and (tag.kind, tag.term) not in seen:
            seen.add((tag.kind, tag.term))
            yield tag


def _all_tags(article: PublishedArticle) -> Iterator[Tag]:
    found = article.enrichment.tags
    if article.section:
        yield _tag("section", article.section)
    for subject in article.subjects:
        yield _tag("subject", subject.code or subject.name, subject.name)
    for topic in found.topics:
        yield _tag("topic", topic.code, topic.name)
    for place in found.places:
        yield _tag("place", place.iso3 or place.name, place.name)
    for person in found.people:
        yield _tag("person", person.name)
    for organisation in found.organisations:
        yield _tag("organisation", organisation.name)
    for keyword in found.keywords:
        yield _tag("keyword", keyword.text)


def _tag(kind: str, term: str, label: str | None = None) -> Tag:
    return Tag(kind, plain(term), plain(label or term))


def _related(article: PublishedArticle) -> Iterator[tuple[str, str]]:
    for link in article.enrichment.related:
        if url := web_url(link.url):
            yield url, plain(link.headline or "")


def _extension(article: PublishedArticle) -> dict[str, Any]:
    extension = article.model_dump(mode="json", exclude_none=True, include=EXTENSION)
    extension |= article.enrichment.model_dump(
        mode="json", exclude_none=True, exclude={"language", "provenance"}
    )
    return extension
