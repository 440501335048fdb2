"""An entry as feedparser gives it, made one of ours: RSS 0.9x, 1.0, 2.0 and Atom."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from newswire_ingest.parsing.feed.dates import moment
from newswire_ingest.parsing.feed.fields import Texts, entry_of, with_texts
from newswire_ingest.parsing.feed.model import Entry, Fields
from newswire_ingest.parsing.feed.prose import absolute, language, line, with_absolute_links

Parsed = Mapping[str, Any]  # of feedparser, by its own names of things
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)
_ADDRESS = re.compile(r"(?:mailto:)?[^\s()<>\[\],;]{1,100}@[^\s()<>\[\],;]{1,200}")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_THREADS = "http://purl.org/syndication/thread/1.0"
PLATFORM = "source"  # whose counts these are: the publisher's own


def plain_mapping(parsed: dict[str, Any]) -> Parsed:
    """The same without feedparser's aliases, which are slow, and some of them deprecated."""
    return {name: _plain(value) for name, value in dict(parsed).items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever feedparser has
    if isinstance(value, dict):
        return plain_mapping(value)
    return [_plain(item) for item in value] if isinstance(value, list) else value


class Syndicated:
    """What the feed around an entry says that holds for the entry too."""

    def __init__(self, feed: Parsed, kind: str, namespaces: Mapping[str, str], url: str) -> None:
        self.url = url
        self.is_atom = kind.startswith("atom")
        self.language = language(feed.get("language"))
        self.rights = line(feed.get("rights"), html=_is_html(feed, "rights"))
        # RFC 4287, 4.2.1: the feed's author is that of entries without one.
        self.by = _names(feed) if self.is_atom else ""
        prefix = next((name for name, uri in namespaces.items() if uri == _THREADS), "thr")
        self.reply_to, self.replies, self.reply_count = (
            f"{prefix}_in-reply-to", f"{prefix}_total", f"{prefix}:count",
        )  # fmt: skip


def entry_of_xml(parsed: dict[str, Any], around: Syndicated) -> Entry | None:
    """The entry, or None where it has nothing to be told by."""
    item = plain_mapping(parsed)
    links = [link for link in item.get("links", ()) if link.get("href")]
    inside = _base(item)
    base = absolute(inside, around.url) or around.url
    fields: Fields = {"url": _link(item, links, base)}
    # RSS does not say what links of a text are relative to: they work on the article's page.
    page = base if around.is_atom or inside else fields["url"] or base
    full_text = with_texts(fields, _texts(item, page))
    fields |= {
        "by": _names(item) or around.by,
        "language": _language(item) or around.language,
        "subjects": _subjects(item.get("tags", ())),
        "renditions": _renditions(item, links, base),
        "associations": _associations(item, links, base),
        "places": [line(item.get("georss_featurename"))],
        "copyright_notice": line(item.get("rights"), html=_is_html(item, "rights"))
        or around.rights,
        "usage_terms": _first(links, "license"),
        "audience": _audience(item, links, around),
    }
    fields |= _dates(item, around)
    reply_to = item.get(around.reply_to)
    return entry_of(
        line(item.get("id")), fields, full_text=full_text,
        comments_feed=_comments_feed(item, links, base),
        in_reply_to=(line(reply_to.get("ref")) or None) if isinstance(reply_to, Mapping) else None,
    )  # fmt: skip


def _is_html(item: Parsed, name: str) -> bool:
    detail = item.get(f"{name}_detail") or {}
    return detail.get("type") in _HTML


def _texts(item: Parsed, page: str) -> Texts:
    html, text = _content(item)
    summary, is_html = _summary(item), _is_html(item, "summary")
    return Texts(
        title=line(item.get("title"), html=_is_html(item, "title")),
        summary=(with_absolute_links(summary, page) or "") if is_html else summary,
        summary_is_html=is_html,
        html=with_absolute_links(html, page) if html else None,
        text=text,
    )


def _base(item: Parsed) -> str:
    """The xml:base of the entry's texts, empty where it is the feed's own URL."""
    parts = [*item.get("content", ()), item.get("summary_detail"), item.get("title_detail")]
    return next((part["base"] for part in parts if part and part.get("base")), "")


def _link(item: Parsed, links: Iterable[Parsed], base: str) -> str | None:
    return absolute(item.get("link") or _first(links, "alternate"), base)


def _first(links: Iterable[Parsed], rel: str) -> str | None:
    return next((link["href"] for link in links if link.get("rel") == rel), None)


def _content(item: Parsed) -> tuple[str | None, str | None]:
    """The first content that is HTML, else the first that is text."""
    contents = [part for part in item.get("content", ()) if part.get("value")]
    html = next((part["value"] for part in contents if part.get("type") in _HTML), None)
    text = next((part["value"] for part in contents if part.get("type") == "text/plain"), None)
    return html, None if html else text


def _summary(item: Parsed) -> str:
    """The summary, unless it is the content again, which feedparser puts there."""
    summary: str = item.get("summary") or ""
    contents = {part.get("value") for part in item.get("content", ())}
    return "" if summary in contents else summary


def _names(item: Parsed) -> str:
    """The names of the authors, without their addresses; empty where there are only those."""
    names = [line(person.get("name")) for person in item.get("authors", ()) if person]
    author = line(item.get("author"))
    # What feedparser leaves of an address whose domain ends in more than four letters is no name.
    if len(names) <= 1 and "@" in author:
        names = [_ADDRESS.sub("", author).strip(" ()<>[],;")]
    elif not names:
        names = [author]
    return ", ".join(dict.fromkeys(name for name in names if name and "@" not in name))


def _language(item: Parsed) -> str | None:
    parts = [*item.get("content", ()), item.get("title_detail"), item.get("summary_detail")]
    said = (language(part.get("language")) for part in parts if part)
    return language(item.get("language")) or next((tag for tag in said if tag), None)


def _subjects(tags: Iterable[Parsed]) -> list[Fields]:
    return [
        {"name": line(tag.get("label") or tag.get("term")), "scheme": tag.get("scheme"),
         "code": tag.get("term") if tag.get("label") else None}
        for tag in tags if tag.get("label") or tag.get("term")
    ]  # fmt: skip


def _renditions(item: Parsed, links: Iterable[Parsed], base: str) -> list[Fields]:
    """Enclosures and media, each address once, the one that says most of it first."""
    enclosures = [link for link in links if link.get("rel") == "enclosure"]
    image = item.get("image")
    media = [
        *item.get("media_content", ()),
        *item.get("media_thumbnail", ()),
        *([image] * bool(image)),
    ]
    found: dict[str, Fields] = {}
    for one in (*enclosures, *media):
        if href := absolute(one.get("href") or one.get("url"), base):
            found.setdefault(href, {
                "href": href,
                "content_type": media_type(one.get("type")),
                "size_bytes": number(one.get("length") or one.get("filesize")) or None,
            })  # fmt: skip
    return list(found.values())


def media_type(value: object) -> str | None:
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if _MEDIA_TYPE.fullmatch(text) else None


def number(value: object) -> int | None:
    """A count that is said; None where it is not one, for that is not 0."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if _NUMBER.fullmatch(text) else None


def _associations(item: Parsed, links: Iterable[Parsed], base: str) -> list[Fields]:
    """What the entry points to: related articles, where it is from, the feed it was in before."""
    found = [
        {"uri": uri, "title": line(link.get("title")), "rel": link["rel"]}
        for link in links
        if link.get("rel") in {"related", "via"} and (uri := absolute(link["href"], base))
    ]
    origin = item.get("source") or {}
    if uri := absolute(origin.get("link") or origin.get("href"), base):
        found.append({"uri": uri, "title": line(origin.get("title")), "rel": "source"})
    return found


def _audience(item: Parsed, links: Iterable[Parsed], around: Syndicated) -> Fields | None:
    """The number of comments (slash:comments, RFC 4685's thr:total and thr:count)."""
    replies = (link.get(around.reply_count) for link in links if link.get("rel") == "replies")
    said = (item.get("slash_comments"), item.get(around.replies), *replies)
    counts = [count for count in map(number, said) if count is not None]
    if not counts:
        return None
    return {"counts": {"reply": {"value": max(counts), "platform": PLATFORM}}}


def _comments_feed(item: Parsed, links: Iterable[Parsed], base: str) -> str | None:
    feeds = (
        link["href"] for link in links
        if link.get("rel") == "replies" and str(link.get("type")).endswith("+xml")
    )  # fmt: skip
    return absolute(item.get("wfw_commentrss") or next(feeds, None), base)


def _dates(item: Parsed, around: Syndicated) -> Fields:
    def date(name: str) -> str | None:
        return moment(item.get(name), item.get(f"{name}_parsed"))

    updated = date("updated")
    published = date("published") or date("created")
    # RSS knows one date, which some call dc:date; Atom's `updated` is another thing.
    return {
        "published_at": published or (None if around.is_atom else updated),
        "updated_at": updated,
        "expires": date("expired"),
    }
