"""From what was posted to what it is: identity, content hash, one form of text and dates.

    ArticleDraft (+ blocks of a page) > article_of > Article > submission_of > Submission

An article is who its source says it is: (source, guid), the url standing in for a guid. Its content
is what a reader sees. Version and dates of acceptance are given later, by the write itself.
"""

import math
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from newswire_common.article import Article, ArticleDraft, Block, Moment
from newswire_common.streams import article_id, article_uri
from newswire_ingest.characters import tidy
from newswire_ingest.parsing.markup import NestedTooDeep, sanitised, text_of

WITHDRAWN = ("kill", "takedown")
DATES = ("published_at", "updated_at", "embargoed_until", "expires")
# Not the reader's: who it is, when it was dated, who talks about it, what the page was like.
UNSEEN = frozenset({"source", "guid", "published_at", "updated_at", "source_version", "audience"})
# A widget beside the article changes by the hour; the article does not.
WIDGET = "source-widget"
MAX_HTML = 2_000_000  # characters, once sanitised: the bound of the draft's field
_TAKEN_AS_IS = ArticleDraft.model_fields.keys() & Article.model_fields.keys() - {*DATES, "guid"}


class Submission(NamedTuple):
    """What the write takes of one article: ``packed`` is its heading, a line feed, and its JSON."""

    article_id: str
    packed: bytes


def guid_of(draft: ArticleDraft) -> str:
    """The source's own id of the article: its guid, else its url. Raises ValidationError."""
    if draft.guid is None and draft.url is None:
        raise invalid(("guid",), "guid or url is required: it says which article this is", None)
    return draft.guid or str(draft.url)


def article_of(draft: ArticleDraft, blocks: Sequence[Block] = ()) -> Article:
    """The article that a draft is. Raises ValidationError where only a look at the whole tells.

    Texts are in NFC; ``body_html`` is sanitised and gives ``body_text`` where that was not posted;
    an article withdrawn by its source is canceled and has no text.
    """
    guid = guid_of(draft)
    posted = draft.__dict__
    given = {
        name: _tidied(value, (name,))
        for name in draft.model_fields_set
        if (value := posted[name]) is not None
    }
    if not given["headline"]:
        raise invalid(("headline",), "holds no visible character", draft.headline)
    _check_scores(draft)
    fields = {name: value for name, value in given.items() if name in _TAKEN_AS_IS}
    fields |= {name: Moment.parse(given[name]) for name in DATES if name in given}
    if draft.url:
        fields["canonical_url"] = given["url"]
    if draft.revision_kind in WITHDRAWN:
        fields |= _without_text(fields)
    elif draft.body_html:
        fields |= _text_of(given)
    fields["content_hash"] = content_hash(fields)
    if blocks:
        fields["blocks"] = tuple(_tidied(block, ("blocks",)) for block in blocks)
    identity = article_id(fields["source"], guid := _tidied(guid, ("guid",)))
    return Article(id=identity, uri=article_uri(identity), guid=guid, **fields)


def withdrawal_of(
    identity: str, source: str, guid: str, kind: Literal["kill", "takedown"], reason: str
) -> Article:
    """The version that takes an article back: canceled, with the reason, without its text."""
    fields: dict[str, Any] = {
        "headline": "Withdrawn",
        "pub_status": "canceled",
        "revision_kind": kind,
    }
    if reason:
        fields["ed_note"] = _tidied(reason, ("reason",))
    return Article(
        id=identity,
        uri=article_uri(identity),
        source=source,
        guid=guid,
        content_hash=content_hash(fields),
        **fields,
    )


def submission_of(article: Article, trace: str) -> Submission:
    """The article as `write.lua` takes it; one argument, since packing many is what costs most."""
    heading = orjson.dumps((
        article.id,
        article.content_hash,
        "" if article.source_version is None else str(article.source_version),
        "revision_kind" in article.model_fields_set,
        article.pub_status == "canceled",
        article.source,
        article.guid,
        trace,
    ))  # fmt: skip
    body = article.__pydantic_serializer__.to_json(article, exclude_unset=True, exclude_none=True)
    return Submission(article.id, heading + b"\n" + body)


def content_hash(fields: Mapping[str, object]) -> str:
    """128 bits of BLAKE2b (RFC 7693) over what a reader sees, in hex; no date of the source in it.

    Over sorted JSON of what is there, so that a field which comes with a later version of this
    program changes no hash of an article that does not have it.
    """
    seen = {name: value for name, value in fields.items() if value and name not in UNSEEN}
    if seen.get("revision_kind") == "new":  # said or not, it is the same
        del seen["revision_kind"]
    links = seen.get("associations")
    if isinstance(links, tuple):
        seen["associations"] = [link for link in links if link.origin != WIDGET]
        if not seen["associations"]:
            del seen["associations"]
    canonical = orjson.dumps(seen, default=_fields_of, option=orjson.OPT_SORT_KEYS)
    return blake2b(canonical, digest_size=16).hexdigest()


def invalid(path: tuple[str | int, ...], reason: str, value: object) -> ValidationError:
    """The error of one field, as pydantic itself would raise it."""
    error = PydanticCustomError("newswire", "{reason}", {"reason": reason})
    details = InitErrorDetails(type=error, loc=path, input=value)
    return ValidationError.from_exception_data("ArticleDraft", [details])


def _fields_of(model: object) -> dict[str, object]:
    """For orjson: what a nested model says."""
    if not isinstance(model, BaseModel):
        raise TypeError(type(model).__name__)
    return {name: value for name, value in model.__dict__.items() if value is not None}


def _tidied(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any field's value, same type back
    """The value with every text in it tidied. Raises ValidationError that points to a wrong one."""
    if isinstance(value, str):
        try:
            return tidy(value)
        except ValueError as error:
            raise invalid(path, str(error), None) from error
    if isinstance(value, tuple):
        return tuple(_tidied(item, (*path, index)) for index, item in enumerate(value))
    if isinstance(value, BaseModel):
        changes = {
            name: tidied
            for name, inner in value.__dict__.items()
            if (tidied := _tidied(inner, (*path, name))) is not inner
        }
        return value.model_copy(update=changes) if changes else value
    return value


def _check_scores(draft: ArticleDraft) -> None:
    """JSON's 1e999 is read as infinity, which JSON can not say again."""
    for index, link in enumerate(draft.associations):
        if link.score is not None and not math.isfinite(link.score):
            raise invalid(("associations", index, "score"), "is not a finite number", link.score)


def _without_text(fields: Mapping[str, object]) -> dict[str, object]:
    taken = {"body_text": "", "body_html": None, "summary": None}
    return {"pub_status": "canceled"} | {k: v for k, v in taken.items() if k in fields}


def _text_of(given: Mapping[str, Any]) -> dict[str, object]:
    try:
        html = sanitised(given["body_html"], given.get("url"))
    except NestedTooDeep as error:
        raise invalid(("body_html",), str(error), None) from error
    if len(html) > MAX_HTML:
        raise invalid(("body_html",), f"is over {MAX_HTML} characters once escaped", None)
    return {"body_html": html, "body_text": given.get("body_text") or tidy(text_of(html))}
