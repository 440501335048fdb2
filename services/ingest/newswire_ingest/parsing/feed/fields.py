"""From what an item of a feed says to valid fields of a draft: what is wrong is left out.

An item is told by its guid, else by its link, else by all that it says.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.feed.model import Entry, Fields
from newswire_ingest.parsing.feed.prose import (
    FIRST_WORDS,
    MAX_HEADLINE,
    MAX_SUMMARY,
    cut,
    line,
    plain,
)

MAX_GUID = 2_000  # characters, as of the draft's field
MAX_EACH = 200  # of subjects, renditions and links, as of the draft's fields
LONG_SUMMARY = 2_000  # characters; a "summary" that is longer is the article
_NUL = "\x00"


class Texts(NamedTuple):
    """The texts of an item: its title as plain text, and the others as HTML or as plain text."""

    title: str
    summary: str
    summary_is_html: bool
    html: str | None
    text: str | None


def with_texts(fields: Fields, texts: Texts) -> bool:
    """Put headline, summary and body into ``fields``; answers whether the body is all of it.

    A summary is also the body where a feed gives nothing else: a long one is the article, a short
    one all that there is to read. A headline is made up of the first words, or is the link.
    """
    html, text = texts.html, texts.text
    short = plain(texts.summary) if texts.summary_is_html else texts.summary.strip()
    is_full = bool(html or text)
    if short and not is_full:
        html, text = (texts.summary, None) if texts.summary_is_html else (None, short)
        is_full = len(short) > LONG_SUMMARY
    if len(short) <= LONG_SUMMARY or not is_full:
        fields["summary"] = cut(short, MAX_SUMMARY)
    fields["body_html"], fields["body_text"] = html, None if html else text
    headline = texts.title or cut(line(short or text or plain(html or "")), FIRST_WORDS)
    fields["headline"] = cut(headline or fields.get("url") or "", MAX_HEADLINE)
    return is_full


def entry_of(
    guid: str, fields: Fields, *, full_text: bool,
    comments_feed: str | None = None, in_reply_to: str | None = None,
) -> Entry | None:  # fmt: skip
    """The entry, its fields valid; None where it has no headline, which nothing stands in for."""
    said = {name: kept for name, value in fields.items() if (kept := _without_nul(value))}
    if "headline" not in said:
        return None
    guid = _guid(_without_nul(guid).strip() or said.get("url") or "", said)
    valid = _valid(said | {"guid": guid})
    return Entry(guid, valid, full_text, comments_feed, in_reply_to) if valid else None


def _guid(guid: str, fields: Mapping[str, Any]) -> str:
    """The guid within the bounds of a draft's; of no guid and no link, a hash of what is said."""
    if guid and len(guid) <= MAX_GUID:
        return guid
    said = guid.encode() or orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return "blake2b:" + blake2b(said, digest_size=16).hexdigest()


def _valid(fields: Fields) -> Fields | None:
    """The fields without those that no draft takes; None if one that it needs is among them."""
    try:
        ArticleDraft.model_validate({"source": "-"} | fields)
    except ValidationError as error:
        fields = _without(fields, [item["loc"] for item in error.errors(include_context=False)])
    else:
        return fields
    try:
        ArticleDraft.model_validate({"source": "-"} | fields)
    except ValidationError:
        return None
    return fields


def _without(fields: Fields, wrong: Iterable[tuple[int | str, ...]]) -> Fields:
    """The fields without the wrong ones; of a list only its wrong items."""
    items: dict[str, set[int]] = {}
    right = dict(fields)
    for path in wrong:
        name = str(path[0])
        if len(path) > 1 and isinstance(path[1], int):
            items.setdefault(name, set()).add(path[1])
        else:
            right.pop(name, None)
    for name, places in items.items():
        if name in right:
            right[name] = [item for at, item in enumerate(right[name]) if at not in places]
    return {name: value for name, value in right.items() if value not in _EMPTY}


def _without_nul(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The value without NUL characters, which no article holds, and without what is empty."""
    if isinstance(value, str):
        return value.replace(_NUL, "")
    if isinstance(value, dict):
        return {
            k: kept for k, inner in value.items() if (kept := _without_nul(inner)) not in _EMPTY
        }
    if isinstance(value, list):
        return [kept for inner in value[:MAX_EACH] if (kept := _without_nul(inner)) not in _EMPTY]
    return value


_EMPTY: tuple[object, ...] = ("", None, {}, [])
