"""The wire format of stream entries: an envelope of plain fields around one JSON body.

    schema   version of this format; a reader takes its own and the one before
    id       article id
    version  of the article, given by the write
    at       when it was accepted, milliseconds of the server's clock
    created  when the article's first version was accepted, likewise
    trace    W3C traceparent, may be absent
    revision of an event: JSON of what the version changed, may be absent
    links    of an event: how often the links of the article have changed, where it says so
    enrichment  of an event: likewise of its enrichment alone
    replaces of an enriched article: the SHA-1 of the stored document whose enrichment it renews;
             absent where it is a version on its way
    duplicate_of, story  of an event: what it is about, where that is another article or a story
    reactions  of an event: JSON of what became of reactions, where it is about those
    body     JSON of the model; absent where the stream carries no bodies

The body is validated once, by pydantic's Rust core, straight from its bytes.
"""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from newswire_common.article import Article
from newswire_common.errors import DecodeError
from newswire_common.events import Event, ReactionNews, Revision, StoryChange, event_id, from_ms
from newswire_common.streams import article_uri

SCHEMA = 1
# Version 0 was the format before `created` was there: the acceptance stands in for it.
READABLE = (b"0", b"1")

Fields = Mapping[bytes, bytes]
A = TypeVar("A", bound=Article)


def decode_article(model: type[A], fields: Fields) -> A:
    """An article with what its envelope says of it. Raises DecodeError."""
    check_schema(fields)
    try:
        return model.model_validate_json(_with_envelope(fields))
    except (KeyError, ValueError, OverflowError, OSError, ValidationError) as error:
        raise DecodeError(f"not a readable article: {error}"[:500]) from error


def _with_envelope(fields: Fields) -> bytes:
    """The body with the envelope as its last members, which count: one pass reads both.

    Raises KeyError or ValueError where the envelope is not whole.
    """
    accepted, version = int(fields[b"at"]), int(fields[b"version"])
    created = int(fields.get(b"created", accepted))
    body = fields[b"body"]
    if not body.endswith(b"}"):
        message = "the body is no JSON object"
        raise ValueError(message)
    return body[:-1] + b',"version":%d,"version_created":%d,"first_created":%d}' % (
        version,
        accepted,
        created,
    )


def decode_event(partition: int, entry_id: str, fields: Fields) -> Event:
    """The event of an entry of ``{pN}:events``. Raises DecodeError."""
    check_schema(fields)
    try:
        identity = fields[b"id"].decode()
        trace, revision = fields.get(b"trace"), fields.get(b"revision")
        links, enrichment = fields.get(b"links"), fields.get(b"enrichment")
        duplicate, story = fields.get(b"duplicate_of"), fields.get(b"story")
        reactions = fields.get(b"reactions")
        return Event(
            event_id=event_id(partition, entry_id),
            type=fields[b"type"].decode(),
            id=identity,
            uri=article_uri(identity),
            version=int(fields[b"version"]),
            occurred_at=from_ms(int(entry_id.partition("-")[0])),
            accepted_at=from_ms(int(fields[b"at"])),
            traceparent=trace.decode() if trace else None,
            revision=Revision.model_validate_json(revision) if revision else None,
            links=int(links) if links else None,
            enrichment=int(enrichment) if enrichment else None,
            duplicate_of=duplicate.decode() if duplicate else None,
            story=StoryChange.model_validate_json(story) if story else None,
            reactions=ReactionNews.model_validate_json(reactions) if reactions else None,
            schema_version=int(fields[b"schema"]),
        )
    except (KeyError, ValueError, OverflowError, OSError, ValidationError) as error:
        raise DecodeError(f"not a readable event: {error}"[:500]) from error


def check_schema(fields: Fields) -> None:
    """Raises DecodeError unless this reader knows the entry's schema version."""
    if fields.get(b"schema") not in READABLE:
        raise DecodeError(f"schema {fields.get(b'schema')!r} is not one of {READABLE}")
