"""From what was posted to what it is: identity, content hash, one form of text and dates.

    ArticleDraft (+ blocks of a page) > one form > content, hash | the rest > Submission > write.lua

An article is who its source says it is: (source, guid), the canonical url standing in for a guid.
Its content is what a reader sees. Version and dates of acceptance are given later, by the write.

Some sources use a guid twice. Where a posting has both guid and url it takes a sketch of its words
with it, by which the write tells another article under the same guid from a new version.

This is the hot path of ingest, and serialising is most of it: the content is serialised once, for
its hash and as a part of the body.
"""

import math
from binascii import crc32
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from newswire_common.article import ArticleDraft, Block, Moment
from newswire_common.audience import Audience
from newswire_common.streams import article_id, article_uri
from newswire_ingest.canonical import canonical_url
from newswire_ingest.characters import tidy
from newswire_ingest.parsing.markup import NestedTooDeep, sanitised, text_of

WITHDRAWN = ("kill", "takedown")
DATES = ("published_at", "updated_at", "embargoed_until", "expires")
# Not the reader's: when the source dated it, who talks about it, what the page was like.
UNSEEN = ("source_version", "published_at", "updated_at", "audience", "blocks", "alt_ids")
# A widget beside the article changes by the hour; the article does not.
WIDGET = "source-widget"
MAX_HTML = 2_000_000  # characters, once sanitised: the bound of the draft's field
# Of a sketch. The first long words tell two articles apart best; short ones where they are all.
# 16 words of 4 hexadecimal digits are 64 bytes, up to which Redis keeps a small hash packed.
LEAD = 600  # characters: more tells rewritten leads apart a little better and costs as much more
WORDS, LONG_WORD, SHORT_WORD = 16, 8, 4  # bytes of a word
_LETTERS = bytes(c if c > 127 or chr(c).isalnum() else 32 for c in range(256)).lower()  # noqa: PLR2004 - ASCII

Fields = dict[str, Any]  # of an Article, by name


class Submission(NamedTuple):
    """What the write takes of one article.

    ``article_id`` is where it is looked for; the write may find that it is another article's.
    ``packed`` is a heading for `write.lua`, a line feed, and the article's JSON as it goes on the
    stream, but for what the write itself gives. ``audience`` is what it says its readers did.
    """

    article_id: str
    source: str
    packed: bytes
    audience: Audience | None = None

    @property
    def body(self) -> bytes:
        """The JSON of the `newswire_common.article.Article`."""
        return self.packed.partition(b"\n")[2]


def submission_of(draft: ArticleDraft, trace: str, blocks: Sequence[Block] = ()) -> Submission:
    """The article that a draft is. Raises ValidationError where only a look at the whole tells.

    Texts are in NFC; ``body_html`` is sanitised and gives ``body_text`` where that was not posted;
    an article withdrawn by its source is canceled and has no text.
    """
    fields = _in_one_form(draft)
    guid = guid_of(fields)
    source = fields.pop("source")
    for name in DATES:
        if name in fields:
            fields[name] = Moment.parse(fields[name])
    _check(draft, fields)
    if draft.revision_kind in WITHDRAWN:
        _take_text(fields)
    elif draft.body_html:
        _give_text(fields)
    if blocks:
        fields["blocks"] = tuple(_tidied(block, ("blocks",)) for block in blocks)
    identity = article_id(source, guid)
    url = fields.get("canonical_url", guid)
    sketch = None if url == guid else _sketch(identity, source, f"{guid}\0{url}", fields)
    submission = _submission(identity, source, guid, fields, trace, sketch)
    return submission._replace(audience=draft.audience) if draft.audience else submission


def takes_back(draft: ArticleDraft) -> bool:
    """Whether a draft withdraws its article, now or at a time that it sets."""
    return draft.revision_kind in WITHDRAWN or draft.expires is not None


def withdrawal_of(
    identity: str,
    source: str,
    guid: str,
    kind: Literal["kill", "takedown"],
    reason: str,
    trace: str,
    *,
    if_expired: bool = False,
) -> Submission:
    """The version that takes an article back: canceled, with the reason, without its text.

    ``if_expired`` writes it only where the newest version's ``expires`` has come. Raises
    ValidationError for a reason that holds a NUL.
    """
    fields = {"headline": "Withdrawn", "pub_status": "canceled", "revision_kind": kind}
    if reason:
        fields["ed_note"] = _tidied(reason, ("reason",))
    return _submission(identity, source, guid, fields, trace, expiry="due" if if_expired else "")


def guid_of(fields: Fields) -> str:
    """Take the source's own id: its guid, else the canonical url. Raises ValidationError without.

    Puts the url, in its canonical form, where the article has it, and what was posted beside it.
    """
    guid: str | None = fields.pop("guid", None)
    url: str | None = fields.pop("url", None)
    if url is not None:
        canonical = fields["canonical_url"] = canonical_url(url)
        if canonical != url and "@" not in url:  # a password is not passed on
            fields["alt_ids"] = (url,)
        if guid is None or guid == url:
            return canonical
    if guid is None:
        raise invalid(("guid",), "guid or url is required: it says which article this is", None)
    return guid


class Sketch(NamedTuple):
    """By what the write sees that a guid is used for another article, as `write.lua` says.

    ``other`` is the id which that article then has; ``words`` up to 16 of its own words, as 4
    hexadecimal digits each, or none where it says nothing about itself.
    """

    other: str
    words: str


def _sketch(identity: str, source: str, name: str, fields: Fields) -> Sketch:
    # The first half of an id decides its partition, and one script writes in one partition.
    other = identity[:16] + article_id(source, name)[16:]
    if fields.get("pub_status") == "canceled":
        return Sketch(other, "")
    text = fields.get("body_text") or fields.get("summary", "")
    return Sketch(other, words_of(fields["headline"], text))


def words_of(headline: str, text: str) -> str:
    """The words of a sketch: the bottom-k (Broder 1997) of headline and lead, long words first.

    Two versions of a text share most of them, two articles of one section hardly any.
    """
    words = f"{headline} {text[:LEAD]}".encode().translate(_LETTERS).split()
    least = sorted(set(map(crc32, [word for word in words if len(word) >= LONG_WORD])))[:WORDS]
    if len(least) < WORDS:
        short = [word for word in words if SHORT_WORD <= len(word) < LONG_WORD]
        least += sorted(set(map(crc32, short)))[: WORDS - len(least)]
    return ("%04x" * len(least)) % tuple([word & 0xFFFF for word in least])


def _submission(
    identity: str, source: str, guid: str, fields: Fields, trace: str,
    sketch: Sketch | None = None, expiry: str = "",
) -> Submission:  # fmt: skip
    if expires := fields.get("expires"):
        expiry = str(round(expires.as_datetime().timestamp() * 1000))
    kind = fields.get("revision_kind", "")
    source_version = fields.get("source_version")
    rest: Fields = {"source": source, "guid": guid}
    for name in UNSEEN:
        if name in fields:
            rest[name] = fields.pop(name)
    content = _json({name: value for name, value in fields.items() if value})
    rest["content_hash"] = content_hash(fields, content)
    heading = orjson.dumps((
        identity,
        rest["content_hash"],
        "" if source_version is None else str(source_version),
        kind,
        fields.get("pub_status") == "canceled",
        source,
        guid,
        trace,
        expiry,
        *(sketch or ()),
    ))  # fmt: skip
    # The id stands first, where the write can put another one; and none of the three is empty.
    names = f'{{"id":"{identity}","uri":"{article_uri(identity)}",'.encode()
    body = names + _json(rest)[1:-1] + b"," + content[1:]
    return Submission(identity, source, heading + b"\n" + body)


def content_hash(fields: Mapping[str, Any], content: bytes | None = None) -> str:
    """128 bits of BLAKE2b (RFC 7693) over what a reader sees, in hex; no date of the source in it.

    Over JSON with sorted names of what is there, so that a field which comes with a later version
    of this program changes no hash of an article that does not have it. ``content`` is that JSON
    where it is there already.
    """
    links = fields.get("associations", ())
    if content is None or any(link.origin == WIDGET for link in links) or _is_said_new(fields):
        seen = {name: value for name, value in fields.items() if value and name not in UNSEEN}
        seen["associations"] = tuple(link for link in links if link.origin != WIDGET)
        if _is_said_new(fields):  # said or not, it is the same
            del seen["revision_kind"]
        content = _json({name: value for name, value in seen.items() if value})
    return blake2b(content, digest_size=16).hexdigest()


def invalid(path: tuple[str | int, ...], reason: str, value: object) -> ValidationError:
    """The error of one field, as pydantic itself would raise it."""
    error = PydanticCustomError("newswire", "{reason}", {"reason": reason})
    details = InitErrorDetails(type=error, loc=path, input=value)
    return ValidationError.from_exception_data("ArticleDraft", [details])


def _is_said_new(fields: Mapping[str, Any]) -> bool:
    return fields.get("revision_kind") == "new"


def _json(fields: Fields) -> bytes:
    return orjson.dumps(fields, default=_fields_of, option=orjson.OPT_SORT_KEYS)


def _fields_of(model: object) -> Fields:
    """For orjson: what a nested model says."""
    if not isinstance(model, BaseModel):
        raise TypeError(type(model).__name__)
    return {name: value for name, value in model.__dict__.items() if value is not None}


def _in_one_form(draft: ArticleDraft) -> Fields:
    """What was posted, every text tidied. Raises ValidationError that points to a wrong one."""
    posted = draft.__dict__
    try:
        return {
            name: tidy(value) if type(value) is str else _tidied(value, (name,))
            for name in draft.model_fields_set
            if (value := posted[name]) is not None
        }
    except ValidationError:
        raise
    except ValueError:  # a text: now the slow way, which knows where
        return {name: _tidied(posted[name], (name,)) for name in draft.model_fields_set}


def _tidied(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any field's value, same type back
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


def _check(draft: ArticleDraft, fields: Fields) -> None:
    """Raises ValidationError for what the draft's own fields could not see."""
    if not fields["headline"]:
        raise invalid(("headline",), "holds no visible character", draft.headline)
    # JSON's 1e999 is read as infinity, which JSON can not say again.
    for index, link in enumerate(draft.associations):
        if link.score is not None and not math.isfinite(link.score):
            raise invalid(("associations", index, "score"), "is not a finite number", link.score)


def _take_text(fields: Fields) -> None:
    fields["pub_status"] = "canceled"
    for name in ("body_text", "body_html", "summary"):
        fields.pop(name, None)


def _give_text(fields: Fields) -> None:
    try:
        html = sanitised(fields["body_html"], fields.get("canonical_url"))
    except NestedTooDeep as error:
        raise invalid(("body_html",), str(error), None) from error
    if len(html) > MAX_HTML:
        raise invalid(("body_html",), f"is over {MAX_HTML} characters once escaped", None)
    fields["body_html"] = html
    fields["body_text"] = fields.get("body_text") or tidy(text_of(html))
